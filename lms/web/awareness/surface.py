"""The surface of the awareness track; open by name: it knows nobody."""

from lms.web.surface import OpenSurface

bp = OpenSurface("awareness", __name__)
