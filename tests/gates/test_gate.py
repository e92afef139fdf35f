"""Which page is open: by table, and for any course that anybody could take."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.gates.gate import (
    Closed,
    Gate,
    QuizLimits,
    QuizStanding,
    Sequence,
    deadline_gate,
    module_gate,
    open_module,
    quiz_gate,
)

ORDER = ("a", "b", "c")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
READ = {"one": True, "two": True}
PAUSE = timedelta(minutes=10)
LIMITS = QuizLimits(attempts=3, pause=PAUSE)
OPEN = Gate()


@pytest.mark.parametrize(
    ("passed", "module_id", "opened_by"),
    [
        ("", "a", None),
        ("", "b", "a"),
        ("", "c", "a"),
        ("a", "a", None),
        ("a", "b", None),
        ("a", "c", "b"),
        ("ab", "c", None),
        ("abc", "a", None),
        ("b", "b", None),  # passed before the order was changed: it stays open
        ("b", "c", "a"),
        ("c", "b", "a"),
    ],
)
def test_a_module_opens_when_the_one_before_it_is_passed(
    passed: str, module_id: str, opened_by: str | None
) -> None:
    gate = module_gate(ORDER, Sequence.IN_ORDER, frozenset(passed), module_id)
    wanted = OPEN if opened_by is None else Gate(Closed.EARLIER_MODULE, module_id=opened_by)
    assert gate == wanted


@pytest.mark.parametrize("module_id", ORDER)
def test_in_a_free_course_every_module_is_open(module_id: str) -> None:
    assert module_gate(ORDER, Sequence.FREE, frozenset(), module_id) == OPEN


def test_when_all_is_passed_no_module_is_the_next() -> None:
    assert open_module(ORDER, frozenset("ab")) == "c"
    assert open_module(ORDER, frozenset("abc")) is None


def _standing(attempts: int = 0, ago: timedelta | None = None) -> QuizStanding:
    return QuizStanding(attempts, None if ago is None else NOON - ago)


@pytest.mark.parametrize(
    ("sections", "standing", "limits", "wanted"),
    [
        pytest.param(READ, _standing(), LIMITS, OPEN, id="all read, never tried"),
        pytest.param({}, _standing(), LIMITS, OPEN, id="nothing to read"),
        pytest.param(
            {"one": True, "two": False, "three": False},
            _standing(),
            LIMITS,
            Gate(Closed.SECTIONS_UNREAD, section_id="two"),
            id="the first unread section is named",
        ),
        pytest.param(
            READ,
            _standing(1, timedelta(minutes=9, seconds=59)),
            LIMITS,
            Gate(Closed.PAUSE, until=NOON + timedelta(seconds=1)),
            id="one second of the pause is left",
        ),
        pytest.param(READ, _standing(1, PAUSE), LIMITS, OPEN, id="the pause is over"),
        pytest.param(READ, _standing(2, PAUSE), LIMITS, OPEN, id="the last try"),
        pytest.param(
            READ,
            _standing(3, timedelta(days=9)),
            LIMITS,
            Gate(Closed.NO_ATTEMPT_LEFT),
            id="no try is left",
        ),
        pytest.param(
            READ, _standing(99, PAUSE), QuizLimits(None, PAUSE), OPEN, id="tries without limit"
        ),
        pytest.param(
            READ,
            _standing(1, timedelta(0)),
            QuizLimits(None, timedelta(0)),
            OPEN,
            id="no pause, tried this very moment",
        ),
    ],
)
def test_a_quiz_opens_when_its_rules_are_met(
    sections: dict[str, bool], standing: QuizStanding, limits: QuizLimits, wanted: Gate
) -> None:
    assert quiz_gate(OPEN, sections, standing, limits, NOON) == wanted


def test_a_passed_quiz_is_not_taken_again() -> None:
    passed = QuizStanding(1, NOON - timedelta(days=1), passed=True)
    assert quiz_gate(OPEN, READ, passed, LIMITS, NOON) == Gate(Closed.ALREADY_PASSED)


def test_the_quiz_of_a_shut_module_is_shut_for_the_same_reason() -> None:
    shut = Gate(Closed.EARLIER_MODULE, module_id="a")
    assert quiz_gate(shut, READ, _standing(), LIMITS, NOON) == shut


@pytest.mark.parametrize(
    ("today", "is_open"),
    [(date(2026, 11, 20), True), (date(2026, 11, 21), True), (date(2026, 11, 22), False)],
)
def test_the_day_of_the_deadline_is_still_good(today: date, is_open: bool) -> None:
    assert deadline_gate(date(2026, 11, 21), today).is_open is is_open
    assert deadline_gate(None, today).is_open


COURSES = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True).map(tuple)


@given(COURSES, st.data())
def test_in_order_a_module_is_open_only_over_passed_ones(
    order: tuple[str, ...], data: st.DataObject
) -> None:
    passed = frozenset(data.draw(st.sets(st.sampled_from(order))))
    for at, module_id in enumerate(order):
        gate = module_gate(order, Sequence.IN_ORDER, passed, module_id)
        earned = module_id in passed or passed.issuperset(order[:at])
        assert gate.is_open is earned


@given(COURSES, st.lists(st.tuples(st.integers(0, 7), st.booleans()), max_size=30))
def test_a_shut_module_never_opens_by_failing(
    order: tuple[str, ...], tries: list[tuple[int, bool]]
) -> None:
    passed: frozenset[str] = frozenset()
    for place, succeeds in tries:
        module_id = order[place % len(order)]
        before = _open(order, passed)
        if module_id in before and succeeds:
            passed |= {module_id}
            assert before <= _open(order, passed)  # and passing shuts nothing
        else:
            assert _open(order, passed) == before
    assert passed == frozenset(order[: len(passed)])


@given(COURSES, st.integers(0, 20), st.integers(0, 5), st.timedeltas(timedelta(0), PAUSE * 2))
def test_waiting_alone_opens_no_quiz_whose_tries_are_used_up(
    order: tuple[str, ...], attempts: int, limit: int, waited: timedelta
) -> None:
    gate = module_gate(order, Sequence.IN_ORDER, frozenset(), order[0])
    limits = QuizLimits(limit, PAUSE)
    opened = quiz_gate(gate, READ, _standing(attempts, waited), limits, NOON).is_open
    assert opened is (attempts < limit and waited >= PAUSE)


def _open(order: tuple[str, ...], passed: frozenset[str]) -> frozenset[str]:
    gates = {one: module_gate(order, Sequence.IN_ORDER, passed, one) for one in order}
    return frozenset(one for one, gate in gates.items() if gate.is_open)
