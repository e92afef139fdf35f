"""The surface of a referring agency: referrals and one status word, nothing of learning."""

from lms.accounts.roles import Role
from lms.web.surface import Surface

bp = Surface("agency", __name__, roles=frozenset({Role.AGENCY}))
