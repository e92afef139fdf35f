"""What a cohort's plots show: how many passed each module by each day, and how its scores lie."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Standing
from lms.enrolment.models import Enrolment
from lms.kernel.days import today_in_programme
from lms.reporting.cohorts import CohortHead
from lms.reporting.item_figures import ScoreBin, from_first_held, lowest_held, score_bins


@dataclass(frozen=True, slots=True)
class ModuleProgress:
    """One module: how many had passed it at the end of each day on which somebody did.

    `scores` are the best of each person who tried; there are `tried` of them. What lies below the
    lowest of all modules is one bar.
    """

    module_id: str
    days: tuple[tuple[date, int], ...]
    scores: tuple[ScoreBin, ...]
    tried: int

    @property
    def passed(self) -> int:
        """How many have passed it by now."""
        return self.days[-1][1] if self.days else 0


@dataclass(frozen=True, slots=True)
class CohortFigures:
    """A cohort from the first enrolment until today."""

    people: int
    first_day: date
    last_day: date
    modules: tuple[ModuleProgress, ...]


def cohort_figures(db: Session, head: CohortHead, today: date) -> CohortFigures:
    """Read a cohort's figures in three statements, whatever its size."""
    here = Enrolment.cohort_id == head.id
    people, since = db.execute(
        select(func.count(), func.min(Enrolment.enrolled_at)).where(here)
    ).one()
    hours = _passes(db, head.id)
    scores = {module_id: score_bins(cells) for module_id, cells in _scores(db, head.id).items()}
    lowest = min((lowest_held(bins) for bins in scores.values()), default=0)
    return CohortFigures(
        people=people,
        first_day=today_in_programme(since) if people else today,
        last_day=today,
        modules=tuple(
            ModuleProgress(
                module_id=module_id,
                days=_cumulated(hours.get(module_id, ())),
                scores=from_first_held(scores.get(module_id, score_bins(())), lowest),
                tried=sum(one.n for one in scores.get(module_id, ())),
            )
            for module_id in head.modules
        ),
    )


def _passes(db: Session, cohort_id: uuid.UUID) -> Mapping[str, list[tuple[date, int]]]:
    """Count passes by module and hour: the zone's days begin on the hour."""
    hour = _hour(db)
    rows = db.execute(
        select(Standing.module_id, hour, func.count())
        .join(Enrolment, Enrolment.id == Standing.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, Standing.passed_at.is_not(None))
        .group_by(Standing.module_id, hour)
    )
    found: dict[str, list[tuple[date, int]]] = {}
    for module_id, at, n in rows:
        moment = datetime.fromisoformat(f"{at}:00").replace(tzinfo=UTC)
        found.setdefault(module_id, []).append((today_in_programme(moment), n))
    return found


def _hour(db: Session) -> Any:  # noqa: ANN401 - the two databases' own functions
    """Give the hour, in UTC, in which somebody passed: "2026-11-21 14"."""
    if db.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d %H", Standing.passed_at)
    return func.to_char(func.timezone("UTC", Standing.passed_at), "YYYY-MM-DD HH24")


def _scores(db: Session, cohort_id: uuid.UUID) -> Mapping[str, list[tuple[int, int, int]]]:
    rows = db.execute(
        select(
            Standing.module_id,
            Standing.best_percent,
            func.count(),
            func.count(Standing.passed_at),
        )
        .join(Enrolment, Enrolment.id == Standing.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id)
        .group_by(Standing.module_id, Standing.best_percent)
    )
    found: dict[str, list[tuple[int, int, int]]] = {}
    for module_id, percent, n, passed in rows:
        found.setdefault(module_id, []).append((percent, n, passed))
    return found


def _cumulated(counts: Iterable[tuple[date, int]]) -> tuple[tuple[date, int], ...]:
    by_day: dict[date, int] = {}
    for day, n in counts:
        by_day[day] = by_day.get(day, 0) + n
    total, found = 0, []
    for day in sorted(by_day):
        total += by_day[day]
        found.append((day, total))
    return tuple(found)
