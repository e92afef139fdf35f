"""Whether a certificate belongs to a reference: yes or no, and nothing else either way."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.accounts.throttle import count_a_try
from lms.agencies.status_view import Officer
from lms.completion.certificate import read_certificate_number
from lms.completion.models import Certificate, CompletionRecord
from lms.completion.queries import LAST_NUMBER, counts
from lms.kernel.keys import Keys
from lms.referrals.eligibility import ReferenceFormError, reference_mark
from lms.referrals.models import Referral

MOST_TRIES = 30  # an account, in a quarter of an hour


@dataclass(frozen=True, slots=True)
class Claim:
    """What is written on a paper, and the file that it is said to belong to."""

    number: str
    reference: str


def count_match(db: Session, officer: Officer, *, now: datetime) -> None:
    """Count a question, whatever its answer; raises TooOftenError past the limit."""
    subject = f"match:{officer.user_id}"
    count_a_try(db, subject, limit=MOST_TRIES, now=now)


def belongs_together(db: Session, officer: Officer, claim: Claim, *, keys: Keys) -> bool:
    """Whether a certificate that counts was issued for one of the files that he may see.

    One statement whatever is wrong: an unknown number, an unknown reference, somebody else's file
    and a revoked certificate take the same way.
    """
    is_his = Referral.agency_id == officer.agency_id
    if not officer.is_lead:
        is_his &= Referral.referred_by == officer.user_id
    found = (
        exists()
        .where(Certificate.register_number == _number(claim))
        .where(CompletionRecord.id == Certificate.completion_id, counts())
        .where(Referral.enrolment_id == CompletionRecord.enrolment_id)
        .where(Referral.reference_mark == _mark(claim, officer, keys), is_his)
        .where(Referral.reference.is_not(None))
    )
    return db.scalar(select(found)) is True


def _number(claim: Claim) -> int:
    number = read_certificate_number(claim.number) or 0
    return number if number <= LAST_NUMBER else 0


def _mark(claim: Claim, officer: Officer, keys: Keys) -> str:
    try:
        return reference_mark(keys, officer.agency_id, claim.reference)
    except ReferenceFormError:
        return ""
