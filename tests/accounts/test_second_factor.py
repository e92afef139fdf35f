"""The second factor: a code opens once, a clock may be off by a step, a loss is not the end."""

import uuid
from datetime import datetime, timedelta

import pytest
from pyotp import TOTP
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import RecoveryCode, SignInSession, User
from lms.accounts.roles import Role
from lms.accounts.second_factor import (
    FactorIsOnError,
    NoKeyError,
    confirm,
    factor_of,
    make_key,
    opens,
    renew_recovery_codes,
    take_off,
)
from lms.accounts.service import open_session
from lms.kernel.audit import AuditEntry
from lms.kernel.database import Database
from tests.factories import KEYS, NOW, TOTP_KEY, make_user, with_second_factor
from tests.threads import at_once

KEY = KEYS.field
STEP = timedelta(seconds=30)


def code_at(moment: datetime, key: str = TOTP_KEY) -> str:
    """Give what an app shows at a moment."""
    return TOTP(key).at(moment)


def member(db: Session) -> User:
    """Make somebody whose second factor is on."""
    return with_second_factor(db, make_user(db, role=Role.AGENCY))


def opens_now(db: Session, user: User, code: str, now: datetime = NOW) -> bool:
    """Try a code at a moment."""
    return opens(db, user.id, code, field_key=KEY, now=now)


def turn_on(db: Session, user: User) -> tuple[str, tuple[str, ...]]:
    """Set it up as the page does; gives the key and the recovery codes."""
    make_key(db, user.id, field_key=KEY)
    waiting = factor_of(db, user.id, field_key=KEY).waiting
    assert waiting is not None
    key = waiting.text.replace("-", "")
    codes = confirm(db, user.id, code_at(NOW, key), field_key=KEY, now=NOW)
    assert codes is not None
    return key, codes


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804")])
def test_the_codes_are_those_of_the_standard(db: Session, seconds: int, code: str) -> None:
    """RFC 6238, appendix B, its last six digits."""
    moment = datetime.fromtimestamp(seconds, NOW.tzinfo)
    assert opens_now(db, member(db), code, moment)


