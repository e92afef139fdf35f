"""Take a quiz: start, save an answer, look it over, submit."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.assessment.grading import is_finished
from lms.assessment.models import Attempt, Result
from lms.assessment.queries import (
    ClosedAttempt,
    OpenAttempt,
    SavedResponse,
    closed_attempt,
    find_open_attempt,
    saved_responses,
)
from lms.assessment.service import (
    Ending,
    NewAnswer,
    Taker,
    close_attempt,
    save_answer,
    start_attempt,
)
from lms.completion.service import record_completion
from lms.enrolment.models import Enrolment
from lms.gates.ending import EndedBy, attempt_ending
from lms.journey.actor import Learner
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import ClosedGateError, end_of_day, module_id_at
from lms.kernel.errors import NotAllowedError, NotFoundError
from lms.kernel.keys import Keys
from lms.progress.queries import load_progress


class NoOpenAttemptError(NotAllowedError):
    """No attempt at this quiz is under way: it was submitted, or never started."""


class UnfinishedError(NotAllowedError):
    """Some questions have no answer yet; `places` says which, from 1."""

    def __init__(self, places: tuple[int, ...]) -> None:
        super().__init__(f"{len(places)} questions are not answered")
        self.places = places


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of a submission; `waits` where nothing but a reader of open answers is missing."""

    attempt_id: uuid.UUID
    passed: bool
    completed: bool
    waits: bool = False


def start_quiz(
    db: Session, learner: Learner, number: int, language: str, now: datetime
) -> OpenAttempt:
    """Give the open attempt at a module's quiz, started if there is none and the gate is open."""
    module_id = module_id_at(learner, number)
    # One start or submission a person at a time: the gate is judged on what is so until the end.
    locked = select(Enrolment.id).where(Enrolment.id == learner.enrolment_id)
    db.execute(locked.with_for_update(key_share=True))
    running = find_open_attempt(db, learner.enrolment_id, module_id, now)
    if running is not None:
        return running
    state = quiz_state(db, learner, number, language, now)
    if not state.gate.is_open:
        raise ClosedGateError(state.gate)
    taker = Taker(learner.programme_id, learner.enrolment_id)
    module = (module_id, state.outline.revision_id)
    try:
        with db.begin_nested():
            start_attempt(db, taker, module, state.quiz, language=language, now=now)
    except IntegrityError:
        pass  # the other tab was first: its attempt is the one
    return attempt_under_way(db, learner, number, now)


def attempt_under_way(db: Session, learner: Learner, number: int, now: datetime) -> OpenAttempt:
    """Give the open attempt at a module's quiz or raise NoOpenAttemptError."""
    module_id = module_id_at(learner, number)
    attempt = find_open_attempt(db, learner.enrolment_id, module_id, now)
    if attempt is None:
        raise NoOpenAttemptError
    return attempt


# Built once: to build a statement costs as much as to run it.
_CLOSED = (
    select(Attempt.id)
    .join(Result, Result.attempt_id == Attempt.id)
    .where(
        Attempt.enrolment_id == bindparam("enrolment_id", type_=Uuid()),
        Attempt.module_id == bindparam("module_id"),
        Attempt.number == bindparam("number"),
    )
)


def attempt_numbered(db: Session, learner: Learner, number: int, attempt: int) -> uuid.UUID | None:
    """Give one's own closed attempt of that number at a module's quiz; None if there is none."""
    module_id = module_id_at(learner, number)
    own = {"enrolment_id": learner.enrolment_id, "module_id": module_id, "number": attempt}
    return db.connection().scalar(_CLOSED, own)


def answer_item(
    db: Session, attempt: OpenAttempt, new: NewAnswer, *, keys: Keys, now: datetime
) -> int:
    """Save an answer to an item of the attempt; one that was not asked is not found."""
    if new.item_id not in attempt.items:
        raise NotFoundError("item")
    try:
        return save_answer(db, attempt, new, keys=keys, now=now)
    except IntegrityError as error:  # handed in a moment before: the trigger refuses
        raise NoOpenAttemptError from error


def unfinished_places(attempt: OpenAttempt, saved: Mapping[str, SavedResponse]) -> tuple[int, ...]:
    """Give the places, from 1, of the questions that cannot be handed in yet."""
    return tuple(
        place
        for place, asked in enumerate(attempt.asked, start=1)
        if asked.item not in attempt.withheld
        and (
            asked.item not in saved
            or not is_finished(attempt.items[asked.item], saved[asked.item].answer)
        )
    )


