"""Do: publish surveys, offer one, keep a sheet that nothing links to a person.

Whoever answers leaves two traces that must not meet: his turn is over (whether he answered or not
looks the same), and one more sheet is there. They are written in two transactions, and the sheets
of one day lie in a random order, written anew together whenever one comes to them: neither a row's
place nor the transaction that wrote it tells which one came last.
"""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from lms.content.model import Content
from lms.publishing.markdown import render_markdown
from lms.surveys.models import SurveyAnswer, SurveyRevision, SurveyTurn
from lms.surveys.press import SurveyEdition, compile_surveys
from lms.surveys.queries import find_turn, published_digests
from lms.surveys.sheet import Sheet, Wave

SHEETS_LOCK = 0x535552564559  # an arbitrary number: PostgreSQL's lock for the sheets
_chance = random.SystemRandom()


def press_surveys(db: Session, content: Content) -> tuple[SurveyEdition, ...]:
    """Render what changed, with a session that only looks; raises RenderRefusedError."""
    return compile_surveys(content, published_digests(db), render_markdown)


def append_surveys(db: Session, editions: Sequence[SurveyEdition], now: datetime) -> None:
    """Append editions and let them count; the caller commits, or nothing happened."""
    for edition in editions:
        last = db.scalar(
            select(func.max(SurveyRevision.number)).where(
                SurveyRevision.survey_id == edition.survey_id,
                SurveyRevision.language == edition.language,
            )
        )
        db.add(
            SurveyRevision(
                survey_id=edition.survey_id,
                language=edition.language,
                number=(last or 0) + 1,
                digest=edition.digest,
                document=dict(edition.document),
                published_at=now,
            )
        )
    db.flush()


def publish_surveys(db: Session, content: Content, now: datetime) -> int:
    """Render and append in one go, where nobody else waits to write; gives how many editions."""
    editions = press_surveys(db, content)
    append_surveys(db, editions, now)
    return len(editions)


def offer(
    db: Session, enrolment_id: uuid.UUID, programme_id: uuid.UUID, survey_id: str, wave: Wave
) -> bool:
    """Note that somebody is offered a survey; False when his turn is over already."""
    turn = find_turn(db, enrolment_id, survey_id, wave)
    if turn is None:
        turn = SurveyTurn(
            enrolment_id=enrolment_id,
            survey_id=survey_id,
            wave=wave.value,
            programme_id=programme_id,
            is_over=False,
        )
        db.add(turn)
        db.flush()
    return not turn.is_over


def end_turn(db: Session, enrolment_id: uuid.UUID, survey_id: str, wave: Wave) -> None:
    """Note that a turn is over: whoever answered and whoever left look the same."""
    turn = find_turn(db, enrolment_id, survey_id, wave)
    if turn is not None:
        turn.is_over = True
        db.flush()


def answer(db: Session, sheet: Sheet) -> None:
    """Keep a sheet; the same person's second one for the same wave is dropped.

    To be called in a transaction of its own, before the one that ends his turn.
    """
    if db.get_bind().dialect.name == "postgresql":  # on SQLite BEGIN IMMEDIATE makes them wait
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SHEETS_LOCK})
    mine = (
        SurveyAnswer.survey_id == sheet.survey_id,
        SurveyAnswer.wave == sheet.wave.value,
    )
    if db.scalar(select(SurveyAnswer.id).where(*mine, SurveyAnswer.token == sheet.token)):
        return
    table = SurveyAnswer.__table__
    same_day = (*mine, SurveyAnswer.day == sheet.day)
    rows = [dict(row) for row in db.execute(select(table).where(*same_day)).mappings()]
    new = {
        "id": uuid.uuid4(),
        "survey_id": sheet.survey_id,
        "wave": sheet.wave.value,
        "token": sheet.token,
        "language": sheet.language,
        "day": sheet.day,
        "answers": dict(sheet.answers),
    }
    db.execute(delete(SurveyAnswer).where(*same_day))
    mixed = [*rows, new]
    _chance.shuffle(mixed)
    db.execute(insert(SurveyAnswer), mixed)
