"""The instructor's surface: each file of views adds its pages to it."""

from lms.accounts.roles import Role
from lms.web.surface import Surface

bp = Surface("instructor", __name__, roles=frozenset({Role.INSTRUCTOR}))
