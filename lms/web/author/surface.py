"""The author's surface; each module of views beside it adds its pages to it."""

from lms.accounts.roles import Role
from lms.web.surface import Surface

bp = Surface("author", __name__, roles=frozenset({Role.AUTHOR}))
