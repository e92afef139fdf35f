"""Whether the open answers that a course counts were read and found done: a pass waits for that.

An answer counts where its question says `graded: yes` and somebody wrote something. What readers
said lies in a table of a room above this one (lms/conversations): its rows are read, by name.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Boolean, Integer, String, Uuid, column, select, table
from sqlalchemy.orm import Session

from lms.assessment.verdict import Verdict, verdict
from lms.completion.evidence import ClosedTry, Evidence
from lms.content.model import ItemKind

_GRADE = table(
    "open_grade",
    column("attempt_id", Uuid()),
    column("item_id", String()),
    column("number", Integer()),
    column("enrolment_id", Uuid()),
    column("is_done", Boolean()),
)
Said = Mapping[tuple[uuid.UUID, str], list[bool]]


def open_answers_done(
    db: Session, enrolment_id: uuid.UUID, evidence: Evidence, *, readers: int
) -> bool:
    """Whether each module has a passed try whose counted answers are all done, or is waived.

    Where the course counts no open answer, the database is not asked.
    """
    passed: dict[str, list[ClosedTry]] = defaultdict(list)
    for one in evidence.tries:
        if one.is_passed and one.attempt.module_id not in evidence.waivers:
            passed[one.attempt.module_id].append(one)
    counted = {
        one.attempt.id: counted_items(one, evidence) for tries in passed.values() for one in tries
    }
    if not any(counted.values()):
        return True
    said = _said(db, enrolment_id)
    return all(
        any(_is_done(one, counted[one.attempt.id], said, readers) for one in tries)
        for tries in passed.values()
    )


def counted_items(one: ClosedTry, evidence: Evidence) -> tuple[str, ...]:
    """Give the open questions of a try that count and that he wrote something to."""
    return tuple(
        asked["item"]
        for asked in one.attempt.shown
        if _is_counted(evidence, one, asked["item"]) and _is_written(one, asked["item"])
    )


def _is_counted(evidence: Evidence, one: ClosedTry, item_id: str) -> bool:
    texts = evidence.items.get((one.attempt.module_revision_id, item_id), {})
    return any(
        text["key"]["item"]["kind"] == ItemKind.OPEN and text["key"]["item"]["graded"]
        for text in texts.values()
    )


def _is_written(one: ClosedTry, item_id: str) -> bool:
    return item_id in one.given and one.given[item_id].sealed is not None


def _is_done(one: ClosedTry, items: tuple[str, ...], said: Said, readers: int) -> bool:
    of_this = (said.get((one.attempt.id, item_id), []) for item_id in items)
    return all(verdict(words, readers) is Verdict.DONE for words in of_this)


def _said(db: Session, enrolment_id: uuid.UUID) -> Said:
    found: dict[tuple[uuid.UUID, str], list[bool]] = defaultdict(list)
    grade = _GRADE.c
    rows = db.execute(
        select(grade.attempt_id, grade.item_id, grade.is_done)
        .where(grade.enrolment_id == enrolment_id)
        .order_by(grade.number)
    )
    for attempt_id, item_id, is_done in rows:
        found[attempt_id, item_id].append(is_done)
    return found
