"""What the coordinator's templates show: words and addresses, decided here and not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from flask import url_for
from flask_babel import format_datetime
from sqlalchemy.orm import Session

from lms.enrolment.queries import (
    CodeBatch,
    CodeCounts,
    CohortView,
    code_counts,
    enrolled_counts,
)
from lms.publishing.queries import current_course
from lms.reporting.roster import RosterRow, Status, completed_counts
from lms.web.request import language, now
from lms.web.words import _, day_text


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of the list."""

    url: str
    name: str
    course: str
    codes: CodeCounts
    enrolled: int
    completed: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One enrolled person, by pseudonym; the status is a word and nothing more."""

    pseudonym: str
    enrolled: str
    deadline: str
    status: str
    kind: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """Codes issued at one moment."""

    issued: str
    until: str
    counts: CodeCounts


def group_rows(db: Session, groups: Sequence[CohortView]) -> list[GroupRow]:
    """Give the lines of the list of groups."""
    ids = [group.id for group in groups]
    codes = code_counts(db, ids, now=now())
    enrolled, completed = enrolled_counts(db, ids), completed_counts(db, ids)
    titles = {name: course_title(db, name) for name in {group.course_id for group in groups}}
    return [
        GroupRow(
            url=url_for("coordinator.group", cohort_id=group.id),
            name=group.name,
            course=titles[group.course_id],
            codes=codes[group.id],
            enrolled=enrolled[group.id],
            completed=completed[group.id],
        )
        for group in groups
    ]


def course_title(db: Session, course_id: str) -> str:
    """Give the title of a published course in the language of the page, or its first."""
    found = current_course(db, course_id)
    if found is None:
        return course_id
    titles = found[1].title
    return titles.get(language()) or next(iter(titles.values()), course_id)


def person_row(row: RosterRow) -> PersonRow:
    """Give the line of one enrolled person."""
    status, kind = _status(row.status)
    return PersonRow(row.pseudonym, _day(row.enrolled_at), _day(row.deadline), status, kind)


def _status(status: Status) -> tuple[str, str]:
    match status:
        case Status.NOT_STARTED:
            return _("Not started"), "neutral"
        case Status.UNDER_WAY:
            return _("Under way"), "busy"
        case Status.COMPLETED:
            return _("Completed"), "good"
        case _:
            assert_never(status)


def period_text(group: CohortView) -> str:
    """Say from when to when a group is held; empty when neither is said."""
    first, last = day_text(group.starts_on), day_text(group.ends_on)
    if first and last:
        return _("From %(first)s to %(last)s", first=first, last=last)
    return first or last


def seats_text(group: CohortView, taken: int) -> str:
    """Say how many places are taken, and of how many."""
    if group.capacity is None:
        return _("%(taken)s taken, without a limit", taken=taken)
    return _("%(taken)s of %(all)s taken", taken=taken, all=group.capacity)


def batch_row(batch: CodeBatch) -> BatchRow:
    """Give the line of one issue of codes."""
    issued = str(format_datetime(batch.issued_at, _("d MMMM y, HH:mm")))
    return BatchRow(issued, _day(batch.expires_at), batch.counts)


def _day(day: datetime | date | None) -> str:
    return day_text(day) or _("None")
