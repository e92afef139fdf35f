"""The surface of the testimony partner: testimonies and their consent, and no participant."""

from lms.accounts.roles import Role
from lms.web.surface import Surface

bp = Surface("partner", __name__, roles=frozenset({Role.PARTNER}))
