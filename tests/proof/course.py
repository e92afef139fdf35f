"""A course that changes while it is taken: what its author has in mind, and the files he writes.

The key of each question stands here as a value; from it the Markdown is written that the product
reads. So what the product grades can be counted again without asking the product.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

ORDER = ("alpha", "beta", "gamma")
BLANK = -1


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its key, in the places of the author's file, from 0."""

    id: str
    kind: str  # single, several, text, match, order or open
    size: int
    key: tuple[int | str, ...]
    points: int = 1
    section: str = ""
    pool: str = ""
    must: bool = False
    partial: bool = False
    graded: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a quiz, or of a course; None: as the course says, in a course: no limit."""

    percent: int | None = None
    attempts: int | None = None
    pause: int | None = None  # seconds


@dataclass(frozen=True, slots=True)
class Edition:
    """A module as it stands after an author wrote it."""

    module: str
    name: str
    sections: tuple[str, ...]
    questions: tuple[Question, ...]
    draw: Mapping[str, int] = field(default_factory=dict)
    rules: Rules = Rules()

    @property
    def by_id(self) -> dict[str, Question]:
        """The questions by their ids."""
        return {one.id: one for one in self.questions}


_ONE = Question("one", "single", 3, (1,), section="start")
_MANY = Question("many", "several", 4, (0, 1, 3), 3, section="more", partial=True)
_STRICT = Question("strict", "several", 3, (0, 2), 2, section="start")
_NOTE = Question("note", "open", 0, ("trois mots ici",), graded=False)
_ALPHA = Edition("alpha", "base", ("start", "more"), (_ONE, _MANY, _STRICT, _NOTE))

_MUST = Question("must", "single", 3, (0,), section="start", must=True)
_CASES = tuple(
    Question(f"case-{at}", "single", 3, (at % 3,), 2, section="start", pool="cases")
    for at in range(1, 5)
)
_BETA = Edition("beta", "base", ("start",), (_MUST, *_CASES), {"cases": 2})

_WORD = Question("word", "text", 0, ("merci",), section="start")
_PAIRS = Question("pairs", "match", 3, (0, 1, 2), 3, section="end", partial=True)
_STEPS = Question("steps", "order", 4, (0, 1, 2, 3), 3, section="start", partial=True)
_GAMMA = Edition("gamma", "base", ("start", "end"), (_WORD, _PAIRS, _STEPS))

_TWO = Question("two", "single", 2, (1,), section="more")

EDITIONS: tuple[Edition, ...] = (
    _ALPHA,
    replace(_ALPHA, name="a section more", sections=("start", "extra", "more")),
    replace(
        _ALPHA,
        name="a section less",
        sections=("start",),
        questions=(_ONE, replace(_MANY, section="start"), _STRICT, _NOTE),
    ),
    replace(_ALPHA, name="a question more", questions=(_ONE, _TWO, _MANY, _STRICT, _NOTE)),
    replace(_ALPHA, name="another key", questions=(replace(_ONE, key=(2,)), _MANY, _STRICT, _NOTE)),
    replace(_ALPHA, name="other words"),
    _BETA,
    replace(_BETA, name="another key", questions=(replace(_MUST, key=(2,)), *_CASES)),
    replace(_BETA, name="rules of its own", rules=Rules(50, 2, 60)),
    replace(_BETA, name="a section more", sections=("before", "start")),
    _GAMMA,
    replace(_GAMMA, name="sections turned", sections=("end", "start")),
    replace(_GAMMA, name="other words"),
)
BASE = {one.module: one for one in EDITIONS if one.name == "base"}


def path_of(edition: Edition) -> str:
    """Give where the file of a module stands."""
    return f"modules/0{ORDER.index(edition.module) + 1}-{edition.module}/fr.md"


def text_of(edition: Edition) -> str:
    """Write a module as its author does."""
    lines = [
        "---",
        f"id: {edition.module}",
        f"title: Module {edition.module}",
        "language: fr",
        "minutes: 5",
        "reviewed: 2026-11-01",
        "review_by: 2027-11-01",
        f"objectives: [Savoir {edition.name}]",
        *_rules(edition),
        "---",
        "",
        f"# Module {edition.module}",
    ]
    for section in edition.sections:
        lines += ["", f"## Page {section} {{#{section}}}", "", f"Voici {edition.name}."]
    lines += ["", "## Quiz"]
    for question in edition.questions:
        lines += ["", f"### Question {question.id}", _settings(question), *_answers(question)]
    return "\n".join(lines) + "\n"


def _rules(edition: Edition) -> Iterable[str]:
    rules, said = edition.rules, []
    if rules.percent is not None:
        said.append(f"pass: {rules.percent}")
    if rules.attempts is not None:
        said.append(f"attempts: {rules.attempts}")
    if rules.pause is not None:
        said.append(f"pause: {rules.pause // 60} min")
    if edition.draw:
        said.append(f"draw: {{{', '.join(f'{pool}: {n}' for pool, n in edition.draw.items())}}}")
    return [f"quiz: {{{', '.join(said)}}}"] if said else []


def _settings(question: Question) -> str:
    said = [f"id: {question.id}"]
    if question.section:
        said.append(f"section: {question.section}")
    if question.pool:
        said.append(f"pool: {question.pool}")
    if question.points > 1:
        said.append(f"points: {question.points}")
    if question.must:
        said.append("must: yes")
    if question.kind in {"several", "match", "order"}:
        said.append(f"partial: {'each' if question.partial else 'none'}")
    if not question.graded:
        said.append("graded: no, min_words: 3")
    return f"<!-- {', '.join(said)} -->"


def _answers(question: Question) -> list[str]:
    places = range(question.size)
    match question.kind:
        case "single":
            return [f"- ({'x' if at in question.key else ' '}) Option {at}" for at in places]
        case "several":
            return [f"- [{'x' if at in question.key else ' '}] Option {at}" for at in places]
        case "text":
            return [f"- = {question.key[0]}"]
        case "match":
            return [f"- gauche {at} -> droite {at}" for at in places]
        case "order":
            return [f"{at + 1}. Pas {at}" for at in places]
        case _:
            return ["____"]
