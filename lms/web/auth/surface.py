"""The two surfaces of auth: the entrance, open to all, and one's own account."""

from lms.accounts.roles import Role
from lms.web.surface import OpenSurface, Surface

entrance = OpenSurface("auth_entrance", __name__)
bp = Surface("auth", __name__, roles=frozenset(Role))
