"""How often a testimony was read: one number, of everybody together, and nothing else."""

from collections.abc import Collection

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from lms.progress.models import SeatKind, SeatTime


def count_views(db: Session, places: Collection[tuple[str, str]]) -> int:
    """Count how often these sections (module id, section id) were read to their end."""
    if not places:
        return 0
    read = select(func.count()).where(
        SeatTime.kind == SeatKind.INSTRUCTION,
        SeatTime.read_at.is_not(None),
        tuple_(SeatTime.module_id, SeatTime.section_id).in_(sorted(places)),
    )
    return db.scalar(read) or 0
