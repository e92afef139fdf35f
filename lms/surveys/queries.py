"""Read surveys: the edition that counts, somebody's turn, and sheets without anybody's name."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from lms.surveys.models import SurveyAnswer, SurveyRevision, SurveyTurn
from lms.surveys.sheet import Sheet, SurveyPage, Wave, page_of


def find_survey(db: Session, survey_id: str, language: str) -> SurveyPage | None:
    """Give the last edition in this language, or in another where it has none; None if neither."""
    mine: ColumnElement[int] = case((SurveyRevision.language == language, 0), else_=1)
    found = db.scalar(
        select(SurveyRevision)
        .where(SurveyRevision.survey_id == survey_id)
        .order_by(mine, SurveyRevision.number.desc(), SurveyRevision.language)
        .limit(1)
    )
    if found is None:
        return None
    return page_of(survey_id, found.language, found.number, found.document)


def published_digests(db: Session) -> dict[tuple[str, str], str]:
    """Give the digest of the last edition of each survey, by id and language."""
    last = (
        select(SurveyRevision.survey_id, SurveyRevision.language, func.max(SurveyRevision.number))
        .group_by(SurveyRevision.survey_id, SurveyRevision.language)
        .subquery()
    )
    rows = db.execute(
        select(SurveyRevision.survey_id, SurveyRevision.language, SurveyRevision.digest).join(
            last,
            (SurveyRevision.survey_id == last.c[0])
            & (SurveyRevision.language == last.c[1])
            & (SurveyRevision.number == last.c[2]),
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


def find_turn(
    db: Session, enrolment_id: uuid.UUID, survey_id: str, wave: Wave
) -> SurveyTurn | None:
    """Give whether somebody was offered a survey, and whether that is over; None: never."""
    return db.get(SurveyTurn, (enrolment_id, survey_id, wave.value))


def sheets_of(db: Session, survey_id: str) -> Sequence[Sheet]:
    """Give all sheets of a survey, in no order that tells anything."""
    rows = db.scalars(
        select(SurveyAnswer)
        .where(SurveyAnswer.survey_id == survey_id)
        .order_by(SurveyAnswer.token, SurveyAnswer.wave)
    )
    return tuple(
        Sheet(one.survey_id, Wave(one.wave), one.token, one.language, one.day, one.answers)
        for one in rows
    )
