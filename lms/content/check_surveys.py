"""Rules about the surveys that a course asks: they are there, and each answer is on a scale."""

from collections.abc import Iterator

from lms.content.model import Course, ItemKind, Problem, Survey
from lms.content.read import Reading, key_place
from lms.content.rules import fault

_SCALES = frozenset({ItemKind.TRUE_FALSE, ItemKind.SINGLE})
_RULE = "course-survey"


def check_surveys(reading: Reading) -> Iterator[Problem]:
    """Find surveys of a course that lack a language, and questions that have no scale.

    Free text would let somebody be recognised; scales of other lengths cannot be put together.
    """
    asked: dict[str, None] = {}
    for course in reading.content.courses.values():
        yield from _check_there(reading, course)
        asked |= dict.fromkeys(course.surveys.values())
    for (survey_id, _), survey in reading.content.surveys.items():
        if survey_id in asked:
            yield from _check_scale(survey)


def _check_there(reading: Reading, course: Course) -> Iterator[Problem]:
    path = course.place.path
    place = key_place(path, reading.texts[path], "surveys")
    for survey_id in dict.fromkeys(course.surveys.values()):
        for language in course.languages:
            wanted = f"{reading.root}/surveys/{survey_id}/{language}.md"
            if (survey_id, language) not in reading.content.surveys and wanted not in reading.paths:
                message = f"the survey `{survey_id}` does not exist in `{language}`"
                yield fault(_RULE, place, message, f"write {wanted}")


def _check_scale(survey: Survey) -> Iterator[Problem]:
    size = 0
    for item in survey.items:
        if item.kind not in _SCALES:
            cure = "give answers to choose from, each written - ( )"
            yield fault(_RULE, item.place, "this question has no scale to answer on", cure)
            continue
        size = size or len(item.choices)
        if len(item.choices) != size:
            message = f"this question has {len(item.choices)} answers, the first {size}"
            yield fault(_RULE, item.place, message, "give every question the same scale")
