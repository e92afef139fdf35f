"""Do: say of an open answer that counts whether it is done; of two at once the first one stands."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.assessment.verdict import Verdict
from lms.conversations.models import OpenGrade
from lms.conversations.open_answers import AnswerToRead, Said, comment_place
from lms.conversations.service import EmptyTextError, clean_text
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotAllowedError
from lms.kernel.keys import Keys


class AlreadyReadError(NotAllowedError):
    """Somebody said it in the meantime, or it is settled; `said` is what stands."""

    def __init__(self, said: tuple[Said, ...]) -> None:
        super().__init__("somebody has read this answer in the meantime")
        self.said = said


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody says of an answer; `number` is how many had read it when he saw it, plus 1."""

    number: int
    is_done: bool
    comment: str = ""


def lock_writer(db: Session, answer: AnswerToRead) -> None:
    """Let readers of one person's answers come one after the other, and his submissions too."""
    locked = select(Enrolment.id).where(Enrolment.id == answer.enrolment_id)
    db.execute(locked.with_for_update(key_share=True))


def say(
    db: Session,
    answer: AnswerToRead,
    reading: Reading,
    *,
    reader: tuple[uuid.UUID, int],
    keys: Keys,
    now: datetime,
) -> Verdict:
    """Append what a reader says; gives the verdict. `reader` is who, and how many are asked for.

    Said twice in the same words by the same person, it stands once. Raises AlreadyReadError where
    somebody was first, EmptyTextError where an answer is not done and nothing says why.
    """
    user_id, readers = reader
    own = answer.by(user_id)
    if own is not None and (own.number, own.is_done) == (reading.number, reading.is_done):
        return answer.verdict(readers)
    is_open = answer.verdict(readers) is Verdict.WAITS
    if own is not None or not is_open or reading.number != len(answer.said) + 1:
        raise AlreadyReadError(answer.said)
    comment = _comment(reading)
    grade = _grade(db, answer, reading, user_id, now)
    if comment:
        place = comment_place(answer.attempt_id, answer.item_id, reading.number)
        grade.sealed_comment = keys.seal_for(answer.enrolment_id, comment, place)
    try:
        with db.begin_nested():
            db.add(grade)
            db.flush()
    except IntegrityError as error:  # the number is taken: another reader was first
        raise AlreadyReadError(answer.said) from error
    said = (*answer.said, Said(reading.number, reading.is_done, user_id, comment))
    return replace(answer, said=said).verdict(readers)


def _comment(reading: Reading) -> str:
    """Give the comment as it is kept; one that is not done needs one."""
    try:
        return clean_text(reading.comment)
    except EmptyTextError:
        if not reading.is_done:
            raise
        return ""


def _grade(
    db: Session, answer: AnswerToRead, reading: Reading, user_id: uuid.UUID, now: datetime
) -> OpenGrade:
    return OpenGrade(
        attempt_id=answer.attempt_id,
        item_id=answer.item_id,
        number=reading.number,
        programme_id=db.get_one(Enrolment, answer.enrolment_id).programme_id,
        enrolment_id=answer.enrolment_id,
        is_done=reading.is_done,
        sealed_comment=None,
        graded_by=user_id,
        graded_at=now,
    )
