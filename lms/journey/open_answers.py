"""An open answer that counts was read: it was the last thing a completion waited for, or not done.

What is done is done for good; what is not done opens its quiz once more, and the reader's comment
goes to whoever wrote it.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.assessment.reopen import reopen_quiz
from lms.assessment.verdict import Verdict
from lms.completion.models import CompletionRecord
from lms.completion.service import MOST_READERS, record_completion
from lms.conversations.models import OpenGrade
from lms.conversations.notice import tell_by_mail
from lms.conversations.open_answers import AnswerToRead, find_answer
from lms.conversations.reading import Reading, lock_writer, say
from lms.conversations.service import About, NewMessage, send
from lms.enrolment.models import Enrolment
from lms.journey.files import advance_file
from lms.kernel.audit import Act, append_audit
from lms.kernel.days import today_in_programme
from lms.kernel.keys import Keys
from lms.progress.queries import load_progress
from lms.publishing.models import CourseRevision
from lms.publishing.queries import course_rules
from lms.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reads, when, and for which site."""

    user_id: uuid.UUID
    settings: Settings
    keys: Keys
    now: datetime


def readers_of(settings: Settings) -> int:
    """Give how many people have to be of one mind about an answer."""
    return MOST_READERS if settings.two_graders else 1


def read_answer(db: Session, where: tuple[uuid.UUID, int], reading: Reading, desk: Desk) -> Verdict:
    """Take down what a reader says of the answer at (attempt, place), with all that follows.

    Raises what `find_answer` and `say` raise.
    """
    today = today_in_programme(desk.now)
    lock_writer(db, find_answer(db, desk.user_id, where, keys=desk.keys, today=today))
    answer = find_answer(db, desk.user_id, where, keys=desk.keys, today=today)
    known = len(answer.said)
    reader = (desk.user_id, readers_of(desk.settings))
    found = say(db, answer, reading, reader=reader, keys=desk.keys, now=desk.now)
    again = find_answer(db, desk.user_id, where, keys=desk.keys, today=today)
    if len(again.said) == known:  # a second click
        return found
    match found:
        case Verdict.DONE:
            complete_if_read(
                db, again.enrolment_id, settings=desk.settings, keys=desk.keys, now=desk.now
            )
        case Verdict.NOT_DONE:
            _open_again(db, again, desk)
        case Verdict.WAITS:
            pass
        case _:
            assert_never(found)
    _audit(db, again, reading, found, desk)
    return found


def _open_again(db: Session, answer: AnswerToRead, desk: Desk) -> None:
    """Open the quiz once more, and tell its holder why."""
    if not reopen_quiz(db, answer.attempt_id, now=desk.now):
        return
    comments = [one.comment for one in answer.said if not one.is_done and one.comment]
    message = NewMessage(
        enrolment_id=answer.enrolment_id,
        sender_id=desk.user_id,
        is_from_staff=True,
        text="\n\n".join(comments),
        about=About(answer.module_id, answer.item_id),
    )
    send(db, message, keys=desk.keys, now=desk.now)
    tell_by_mail(db, answer.enrolment_id, settings=desk.settings, keys=desk.keys, now=desk.now)


def _audit(db: Session, answer: AnswerToRead, reading: Reading, found: Verdict, desk: Desk) -> None:
    act = Act(
        actor=str(desk.user_id),
        act="read-open-answer",
        subject=f"enrolment:{answer.enrolment_id}",
        after={
            "attempt": str(answer.attempt_id),
            "item": answer.item_id,
            "number": reading.number,
            "is_done": reading.is_done,
            "verdict": found.value,
        },
    )
    append_audit(db, desk.keys.audit, act, now=desk.now)


def complete_if_read(
    db: Session, enrolment_id: uuid.UUID, *, settings: Settings, keys: Keys, now: datetime
) -> bool:
    """Record a completion that waited for its readers alone; whether there is one now.

    Time that ran out while somebody had yet to read counts against nobody.
    """
    enrolment = db.get_one(Enrolment, enrolment_id)
    if enrolment.withdrawn_at is not None or enrolment.closed_at is not None:
        return False
    course = db.get_one(CourseRevision, enrolment.course_revision_id)
    record = record_completion(
        db,
        enrolment_id,
        course_rules(course.document),
        load_progress(db, enrolment_id),
        signing_key=keys.signing,
        now=now,
        readers=readers_of(settings),
    )
    if record is None:
        return False
    advance_file(db, enrolment_id, keys=keys, settings_review=settings.completion_review, now=now)
    return True


def complete_read(db: Session, *, settings: Settings, keys: Keys, now: datetime) -> int:
    """Record every completion that waits for no reader any more; gives how many.

    The last pass may come after the last reading, from an act that does not know how many readers
    the site asks for. Run by a job.
    """
    finished = exists().where(CompletionRecord.enrolment_id == OpenGrade.enrolment_id)
    waiting = db.scalars(
        select(OpenGrade.enrolment_id)
        .where(~finished.correlate(OpenGrade))
        .distinct()
        .order_by(OpenGrade.enrolment_id)
    ).all()
    return sum(complete_if_read(db, one, settings=settings, keys=keys, now=now) for one in waiting)
