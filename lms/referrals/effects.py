"""What a step of a file does to its code and its enrolment."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.service import end_all_sessions
from lms.enrolment.models import Enrolment, EnrolmentCode
from lms.referrals.models import Referral
from lms.referrals.states import Act


def take_effect(db: Session, referral: Referral, act: Act, now: datetime) -> None:
    """Do what follows from an act: doors open and shut with the file."""
    match act:
        case Act.SUSPEND | Act.RESUME | Act.WITHDRAW:
            _mark_enrolment(db, referral, act, now)
        case Act.EXPIRE:
            _end_code(db, referral, now)
        case Act.CANCEL:
            _end_code(db, referral, now)
            _end_enrolment(db, referral, now)
        case Act.REISSUE:
            _end_code(db, referral, now)
            _end_enrolment(db, referral, now)
            referral.enrolment_id = None
        case Act.CLOSE:
            _close(db, referral, now)
        case Act.PURGE:
            referral.purged_at = now
            referral.reference = None
        case _:
            pass  # the state alone changes


def _end_enrolment(db: Session, referral: Referral, now: datetime) -> None:
    """End an enrolment that should not go on: closed, and whoever is signed in is signed out."""
    enrolment = _enrolment(db, referral)
    if enrolment is not None:
        enrolment.closed_at = enrolment.closed_at or now
        end_all_sessions(db, enrolment.user_id, now=now)


def _end_code(db: Session, referral: Referral, now: datetime) -> None:
    """Let an unused code open nothing from now on."""
    code = None if referral.code_id is None else db.get(EnrolmentCode, referral.code_id)
    if code is not None and code.redeemed_at is None:
        code.expires_at = min(code.expires_at, now)


def _mark_enrolment(db: Session, referral: Referral, act: Act, now: datetime) -> None:
    enrolment = _enrolment(db, referral)
    if enrolment is None:
        return
    enrolment.suspended_at = now if act is Act.SUSPEND else None
    if act is Act.WITHDRAW:
        enrolment.withdrawn_at = now


def _close(db: Session, referral: Referral, now: datetime) -> None:
    """Start the retention clock, of the file and of the enrolment."""
    referral.closed_at = now
    enrolment = _enrolment(db, referral)
    if enrolment is not None:
        enrolment.closed_at = enrolment.closed_at or now


def _enrolment(db: Session, referral: Referral) -> Enrolment | None:
    return None if referral.enrolment_id is None else db.get(Enrolment, referral.enrolment_id)
