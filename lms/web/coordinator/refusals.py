"""Why an act on a file, an agency or a session was refused, in words and with what to do."""

from lms.accounts.service import LoginFormError, LoginTakenError
from lms.agencies.service import (
    AgencyNameTakenError,
    AgreementEndedError,
    AgreementError,
    NoAgreementError,
)
from lms.attendance.service import PlaceError, SessionTimesError
from lms.enrolment.service import NameTakenError, PlanError
from lms.referrals.identity import IdentityFormError
from lms.referrals.service import (
    CodeStandsError,
    CohortFullError,
    DeadlineError,
    DetailError,
    NoCohortError,
    NotEligibleError,
    ReceiptError,
    ReferenceFormError,
    ReferenceUsedError,
)
from lms.web.words import _


def refusal_text(fault: Exception) -> str:
    """Say a refusal in one sentence or two."""
    told = _of_files() | _of_others()
    for kind, text in told.items():
        if isinstance(fault, kind):
            return text
    return _("This is not possible as the file stands now. Look at it again.")


def no_agreement_text() -> str:
    """Say why nothing is exchanged with an agency."""
    return _("No written agreement with this agency is in force: nothing is exchanged with it. "
             "Record the agreement first.")  # fmt: skip


def _of_files() -> dict[type[Exception], str]:
    return {
        NoAgreementError: no_agreement_text(),
        ReferenceUsedError: _("This agency has used this reference before. Nobody takes the "
                              "training twice."),
        ReferenceFormError: _("A reference has 1 to 40 letters without accents and numbers, with "
                              "one number at least. Write no name."),
        NotEligibleError: _("A file is taken only if the answer is yes to all four."),
        DeadlineError: _("The last day must be from today to one year after the referral."),
        DetailError: _("The decision and the commitment are not later than today."),
        ReceiptError: _("Enter the receipt number, of 40 signs at most. Never a card number."),
        CohortFullError: _("Every place of this group is taken."),
        NoCohortError: _("Choose a group for this file first."),
        CodeStandsError: _("The code of this file can still be used. To replace it, make a new "
                           "letter with a reason."),
    }  # fmt: skip


def _of_others() -> dict[type[Exception], str]:
    return {
        AgencyNameTakenError: _("Another agency has this name."),
        AgreementError: _("Fill in all six parts, and let the agreement end after it begins."),
        AgreementEndedError: _("This agreement has already ended."),
        LoginTakenError: _("Somebody has this login. Choose another one."),
        LoginFormError: _("Use 3 to 64 letters without accents, numbers, dots or hyphens."),
        NameTakenError: _("Another group has this name. Choose another one."),
        PlanError: _("The group ends after it begins, and has 1 to 1000 places."),
        SessionTimesError: _("The session ends after it begins, within 24 hours."),
        PlaceError: _("Say where the session is held, or how to join it."),
        IdentityFormError: _("Shorten this, and write it without hidden characters."),
    }
