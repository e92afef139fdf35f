"""The surface of the privacy officer."""

from lms.accounts.roles import Role
from lms.web.surface import Surface

bp = Surface("privacy", __name__, roles=frozenset({Role.PRIVACY}))
