"""Do: take a file in and change its last day; and, from its neighbours, all that is done to it."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.agencies.models import Agency
from lms.agencies.service import NoAgreementError, require_agreement
from lms.enrolment.models import Enrolment, EnrolmentCode
from lms.kernel.days import end_of_day, today_in_programme
from lms.kernel.errors import BadInputError, NotFoundError
from lms.kernel.keys import Keys
from lms.referrals.eligibility import (
    DeadlineError,
    DetailError,
    NewReferral,
    NotEligibleError,
    ReferenceFormError,
    check_deadline,
    check_referral,
    clean_reference,
    reference_mark,
)
from lms.referrals.fees import FeeState, ReceiptError, settle_fee
from lms.referrals.models import Referral
from lms.referrals.places import (
    CodeStandsError,
    CohortFullError,
    NoCohortError,
    assign,
    issue_code,
    reissue,
)
from lms.referrals.states import OPEN, MoveRefusedError, Party, State
from lms.referrals.steps import (
    AGENCY,
    RULES,
    Mover,
    Note,
    ReasonError,
    clean_reason,
    lock,
    move,
    note_change,
    require_party,
    write_step,
)

__all__ = [
    "RULES",
    "CodeStandsError",
    "CohortFullError",
    "DeadlineError",
    "DetailError",
    "FeeState",
    "MoveRefusedError",
    "Mover",
    "NewReferral",
    "NoAgreementError",
    "NoCohortError",
    "NotEligibleError",
    "ReasonError",
    "ReceiptError",
    "ReferenceFormError",
    "assign",
    "issue_code",
    "move",
    "reissue",
    "settle_fee",
]


class ReferenceUsedError(BadInputError):
    """The agency used this reference before: nobody takes the programme twice."""


class Source(StrEnum):
    """How a file came in."""

    FORM = "form"
    CSV = "csv"
    API = "api"
    FILE = "file"


def refer(  # noqa: PLR0913 - who refers whom, how, and what every act is given
    db: Session,
    agency_id: uuid.UUID,
    new: NewReferral,
    *,
    source: str,
    by: uuid.UUID | None,
    keys: Keys,
    now: datetime,
    today: date,
) -> Referral:
    """Take in a file as its agency tells it; `by` is the account that typed it, if one did.

    Raises NoAgreementError, NotEligibleError, ReferenceFormError, DeadlineError, DetailError, or
    ReferenceUsedError, also where the file of that reference was purged long ago.
    """
    agency = db.get(Agency, agency_id)
    if agency is None:
        raise NotFoundError("agency")
    require_agreement(db, agency_id, today)
    check_referral(new, today)
    mark = reference_mark(keys, agency_id, new.reference)
    if db.scalar(select(Referral.id).where(Referral.reference_mark == mark)) is not None:
        raise ReferenceUsedError
    referral = _new_file(agency, new, now)
    referral.reference_mark = mark
    referral.source = Source(source)
    referral.referred_by = by
    try:
        with db.begin_nested():
            db.add(referral)
    except IntegrityError as error:  # the same reference, a moment before
        raise ReferenceUsedError from error
    mover = Mover(Party.AGENCY, AGENCY if by is None else str(by), keys.audit)
    write_step(db, referral, ("refer", ""), mover, Note({"source": referral.source}), now)
    return referral


def _new_file(agency: Agency, new: NewReferral, now: datetime) -> Referral:
    return Referral(
        programme_id=agency.programme_id,
        agency_id=agency.id,
        reference=clean_reference(new.reference),
        language=new.language,
        deadline=new.deadline,
        arrangement=new.arrangement,
        decided_by=new.decided_by,
        decided_on=new.decided_on,
        first_time=new.first_time,
        no_minor=new.no_minor,
        accepts=new.accepts,
        lawyer_told=new.lawyer_told,
        committed_on=new.committed_on,
        commitment_version=new.commitment_version or None,
        state=State.REFERRED,
        state_since=now,
        fee_state=FeeState.DUE,
        referred_at=now,
    )


def change_deadline(
    db: Session, referral: Referral, day: date, mover: Mover, *, reason: str, now: datetime
) -> Referral:
    """Set another last day, of the enrolment too; an unused code does not outlast it.

    A coordinator says why; an agency, which sets the date, need not. Raises DeadlineError beyond
    366 days after the referral or for a day that is over.
    """
    require_party(mover, Party.AGENCY, Party.COORDINATOR)
    why = clean_reason(reason, is_needed=mover.party is Party.COORDINATOR)
    lock(db, referral)
    if State(referral.state) not in (*OPEN, State.SUSPENDED):
        raise MoveRefusedError(f"the last day is not changed while a file is {referral.state}")
    referred_on = today_in_programme(referral.referred_at)
    check_deadline(day, referred_on=referred_on, today=today_in_programme(now))
    before, referral.deadline = referral.deadline, day
    enrolment = db.get(Enrolment, referral.enrolment_id) if referral.enrolment_id else None
    if enrolment is not None:
        enrolment.deadline = day
    code = db.get(EnrolmentCode, referral.code_id) if referral.code_id else None
    if code is not None and code.redeemed_at is None:
        code.expires_at = min(code.expires_at, end_of_day(day))
    detail = {"deadline": [before.isoformat(), day.isoformat()]}
    note_change(db, referral, "deadline", mover, Note(detail, why), now)
    return referral
