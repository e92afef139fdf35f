"""Files that take longer than a page may: asked for, made by the job, kept for a day.

The file lies in the instance folder, readable by the site alone, under its job's random id.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.enrolment.models import CohortInstructor
from lms.exports.models import ExportJob
from lms.exports.tables import Kind, Scope, columns, count_rows, rows
from lms.exports.write import Form, write_file
from lms.kernel.database import Database
from lms.kernel.errors import BadInputError, NotFoundError

# Rows that a page writes itself: within a second or so, and never over two.
MOST_AT_ONCE = {Form.CSV: 20_000, Form.XLSX: 6_000}
KEPT = timedelta(days=1)
MOST_WAITING = 5  # of one person
FOLDER = "exports"


class JobState(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class TooManyError(BadInputError):
    """Somebody has as many files waiting as one person may."""


def ask(
    db: Session, asked_by: uuid.UUID, kind: Kind, scope: Scope, form: Form, *, now: datetime
) -> ExportJob:
    """Ask for a file; a wish that is waiting already is given again. Raises TooManyError."""
    wanted = {"cohort": str(scope.cohort_id), "form": form.value}
    waiting = [one for one in jobs_of(db, asked_by, now=now) if one.state in {"waiting", "running"}]
    for one in waiting:
        if (one.kind, one.wanted) == (kind.value, wanted):
            return one
    if len(waiting) >= MOST_WAITING:
        raise TooManyError
    job = ExportJob(
        asked_by=asked_by,
        kind=kind.value,
        wanted=wanted,
        state=JobState.WAITING,
        done=0,
        total=count_rows(db, kind, scope),
        asked_at=now,
        expires_at=now + KEPT,
    )
    db.add(job)
    db.flush()
    return job


def jobs_of(db: Session, user_id: uuid.UUID, *, now: datetime) -> tuple[ExportJob, ...]:
    """List somebody's files that are not over, the newest first."""
    query = select(ExportJob).where(ExportJob.asked_by == user_id, ExportJob.expires_at > now)
    return tuple(db.scalars(query.order_by(ExportJob.asked_at.desc(), ExportJob.id.desc())))


def find_file(db: Session, user_id: uuid.UUID, job_id: uuid.UUID, *, now: datetime) -> ExportJob:
    """Give a file that is ready, to who asked for it and still has the group; else not found."""
    job = db.get(ExportJob, job_id)
    if job is None or job.asked_by != user_id or job.expires_at <= now:
        raise NotFoundError("export")
    cohort_id = uuid.UUID(job.wanted["cohort"])
    if job.state != JobState.READY or not db.get(CohortInstructor, (cohort_id, user_id)):
        raise NotFoundError("export")
    return job


def path_of(instance: Path, job: ExportJob) -> Path:
    """Give where the file of a job is."""
    return instance / FOLDER / f"{job.id}.{job.wanted['form']}"


def make_waiting(database: Database, instance: Path, *, now: datetime) -> int:
    """Make the files that wait, one after the other; gives how many. Run by one process alone.

    One that was running when its process died is made again from the beginning.
    """
    made = 0
    while job := _next(database):
        _make(database, job, path_of(instance, job), now)
        made += 1
    return made


def remove_expired(database: Database, instance: Path, *, now: datetime) -> int:
    """Remove files whose day is over; gives how many wishes went."""
    with database.write.begin() as db:
        over = list(db.scalars(select(ExportJob).where(ExportJob.expires_at <= now)))
        for job in over:
            path_of(instance, job).unlink(missing_ok=True)
        db.execute(delete(ExportJob).where(ExportJob.id.in_([one.id for one in over])))
    return len(over)


def _next(database: Database) -> ExportJob | None:
    with database.write.begin() as db:
        query = select(ExportJob).where(ExportJob.state.in_(["waiting", "running"]))
        job = db.scalar(query.order_by(ExportJob.asked_at, ExportJob.id).limit(1))
        if job is not None:
            job.state, job.done = JobState.RUNNING, 0
        return job


def _make(database: Database, job: ExportJob, path: Path, now: datetime) -> None:
    def tell(count: int) -> None:
        _note(database, job.id, {"done": count})

    scope, kind = Scope(uuid.UUID(job.wanted["cohort"])), Kind(job.kind)
    try:
        with database.read() as db:
            head = columns(db, kind, scope)
            count = write_file(path, Form(job.wanted["form"]), head, rows(db, kind, scope), tell)
    except (OSError, NotFoundError):
        path.with_suffix(path.suffix + ".part").unlink(missing_ok=True)
        _note(database, job.id, {"state": JobState.FAILED})
        return
    done = {"state": JobState.READY, "done": count, "total": count, "ready_at": now}
    _note(database, job.id, {**done, "file_name": path.name})


def _note(database: Database, job_id: uuid.UUID, values: Mapping[str, object]) -> None:
    with database.write.begin() as db:
        db.execute(update(ExportJob).where(ExportJob.id == job_id).values(**values))
