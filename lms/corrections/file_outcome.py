"""What a revoked completion changes in a file: its outcome, and what the agency is told.

The steps of the file stay on record: `completed` is not undone, its outcome is corrected.
"""

import uuid

from sqlalchemy.orm import Session

from lms.corrections.kinds import Desk
from lms.exchange.queries import last_told
from lms.exchange.service import Report, report_again
from lms.kernel.days import today_in_programme
from lms.referrals.queries import referral_of
from lms.referrals.service import RULES, NoAgreementError
from lms.referrals.states import Outcome
from lms.referrals.steps import Note, lock, note_change


def correct_outcome(db: Session, enrolment_id: uuid.UUID, desk: Desk) -> None:
    """Let a file say that its course was not completed; who was told otherwise is told anew.

    Without an agreement in force nothing is told then; it is with the file’s next step.
    """
    referral = referral_of(db, enrolment_id)
    if referral is None or referral.outcome != Outcome.COMPLETED:
        return
    lock(db, referral)
    today = today_in_programme(desk.now)
    referral.outcome, referral.outcome_on = Outcome.NOT_COMPLETED, today
    detail = {"outcome": [Outcome.COMPLETED, Outcome.NOT_COMPLETED]}
    note_change(db, referral, "revoke", RULES, Note(detail), desk.now)
    if last_told(db, referral.id) is None:
        return  # the job tells it, as any outcome
    report = Report(Outcome.NOT_COMPLETED, today)
    try:
        report_again(db, referral, report, keys=desk.keys, now=desk.now)
    except NoAgreementError:
        return
