"""Preview a key change: whose attempts it touches and what it would do to each; nothing is written.

`drop`, `full-credit` or grade by the key that is published now: see `regrade.py` for the rules.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Response
from lms.assessment.regrade import Mark, Marks, load_marks
from lms.assessment.values import Answer, QuizItem, Score
from lms.content.model import ItemKind
from lms.corrections.kinds import RefusedError, Staff, Why
from lms.corrections.regrade import (
    Choice,
    Effect,
    Moved,
    effect_of,
    moved_between,
    new_score,
    score_by_key,
)
from lms.corrections.scope import in_scope
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotFoundError
from lms.publishing.models import ItemText, ModuleRevision, PublishedModule

_Scorer = Callable[[Marks, Mark], Score | None]


@dataclass(frozen=True, slots=True)
class Question:
    """Which question was wrong and what is to be done; `revision` 0 means: in all its editions."""

    module_id: str
    item_id: str
    choice: Choice
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One attempt under a change: as it stands and as it would be (None: cannot be told)."""

    pseudonym: str
    attempt_number: int
    before: Marks
    after: Marks | None
    effect: Effect


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do; `number` is the question's place in its module, from 1."""

    question: Question
    number: int
    lines: tuple[Line, ...]

    def of(self, effect: Effect) -> tuple[Line, ...]:
        """Give the attempts on which the change has this effect."""
        return tuple(line for line in self.lines if line.effect is effect)

    @property
    def mark(self) -> str:
        """A digest of all that is shown: what is applied must be what was looked at."""
        told = [
            (line.before.attempt_id, line.before.number, line.effect, _score(line.after))
            for line in self.lines
        ]
        return hashlib.sha256(repr((self.question, told)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Editions:
    """The editions of a module in which a question stands, by revision id, and its place there."""

    items: Mapping[uuid.UUID, QuizItem]
    number: int


def preview_change(db: Session, question: Question, staff: Staff | None) -> Preview:
    """Say what a change would do to each attempt in somebody's scope; None: on the whole site."""
    editions = _editions(db, question)
    touched = [
        one for one in load_marks(db, *touched_by(db, question, staff)) if one.of(question.item_id)
    ]
    if not touched:
        raise NotFoundError(f"nobody has handed in an answer to {question.item_id!r}")
    if not any(_mark(one, question).item.graded for one in touched):
        raise RefusedError(Why.NOT_GRADED)
    scorer = _scorer(db, question, editions, staff)
    names = _names(db, question, staff)
    lines = [
        _line(names[one.attempt_id], one, question, scorer)
        for one in touched
        if _mark(one, question).item.graded
    ]
    lines.sort(key=lambda line: (line.pseudonym, line.attempt_number))
    return Preview(question, editions.number, tuple(lines))


def touched_by(
    db: Session, question: Question, staff: Staff | None
) -> tuple[ColumnElement[bool], ...]:
    """Say which attempts a change looks at, as conditions on `Attempt`."""
    conditions = [Attempt.module_revision_id.in_(_editions(db, question).items)]
    if staff is not None:
        conditions.append(Attempt.enrolment_id.in_(select(Enrolment.id).where(in_scope(staff))))
    return tuple(conditions)


def _editions(db: Session, question: Question) -> _Editions:
    query = select(ModuleRevision.id, ModuleRevision.quiz).where(
        ModuleRevision.module_id == question.module_id
    )
    if question.revision:
        query = query.where(ModuleRevision.number == question.revision)
    found: dict[uuid.UUID, QuizItem] = {}
    number = 0
    for revision_id, quiz in db.execute(query.order_by(ModuleRevision.number)):
        for place, one in enumerate(quiz["items"], start=1):
            if one["id"] == question.item_id:
                found[revision_id], number = QuizItem.from_document(one), place
    if not found:
        edition = f" in revision {question.revision}" if question.revision else ""
        raise NotFoundError(
            f"module {question.module_id!r} has no question {question.item_id!r}{edition}"
        )
    return _Editions(found, number)


def _mark(marks: Marks, question: Question) -> Mark:
    found = marks.of(question.item_id)
    if found is None:
        raise NotFoundError(f"the attempt did not ask {question.item_id!r}")
    return found


def _line(who: tuple[str, int], marks: Marks, question: Question, scorer: _Scorer) -> Line:
    mark = _mark(marks, question)
    score = new_score(mark, question.choice, scorer(marks, mark))
    after = None if score is None else marks.with_score(question.item_id, score)
    return Line(who[0], who[1], marks, after, effect_of(marks, after))


def _scorer(db: Session, question: Question, editions: _Editions, staff: Staff | None) -> _Scorer:
    """Give what grades an answer by the key published now; nothing where no key is asked for."""
    if question.choice is not Choice.PUBLISHED:
        return lambda _marks, _mark: None
    newest, key = _published_key(db, question)
    texts = _texts(db, question.item_id, {newest, *editions.items})
    moved = {one: _moved(texts.get(one, {}), texts.get(newest, {})) for one in editions.items}
    answers = _answers(db, question, staff)

    def score(marks: Marks, mark: Mark) -> Score | None:
        answer = answers.get(marks.attempt_id, ())
        where = moved[marks.revision_id]
        return None if where is None else score_by_key(mark.item, key, answer, where)

    return score


def _published_key(db: Session, question: Question) -> tuple[uuid.UUID, QuizItem]:
    row = db.execute(
        select(ModuleRevision.id, ModuleRevision.quiz)
        .join(PublishedModule, PublishedModule.revision_id == ModuleRevision.id)
        .where(PublishedModule.module_id == question.module_id)
    ).one_or_none()
    items = [] if row is None else [one for one in row[1]["items"] if one["id"] == question.item_id]
    if row is None or not items:
        raise NotFoundError(f"the module published now has no question {question.item_id!r}")
    key = QuizItem.from_document(items[0])
    if key.kind is ItemKind.OPEN:
        raise RefusedError(Why.NO_KEY)
    return row[0], key


def _texts(
    db: Session, item_id: str, revisions: set[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Mapping[str, Any]]]:
    """Give what each edition of a question shows, by language."""
    rows = db.execute(
        select(ItemText.module_revision_id, ItemText.language, ItemText.shown)
        .where(ItemText.item_id == item_id, ItemText.module_revision_id.in_(revisions))
        .order_by(ItemText.language.desc())
    )
    found: dict[uuid.UUID, dict[str, Mapping[str, Any]]] = {}
    for revision_id, language, shown in rows:
        found.setdefault(revision_id, {})[language] = shown
    return found


def _moved(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> Moved | None:
    """Compare two editions in a language that both have; None when there is none."""
    language = next((one for one in old if one in new), None)
    if language is None or old[language]["kind"] != new[language]["kind"]:
        return None
    return moved_between(old[language], new[language])


def _answers(db: Session, question: Question, staff: Staff | None) -> dict[uuid.UUID, Answer]:
    rows = db.execute(
        select(Response.attempt_id, Response.answer)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Response.item_id == question.item_id, *touched_by(db, question, staff))
    )
    return {row[0]: tuple(row[1]) for row in rows}


def _names(
    db: Session, question: Question, staff: Staff | None
) -> dict[uuid.UUID, tuple[str, int]]:
    rows = db.execute(
        select(Attempt.id, Enrolment.pseudonym, Attempt.number)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(*touched_by(db, question, staff))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _score(marks: Marks | None) -> tuple[Fraction, int] | None:
    return None if marks is None else (marks.score.raw, marks.score.maximum)
