"""What a coordinator finds when she looks for files, and what waits for her."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.enrolment.models import EnrolmentCode
from lms.referrals.listing import (
    Order,
    Waiting,
    Wanted,
    count_files,
    files_to_write_to,
    files_with_letters,
    find_files,
    waiting_counts,
)
from lms.referrals.models import Referral
from lms.referrals.states import State
from tests.factories import NOW, make_agency, make_cohort, make_enrolment, make_referral

TODAY = NOW.date()
DAY = timedelta(days=1)


def _found(db: Session, wanted: Wanted) -> list[str]:
    rows = find_files(db, wanted, now=NOW, today=TODAY, limit=50)
    assert len(rows) == count_files(db, wanted, now=NOW, today=TODAY)
    return [row.reference for row in rows]


def _code(db: Session, file: Referral, *, days: int, used: bool = False) -> None:
    code = EnrolmentCode(
        programme_id=file.programme_id,
        cohort_id=file.cohort_id,
        code_hash=file.reference_mark,
        issued_at=NOW - 9 * DAY,
        expires_at=NOW + days * DAY,
        redeemed_at=NOW if used else None,
    )
    db.add(code)
    db.flush()
    file.code_id = code.id
    db.flush()


def test_files_are_found_by_state_agency_group_and_a_part_of_the_reference(db: Session) -> None:
    agency, cohort = make_agency(db), make_cohort(db)
    make_referral(db, agency=agency, reference="R-100_1", state=State.READY)
    make_referral(db, agency=agency, reference="R-200_1", cohort=cohort)
    make_referral(db, reference="S-300")
    assert _found(db, Wanted(state=State.READY)) == ["R-100_1"]
    assert sorted(_found(db, Wanted(agency_id=agency.id))) == ["R-100_1", "R-200_1"]
    assert _found(db, Wanted(cohort_id=cohort.id)) == ["R-200_1"]
    assert _found(db, Wanted(text="r-1")) == ["R-100_1"]
    assert sorted(_found(db, Wanted(text="00_"))) == ["R-100_1", "R-200_1"]
    assert _found(db, Wanted(text="%")) == []
    assert _found(db, Wanted(text="0_", agency_id=agency.id, cohort_id=cohort.id)) == ["R-200_1"]


@pytest.mark.parametrize(
    ("order", "references"),
    [
        (Order.NEWEST, ["c-3", "B-2", "A-1"]),
        (Order.REFERENCE, ["A-1", "B-2", "c-3"]),
        (Order.DEADLINE, ["B-2", "c-3", "A-1"]),
        (Order.STATE, ["c-3", "A-1", "B-2"]),
    ],
)
def test_a_list_is_sorted_as_asked(db: Session, order: Order, references: list[str]) -> None:
    rows = (("A-1", 30, State.READY), ("B-2", 10, State.REFERRED), ("c-3", 20, State.FEE_DUE))
    for age, (reference, days, state) in enumerate(reversed(rows)):
        file = make_referral(db, reference=reference, deadline=TODAY + days * DAY, state=state)
        file.referred_at = NOW - age * DAY
    db.flush()
    assert _found(db, Wanted(order=order)) == references


def test_a_purged_file_is_in_no_list(db: Session) -> None:
    make_referral(db, state=State.PURGED, reference=None, purged_at=NOW)
    assert _found(db, Wanted()) == []


def test_a_line_tells_the_group_and_the_pseudonym_and_no_more_of_the_person(db: Session) -> None:
    person = make_enrolment(db)
    cohort_id = person.cohort_id
    file = make_referral(db, state=State.ENROLLED, enrolment_id=person.id)
    file.cohort_id = cohort_id
    db.flush()
    (row,) = find_files(db, Wanted(), now=NOW, today=TODAY, limit=5)
    assert row.pseudonym == person.pseudonym
    assert row.cohort_id == cohort_id
    assert row.code_until is None


def test_each_file_waits_for_the_one_thing_that_comes_next(db: Session) -> None:
    cohort = make_cohort(db)
    far = TODAY + 60 * DAY
    make_referral(db, reference="fee-1", deadline=far)
    make_referral(db, reference="fee-2", state=State.FEE_DUE, deadline=far)
    make_referral(db, reference="group-1", state=State.READY, deadline=far)
    make_referral(db, reference="letter-1", state=State.READY, cohort=cohort, deadline=far)
    over = make_referral(db, reference="over-1", state=State.READY, cohort=cohort, deadline=far)
    _code(db, over, days=-1)
    make_referral(db, reference="over-2", state=State.CODE_EXPIRED, cohort=cohort, deadline=far)
    sent = make_referral(db, reference="sent-1", state=State.READY, cohort=cohort, deadline=far)
    _code(db, sent, days=1)
    make_referral(db, reference="near-1", state=State.IN_PROGRESS, deadline=TODAY + 14 * DAY)
    make_referral(db, reference="done-1", state=State.CLOSED, deadline=TODAY)
    assert waiting_counts(db, now=NOW, today=TODAY) == {
        Waiting.FEE: 2,
        Waiting.GROUP: 1,
        Waiting.LETTER: 1,
        Waiting.NEW_CODE: 2,
        Waiting.DEADLINE: 1,
    }
    assert _found(db, Wanted(waiting=Waiting.GROUP)) == ["group-1"]
    assert _found(db, Wanted(waiting=Waiting.LETTER)) == ["letter-1"]
    assert sorted(_found(db, Wanted(waiting=Waiting.NEW_CODE))) == ["over-1", "over-2"]
    assert _found(db, Wanted(waiting=Waiting.DEADLINE)) == ["near-1"]


def test_letters_are_for_who_is_ready_in_this_group_or_in_none(db: Session) -> None:
    cohort, other = make_cohort(db), make_cohort(db)
    make_referral(db, reference="none-1", state=State.READY)
    make_referral(db, reference="here-1", state=State.READY, cohort=cohort)
    make_referral(db, reference="there-1", state=State.READY, cohort=other)
    make_referral(db, reference="due-1", cohort=cohort)
    sent = make_referral(db, reference="sent-1", state=State.READY, cohort=cohort)
    _code(db, sent, days=3)
    over = make_referral(db, reference="over-1", state=State.READY, cohort=cohort)
    _code(db, over, days=-3)
    ready = files_to_write_to(db, cohort.id, now=NOW, limit=9)
    assert sorted(row.reference for row in ready) == ["here-1", "none-1", "over-1"]
    again = files_with_letters(db, cohort.id, now=NOW, limit=9)
    assert [row.reference for row in again] == ["sent-1"]