_MODULE_OF = select(Attempt.module_id).where(
    Attempt.id == bindparam("attempt_id", type_=Uuid()),
    Attempt.enrolment_id == bindparam("enrolment_id", type_=Uuid()),
)
_MODULE_OF_LOCKED = _MODULE_OF.join(Enrolment, Enrolment.id == Attempt.enrolment_id)
_MODULE_OF_LOCKED = _MODULE_OF_LOCKED.with_for_update(key_share=True)


def check_attempt_is_at(db: Session, learner: Learner, number: int, attempt_id: uuid.UUID) -> None:
    """Raise NotFoundError unless this is one's own attempt at that module of one's course."""
    own = {"attempt_id": attempt_id, "enrolment_id": learner.enrolment_id}
    if db.connection().scalar(_MODULE_OF, own) != module_id_at(learner, number):
        raise NotFoundError("attempt")


def submit_quiz(
    db: Session,
    learner: Learner,
    attempt_id: uuid.UUID,
    *,
    keys: Keys,
    language: str,
    now: datetime,
) -> Submitted:
    """Close and grade an attempt of one's own; again, it gives what the first time gave.

    Raises UnfinishedError while a question is not answered; nothing is lost by that. After the
    last day there is nothing to finish: what was saved until then counts.
    """
    # The enrolment is locked too: two last modules handed in at once must see each other's pass.
    own = {"attempt_id": attempt_id, "enrolment_id": learner.enrolment_id}
    module_id = db.connection().scalar(_MODULE_OF_LOCKED, own)
    if module_id is None:
        raise NotFoundError("attempt")
    running = find_open_attempt(db, learner.enrolment_id, module_id, now)
    if running is None or running.id != attempt_id:
        result = db.get_one(Result, attempt_id)
        return Submitted(attempt_id, result.passed, completed=False)
    saved = saved_responses(db, attempt_id, keys)
    ending = due_ending(learner, running, saved, now)
    if ending is None:
        missing = unfinished_places(running, saved)
        if missing:
            raise UnfinishedError(missing)
        ending = Ending(EndedBy.SUBMITTED, now, language)
    return _close(db, learner, (running, saved), ending, keys.signing)


def due_ending(
    learner: Learner, attempt: OpenAttempt, saved: Mapping[str, SavedResponse], now: datetime
) -> Ending | None:
    """Say whether an attempt has ended by itself: its last day is over, or it was left alone."""
    last_day = learner.deadline
    ended = attempt_ending(
        deadline=None if last_day is None else end_of_day(last_day),
        touched_at=max([attempt.started_at, *(one.saved_at for one in saved.values())]),
        now=now,
    )
    return None if ended is None else Ending(*ended, attempt.language)


def end_if_due(
    db: Session, learner: Learner, number: int, *, keys: Keys, now: datetime
) -> uuid.UUID | None:
    """End one's open attempt at a module if it has ended by itself; gives it, for its result."""
    running = find_open_attempt(db, learner.enrolment_id, module_id_at(learner, number), now)
    if running is None:
        return None
    saved = saved_responses(db, running.id, keys)
    ending = due_ending(learner, running, saved, now)
    if ending is None:
        return None
    return submit_quiz(
        db, learner, running.id, keys=keys, language=ending.language, now=now
    ).attempt_id


def _close(
    db: Session,
    learner: Learner,
    attempt: tuple[OpenAttempt, Mapping[str, SavedResponse]],
    ending: Ending,
    signing_key: bytes,
) -> Submitted:
    """Grade what is saved, and record the completion when this was the last pass."""
    running, saved = attempt
    answers = {item: response.answer for item, response in saved.items()}
    own, rules = running.passing_percent, learner.rules
    passing = rules.passing_percent if own is None else own
    graded = close_attempt(db, running, answers, passing, ending)
    if not graded.passed:
        return Submitted(running.id, passed=False, completed=False)
    progress = load_progress(db, learner.enrolment_id)
    record = record_completion(
        db,
        learner.enrolment_id,
        learner.rules,
        progress,
        signing_key=signing_key,
        now=ending.at,
    )
    waits = record is None and progress.passed.issuperset(learner.rules.modules)
    return Submitted(running.id, passed=True, completed=record is not None, waits=waits)


def own_result(db: Session, learner: Learner, attempt_id: uuid.UUID, keys: Keys) -> ClosedAttempt:
    """Give a submitted attempt of one's own; anything else is not found."""
    attempt = closed_attempt(db, attempt_id, keys)
    if attempt is None or attempt.enrolment_id != learner.enrolment_id:
        raise NotFoundError("attempt")
    return attempt
