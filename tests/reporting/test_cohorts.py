"""Lists of people: what an instructor counts, sorts and filters by, on both databases.

Longer than 300 lines: one group of people of every kind serves all of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.enrolment.models import Cohort, Enrolment
from lms.journey.take_quiz import start_quiz
from lms.kernel.errors import NotFoundError
from lms.reporting.cohorts import (
    CohortTable,
    cohort_table,
    own_cohort,
    own_cohorts,
    people_to_follow_up,
)
from lms.reporting.follow_up import Moment, Why
from lms.reporting.people import in_scope, people, reasons
from lms.reporting.person import attempt_view, person_view
from lms.reporting.spreadsheet import ResultRow, result_rows
from lms.reporting.table import SortBy, State, Wanted
from tests.factories import (
    KEYS,
    NOW,
    change_rules,
    learner_of,
    make_cohort,
    make_enrolment,
    make_user,
    pass_course,
    pass_module,
    read_module,
    save_all,
    submit,
    take_quiz,
)

TODAY = date(2026, 11, 21)
MOMENT = Moment(NOW, TODAY)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def instructor(db: Session) -> User:
    return make_user(db, role=Role.INSTRUCTOR)


@pytest.fixture
def cohort(db: Session, instructor: User) -> Cohort:
    return make_cohort(db, "Groupe A", instructors=[instructor], pause_seconds=0)


def _enrol(db: Session, cohort: Cohort, name: str, *, days_ago: int = 1) -> Enrolment:
    enrolment = make_enrolment(db, cohort=cohort, now=NOW - days_ago * DAY)
    enrolment.pseudonym = name
    db.flush()
    return enrolment


def _table(db: Session, instructor: User, cohort: Cohort, wanted: Wanted) -> CohortTable:
    head = own_cohort(db, instructor.id, cohort.id)
    return cohort_table(db, instructor.id, head, wanted, MOMENT)


def _names(table: CohortTable) -> list[str]:
    return [person.pseudonym for person in table.people]


@contextmanager
def _statements(db: Session) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            sent.append(statement)

    bind = db.connection()
    event.listen(bind, "before_cursor_execute", note)
    yield sent
    event.remove(bind, "before_cursor_execute", note)


def _people_of_every_kind(db: Session, cohort: Cohort) -> None:
    _enrol(db, cohort, "P-NEW")
    _enrol(db, cohort, "P-SLEEPS", days_ago=8)
    reads = learner_of(db, _enrol(db, cohort, "P-READS", days_ago=20))
    read_module(db, reads, 1, now=NOW - 2 * HOUR)
    quiet = learner_of(db, _enrol(db, cohort, "P-QUIET", days_ago=20))
    pass_module(db, quiet, 1, now=NOW - 9 * DAY)
    tries = learner_of(db, _enrol(db, cohort, "P-TRIES", days_ago=20))
    read_module(db, tries, 1, now=NOW - 3 * HOUR)
    for number in range(3):
        take_quiz(db, tries, 1, right=False, now=NOW - 2 * HOUR + number * HOUR / 4)
    near = _enrol(db, cohort, "P-NEAR")
    near.deadline = TODAY + 5 * DAY
    both = _enrol(db, cohort, "P-BOTH", days_ago=30)
    both.deadline = TODAY - DAY
    over = _enrol(db, cohort, "P-OVER", days_ago=90)
    over.deadline = TODAY - 31 * DAY
    stopped = learner_of(db, _enrol(db, cohort, "P-STOP", days_ago=20))
    read_module(db, stopped, 1, now=NOW - 3 * DAY)
    take_quiz(db, stopped, 1, right=False, now=NOW - 2 * DAY)
    again = learner_of(db, _enrol(db, cohort, "P-AGAIN", days_ago=20))
    read_module(db, again, 1, now=NOW - 3 * DAY)
    take_quiz(db, again, 1, right=False, now=NOW - 2 * DAY)
    read_module(db, again, 1, now=NOW - HOUR)
    short = _enrol(db, cohort, "P-SHORT")
    short.deadline = TODAY + 15 * DAY
    half = _enrol(db, cohort, "P-HALF", days_ago=20)
    half.deadline = TODAY + 15 * DAY
    pass_module(db, learner_of(db, half), 1, now=NOW - HOUR)
    pass_course(db, learner_of(db, _enrol(db, cohort, "P-DONE", days_ago=60)), now=NOW - 20 * DAY)
    db.flush()


def test_the_rule_says_the_same_in_the_lists_as_on_the_page_of_a_person(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    _people_of_every_kind(db, cohort)
    table = _table(db, instructor, cohort, Wanted())
    by_rule = {one.pseudonym for one in table.people if one.reasons}
    listed = _table(db, instructor, cohort, Wanted(state=State.FOLLOW_UP))
    assert set(_names(listed)) == by_rule
    assert by_rule == {
        "P-SLEEPS", "P-QUIET", "P-TRIES", "P-NEAR", "P-BOTH", "P-STOP", "P-SHORT"
    }  # fmt: skip
    sql = people(in_scope(instructor.id))
    counted = {row[0]: row[1] for row in db.execute(select(sql.c.pseudonym, reasons(sql, MOMENT)))}
    assert counted == {one.pseudonym: len(one.reasons) for one in table.people}
    counts = [len(one.reasons) for one in table.people]
    assert counts == sorted(counts, reverse=True)


def test_whoever_has_most_reasons_comes_first_then_the_nearest_deadline(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    _people_of_every_kind(db, cohort)
    assert _names(_table(db, instructor, cohort, Wanted()))[:2] == ["P-BOTH", "P-NEAR"]
    people = people_to_follow_up(db, instructor.id, MOMENT, most=2)
    assert [one.pseudonym for one in people] == ["P-BOTH", "P-NEAR"]
    assert [reason.why for reason in people[0].reasons] == [Why.DEADLINE, Why.NOT_STARTED]


@pytest.mark.parametrize("mark", ["withdrawn_at", "closed_at", "suspended_at"])
def test_whoever_has_left_or_rests_is_nobody_to_help_on(
    db: Session, instructor: User, cohort: Cohort, mark: str
) -> None:
    person = _enrol(db, cohort, "P-RESTS", days_ago=8)
    person.deadline = TODAY - DAY
    db.flush()
    assert people_to_follow_up(db, instructor.id, MOMENT, most=9)
    setattr(person, mark, NOW)
    db.flush()
    assert not people_to_follow_up(db, instructor.id, MOMENT, most=9)
    assert own_cohorts(db, instructor.id, MOMENT)[0].to_follow_up == 0
    assert not person_view(db, instructor.id, person.id, MOMENT).person.reasons


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.NOT_STARTED, {"P-NEW", "P-SLEEPS", "P-NEAR", "P-BOTH", "P-OVER", "P-SHORT"}),
        (State.UNDER_WAY, {"P-READS", "P-QUIET", "P-TRIES", "P-STOP", "P-AGAIN", "P-HALF"}),
        (State.FINISHED, {"P-DONE"}),
    ],
)
def test_an_instructor_may_see_only_those_in_one_state(
    db: Session, instructor: User, cohort: Cohort, state: State, expected: set[str]
) -> None:
    _people_of_every_kind(db, cohort)
    assert set(_names(_table(db, instructor, cohort, Wanted(state=state)))) == expected


def test_a_part_of_a_pseudonym_finds_the_person_and_no_sign_is_a_wildcard(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    _enrol(db, cohort, "P-AB12")
    _enrol(db, cohort, "P-CD34")
    assert _names(_table(db, instructor, cohort, Wanted(part="ab1"))) == ["P-AB12"]
    assert _names(_table(db, instructor, cohort, Wanted(part="%"))) == []
    assert _names(_table(db, instructor, cohort, Wanted(part="_"))) == []


@pytest.mark.parametrize(
    ("sort", "module_id", "orders"),
    [
        (SortBy.PERSON, "", ("1 2 3 4", "4 3 2 1")),
        (SortBy.PASSED, "", ("1 3 2 4", "2 4 1 3")),  # among equals, by pseudonym
        (SortBy.TRIES, "", ("1 4 2 3", "3 2 4 1")),
        (SortBy.SEEN, "", ("1 4 3 2", "2 3 4 1")),
        (SortBy.MODULE, "first", ("1 3 2 4", "2 4 3 1")),
        (SortBy.MODULE, "second", ("1 3 4 2", "2 1 3 4")),
    ],
)
def test_the_table_can_be_sorted_by_any_column(
    db: Session,
    instructor: User,
    cohort: Cohort,
    sort: SortBy,
    module_id: str,
    orders: tuple[str, str],
) -> None:
    _enrol(db, cohort, "P-1")
    two, three, four = (
        learner_of(db, _enrol(db, cohort, name, days_ago=30)) for name in ("P-2", "P-3", "P-4")
    )
    pass_module(db, two, 1, now=NOW - 3 * HOUR)
    read_module(db, two, 2, now=NOW - 2 * HOUR)
    take_quiz(db, two, 2, right=False, now=NOW - HOUR)
    read_module(db, three, 1, now=NOW - 2 * DAY)
    for number in range(3):
        take_quiz(db, three, 1, right=False, now=NOW - DAY + number * HOUR)
    pass_module(db, four, 1, now=NOW - 2 * DAY)
    wanted = Wanted(sort, module_id=module_id)
    up = _table(db, instructor, cohort, wanted)
    down = _table(db, instructor, cohort, replace(wanted, descending=True))
    assert [name.removeprefix("P-") for name in _names(up)] == orders[0].split()
    assert [name.removeprefix("P-") for name in _names(down)] == orders[1].split()


def test_beginning_an_attempt_is_activity_and_so_is_beginning_another(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    enrolment = _enrol(db, cohort, "P-1", days_ago=30)
    learner = learner_of(db, enrolment)
    read_module(db, learner, 1, now=NOW - 20 * DAY)
    first = start_quiz(db, learner, 1, "fr", NOW - 19 * DAY)
    seen = [_table(db, instructor, cohort, Wanted()).people[0].seen_at]
    save_all(db, first, right=False, now=NOW - 19 * DAY)
    submit(db, learner, first.id, now=NOW - 18 * DAY)
    seen.append(_table(db, instructor, cohort, Wanted()).people[0].seen_at)
    read_module(db, learner, 1, now=NOW - 3 * DAY)
    start_quiz(db, learner, 1, "fr", NOW - 2 * DAY)
    seen.append(_table(db, instructor, cohort, Wanted()).people[0].seen_at)
    assert seen == [NOW - 19 * DAY, NOW - 18 * DAY, NOW - 2 * DAY]


def test_the_groups_are_counted_and_an_empty_one_is_there(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    _people_of_every_kind(db, cohort)
    make_cohort(db, "Groupe vide", instructors=[instructor])
    lines = {line.name: line for line in own_cohorts(db, instructor.id, MOMENT)}
    full, empty = lines["Groupe A"], lines["Groupe vide"]
    assert (full.people, full.finished, full.to_follow_up) == (13, 1, 7)
    assert (empty.people, empty.finished, empty.to_follow_up) == (0, 0, 0)


def test_fifty_people_make_a_page_and_a_page_beyond_the_last_is_the_last(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    for number in range(53):
        _enrol(db, cohort, f"P-{number:03}")
    wanted = Wanted(SortBy.PERSON, page=2)
    table = _table(db, instructor, cohort, wanted)
    assert (len(table.people), table.total, table.page, table.pages) == (3, 53, 2, 2)
    assert _names(table) == ["P-050", "P-051", "P-052"]
    beyond = _table(db, instructor, cohort, Wanted(SortBy.PERSON, page=99))
    assert _names(beyond) == _names(table)


def test_the_table_costs_the_same_number_of_statements_whatever_its_size(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    _people_of_every_kind(db, cohort)
    with _statements(db) as few:
        _table(db, instructor, cohort, Wanted(SortBy.MODULE, module_id="first"))
    for number in range(40):
        _enrol(db, cohort, f"P-{number:03}")
    with _statements(db) as many:
        _table(db, instructor, cohort, Wanted(SortBy.MODULE, module_id="first"))
    assert len(few) == len(many) <= 6


def test_a_module_that_left_the_course_stays_a_column_for_those_who_have_it(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    _enrol(db, cohort, "P-OLD")
    change_rules(db, modules=["second"])
    _enrol(db, cohort, "P-YOUNG")
    table = _table(db, instructor, cohort, Wanted(SortBy.PERSON))
    assert table.head.modules == ("second", "first")
    assert [one.modules for one in table.people] == [("first", "second"), ("second",)]
    rows = [(row.pseudonym, row.module_number) for row in _rows(db, instructor, cohort)]
    assert rows == [("P-OLD", 1), ("P-OLD", 2), ("P-YOUNG", 1)]


def _rows(db: Session, instructor: User, cohort: Cohort) -> list[ResultRow]:
    return list(result_rows(db, instructor.id, own_cohort(db, instructor.id, cohort.id)))


def test_nothing_of_another_instructors_cohort_can_be_read(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    enrolment = _enrol(db, cohort, "P-1", days_ago=20)
    done = pass_module(db, learner_of(db, enrolment), 1)
    stranger = make_user(db, role=Role.INSTRUCTOR)
    make_cohort(db, "Groupe B", instructors=[stranger])
    head = own_cohort(db, instructor.id, cohort.id)
    assert person_view(db, instructor.id, enrolment.id, MOMENT).person.pseudonym == "P-1"
    assert attempt_view(db, instructor.id, done.attempt_id, KEYS).pseudonym == "P-1"
    for refused in (
        lambda: own_cohort(db, stranger.id, cohort.id),
        lambda: person_view(db, stranger.id, enrolment.id, MOMENT),
        lambda: attempt_view(db, stranger.id, done.attempt_id, KEYS),
        lambda: own_cohort(db, instructor.id, uuid4()),
    ):
        with pytest.raises(NotFoundError):
            refused()
    assert cohort_table(db, stranger.id, head, Wanted(), MOMENT).people == ()
    assert list(result_rows(db, stranger.id, head)) == []
    assert people_to_follow_up(db, stranger.id, MOMENT, most=9) == ()
    assert [line.name for line in own_cohorts(db, stranger.id, MOMENT)] == ["Groupe B"]


def test_what_somebody_wrote_for_himself_never_leaves_with_his_attempt(
    db: Session, instructor: User, cohort: Cohort
) -> None:
    done = pass_module(db, learner_of(db, _enrol(db, cohort, "P-1")), 1)
    view = attempt_view(db, instructor.id, done.attempt_id, KEYS)
    answers = {one.item.id: one.answer for one in view.attempt.outcomes}
    assert answers["open"] == ()
    assert view.words_written == {"open": 3}
    assert answers["text"] == ("Écoute",)
