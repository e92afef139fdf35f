"""The time that a page takes: its share of the module's minutes, by what is read there."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.check_minutes import section_seconds
from lms.content.model import (
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
    Testimony,
    TestimonyCall,
    TestimonyKind,
)
from lms.content.parse_course import parse_course
from lms.content.plan_course import plan_course, plan_times
from lms.gates.gate import QuizLimits

PLACE = Place("content/modules/01-law/en.md")
DAY = timedelta(days=1)
COURSE = (
    "id: seminar\nkind: diversion\nlanguages: [fr, en]\ntitle: {fr: S, en: S}\nmodules: [law]\n"
    "quiz: {pass: 80, attempts: unlimited, pause: 10 min}\n"
)


def module(*words: int, minutes: int = 10, language: str = "en", quiz: int = 0) -> Module:
    """Make a module with so many words on each page, and so many in its one question."""
    asked = Item("q", ItemKind.OPEN, "word " * quiz, PLACE)
    return Module(
        id="law",
        language=language,
        title="T",
        minutes=minutes,
        reviewed=date(2026, 11, 21),
        review_by=date(2027, 11, 21),
        sections=tuple(
            Section(f"s{place}", "S", (Prose("word " * count, PLACE),), PLACE)
            for place, count in enumerate(words)
        ),
        items=(asked,) if quiz else (),
        place=PLACE,
        source="",
    )


def content(*modules: Module, testimonies: tuple[Testimony, ...] = ()) -> Content:
    told = {(one.id, one.language): one for one in testimonies}
    return Content({}, {(one.id, one.language): one for one in modules}, told, {}, {})


def seconds(one: Module) -> list[int]:
    return list(section_seconds(content(one), one).values())


def test_a_page_with_twice_the_words_takes_twice_the_time() -> None:
    assert seconds(module(100, 200, minutes=5)) == [100, 200]


def test_the_time_for_the_quiz_belongs_to_no_page() -> None:
    assert seconds(module(100, 100, minutes=10, quiz=200)) == [150, 150]


def test_a_testimony_and_a_practice_question_are_read_on_their_page() -> None:
    one = module(100, minutes=5)
    practice = Item("p", ItemKind.OPEN, "word " * 50, PLACE, practice=True)
    other = Section("s1", "S", (TestimonyCall("lea", PLACE), practice), PLACE)
    both = replace(one, sections=(*one.sections, other))
    lea = Testimony("lea", "en", TestimonyKind.COMPOSITE, "word " * 150, PLACE)
    found = section_seconds(content(both, testimonies=(lea,)), both)
    assert found == {"s0": 100, "s1": 200}


def test_a_page_of_pictures_takes_no_time_and_a_module_of_pictures_is_shared_evenly() -> None:
    assert seconds(module(100, 0, minutes=1)) == [60, 0]
    assert seconds(module(0, 0, minutes=1)) == [30, 30]
    assert seconds(module(minutes=1)) == []


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=8), st.integers(0, 400), st.integers(1, 600)
)
def test_the_times_together_are_as_close_as_can_be(
    words: list[int], quiz: int, minutes: int
) -> None:
    found = seconds(module(*words, minutes=minutes, quiz=quiz))
    total = sum(words) + quiz
    if total:
        exact = [60 * minutes * count / total for count in words]
        assert abs(sum(found) - sum(exact)) <= 0.5 + 1e-6
        assert all(abs(one - share) < 1 + 1e-6 for one, share in zip(found, exact, strict=True))
    else:
        assert sum(found) == 60 * minutes


@pytest.mark.parametrize(
    ("line", "percent"),
    [("", 0), ("seat_time: 70%\n", 70), ("seat_time: 100\n", 100), ("seat_time: 0 %\n", 0)],
)
def test_a_course_states_the_share_of_the_time_that_it_asks_for(line: str, percent: int) -> None:
    course, problems = parse_course("content/courses/seminar.yml", COURSE + line)
    assert problems == ()
    assert course is not None
    assert course.seat_time == percent


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("seat_time: 101%\n", "out-of-range"),
        ("seat_time: most\n", "value-type"),
        ("seat_time: -1\n", "value-type"),
        ("seattime: 70%\n", "unknown-key"),
    ],
)
def test_a_share_that_is_none_is_told_with_its_line(line: str, rule: str) -> None:
    _, problems = parse_course("content/courses/seminar.yml", COURSE + line)
    assert [(one.rule, one.place.line) for one in problems] == [(rule, 7)]


def course(quiz: QuizRules, seat_time: int = 0) -> Course:
    return Course(
        id="seminar",
        kind=CourseKind.DIVERSION,
        languages=("fr", "en"),
        title={},
        modules=("law", "law", "missing"),
        place=PLACE,
        quiz=quiz,
        seat_time=seat_time,
    )


def test_the_pages_of_every_language_take_the_time_of_the_first() -> None:
    french = module(100, 300, minutes=4, language="fr")
    english = module(300, 100, minutes=8, language="en")
    both = content(french, english)
    timed = course(QuizRules(), seat_time=70)
    for language in ("fr", "en"):
        (planned,) = plan_course(both, timed, language, plan_times(both, timed)).modules
        assert [page.seconds for page in planned.pages] == [60, 180]
    assert plan_times(both, course(QuizRules())) == {}


@pytest.mark.parametrize(
    ("quiz", "own", "limits"),
    [
        (QuizRules(unlimited=True, pause=DAY), QuizRules(), QuizLimits(None, DAY)),
        (QuizRules(attempts=3, pause=DAY), QuizRules(), QuizLimits(3, DAY)),
        (QuizRules(attempts=3, pause=DAY), QuizRules(attempts=5), QuizLimits(5, DAY)),
        (QuizRules(attempts=3, pause=DAY), QuizRules(unlimited=True), QuizLimits(None, DAY)),
        (QuizRules(attempts=3, pause=DAY), QuizRules(pause=0 * DAY), QuizLimits(3, 0 * DAY)),
        (QuizRules(attempts=3), QuizRules(), QuizLimits(3, 0 * DAY)),
    ],
)
def test_a_module_has_the_rules_of_its_course_where_it_states_none(
    quiz: QuizRules, own: QuizRules, limits: QuizLimits
) -> None:
    one = module(100, language="fr")
    stated = replace(one, quiz=own)
    (planned,) = plan_course(content(stated), course(quiz), "fr", {}).modules
    assert planned.limits == limits


def test_what_a_draw_can_be_worth_and_where_a_miss_can_lead() -> None:
    items = (
        Item("a", ItemKind.TEXT, "", PLACE, points=1, pool="p", section="s0"),
        Item("b", ItemKind.TEXT, "", PLACE, points=3, pool="p", section="s1"),
        Item("c", ItemKind.TEXT, "", PLACE, points=5),
        Item("d", ItemKind.OPEN, "", PLACE, points=7, section="s2", graded=False),
        Item("e", ItemKind.TEXT, "", PLACE, points=9, pool="never-drawn"),
    )
    one = replace(module(9, 9, 9, language="fr"), items=items, quiz=QuizRules(draw={"p": 1}))
    (planned,) = plan_course(content(one), course(QuizRules()), "fr", {}).modules
    assert (planned.fewest, planned.most) == (6, 8)
    assert planned.review >= {"s0", "s1"}
    assert "s2" not in planned.review
