"""A list that tells references is answered for by two people, given once, and not for ever."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.enrolment.models import Cohort
from lms.exports.models import NamedExport
from lms.exports.named import (
    GOOD_FOR,
    DecidedError,
    ReasonError,
    SamePersonError,
    ask_named,
    decide_named,
    named_rows,
    open_wishes,
    take_named,
    with_first_names,
)
from lms.kernel.audit import latest_entries
from lms.kernel.errors import NotFoundError
from tests.factories import KEYS, NOW, make_cohort, make_referral, make_user

REASON = "La salle demande une liste d’entrée."


@pytest.fixture
def me(db: Session) -> User:
    return make_user(db, role=Role.COORDINATOR)


@pytest.fixture
def second(db: Session) -> User:
    return make_user(db, role=Role.COORDINATOR)


@pytest.fixture
def cohort(db: Session) -> Cohort:
    return make_cohort(db)


def _ask(db: Session, cohort: Cohort, me: User) -> NamedExport:
    return ask_named(db, cohort.id, me.id, REASON, key=KEYS.audit, now=NOW)


def _decide(db: Session, wish: NamedExport, by: User, *, accepted: bool = True) -> NamedExport:
    return decide_named(db, wish.id, by.id, accepted=accepted, key=KEYS.audit, now=NOW)


def test_nobody_gets_a_list_alone(db: Session, cohort: Cohort, me: User) -> None:
    wish = _ask(db, cohort, me)
    with pytest.raises(NotFoundError):
        take_named(db, wish.id, me.id, key=KEYS.audit, now=NOW)
    with pytest.raises(SamePersonError):
        _decide(db, wish, me)


def test_an_allowed_list_is_given_once_to_who_asked(
    db: Session, cohort: Cohort, me: User, second: User
) -> None:
    wish = _ask(db, cohort, me)
    _decide(db, wish, second)
    with pytest.raises(NotFoundError):
        take_named(db, wish.id, second.id, key=KEYS.audit, now=NOW)
    assert take_named(db, wish.id, me.id, key=KEYS.audit, now=NOW).fetched_at == NOW
    with pytest.raises(NotFoundError):
        take_named(db, wish.id, me.id, key=KEYS.audit, now=NOW)
    acts = [one.act for one in latest_entries(db, subject=f"cohort:{cohort.id}", limit=9)]
    assert acts == ["ask-named-export", "accept-named-export", "take-named-export"]


def test_a_refused_list_and_one_whose_week_is_over_are_not_given(
    db: Session, cohort: Cohort, me: User, second: User
) -> None:
    refused, late = _ask(db, cohort, me), _ask(db, cohort, me)
    _decide(db, refused, second, accepted=False)
    _decide(db, late, second)
    for wish, moment in ((refused, NOW), (late, NOW + GOOD_FOR)):
        with pytest.raises(NotFoundError):
            take_named(db, wish.id, me.id, key=KEYS.audit, now=moment)
    moment = NOW + GOOD_FOR - timedelta(seconds=1)
    assert take_named(db, late.id, me.id, key=KEYS.audit, now=moment).fetched_at == moment


def test_a_decision_stands(db: Session, cohort: Cohort, me: User, second: User) -> None:
    wish = _ask(db, cohort, me)
    _decide(db, wish, second, accepted=False)
    with pytest.raises(DecidedError):
        _decide(db, wish, make_user(db, role=Role.COORDINATOR))
    assert open_wishes(db) == ()
    with pytest.raises(NotFoundError):
        decide_named(db, uuid.uuid4(), second.id, accepted=True, key=KEYS.audit, now=NOW)


def test_a_reason_is_a_sentence(db: Session, cohort: Cohort, me: User) -> None:
    for reason in ("", "  x  ", "trop long " * 60):
        with pytest.raises(ReasonError):
            ask_named(db, cohort.id, me.id, reason, key=KEYS.audit, now=NOW)


def test_the_list_holds_the_groups_files_and_no_purged_one(db: Session, cohort: Cohort) -> None:
    there = make_referral(db, cohort=cohort, reference="A-1")
    make_referral(db, cohort=cohort, reference=None, purged_at=NOW)
    make_referral(db, cohort=make_cohort(db), reference="B-1")
    rows = named_rows(db, cohort.id)
    assert [row.referral_id for row in rows] == [there.id]
    cells = list(with_first_names(rows, lambda _row: "never asked"))
    assert cells == [("", "A-1", "", "referred", there.deadline.isoformat(), "due")]
