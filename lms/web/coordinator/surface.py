"""The surface of the coordinator: groups, codes, files by reference; no score, no answer."""

from lms.accounts.roles import Role
from lms.web.surface import Surface

bp = Surface("coordinator", __name__, roles=frozenset({Role.COORDINATOR}))
