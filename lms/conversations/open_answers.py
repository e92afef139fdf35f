"""Open answers that the course counts: which wait for a reader, and what readers said of them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.assessment.draw import asked_from_document
from lms.assessment.models import Attempt, Response, Result, Standing
from lms.assessment.queries import saved_responses
from lms.assessment.values import QuizItem
from lms.assessment.verdict import Verdict, verdict
from lms.completion.models import CompletionRecord
from lms.completion.service import MOST_READERS
from lms.content.model import ItemKind
from lms.conversations.models import OpenGrade
from lms.enrolment.models import CohortInstructor, Enrolment
from lms.kernel.errors import NotFoundError
from lms.kernel.keys import Keys
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import Place, UnreadableFieldError
from lms.progress.queries import load_progress
from lms.publishing.models import CourseRevision, ItemText, ModuleRevision
from lms.publishing.queries import course_rules, item_texts


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer in the queue: where it stands, since when, and how many have read it."""

    attempt_id: uuid.UUID
    place: int  # of its question in the attempt, from 1
    module_id: str
    submitted_at: datetime
    readings: int


@dataclass(frozen=True, slots=True)
class Said:
    """What one reader said; its comment is None where there is none, or it is no longer kept."""

    number: int
    is_done: bool
    by: uuid.UUID
    comment: str | None


@dataclass(frozen=True, slots=True)
class AnswerToRead:
    """One answer and its question, and nothing else of whoever wrote it."""

    enrolment_id: uuid.UUID
    attempt_id: uuid.UUID
    module_id: str
    item_id: str
    language: str
    submitted_at: datetime
    shown: Mapping[str, Any]
    text: str | None
    said: tuple[Said, ...]

    def verdict(self, readers: int) -> Verdict:
        """Give what is known of it, where so many readers are asked for."""
        return verdict([one.is_done for one in self.said], readers)

    def by(self, user_id: uuid.UUID) -> Said | None:
        """Give what somebody has said of it."""
        return next((one for one in self.said if one.by == user_id), None)


def waiting_answers(
    db: Session, user_id: uuid.UUID, readers: int, *, most: int
) -> tuple[WaitingAnswer, ...]:
    """List what somebody has to read in his own cohorts, the oldest first, in one statement."""
    columns = (
        Attempt.id,
        Attempt.shown,
        Attempt.module_id,
        Response.item_id,
        Result.submitted_at,
        _readings().label("readings"),
    )
    chosen = _waiting(select(*columns), user_id, readers)
    rows = db.execute(
        chosen.order_by(Result.submitted_at, Attempt.id, Response.item_id).limit(most)
    )
    return tuple(
        WaitingAnswer(
            attempt_id=row.id,
            place=_place(row.shown, row.item_id),
            module_id=row.module_id,
            submitted_at=row.submitted_at,
            readings=row.readings,
        )
        for row in rows
    )


def waiting_count(user_id: uuid.UUID, readers: int) -> Select[int]:
    """Give the statement that counts what waits for somebody; it can stand within another one."""
    statement: Select[int] = _waiting(select(func.count()), user_id, readers)
    return statement


def waits_for_reader(db: Session, enrolment_id: uuid.UUID, readers: int) -> bool:
    """Whether an answer of somebody has to be read yet: time that runs out is not his."""
    chosen = _unsettled(select(Attempt.id), readers)
    found = db.scalar(chosen.where(Enrolment.id == enrolment_id).limit(1))
    return found is not None


def waits_for_reader_alone(db: Session, enrolment_id: uuid.UUID) -> bool:
    """Whether somebody has passed every module and nothing is missing but a reader.

    Asked by who does not know how many readers the site asks for: what one reader settles where
    one is enough is completed at once, and waits no more.
    """
    if not waits_for_reader(db, enrolment_id, MOST_READERS):
        return False
    document = db.scalar(
        select(CourseRevision.document)
        .join(Enrolment, Enrolment.course_revision_id == CourseRevision.id)
        .where(Enrolment.id == enrolment_id)
    )
    modules = course_rules(document or {}).modules
    return load_progress(db, enrolment_id).passed.issuperset(modules)


def _waiting(chosen: Any, user_id: uuid.UUID, readers: int) -> Any:  # noqa: ANN401 - a select of any columns
    """Choose the answers that wait for somebody: in his cohorts, and not read by himself."""
    own = exists().where(
        OpenGrade.attempt_id == Response.attempt_id,
        OpenGrade.item_id == Response.item_id,
        OpenGrade.graded_by == user_id,
    )
    unsettled = _unsettled(chosen, readers)
    return unsettled.join(
        CohortInstructor, CohortInstructor.cohort_id == Enrolment.cohort_id
    ).where(CohortInstructor.user_id == user_id, ~own.correlate(Response))


