"""An author says whether the sessions of a group have to be attended."""

import pytest

from lms.content.parse_course import parse_course
from lms.publishing.queries import course_rules
from lms.publishing.service import course_document

COURSE = """\
id: seminar
kind: diversion
languages: [fr]
title: {fr: Séminaire}
modules: [law]
quiz: {pass: 80}
"""


@pytest.mark.parametrize(
    ("line", "is_asked"),
    [("", False), ("attendance: required\n", True), ("attendance: none\n", False)],
)
def test_a_course_asks_for_attendance_where_its_file_says_so(line: str, is_asked: bool) -> None:
    course, problems = parse_course("content/courses/seminar.yml", COURSE + line)
    assert problems == ()
    assert course is not None
    assert course.attendance is is_asked
    assert course_rules(course_document(course)).attendance is is_asked


@pytest.mark.parametrize("word", ["yes", "Required", "optional", '""', "[required]"])
def test_another_word_is_told_with_its_line(word: str) -> None:
    line = f"attendance: {word}\n"
    _, problems = parse_course("content/courses/seminar.yml", COURSE + line)
    assert [(one.rule, one.place.line) for one in problems] == [("value-type", 7)]


def test_whoever_enrolled_under_an_older_edition_is_not_asked_now() -> None:
    course, _ = parse_course("content/courses/seminar.yml", COURSE + "attendance: required\n")
    assert course is not None
    older = course_document(course)
    del older["attendance"]
    assert not course_rules(older).attendance
