"""From the text of a survey to its value: questions without a right answer."""

from collections.abc import Iterator
from dataclasses import replace

from lms.content.answers import trim
from lms.content.fields import Fields
from lms.content.front_matter import read_front_matter
from lms.content.model import Item, Place, Problem, Survey
from lms.content.outline import check_outline, check_title
from lms.content.parse_item import Mode
from lms.content.parse_module import is_quiz, lost, repeated
from lms.content.rules import fault
from lms.content.sections import Chunk, chunks, first_text, read_items
from lms.content.source import Line, scan
from lms.content.words import as_language

_KEYS = ("id", "language", "title")
_ITEM_LEVEL = 3


def parse_survey(path: str, text: str) -> tuple[Survey | None, tuple[Problem, ...]]:
    """Return the survey that a text describes, and all that is wrong with it."""
    front = read_front_matter(path, text)
    problems = list(front.problems)
    lines, unclosed = scan(front.body, front.first_line)
    survey = _read(Fields(front.head, problems), path) if front.head else None
    if front.head is None and first_text(lines) is None:
        return None, tuple(problems)
    problems += check_outline(path, lines, unclosed, above=2)
    title = survey.title if survey else ""
    problems += check_title(path, lines, front.first_line, title, intro=True)
    intro, items, faults = _read_body(path, lines)
    problems += faults
    if survey is None:
        return None, tuple(problems)
    return replace(survey, intro=intro, items=items), tuple(problems)


def _read(fields: Fields, path: str) -> Survey | None:
    fields.only(_KEYS, _KEYS)
    survey_id = fields.id("id")
    language = fields.value("language", as_language, "a language like fr or en")
    title = fields.text("title")
    if not (survey_id and language and title):
        return None
    return Survey(survey_id, language, title, (), Place(path))


def _read_body(path: str, lines: tuple[Line, ...]) -> tuple[str, tuple[Item, ...], list[Problem]]:
    """Return the text before the questions, the questions, and what is wrong with them."""
    before, found = chunks(lines, _ITEM_LEVEL)
    questions = [chunk for chunk in found if chunk.heading.level == _ITEM_LEVEL]
    intro = [line.text for line in before]
    for chunk in found:
        if chunk.heading.level == 1:
            intro += [line.text for line in chunk.lines]
    items, problems = read_items(path, questions, Mode.SURVEY)
    for chunk in found:
        if chunk.heading.level == _ITEM_LEVEL - 1:
            problems += _check_group(path, chunk)
    if not questions:
        message = "the survey asks nothing"
        problems.append(fault("empty-file", Place(path), message, "begin questions with ###"))
    problems += repeated(((item.id, item.place) for item in items), "question")
    return trim(intro), items, problems


def _check_group(path: str, chunk: Chunk) -> Iterator[Problem]:
    """Find a section in a survey, which has none; a heading `## Questionnaire` does no harm."""
    if is_quiz(chunk):
        yield from lost(path, chunk.lines, "text between ## and the first question")
        return
    cure = "a survey has questions under ### and no sections"
    place = Place(path, chunk.line.number)
    yield fault("lost-text", place, "this section is shown nowhere", cure)
