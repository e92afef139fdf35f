"""From the text of a module to its value, with everything that is wrong with it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lms.content.fields import Fields
from lms.content.front_matter import read_front_matter, short
from lms.content.model import Item, Module, Place, Problem, Section
from lms.content.outline import check_outline, check_title
from lms.content.parse_item import Mode
from lms.content.rules import fault
from lms.content.sections import Chunk, chunks, first_text, read_blocks, read_items
from lms.content.source import Line, scan
from lms.content.words import as_id, as_language, slug

_REQUIRED = ("id", "title", "language", "minutes", "reviewed", "review_by")
_KEYS = (*_REQUIRED, "warning", "objectives", "quiz")
_QUIZ_KEYS = ("pass", "attempts", "pause", "draw", "shuffle")
_QUIZ = re.compile(r"quiz|questionnaire", re.IGNORECASE)
_MOST_MINUTES = 600
_SECTION_LEVEL = 2
_ITEM_LEVEL = 3


@dataclass(frozen=True, slots=True)
class _Body:
    """What stands under the front matter."""

    sections: tuple[Section, ...]
    items: tuple[Item, ...]


def parse_module(path: str, text: str) -> tuple[Module | None, tuple[Problem, ...]]:
    """Return the module that a text describes, and all that is wrong with it.

    There is no module where a required key is missing or cannot be understood. A question that
    has no answers is left out.
    """
    front = read_front_matter(path, text)
    problems = list(front.problems)
    lines, unclosed = scan(front.body, front.first_line)
    header = None
    if front.head is not None:
        header = _read_header(Fields(front.head, problems), path, text)
    if front.head is None and first_text(lines) is None:
        return None, tuple(problems)
    problems += check_outline(path, lines, unclosed)
    problems += check_title(path, lines, front.first_line, header.title if header else "")
    body, faults = _read_body(path, lines)
    problems += faults
    if header is None:
        return None, tuple(problems)
    return replace(header, sections=body.sections, items=body.items), tuple(problems)


def _read_header(fields: Fields, path: str, text: str) -> Module | None:
    """Return a module without a body, from the keys of the front matter."""
    fields.only(_KEYS, _REQUIRED)
    module_id = fields.id("id")
    language = fields.value("language", as_language, "a language like fr or en")
    minutes = fields.whole("minutes", 1, _MOST_MINUTES)
    reviewed = fields.day("reviewed")
    review_by = fields.day("review_by")
    title = fields.text("title")
    warning = fields.text("warning")
    objectives = fields.texts("objectives")
    quiz = fields.quiz("quiz", _QUIZ_KEYS)
    if not (module_id and language and minutes and reviewed and review_by and title):
        return None
    return Module(
        id=module_id,
        language=language,
        title=title,
        minutes=minutes,
        reviewed=reviewed,
        review_by=review_by,
        sections=(),
        items=(),
        place=Place(path),
        source=text,
        warning=warning,
        objectives=objectives,
        quiz=quiz,
    )


def _read_body(path: str, lines: Sequence[Line]) -> tuple[_Body, list[Problem]]:
    """Return the sections and the quiz of a module, and what is wrong with them."""
    _, found = chunks(lines, _SECTION_LEVEL)
    found = [chunk for chunk in found if chunk.heading.level == _SECTION_LEVEL]
    quizzes = [chunk for chunk in found if is_quiz(chunk)]
    sections: list[Section] = []
    problems = list(_check_quizzes(path, found, quizzes))
    for chunk in found:
        if not is_quiz(chunk):
            section, faults = _read_section(path, chunk)
            problems += faults
            sections.append(section)
    items: list[Item] = []
    for chunk in quizzes:
        before, questions = chunks(chunk.lines, _ITEM_LEVEL)
        problems += lost(path, before, "text between ## Quiz and its first question")
        some, faults = read_items(path, questions, Mode.QUIZ)
        problems += faults
        items += some
    asked = [item for section in sections for item in section.practice]
    problems += repeated(((section.id, section.place) for section in sections), "section")
    problems += repeated(((item.id, item.place) for item in (*asked, *items)), "question")
    return _Body(tuple(sections), tuple(items)), problems


def is_quiz(chunk: Chunk) -> bool:
    """Whether a chunk is the quiz and not a section."""
    return is_quiz_title(chunk.heading.text)


def is_quiz_title(title: str) -> bool:
    """Whether a heading with this title begins the quiz."""
    return _QUIZ.fullmatch(title) is not None


def _check_quizzes(
    path: str, found: Sequence[Chunk], quizzes: Sequence[Chunk]
) -> Iterator[Problem]:
    """Find a second quiz, and a quiz that something follows."""
    for chunk in quizzes[1:]:
        place = Place(path, chunk.line.number)
        yield fault("quiz-last", place, "a second quiz", "put all its questions under the first")
    if quizzes and found[-1] is not quizzes[-1]:
        place = Place(path, quizzes[-1].line.number)
        cure = "move the quiz to the end of the file"
        yield fault("quiz-last", place, "a section follows the quiz", cure)


def _read_section(path: str, chunk: Chunk) -> tuple[Section, list[Problem]]:
    """Return one section, and what is wrong with it."""
    place = Place(path, chunk.line.number)
    head = chunk.heading
    problems: list[Problem] = []
    section_id = head.id.removeprefix("#").strip()
    if not head.stated:
        section_id = slug(head.text)
        message = f"the section `{short(head.text)}` states no id"
        cure = f"write `## {short(head.text)} {{#{section_id}}}`, the same id in each language"
        problems.append(fault("section-id", place, message, cure))
    elif as_id(section_id) is None:
        message = f"`{short(section_id)}` is not an id"
        cure = f"use small letters, digits and hyphens: `{{#{slug(section_id)}}}`"
        problems.append(fault("id-shape", place, message, cure))
        section_id = slug(section_id)
    blocks, faults = read_blocks(path, chunk.lines)
    problems += faults
    if first_text(chunk.lines) is None:
        problems.append(fault("empty-section", place, "this section says nothing"))
    return Section(section_id, head.text, blocks, place), problems


def lost(path: str, lines: Sequence[Line], what: str) -> Iterator[Problem]:
    """Find text in a place that the product does not show."""
    line = first_text(lines)
    if line is not None:
        cure = "move it under a heading"
        yield fault("lost-text", Place(path, line.number), f"{what} is shown nowhere", cure)


def repeated(ids: Iterable[tuple[str, Place]], what: str) -> Iterator[Problem]:
    """Find ids that came before; an id that is missing is no repetition."""
    seen: dict[str, int] = {}
    for name, place in ids:
        if name and name in seen:
            message = f"another {what} has the id `{name}`, on line {seen[name]}"
            yield fault("repeated-id", place, message, "an id names one thing for ever")
        seen.setdefault(name, place.line)
