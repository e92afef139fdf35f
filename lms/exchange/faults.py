"""Why a message is not taken: one word for each reason, the same for every carrier."""

from enum import StrEnum

from lms.agencies.service import NoAgreementError
from lms.exchange.message import MessageError
from lms.exchange.service import (
    NotSignedError,
    NumberGapError,
    NumberUsedError,
    OtherAgencyError,
)
from lms.kernel.errors import BadInputError, NotAllowedError, NotFoundError, VirageError
from lms.referrals.service import DeadlineError, ReferenceUsedError
from lms.referrals.states import MoveRefusedError


class Fault(StrEnum):
    """What stands against a message."""

    FORM = "form"  # not of the agreed form
    SIGNATURE = "signature"
    AGENCY = "agency"  # it names another one
    AGREEMENT = "agreement"  # none is in force
    NUMBER_USED = "number-used"  # another message came under it
    NUMBER_GAP = "number-gap"  # one before it is missing
    REFERENCE_USED = "reference-used"
    NO_FILE = "no-file"  # no open file of this agency has the reference
    DEADLINE = "deadline"
    STATE = "state"  # not from where the file stands
    CONTENT = "content"  # of the agreed form, and not possible: a day to come, no digit


REFUSALS = (BadInputError, NotAllowedError, NotFoundError)  # anything else is a fault of ours
_WORDS: tuple[tuple[type[VirageError], Fault], ...] = (
    (MessageError, Fault.FORM),
    (NotSignedError, Fault.SIGNATURE),
    (OtherAgencyError, Fault.AGENCY),
    (NoAgreementError, Fault.AGREEMENT),
    (NumberUsedError, Fault.NUMBER_USED),
    (NumberGapError, Fault.NUMBER_GAP),
    (ReferenceUsedError, Fault.REFERENCE_USED),
    (NotFoundError, Fault.NO_FILE),
    (DeadlineError, Fault.DEADLINE),
    (MoveRefusedError, Fault.STATE),
    (BadInputError, Fault.CONTENT),
)


def fault_of(error: VirageError) -> Fault:
    """Give the word for what a message was refused with; what the file does not allow is STATE."""
    return next((word for kind, word in _WORDS if isinstance(error, kind)), Fault.STATE)
