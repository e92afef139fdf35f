"""The roles: a closed set, read anew at each request."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for."""

    PARTICIPANT = "participant"
    AUTHOR = "author"
    INSTRUCTOR = "instructor"
    COORDINATOR = "coordinator"
    PARTNER = "partner"  # who keeps the consent of those who speak in testimonies
    AGENCY = "agency"  # who refers people here and learns one status word
    PRIVACY = "privacy"  # who keeps the access log, retention and the register of incidents
    ADMINISTRATOR = "administrator"


STAFF_ROLES = tuple(role for role in Role if role is not Role.PARTICIPANT)
