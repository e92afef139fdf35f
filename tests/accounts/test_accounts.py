"""Accounts and sessions: who may sign in, and when a session is worth nothing any more."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import SignInSession, User
from lms.accounts.roles import STAFF_ROLES, Role
from lms.accounts.service import (
    LoginFormError,
    LoginTakenError,
    SignedIn,
    disable_user,
    end_all_sessions,
    end_session,
    find_user,
    make_user,
    note_seen,
    open_session,
    reset_password,
    token_hash,
)
from lms.journey.actor import Actor, load_actor
from lms.kernel.errors import NotFoundError
from tests import factories
from tests.clocks import FixedClock
from tests.factories import LIMITS, NOW, PASSWORD, log_in

NEW_PASSWORD = "un tout autre mot"


def _make(db: Session, login: str) -> User:
    return make_user(db, login, PASSWORD, role=Role.PARTICIPANT, language="fr", now=NOW)


def _enter(db: Session, login: str, now: FixedClock) -> SignedIn:
    signed_in = log_in(db, login, PASSWORD, now=now())
    assert signed_in is not None
    return signed_in


def _actor(db: Session, signed_in: SignedIn, clock: FixedClock) -> Actor | None:
    return load_actor(db, token_hash(signed_in.token), limits=LIMITS, now=clock())


@pytest.mark.parametrize("login", ["anna", "jean.tremblay", "a-b", "x_9", "a" * 64, " ANNA "])
def test_a_login_of_plain_letters_is_good(db: Session, login: str) -> None:
    assert _make(db, login).login == login.strip().lower()


@pytest.mark.parametrize(
    "login",
    ["", "ab", "a" * 65, "jean tremblay", "élise", ".anna", "anna-", "a@b.ca", "a\nb", "a/b"],
)
def test_a_login_that_is_hard_to_type_is_refused(db: Session, login: str) -> None:
    with pytest.raises(LoginFormError):
        _make(db, login)


def test_a_login_belongs_to_one_person_in_any_case(db: Session) -> None:
    factories.make_user(db, "anna")
    with pytest.raises(LoginTakenError):
        _make(db, "Anna")


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(db: Session) -> None:
    factories.make_user(db, "anna")
    assert log_in(db, "anna", "not this one", now=NOW) is None
    assert log_in(db, "nobody", "not this one", now=NOW) is None


def test_the_token_is_kept_nowhere(db: Session, clock: FixedClock) -> None:
    factories.make_user(db, "anna")
    signed_in = _enter(db, "anna", clock)
    row = db.scalars(select(SignInSession)).one()
    assert row.token_hash == token_hash(signed_in.token)
    assert signed_in.token not in str(vars(row))
    assert len(signed_in.token) >= 43  # 256 bits


def test_a_session_knows_its_person(db: Session, clock: FixedClock) -> None:
    user = factories.make_user(db, "anna", role=Role.AUTHOR)
    actor = _actor(db, _enter(db, "anna", clock), clock)
    assert actor is not None
    assert (actor.user_id, actor.role, actor.learner) == (user.id, Role.AUTHOR, None)


ENDINGS: dict[str, Callable[[Session, SignedIn], None]] = {
    "signed out": lambda db, one: end_session(db, token_hash(one.token), now=NOW),
    "signed out everywhere": lambda db, one: end_all_sessions(db, one.user.id, now=NOW),
    "account closed": lambda db, one: disable_user(db, one.user.login, now=NOW),
    "password reset": lambda db, one: reset_password(db, one.user.login, NEW_PASSWORD, now=NOW),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_copied_cookie_is_worth_nothing_after_the_end(
    db: Session, clock: FixedClock, ending: str
) -> None:
    factories.make_user(db, "anna")
    factories.make_user(db, "bruno")
    hers, his = _enter(db, "anna", clock), _enter(db, "bruno", clock)
    ENDINGS[ending](db, hers)
    assert _actor(db, hers, clock) is None
    assert _actor(db, his, clock) is not None


def test_a_session_of_a_closed_account_is_nobody_even_if_it_was_not_ended(
    db: Session, clock: FixedClock
) -> None:
    user = factories.make_user(db)
    signed_in = open_session(db, user, now=clock())
    user.disabled_at = clock()
    db.flush()
    assert _actor(db, signed_in, clock) is None


def test_a_closed_account_cannot_be_entered_again(db: Session) -> None:
    factories.make_user(db, "anna")
    disable_user(db, "anna", now=NOW)
    assert log_in(db, "anna", PASSWORD, now=NOW) is None


def test_after_a_reset_the_new_password_alone_opens(db: Session) -> None:
    factories.make_user(db, "anna")
    reset_password(db, "anna", NEW_PASSWORD, now=NOW)
    assert log_in(db, "anna", PASSWORD, now=NOW) is None
    assert log_in(db, "anna", NEW_PASSWORD, now=NOW) is not None


@pytest.mark.parametrize(
    ("role", "minutes"), [(Role.PARTICIPANT, 30), *((role, 15) for role in STAFF_ROLES)]
)
def test_a_session_left_alone_runs_out(
    db: Session, clock: FixedClock, role: Role, minutes: int
) -> None:
    signed_in = open_session(db, factories.make_user(db, role=role), now=clock())
    clock.advance(minutes=minutes)
    assert _actor(db, signed_in, clock) is not None
    clock.advance(seconds=1)
    assert _actor(db, signed_in, clock) is None


def test_a_session_in_use_ends_after_eight_hours(db: Session, clock: FixedClock) -> None:
    signed_in = open_session(db, factories.make_user(db), now=clock())
    for _ in range(8 * 3):
        clock.advance(minutes=20)
        assert _actor(db, signed_in, clock) is not None
        note_seen(db, token_hash(signed_in.token), now=clock())
    clock.advance(seconds=1)
    assert _actor(db, signed_in, clock) is None


def test_a_role_that_was_taken_away_is_gone_at_the_next_page(
    db: Session, clock: FixedClock
) -> None:
    user = factories.make_user(db, role=Role.COORDINATOR)
    signed_in = open_session(db, user, now=clock())
    user.role = Role.AUTHOR
    db.flush()
    actor = _actor(db, signed_in, clock)
    assert actor is not None
    assert actor.role is Role.AUTHOR


def test_an_unknown_token_is_nobody(db: Session, clock: FixedClock) -> None:
    stranger = SignedIn("x" * 43, factories.make_user(db))
    assert _actor(db, stranger, clock) is None


def test_a_login_nobody_has_is_named(db: Session) -> None:
    with pytest.raises(NotFoundError, match="'nobody'"):
        find_user(db, "nobody")
