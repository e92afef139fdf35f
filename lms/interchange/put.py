"""Questions put into the quiz of a module's text; nothing else of the text changes."""

import re

from lms.content.files import MOST_BYTES
from lms.content.front_matter import read_front_matter
from lms.content.model import Item, Module
from lms.content.parse_module import is_quiz_title, parse_module
from lms.content.source import heading, scan
from lms.interchange.loss import BadFileError
from lms.interchange.questions import Home

_TITLES = {"fr": "Questionnaire", "en": "Quiz"}
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_SECTION = 2


def home_of(text: str, language: str, twin: str = "") -> Home:
    """Return what the questions must fit in: the ids that are taken, the other language's quiz.

    BadFileError for a text that is no module.
    """
    module = _module(text)
    if module is None:
        raise BadFileError("the module's front matter cannot be read: mend it first")
    other = _module(twin)
    taken = frozenset(item.id for item in items_of(module))
    return Home(language, taken, other.items if other else (), len(module.items))


def items_of(module: Module) -> tuple[Item, ...]:
    """Return the questions of the quiz, then those for practice."""
    practice = tuple(item for section in module.sections for item in section.practice)
    return module.items + practice


def put_questions(text: str, markdown: str, language: str) -> str:
    """Return the text with questions at the end of its quiz; a missing quiz is begun.

    BadFileError where the text cannot take them.
    """
    front = read_front_matter("", text)
    lines, unclosed = scan(front.body, front.first_line)
    if unclosed:
        raise BadFileError(f"the code or comment that begins on line {unclosed} is not closed")
    heads = [(line.number, head) for line in lines if (head := heading(line))]
    sections = [(number, head.text) for number, head in heads if head.level <= _SECTION]
    quiz = next((at for at, (_, title) in enumerate(sections) if is_quiz_title(title)), -1)
    after = sections[quiz + 1][0] if 0 <= quiz < len(sections) - 1 else 0
    newline = "\r\n" if "\r\n" in text else "\n"
    added = markdown.strip("\n")
    if quiz < 0:
        added = f"## {_TITLES.get(language, _TITLES['en'])}\n\n{added}"
    whole = _insert(text, after, added.replace("\n", newline), newline)
    if len(whole.encode()) > MOST_BYTES:
        size, most = len(whole.encode()) // 1000, MOST_BYTES // 1000
        raise BadFileError(f"the module's file would have {size} kB; the most is {most} kB")
    return whole


def _insert(text: str, line: int, added: str, newline: str) -> str:
    """Return the text with a piece before a line; at its end for line 0."""
    pieces = _LINE.findall(text)
    at = line - 1 if line else len(pieces)
    before, after = "".join(pieces[:at]).rstrip(), "".join(pieces[at:])
    return f"{before}{newline}{newline}{added}{newline}{newline if after else ''}{after}"


def _module(text: str) -> Module | None:
    return parse_module("", text)[0] if text.strip() else None