@pytest.mark.parametrize(
    ("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_telephone_may_be_one_step_early_or_late_and_no_more(
    db: Session, steps: int, is_good: bool
) -> None:
    assert opens_now(db, member(db), code_at(NOW + steps * STEP)) is is_good


def test_a_code_opens_once_and_none_from_before_it_opens_any_more(db: Session) -> None:
    user = member(db)
    code = code_at(NOW)
    assert opens_now(db, user, code)
    assert not opens_now(db, user, code)
    assert not opens_now(db, user, code, NOW + STEP)  # the clock would still allow it
    assert not opens_now(db, user, code_at(NOW - STEP))
    assert opens_now(db, user, code_at(NOW + STEP))


def test_of_two_who_send_the_same_code_at_the_same_moment_one_gets_in(
    real_database: Database,
) -> None:
    with real_database.write() as db:
        user_id = member(db).id
        db.commit()

    def send(db: Session) -> bool:
        return opens(db, user_id, code_at(NOW), field_key=KEY, now=NOW)

    done, refused = at_once(real_database, [send] * 4)
    assert sorted(done) == [False, False, False, True]
    assert refused == []


def test_blanks_in_a_code_do_not_count_and_other_signs_do(db: Session) -> None:
    user = member(db)
    code = code_at(NOW)
    for wrong in ("", " ", code[:-1], f"{code}0", f"x{code[1:]}", "é" * 6, "٣" * 6, "\x00"):
        assert not opens_now(db, user, wrong), wrong
    assert opens_now(db, user, f" {code[:3]} {code[3:]} ")


def test_a_key_counts_once_its_first_code_was_entered(db: Session) -> None:
    user = make_user(db, role=Role.INSTRUCTOR)
    make_key(db, user.id, field_key=KEY)
    waiting = factor_of(db, user.id, field_key=KEY).waiting
    assert waiting is not None
    key = waiting.text.replace("-", "")
    assert waiting.address.startswith(f"otpauth://totp/Virage:{user.login}?secret={key}")
    assert confirm(db, user.id, "000000", field_key=KEY, now=NOW) is None
    assert not factor_of(db, user.id, field_key=KEY).is_on
    assert not opens_now(db, user, code_at(NOW, key))
    later = NOW + 2 * STEP
    assert confirm(db, user.id, code_at(later, key), field_key=KEY, now=later)
    found = factor_of(db, user.id, field_key=KEY)
    assert (found.since, found.codes_left, found.waiting) == (later, 10, None)


def test_the_code_that_turned_it_on_does_not_sign_anybody_in(db: Session) -> None:
    user = make_user(db, role=Role.AUTHOR)
    key, _codes = turn_on(db, user)
    assert not opens_now(db, user, code_at(NOW, key))
    assert opens_now(db, user, code_at(NOW + STEP, key))


def test_another_key_makes_the_one_before_worth_nothing_until_one_is_on(db: Session) -> None:
    user = make_user(db, role=Role.AUTHOR)
    with pytest.raises(NoKeyError):
        confirm(db, user.id, "000000", field_key=KEY, now=NOW)
    make_key(db, user.id, field_key=KEY)
    first = factor_of(db, user.id, field_key=KEY).waiting
    make_key(db, user.id, field_key=KEY)
    assert first is not None
    old = code_at(NOW, first.text.replace("-", ""))
    assert confirm(db, user.id, old, field_key=KEY, now=NOW) is None
    turn_on(db, user)
    with pytest.raises(FactorIsOnError):
        make_key(db, user.id, field_key=KEY)


def test_a_recovery_code_opens_once_its_own_account_and_no_other(db: Session) -> None:
    user, other = make_user(db, role=Role.AUTHOR), member(db)
    _key, codes = turn_on(db, user)
    assert len(set(codes)) == 10
    assert all(len(one) == 19 and one.replace(" ", "").isdecimal() for one in codes)
    assert not opens_now(db, other, codes[0])
    assert opens_now(db, user, codes[0])
    assert not opens_now(db, user, codes[0])
    assert opens_now(db, user, codes[1].replace(" ", "-"))
    assert factor_of(db, user.id, field_key=KEY).codes_left == 8


def test_new_recovery_codes_ask_for_a_code_and_end_those_before(db: Session) -> None:
    user = make_user(db, role=Role.AUTHOR)
    key, codes = turn_on(db, user)
    assert renew_recovery_codes(db, user.id, "000000", field_key=KEY, now=NOW) is None
    assert factor_of(db, user.id, field_key=KEY).codes_left == 10
    later = NOW + STEP
    new = renew_recovery_codes(db, user.id, code_at(later, key), field_key=KEY, now=later)
    assert new is not None
    assert not set(new) & set(codes)
    assert not opens_now(db, user, codes[2])
    assert opens_now(db, user, new[2])


def test_what_the_tables_hold_opens_nothing(db: Session) -> None:
    user = make_user(db, role=Role.AUTHOR)
    key, codes = turn_on(db, user)
    kept = db.get_one(User, user.id).totp_secret or b""
    assert key.encode() not in kept
    for one in db.scalars(select(RecoveryCode.code_hash)):
        assert all(code.replace(" ", "") not in one for code in codes)
        assert not opens_now(db, user, one)


def test_a_key_that_was_moved_to_another_account_opens_nothing_there(db: Session) -> None:
    thief, victim = member(db), member(db)
    victim.totp_secret = thief.totp_secret
    db.flush()
    assert not opens_now(db, victim, code_at(NOW))


def test_whoever_lost_everything_begins_anew_and_that_is_written_down(db: Session) -> None:
    user = make_user(db, role=Role.AGENCY)
    key, codes = turn_on(db, user)
    open_session(db, user, now=NOW)
    take_off(db, user.login, audit_key=KEYS.audit, now=NOW + STEP)
    assert not opens_now(db, user, codes[0])
    assert not opens_now(db, user, code_at(NOW + STEP, key), NOW + STEP)
    assert not factor_of(db, user.id, field_key=KEY).is_on
    assert db.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    assert db.scalars(select(SignInSession.ended_at)).all() == [NOW + STEP]
    entry = db.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.act) == ("site", "second-factor-off")
    assert entry.subject == f"user:{user.id}"
    assert uuid.UUID(entry.subject.removeprefix("user:")) == user.id


def test_a_seal_that_does_not_open_is_a_code_that_does_not_open(db: Session) -> None:
    """`field.key` was lost: nobody gets in with a code, and nothing breaks."""
    user = member(db)
    assert not opens(db, user.id, code_at(NOW), field_key=bytes(32), now=NOW)
