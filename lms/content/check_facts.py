"""Rules about facts: each that is named exists and is fresh, and each number has one beside it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from lms.content.check_reviews import all_items
from lms.content.facts_register import phones_of
from lms.content.inline import Form, Paragraph, definition, marks, notes, paragraphs
from lms.content.model import Module, Place, Problem, Prose
from lms.content.read import Reading
from lms.content.rules import fault
from lms.content.source import scan, split_lines
from lms.content.texts import Body
from lms.content.words import nearest

# A number that a reader takes for a fact: not part of a word, not an ordinal, not a step's name.
_NUMBER = re.compile(
    r"(?<![\w^])(?<!\w-)\d+(?:[.,\u00a0\u202f ]\d+)*"
    r"(?!\w|-\w|[.)]\s*$|(?:er|re|e|es|ère|ème|st|nd|rd|th)\b)"
)
_NAMED = re.compile(
    r"(?:module|section|step|étape|question|page|part|partie|chapter|chapitre|point|option)s?"
    r"[\s\u00a0\u202f]+$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:>\s*)*\d{1,9}[.)]\s")
_CLAIM = re.compile(r"^[ ]*-?[ ]*id:[ ]*([A-Za-z][A-Za-z0-9-]{0,19})[ ]*$", re.MULTILINE)
_LONGEST_NAME = 12


def check_facts(reading: Reading, texts: Sequence[Body], today: date) -> Iterator[Problem]:
    """Find facts that do not exist, are past review, lack a language; numbers without a fact."""
    yield from _check_register(reading, today)
    known = _claimed(reading)
    for fact_id, place in _named(reading, texts):
        if fact_id not in known:
            message = f"`{fact_id}` does not stand in facts.yml"
            cure = nearest(fact_id, known) if len(known) < _LONGEST_NAME else "check the id"
            yield fault("fact-unknown", place, message, cure)
    for module in reading.content.modules.values():
        yield from _check_numbers(module)


def _claimed(reading: Reading) -> frozenset[str]:
    """Return the ids that the register claims, even those of facts that cannot be read."""
    text = reading.texts.get(f"{reading.root}/facts.yml", "")
    return frozenset(reading.content.facts) | frozenset(_CLAIM.findall(text))


def _check_register(reading: Reading, today: date) -> Iterator[Problem]:
    """Find facts that are past their review or lack a language of a course."""
    courses = reading.content.courses.values()
    languages = sorted({language for course in courses for language in course.languages})
    for fact in reading.content.facts.values():
        if fact.review_by < today:
            message = f"`{fact.id}` was to be checked again by {fact.review_by}"
            cure = "read its source again, then set `checked` and `review_by`"
            yield fault("fact-review", fact.place, message, cure)
        if phones_of(fact) and fact.dialled is None:
            message = f"`{fact.id}` holds the number {phones_of(fact)[0]}, which nobody has dialled"
            cure = "dial it, then set `dialled` to that day"
            yield fault("fact-not-dialled", fact.place, message, cure)
        for language in languages:
            if language not in fact.statement:
                message = f"`{fact.id}` is not stated in `{language}`"
                cure = f"add `{language}:` under `statement`"
                yield fault("fact-language", fact.place, message, cure)


def _named(reading: Reading, texts: Sequence[Body]) -> Iterator[tuple[str, Place]]:
    """Yield every fact that the content names, and where."""
    for body in texts:
        yield from _called(body)
    for module in reading.content.modules.values():
        for item in all_items(module):
            yield from ((fact_id, item.place) for fact_id in item.facts)
    for testimony in reading.content.testimonies.values():
        yield from ((fact_id, testimony.place) for fact_id in testimony.sources)


def _called(body: Body) -> Iterator[tuple[str, Place]]:
    """Yield the notes that a text calls and does not define itself."""
    local = {definition(paragraph) for paragraph in body.paragraphs}
    for paragraph in body.paragraphs:
        for mark in notes(paragraph):
            if mark.target not in local:
                yield mark.target, Place(body.path, *paragraph.position(mark.start))


def _check_numbers(module: Module) -> Iterator[Problem]:
    """Find numbers in the text of a module without a fact in the same paragraph, item or row."""
    prose = [
        block for section in module.sections for block in section.blocks if isinstance(block, Prose)
    ]
    for block in prose:
        lines, _ = scan(split_lines(block.markdown), block.place.line)
        for paragraph in paragraphs(lines):
            at = _number(paragraph)
            if at is not None:
                place = Place(block.place.path, *paragraph.position(at))
                message = "a number stands here without a fact"
                cure = "put `[^T01]` behind it, the id of the fact in facts.yml"
                yield fault("number-without-fact", place, message, cure)


def _number(paragraph: Paragraph) -> int | None:
    """Return where the first number stands, if no fact stands in the same paragraph."""
    if paragraph.form is Form.HEADING or definition(paragraph) or any(notes(paragraph)):
        return None
    text = list(paragraph.masked)
    for mark in marks(paragraph):
        shown = 0 if mark.picture else len(mark.text)
        text[mark.start + 1 + shown : mark.end] = " " * (mark.end - mark.start - 1 - shown)
    marker = _ITEM.match(paragraph.masked)
    flat = "".join(text)
    for match in _NUMBER.finditer(flat, marker.end() if marker else 0):
        if not _NAMED.search(flat[max(0, match.start() - _LONGEST_NAME) : match.start()]):
            return match.start()
    return None
