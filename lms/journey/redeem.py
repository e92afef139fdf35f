"""Redeem a code: an account and an enrolment, both or neither."""

import uuid
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.accounts.service import LoginTakenError, SignedIn, make_user, open_session
from lms.accounts.throttle import CODE_FAILURES, count_failure, refuse_if_too_often
from lms.enrolment.service import CodeHolder, check_code, check_code_id, enrol
from lms.kernel.errors import BadInputError


def try_code(db: Session, typed: str, *, address: str, now: datetime) -> CodeHolder | BadInputError:
    """Check a typed code; a wrong one is counted against the address that sent it.

    The fault is given, not raised, so that the count is committed. Raises TooOftenError.
    """
    subject = f"code:{address}"
    refuse_if_too_often(db, subject, limit=CODE_FAILURES, now=now)
    try:
        return check_code(db, typed, now=now)
    except BadInputError as fault:
        count_failure(db, subject, now=now)
        return fault


def redeem_code(
    db: Session,
    code_id: uuid.UUID,
    credentials: tuple[str, str],
    *,
    language: str,
    now: datetime,
    today: date,
) -> SignedIn:
    """Make the account (login, password), enrol it with the code, and sign it in."""
    check_code_id(db, code_id, now=now)
    login, password = credentials
    try:
        user = make_user(db, login, password, role=Role.PARTICIPANT, language=language, now=now)
    except IntegrityError as error:  # the same login, a moment before
        raise LoginTakenError from error
    enrol(db, code_id, user, now=now, today=today)
    return open_session(db, user, now=now)
