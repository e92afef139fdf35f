"""Random small courses: the walk says what one who tries everything finds."""

from collections.abc import Iterator
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.assessment.queries import quiz_from_document
from lms.content.check_gates import check_gates
from lms.content.check_minutes import section_seconds
from lms.content.check_pools import check_pools
from lms.content.model import (
    Choice,
    Content,
    Course,
    CourseKind,
    Item,
    ItemKind,
    Module,
    Place,
    Prose,
    QuizRules,
    Section,
    Severity,
)
from lms.content.plan_course import plan_course, plan_times
from lms.content.read import Reading
from lms.gates.gate import QuizLimits, Sequence
from lms.gates.plan import Finding, Flaw
from lms.gates.walk import walk
from lms.publishing.item_document import item_document
from tests.gates.player import Chapter, Game, Player

PAUSE = timedelta(minutes=10)
NO_END = {Flaw.NEVER_PASSES, Flaw.STUCK}
PATH = "content/courses/seminar.yml"


def _item(draw: st.DrawFn, number: int, sections: list[str], place: Place) -> Item:
    graded = draw(st.sampled_from([True, True, True, True, False]))
    pool = draw(st.sampled_from(["", "a"]))
    return Item(
        id=f"q{number}",
        kind=ItemKind.SINGLE if graded else ItemKind.OPEN,
        prompt="Which?",
        place=place,
        points=draw(st.integers(1, 3)),
        must=graded and not pool and draw(st.booleans()),
        section=draw(st.sampled_from(["", *sections])),
        pool=pool,
        graded=graded,
        choices=(Choice("a", correct=True), Choice("b"), Choice("c")) if graded else (),
    )


def _rules(draw: st.DrawFn, *, pools: bool) -> QuizRules:
    attempts = draw(st.sampled_from([None, None, None, None, 1, 2]))
    return QuizRules(
        pass_percent=draw(st.sampled_from([80, 50, 100, 1, None])),
        attempts=attempts,
        unlimited=attempts is None and draw(st.booleans()),
        pause=draw(st.sampled_from([None, timedelta(0), PAUSE])),
        draw={"a": draw(st.integers(1, 2))} if pools and draw(st.integers(0, 3)) else {},
    )


def _module(draw: st.DrawFn, name: str) -> Module:
    sections = [f"s{number}" for number in range(draw(st.sampled_from([1, 2, 2, 0])))]
    place = Place(f"content/modules/{name}/en.md")
    count = draw(st.sampled_from([2, 3, 1, 0]))
    items = tuple(_item(draw, number, sections, place) for number in range(count))
    return Module(
        id=name,
        language="en",
        title="T",
        minutes=draw(st.integers(1, 5)),
        reviewed=date(2026, 11, 21),
        review_by=date(2027, 11, 21),
        sections=tuple(
            Section(one, one, (Prose("word " * draw(st.sampled_from([90, 90, 0])), place),), place)
            for one in sections
        ),
        items=items,
        place=place,
        source="",
        quiz=_rules(draw, pools=any(item.pool for item in items)),
    )


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    modules = [_module(draw, name) for name in ("law", "health")[: draw(st.integers(1, 2))]]
    course = Course(
        id="seminar",
        kind=CourseKind.DIVERSION,
        languages=("en",),
        title={"en": "T"},
        modules=tuple(one.id for one in modules),
        place=Place(PATH),
        sequence=draw(st.sampled_from(Sequence)),
        quiz=_rules(draw, pools=False),
        seat_time=draw(st.sampled_from([0, 70])),
    )
    known = {(one.id, "en"): one for one in modules}
    content = Content({"seminar": course}, known, {}, {}, {})
    return Reading("content", content, {PATH: ""}, frozenset(), ())


def _game(content: Content) -> Game:
    """Publish a course as far as the player needs it."""
    course = content.courses["seminar"]
    defaults = {
        "pass": course.quiz.pass_percent,
        "attempts": course.quiz.attempts,
        "pause_seconds": int((course.quiz.pause or timedelta(0)).total_seconds()),
    }
    chapters = []
    for one in content.modules.values():
        pause = one.quiz.pause
        document = {
            "pass": one.quiz.pass_percent,
            "attempts": one.quiz.attempts,
            "unlimited": one.quiz.unlimited,
            "pause_seconds": None if pause is None else int(pause.total_seconds()),
            "draw": one.quiz.draw,
            "shuffle": True,
            "items": [item_document([item]) for item in one.items],
        }
        quiz = quiz_from_document(document, defaults)
        limits = QuizLimits(quiz.attempts, timedelta(seconds=quiz.pause_seconds))
        chapters.append(Chapter(one.id, quiz, limits, section_seconds(content, one)))
    return Game(tuple(chapters), course.sequence, course.seat_time)


def _reached(content: Content) -> Iterator[tuple[Finding, str]]:
    """Give what the walk finds where somebody can come: in order, not behind a dead end."""
    course = content.courses["seminar"]
    plan = plan_course(content, course, "en", plan_times(content, course))
    findings = list(walk(plan))
    ends = [one.module for one in findings if one.flaw in NO_END]
    last = min(ends, default=99) if course.sequence is Sequence.IN_ORDER else 99
    for one in findings:
        if one.module <= last:
            yield one, plan.order[one.module - 1]


@settings(max_examples=300)
@given(readings())
def test_the_walk_says_what_trying_everything_finds_out(reading: Reading) -> None:
    story = Player(_game(reading.content)).play()
    told = list(_reached(reading.content))
    flaws = {finding.flaw for finding, _ in told}
    assert story.finished == (not flaws & NO_END)
    assert story.stuck == bool(flaws & (NO_END | {Flaw.NO_ATTEMPT_LEFT}))
    skips = (Flaw.UNEARNED, Flaw.OPENS_EARLY)
    assert story.skipped == {name for finding, name in told if finding.flaw in skips}
    untimed = {(name, one.page) for one, name in told if one.flaw is Flaw.NO_TIME_ASKED}
    assert story.untimed == untimed


@settings(max_examples=300)
@given(readings())
def test_an_author_is_told_of_every_course_that_can_be_skipped_or_not_finished(
    reading: Reading,
) -> None:
    story = Player(_game(reading.content)).play()
    problems = [*check_gates(reading), *check_pools(reading)]
    errors = {one.place.path for one in problems if one.severity is Severity.ERROR}
    for name in story.skipped:
        assert f"content/modules/{name}/en.md" in errors
    if not story.finished:
        assert PATH in errors
    if story.stuck:
        assert {"course-stuck", "course-unfinishable"} & {one.rule for one in problems}