def _unsettled(chosen: Any, readers: int) -> Any:  # noqa: ANN401 - a select of any columns
    """Choose the answers that count, of passes that stand, and of which too little is said."""
    done = _readings(OpenGrade.is_done.is_(True))
    other = _readings(OpenGrade.is_done.is_(False))
    counted = exists().where(
        ItemText.module_revision_id == Attempt.module_revision_id,
        ItemText.item_id == Response.item_id,
        ItemText.key["item"]["graded"].as_boolean().is_(True),
    )
    finished = exists().where(CompletionRecord.enrolment_id == Enrolment.id)
    return (
        chosen.select_from(Enrolment)
        .join(Standing, Standing.enrolment_id == Enrolment.id)
        .join(Attempt, Attempt.id == Standing.passed_attempt_id)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(Response, Response.attempt_id == Attempt.id)
        .where(
            Enrolment.closed_at.is_(None),
            Enrolment.withdrawn_at.is_(None),
            Response.sealed_text.is_not(None),
            counted.correlate(Attempt, Response),
            ~finished.correlate(Enrolment),
            or_(and_(done < readers, other < readers), done == other),
        )
    )


def _readings(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """Count what was said of the response of the statement."""
    counted = func.count(case((and_(*conditions), 1))) if conditions else func.count()
    query = select(counted).where(
        OpenGrade.attempt_id == Response.attempt_id, OpenGrade.item_id == Response.item_id
    )
    return query.correlate(Response).scalar_subquery()


def _place(shown: Sequence[Any], item_id: str) -> int:
    return 1 + [one.item for one in asked_from_document(shown)].index(item_id)


def find_answer(
    db: Session, user_id: uuid.UUID, where: tuple[uuid.UUID, int], *, keys: Keys, today: date
) -> AnswerToRead:
    """Give an answer that counts, at (attempt, place), in one's own cohorts; else NotFoundError."""
    attempt_id, place = where
    row = db.execute(
        select(Attempt, Result.submitted_at, ModuleRevision.quiz)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(CohortInstructor, CohortInstructor.cohort_id == Enrolment.cohort_id)
        .where(Attempt.id == attempt_id, CohortInstructor.user_id == user_id)
    ).one_or_none()
    item = None if row is None else _item_at(row[0], row[2], place)
    if row is None or item is None:
        raise NotFoundError("answer")
    attempt = row[0]
    saved = saved_responses(db, attempt.id, keys, item.id).get(item.id)
    if saved is None:
        raise NotFoundError("answer")
    texts = item_texts(db, attempt.module_revision_id, [item.id], saved.language, today)
    return AnswerToRead(
        enrolment_id=attempt.enrolment_id,
        attempt_id=attempt.id,
        module_id=attempt.module_id,
        item_id=item.id,
        language=saved.language,
        submitted_at=row[1],
        shown=texts[item.id],
        text=str(saved.answer[0]) if saved.answer else None,
        said=said_of(db, attempt.enrolment_id, attempt.id, keys).get(item.id, ()),
    )


def _item_at(attempt: Attempt, quiz: Mapping[str, Any], place: int) -> QuizItem | None:
    """Give the open question that counts at a place; None where there is none."""
    asked = asked_from_document(attempt.shown)
    if not 1 <= place <= len(asked):
        return None
    item_id = asked[place - 1].item
    document = next(one for one in quiz["items"] if one["id"] == item_id)
    item = QuizItem.from_document(document)
    return item if item.kind is ItemKind.OPEN and item.graded else None


def said_of(
    db: Session, enrolment_id: uuid.UUID, attempt_id: uuid.UUID, keys: Keys
) -> dict[str, tuple[Said, ...]]:
    """Give what readers said of an attempt's answers, by item, in the order in which they did."""
    found: dict[str, tuple[Said, ...]] = {}
    rows = db.scalars(
        select(OpenGrade).where(OpenGrade.attempt_id == attempt_id).order_by(OpenGrade.number)
    )
    for row in rows:
        comment = _comment(row, enrolment_id, keys)
        said = Said(row.number, row.is_done, row.graded_by, comment)
        found[row.item_id] = (*found.get(row.item_id, ()), said)
    return found


def last_passed_attempt(
    db: Session, enrolment_id: uuid.UUID, module_id: str
) -> tuple[uuid.UUID, Mapping[str, int]] | None:
    """Give somebody's last attempt that passed a quiz, and the places of its items, from 1."""
    row = db.execute(
        select(Attempt.id, Attempt.shown)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(
            Attempt.enrolment_id == enrolment_id,
            Attempt.module_id == module_id,
            Result.passed.is_(True),
        )
        .order_by(Attempt.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    asked = enumerate(asked_from_document(row.shown), start=1)
    return row.id, {one.item: place for place, one in asked}


def comment_place(attempt_id: uuid.UUID, item_id: str, number: int) -> Place:
    """Say where a reader's comment stands."""
    return Place("open_grade", "sealed_comment", f"{attempt_id}:{item_id}:{number}")


def _comment(row: OpenGrade, enrolment_id: uuid.UUID, keys: Keys) -> str | None:
    if row.sealed_comment is None:
        return None
    place = comment_place(row.attempt_id, row.item_id, row.number)
    try:
        return keys.unseal_of(enrolment_id, row.sealed_comment, place)
    except (KeyDestroyedError, UnreadableFieldError):
        return None
