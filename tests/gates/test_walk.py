"""The proof that a course can be finished and not skipped: what it finds, and the path it shows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lms.gates import walk as walking
from lms.gates.gate import Closed, Gate, QuizLimits, QuizStanding, Sequence, quiz_gate
from lms.gates.plan import Finding, Flaw, Page, Plan, PlannedModule
from lms.gates.slowest import find_late
from lms.gates.walk import walk

PAUSE = timedelta(minutes=10)


def module(name: str = "law", **changes: object) -> PlannedModule:
    """Plan a module of two pages that asks one question about the second."""
    fields = {
        "id": name,
        "pages": (Page("one", 60), Page("two", 60)),
        "limits": QuizLimits(None, PAUSE),
        "passing_percent": 80,
        "fewest": 1,
        "most": 1,
        "review": frozenset({"two"}),
        "minutes": 2,
    }
    return PlannedModule(**{**fields, **changes})  # type: ignore[arg-type]  # a test's fields


def found(*modules: PlannedModule, **rules: object) -> list[tuple[Flaw, str]]:
    plan = Plan(modules, **rules)  # type: ignore[arg-type]  # a test's fields
    return [(finding.flaw, finding.path) for finding in walk(plan)]


@pytest.mark.parametrize("sequence", Sequence)
@pytest.mark.parametrize("percent", [0, 70, 100])
def test_an_ordinary_course_can_be_finished_and_not_skipped(
    sequence: Sequence, percent: int
) -> None:
    course = (module("law"), module("health"), module("support"))
    assert found(*course, sequence=sequence, seat_time_percent=percent) == []


def test_an_author_sees_the_way_to_where_only_an_instructor_helps() -> None:
    once = module("law", limits=QuizLimits(1, PAUSE))
    way = "module 2 `law`: page 1 → page 2 → quiz, attempt 1 not passed → no attempt left"
    assert found(module("first"), once) == [(Flaw.NO_ATTEMPT_LEFT, way)]


@pytest.mark.parametrize("limit", [2, 19, 20, 21, 22, 1000])
def test_a_long_way_is_told_in_few_words(limit: int) -> None:
    pages = tuple(Page(str(number), 60) for number in range(20))
    many = module(pages=pages, limits=QuizLimits(limit, PAUSE))
    way = f"pages 1 to 20 → quiz, attempts 1 to {limit} not passed → no attempt left"
    assert found(many) == [(Flaw.NO_ATTEMPT_LEFT, f"module 1 `law`: {way}")]


def test_a_quiz_that_nobody_can_pass_is_found() -> None:
    way = "module 1 `law`: page 1 → page 2 → quiz, attempt 1 with everything right → not passed"
    assert found(module(passing_percent=None)) == [(Flaw.NEVER_PASSES, way)]
    assert found(module(passing_percent=101)) == [(Flaw.NEVER_PASSES, way)]


def test_a_quiz_that_passes_with_nothing_right_is_found() -> None:
    way = "module 1 `law`: page 1 → page 2 → quiz, attempt 1 with nothing right → passed"
    assert found(module(fewest=0)) == [(Flaw.UNEARNED, way)]
    assert found(module(passing_percent=0)) == [(Flaw.UNEARNED, way)]


def test_a_quiz_that_passes_by_luck_of_the_draw_and_then_leaves_nobody_a_way_is_found() -> None:
    lucky = module(fewest=0, most=2, limits=QuizLimits(1, PAUSE))
    assert [flaw for flaw, _ in found(lucky)] == [Flaw.UNEARNED, Flaw.NO_ATTEMPT_LEFT]
    empty = module(fewest=0, most=0, limits=QuizLimits(1, PAUSE))
    assert [flaw for flaw, _ in found(empty)] == [Flaw.UNEARNED]


def test_a_quiz_without_a_page_before_it_is_found() -> None:
    way = "module 1 `law`: quiz, with no page before it"
    assert found(module(pages=())) == [(Flaw.OPENS_EARLY, way)]


def test_a_page_that_can_be_left_at_once_is_found_where_time_is_asked() -> None:
    pages = (Page("one", 60), Page("map", 0))
    way = "module 1 `law`: page 1 → page 2 → left at once"
    assert found(module(pages=pages), seat_time_percent=70) == [(Flaw.NO_TIME_ASKED, way)]
    assert found(module(pages=pages)) == []


# The gates themselves: where one does not hold, the walk says so and shows the way through it.


def _open(*_asked: object) -> Gate:
    return Gate()


def test_a_gate_that_opens_a_quiz_over_unread_pages_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(walking, "quiz_gate", _open)
    assert found(module())[0] == (Flaw.OPENS_EARLY, "module 1 `law`: quiz, pages still unread: 2")


def test_a_gate_that_opens_a_module_early_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "module_gate", _open)
    way = "module 1 `law`: module `health` is open"
    assert found(module("law"), module("health")) == [(Flaw.OPENS_EARLY, way)]


def test_an_end_that_comes_early_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "open_module", lambda *_asked: None)
    assert found(module()) == [(Flaw.OPENS_EARLY, "module 1 `law`: the course is over")]


@pytest.mark.parametrize(
    ("gate", "way"),
    [
        ("module_gate", "the module stays shut"),
        ("section_gate", "shut for good (page)"),
        ("quiz_gate", "page 1 → page 2 → shut for good (pause)"),
    ],
)
def test_a_gate_that_never_opens_is_found(
    monkeypatch: pytest.MonkeyPatch, gate: str, way: str
) -> None:
    shut = Gate(Closed.PAUSE)
    monkeypatch.setattr(walking, gate, lambda *_asked: shut)
    assert found(module(), seat_time_percent=70) == [(Flaw.STUCK, f"module 1 `law`: {way}")]


def test_a_gate_that_does_not_say_when_it_opens_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(credited: int, least: int, _now: object) -> Gate:
        return Gate(Closed.TIME_SHORT) if credited < least else Gate()

    monkeypatch.setattr(walking, "section_gate", silent)
    way = "module 1 `law`: shut for good (page)"
    assert found(module(), seat_time_percent=70) == [(Flaw.STUCK, way)]


def test_a_gate_that_opens_a_retake_over_unread_pages_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def careless(*asked: QuizStanding) -> Gate:
        return Gate() if asked[2].attempts else quiz_gate(*asked)  # type: ignore[arg-type]  # its own

    monkeypatch.setattr(walking, "quiz_gate", careless)
    pages = tuple(Page(name, 60) for name in ("one", "two", "three"))
    ((flaw, path),) = found(module(pages=pages))
    assert flaw is Flaw.OPENS_EARLY
    assert path.endswith("page 3 → quiz, attempt 1 not passed → quiz, pages still unread: 1")


def test_a_gate_that_shuts_after_a_retake_without_a_limit_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def weary(*asked: QuizStanding) -> Gate:
        tired = asked[2].attempts > 1
        return Gate(Closed.NO_ATTEMPT_LEFT) if tired else quiz_gate(*asked)  # type: ignore[arg-type]  # its own

    monkeypatch.setattr(walking, "quiz_gate", weary)
    way = "attempts 1 to 2 not passed → page `two` again → shut for good (no-attempt-left)"
    ((flaw, path),) = found(module())
    assert flaw is Flaw.STUCK
    assert path.endswith(way)


def test_leaving_out_the_middle_of_a_long_row_of_attempts_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plans = [Plan((module(limits=QuizLimits(limit, PAUSE)),)) for limit in range(1, 45)]
    short = [list(walk(plan)) for plan in plans]
    monkeypatch.setattr(walking, "_FEW", 1000)
    assert short == [list(walk(plan)) for plan in plans]


# The slowest way.


def _days(limit: int | None, pause: timedelta, sequence: Sequence = Sequence.IN_ORDER) -> int:
    """Give the shortest deadline, in days, that two modules leave time enough for."""
    law = module("law", limits=QuizLimits(limit, pause))
    plan = Plan((law, replace(law, id="health")), sequence)
    return next(days for days in range(1000) if find_late(plan, timedelta(days=days)) is None)


@pytest.mark.parametrize(
    ("limit", "pause", "in_order", "free"),
    [
        (None, 1, 3, 2),  # one retake each; a minute of reading tips over into the next day
        (1, 1, 3, 2),
        (3, 7, 43, 22),
        (5, 0, 1, 1),
    ],
)
def test_the_deadline_holds_every_attempt_with_its_pause(
    limit: int | None, pause: int, in_order: int, free: int
) -> None:
    wait = timedelta(days=pause)
    assert _days(limit, wait) == in_order
    assert _days(limit, wait, Sequence.FREE) == free


def test_reading_counts_against_the_deadline() -> None:
    long = module(minutes=600, limits=QuizLimits(5, timedelta(0)))  # six times ten hours
    late = find_late(Plan((long,)), timedelta(days=2))
    way = "module 1 `law`: quiz, attempts 1 to 4 not passed → attempt 5, after 2 days, 2:00:00"
    assert late == Finding(Flaw.LATE, 1, way)
    assert find_late(Plan((long,)), timedelta(days=3)) is None


def test_the_attempt_that_an_instructor_gives_must_fit_too() -> None:
    once = module(limits=QuizLimits(1, timedelta(days=3)))
    late = find_late(Plan((once,)), timedelta(days=2))
    assert late is not None
    assert "attempt 1 not passed → one more given, after 3 days" in late.path
