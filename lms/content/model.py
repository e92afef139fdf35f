"""What a course says, once it has been read: frozen values that are right by construction.

The terms are QTI's (item, choice, correct response) and cmi5's (move-on, mastery score); the
author's side of the same things is docs/AUTHORING.md. Longer than other files, because what a
course can say is best read in one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from lms.gates.gate import Sequence


class Severity(StrEnum):
    """How much a problem weighs: an error refuses publication, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file: path relative to the content folder's parent; line, column from 1."""

    path: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault that the check found: where, which rule, what is wrong and how to mend it."""

    place: Place
    rule: str
    message: str
    help: str = ""
    severity: Severity = Severity.ERROR


class ItemKind(StrEnum):
    """The eight kinds of question; each is told by how its answers are written."""

    TRUE_FALSE = "true-false"  # two round options: shown in the author's order, never shuffled
    SINGLE = "single"  # ( ) three or more round options, one right
    MULTIPLE = "multiple"  # [ ] square options, any number right
    TEXT = "text"  # = words
    NUMBER = "number"  # = 7 +- 0.5
    MATCH = "match"  # left -> right
    ORDER = "order"  # 1. 2. 3.
    OPEN = "open"  # ____


class Partial(StrEnum):
    """What a partly right answer earns: nothing, or a share for each right part."""

    NONE = "none"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a round or square question; its identity is its position."""

    text: str
    correct: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a match question: a word and what belongs to it."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class NumberKey:
    """A number that is right, and by how much an answer may differ from it; both exact."""

    value: Fraction
    tolerance: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Item:
    """One question. Texts are Markdown; positions in `choices`, `pairs`, `steps` are identities."""

    id: str
    kind: ItemKind
    prompt: str
    place: Place
    body: str = ""
    hint: str = ""
    explanation: str = ""
    points: int = 1
    must: bool = False
    section: str = ""
    facts: tuple[str, ...] = ()
    testimony: str = ""  # the one that the right answer rests on: it goes when that goes
    pool: str = ""
    shuffle: bool = True
    partial: Partial = Partial.NONE
    graded: bool = True
    min_words: int = 0
    practice: bool = False
    reverse: bool = False  # of a survey: to agree here is to disagree with the rest
    choices: tuple[Choice, ...] = ()
    accepted: tuple[str, ...] = ()
    numbers: tuple[NumberKey, ...] = ()
    pairs: tuple[Pair, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of Markdown inside a section, as the author wrote it."""

    markdown: str
    place: Place


@dataclass(frozen=True, slots=True)
class TestimonyCall:
    """A line `[[testimony: id]]`."""

    __test__ = False  # the name starts with Test; pytest is not to collect it

    testimony_id: str
    place: Place


Block = Prose | TestimonyCall | Item


@dataclass(frozen=True, slots=True)
class Section:
    """One `## `: one page on the screen. Its practice questions are blocks among the text."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    place: Place

    @property
    def practice(self) -> tuple[Item, ...]:
        """The practice questions of this section, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Item))


@dataclass(frozen=True, slots=True)
class QuizRules:
    """Rules of a quiz; None means "as the course says". `pause` is the wait after a miss."""

    pass_percent: int | None = None
    attempts: int | None = None  # None in a module: as the course; in a course: unlimited
    unlimited: bool = False
    pause: timedelta | None = None
    draw: Mapping[str, int] = field(default_factory=dict)
    shuffle: bool = True


@dataclass(frozen=True, slots=True)
class Module:
    """One module in one language."""

    id: str
    language: str
    title: str
    minutes: int
    reviewed: date
    review_by: date
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    place: Place
    source: str
    warning: str = ""
    objectives: tuple[str, ...] = ()
    quiz: QuizRules = QuizRules()


TRANSLATION_TERM = timedelta(days=30)  # where a course is silent
APPROVAL = ("health", "law")  # the modules that need a second person, where a course is silent


class CourseKind(StrEnum):
    """Who may enter: holders of an enrolment code, or anyone with a class code."""

    DIVERSION = "diversion"
    AWARENESS = "awareness"


@dataclass(frozen=True, slots=True)
class Course:
    """Which modules, in which order, under which rules. The first language is the default."""

    id: str
    kind: CourseKind
    languages: tuple[str, ...]
    title: Mapping[str, str]
    modules: tuple[str, ...]
    place: Place
    sequence: Sequence = Sequence.IN_ORDER
    quiz: QuizRules = QuizRules()
    deadline: timedelta | None = None
    seat_time: int = 0  # percent of the expected reading time that each section asks for
    attendance: bool = False  # whether the sessions of the group have to be attended whole
    translation_term: timedelta = TRANSLATION_TERM  # how long a language may follow its twin
    approval: tuple[str, ...] = APPROVAL  # modules that a second person approves
    surveys: Mapping[str, str] = field(default_factory=dict)  # before, after -> id of a survey


class TestimonyKind(StrEnum):
    """What a testimony is; each carries a label made by the product."""

    __test__ = False

    COMPOSITE = "composite"
    PARAPHRASE = "paraphrase"
    ORIGINAL = "original"
    SUMMARY = "summary"  # facts on the same matters, in nobody's voice: it needs no consent


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person agreed to; `contact` is a reference held by the partner, never shown."""

    given: date
    until: date
    scope: tuple[str, ...]
    contact: str
    withdrawn: date | None = None
    languages: tuple[str, ...] = ()  # none: all of them

    def covers(self, course_id: str, on: date) -> bool:
        """Whether this consent is in force for that course on that day (both ends included)."""
        return self.withdrawn is None and course_id in self.scope and self.given <= on <= self.until

    def is_in(self, language: str) -> bool:
        """Whether this consent is for that language."""
        return not self.languages or language in self.languages


@dataclass(frozen=True, slots=True)
class Testimony:
    """One testimony in one language; `equivalent` names what can stand in its place."""

    __test__ = False

    id: str
    language: str
    kind: TestimonyKind
    markdown: str
    place: Place
    sources: tuple[str, ...] = ()
    consent: Consent | None = None
    warning: str = ""
    equivalent: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One checked statement with its source and dates; `statement` maps language to text.

    `owner` is the login of whoever keeps it; `dialled` the day its phone number was last called.
    """

    id: str
    statement: Mapping[str, str]
    source: str
    address: str
    checked: date
    review_by: date
    place: Place
    owner: str = ""
    dialled: date | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """Questions without a right answer, anonymous, in one language."""

    id: str
    language: str
    title: str
    items: tuple[Item, ...]
    place: Place
    intro: str = ""  # Markdown before the first question


@dataclass(frozen=True, slots=True)
class Content:
    """All that one content folder holds and that could be read."""

    courses: Mapping[str, Course]
    modules: Mapping[tuple[str, str], Module]  # (module id, language)
    testimonies: Mapping[tuple[str, str], Testimony]  # (testimony id, language)
    facts: Mapping[str, Fact]
    surveys: Mapping[tuple[str, str], Survey]
