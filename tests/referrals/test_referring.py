"""An agency refers: what is taken in, what is refused, and what is never asked."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.agencies.service import close_agency
from lms.kernel.errors import NotFoundError
from lms.kernel.ids import new_id
from lms.kernel.keys import Keys
from lms.referrals.eligibility import NewReferral, reference_mark
from lms.referrals.queries import events_of, find_referral, referrals_of
from lms.referrals.service import (
    DeadlineError,
    DetailError,
    NoAgreementError,
    NotEligibleError,
    ReferenceFormError,
    ReferenceUsedError,
    refer,
)
from lms.referrals.states import Act
from lms.referrals.steps import RULES, move
from tests.factories import KEYS, NOW, make_agency, make_member
from tests.referrals.files import LAST_DAY, SAID, TODAY, audited, day, mover, take_in


def test_a_file_begins_as_the_agency_tells_it(db: Session) -> None:
    referral = take_in(db, reference=" R-0001 ")
    kept = find_referral(db, referral.id)
    assert kept is referral
    assert (kept.state, kept.fee_state, kept.reference) == ("referred", "due", "R-0001")
    assert (kept.deadline, kept.commitment_version) == (LAST_DAY, "2026-1")
    assert (kept.outcome, kept.code_id, kept.enrolment_id) == (None, None, None)


def test_the_first_step_is_written_down_and_audited(db: Session) -> None:
    referral = take_in(db)
    (first,) = events_of(db, referral.id)
    assert (first.number, first.act, first.before, first.after) == (1, "refer", "", "referred")
    (entry,) = audited(db, referral)
    assert (entry.act, entry.actor) == ("file.refer", str(referral.referred_by))
    assert SAID.reference not in f"{entry.before}{entry.after}{entry.subject}"


def test_a_file_that_a_machine_sent_has_the_agency_for_its_actor(db: Session) -> None:
    agency = make_agency(db)
    referral = refer(db, agency.id, SAID, source="api", by=None, keys=KEYS, now=NOW, today=TODAY)
    assert [one.by for one in events_of(db, referral.id)] == ["agency"]
    assert audited(db, referral) == []


@pytest.mark.parametrize("again", ["R-0001", "r-0001", "R0001", " R/0001 ", "r.00_01"])
def test_a_reference_that_was_used_is_refused_however_it_is_typed(db: Session, again: str) -> None:
    agency = make_agency(db)
    take_in(db, agency)
    with pytest.raises(ReferenceUsedError):
        take_in(db, agency, reference=again)


def test_a_reference_stays_used_when_its_file_is_purged(db: Session) -> None:
    agency = make_agency(db)
    referral = take_in(db, agency)
    referral.state = "closed"
    move(db, referral, Act.PURGE, RULES, now=NOW)
    assert referral.reference is None
    assert referrals_of(db, agency.id, limit=10) == ()
    with pytest.raises(ReferenceUsedError):
        take_in(db, agency)


def test_two_agencies_may_use_the_same_reference(db: Session) -> None:
    first, second = take_in(db), take_in(db)
    assert first.reference == second.reference
    assert first.reference_mark != second.reference_mark


def test_who_has_another_key_cannot_find_a_reference_by_its_mark() -> None:
    agency_id = new_id()
    other: Keys = replace(KEYS, field=bytes(32))
    mark = reference_mark(KEYS, agency_id, "R-0001")
    assert mark not in {reference_mark(other, agency_id, "R-0001"), ""}
    assert "R-0001" not in mark


@pytest.mark.parametrize(
    "reference",
    ["", "Tremblay", "Jean Tremblay", "R-1 de Jean", "é-1", "-1", "R-1\n2", "1" * 41, "<b>1"],
)
def test_what_could_be_a_name_is_no_reference(db: Session, reference: str) -> None:
    with pytest.raises(ReferenceFormError):
        take_in(db, reference=reference)


@pytest.mark.parametrize("answer", ["first_time", "no_minor", "accepts", "lawyer_told"])
def test_one_no_is_enough_and_nobody_is_told_which(db: Session, answer: str) -> None:
    with pytest.raises(NotEligibleError) as fault:
        take_in(db, None, **{answer: False})
    assert str(fault.value) == ""


def test_there_is_no_field_for_a_ground_a_name_or_a_deed() -> None:
    words = " ".join(one.name for one in fields(NewReferral))
    for asked in ("name", "birth", "address", "offence", "ground", "reason", "event", "telephone"):
        assert asked not in words


@pytest.mark.parametrize("number", [0, 1, 366])
def test_a_last_day_from_today_to_a_year_ahead_is_taken(db: Session, number: int) -> None:
    assert take_in(db, deadline=day(number)).deadline == day(number)


@pytest.mark.parametrize("number", [-1, 367, 4000])
def test_a_last_day_that_is_over_or_too_far_is_refused(db: Session, number: int) -> None:
    with pytest.raises(DeadlineError):
        take_in(db, deadline=day(number))


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "de"},
        {"decided_on": day(1)},
        {"committed_on": day(1)},
        {"commitment_version": "il regrette"},
        {"commitment_version": "x" * 21},
    ],
)
def test_what_cannot_be_so_is_refused(db: Session, wrong: dict[str, Any]) -> None:
    with pytest.raises(DetailError):
        take_in(db, **wrong)


def test_a_commitment_may_be_missing(db: Session) -> None:
    referral = take_in(db, committed_on=None, commitment_version="")
    assert (referral.committed_on, referral.commitment_version) == (None, None)


def test_without_an_agreement_in_force_nobody_is_referred(db: Session) -> None:
    agency = make_agency(db)
    close_agency(db, agency.id, NOW)
    with pytest.raises(NoAgreementError):
        take_in(db, agency)
    open_one = make_agency(db)
    later = TODAY + timedelta(days=200)
    for said in (SAID, replace(SAID, first_time=False)):
        with pytest.raises(NoAgreementError):
            refer(
                db, open_one.id, said, source="api", by=None, keys=KEYS, now=NOW, today=later
            )  # fmt: skip


def test_an_agency_that_is_not_there_refers_nobody(db: Session) -> None:
    with pytest.raises(NotFoundError):
        refer(db, new_id(), SAID, source="api", by=None, keys=KEYS, now=NOW, today=TODAY)


def test_a_refusal_leaves_the_rest_of_the_act_as_it_was(db: Session) -> None:
    agency = make_agency(db)
    first = take_in(db, agency)
    with pytest.raises(ReferenceUsedError):
        take_in(db, agency)
    second = take_in(db, agency, reference="R-0002")
    assert {one.id for one in referrals_of(db, agency.id, limit=10)} == {first.id, second.id}


def test_an_agency_sees_its_own_files_and_a_member_his_own(db: Session) -> None:
    agency = make_agency(db)
    mine, other = take_in(db, agency), take_in(db, agency, reference="R-0002")
    take_in(db)
    member = make_member(db, mine)
    own = referrals_of(db, agency.id, referred_by=member.id, limit=10)
    assert [one.id for one in own] == [mine.id]
    page = [referrals_of(db, agency.id, limit=1, offset=at)[0].id for at in (0, 1)]
    assert sorted(page) == sorted([mine.id, other.id])


def test_an_account_moves_nothing_without_the_key_of_the_audit_chain(db: Session) -> None:
    who = mover(db)
    with pytest.raises(ValueError, match="audited"):
        replace(who, audit_key=b"")
    assert "audit_key" not in repr(who)


def test_no_day_is_kept_that_the_agency_did_not_give(db: Session) -> None:
    referral = take_in(db)
    days = [
        getattr(referral, column.name)
        for column in referral.__table__.columns
        if isinstance(getattr(referral, column.name), date)
    ]
    given = {SAID.deadline, SAID.decided_on, SAID.committed_on, NOW}
    assert set(days) == given
