"""Time on pages and questions as rows: ISO 8601 durations, instruction apart from the rest."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.completion.duration import iso_duration
from lms.enrolment.models import Enrolment
from lms.progress.models import SeatTime
from lms.reporting.cohorts import CohortHead
from lms.reporting.people import in_scope

BATCH = 1000  # rows fetched at once: memory stays the same however large the cohort


@dataclass(frozen=True, slots=True)
class SeatRow:
    """What one person spent at one place in one round; `duration` is ISO 8601."""

    pseudonym: str
    module_id: str
    kind: str
    section_id: str
    round: int
    duration: str
    first_at: datetime
    last_at: datetime
    read_at: datetime | None


def seat_rows(db: Session, user_id: uuid.UUID, head: CohortHead) -> Iterator[SeatRow]:
    """Give the time of everybody in a cohort of one's own, by pseudonym, module and section."""
    rows = db.execute(
        select(Enrolment.pseudonym, SeatTime)
        .join(SeatTime, SeatTime.enrolment_id == Enrolment.id)
        .where(Enrolment.id.in_(in_scope(user_id, Enrolment.cohort_id == head.id)))
        .order_by(
            Enrolment.pseudonym,
            SeatTime.module_id,
            SeatTime.kind,
            SeatTime.section_id,
            SeatTime.round,
        )
        .execution_options(yield_per=BATCH)
    )
    for pseudonym, seat in rows:
        yield SeatRow(
            pseudonym=pseudonym,
            module_id=seat.module_id,
            kind=seat.kind,
            section_id=seat.section_id,
            round=seat.round,
            duration=iso_duration(seat.credited_ms),
            first_at=seat.first_at,
            last_at=seat.last_at,
            read_at=seat.read_at,
        )
