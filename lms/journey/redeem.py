"""Redeem a code: an account and an enrolment, both or neither."""

import uuid
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.accounts.service import LoginTakenError, SignedIn, make_user, open_session
from lms.accounts.throttle import CODE_FAILURES, count_failure, refuse_if_too_often
from lms.enrolment.models import Enrolment
from lms.enrolment.service import CodeExpiredError, CodeHolder, check_code, check_code_id, enrol
from lms.kernel.errors import BadInputError
from lms.referrals.models import Referral
from lms.referrals.queries import referral_of_code
from lms.referrals.service import Mover, move
from lms.referrals.states import Act, Party, State


def try_code(db: Session, typed: str, *, address: str, now: datetime) -> CodeHolder | BadInputError:
    """Check a typed code; a wrong one is counted against the address that sent it.

    The fault is given, not raised, so that the count is committed. Raises TooOftenError.
    """
    subject = f"code:{address}"
    refuse_if_too_often(db, subject, limit=CODE_FAILURES, now=now)
    try:
        holder = check_code(db, typed, now=now)
        _file_that_waits(db, holder.code_id)
    except BadInputError as fault:
        count_failure(db, subject, now=now)
        return fault
    return holder


def redeem_code(
    db: Session,
    code_id: uuid.UUID,
    credentials: tuple[str, str],
    *,
    language: str,
    now: datetime,
    today: date,
) -> SignedIn:
    """Make the account (login, password), enrol it with the code, and sign it in.

    A code that was issued for a file moves the file on, and gives the file's last day.
    """
    check_code_id(db, code_id, now=now)
    referral = _file_that_waits(db, code_id)
    login, password = credentials
    try:
        user = make_user(db, login, password, role=Role.PARTICIPANT, language=language, now=now)
    except IntegrityError as error:  # the same login, a moment before
        raise LoginTakenError from error
    enrolment = enrol(db, code_id, user, now=now, today=today)
    if referral is not None:
        enter(db, referral, enrolment, now=now)
    return open_session(db, user, now=now)


def enter(db: Session, referral: Referral, enrolment: Enrolment, *, now: datetime) -> None:
    """Let a file go on with the enrolment that its code made: the agency's last day counts."""
    referral.enrolment_id = enrolment.id
    enrolment.deadline = referral.deadline
    person = Mover(Party.PERSON, str(enrolment.user_id))
    move(db, referral, Act.ENROL, person, now=now)


def _file_that_waits(db: Session, code_id: uuid.UUID) -> Referral | None:
    """Give the file of a code, if it has one; CodeExpiredError where it does not wait for him.

    A suspended file, for one: the same words as for an old code, which send him to ask.
    """
    referral = referral_of_code(db, code_id)
    if referral is not None and referral.state != State.READY:
        raise CodeExpiredError
    return referral
