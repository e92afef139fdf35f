"""People as SQL: one row each, with what lists count, filter and sort by.

Every statement begins with `in_scope`: the instructor's own cohorts. Nothing scans attempts: their
number does not matter. A submitted attempt has left its moment in `standing`, so of the attempts
only a first one and one begun after the last submission are looked up, by their unique number.
"""

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select, union_all

from lms.assessment.models import Attempt, Standing
from lms.completion.models import CompletionRecord
from lms.completion.queries import counts
from lms.enrolment.models import CohortInstructor, Enrolment
from lms.progress.models import SeatKind, SeatTime
from lms.publishing.models import CourseRevision, PublishedModule
from lms.reporting.follow_up import (
    DEADLINE_NEAR,
    DEADLINE_OVER,
    PAUSED,
    QUIET,
    TIME_SHORT,
    TRIES,
    Moment,
)

Ids = Select[uuid.UUID]


def in_scope(user_id: uuid.UUID, *conditions: ColumnElement[bool]) -> Ids:
    """Select the enrolments in an instructor's own cohorts, and of these the ones asked for."""
    return (
        select(Enrolment.id)
        .join(CohortInstructor, CohortInstructor.cohort_id == Enrolment.cohort_id)
        .where(CohortInstructor.user_id == user_id, *conditions)
    )


def moments(ids: Ids) -> Subquery:
    """Select (enrolment, module, moment) of all activity: reading, trying, submitting."""
    first = select(Attempt.enrolment_id, Attempt.module_id, Attempt.started_at).where(
        Attempt.enrolment_id.in_(ids),
        Attempt.module_id.in_(select(PublishedModule.module_id)),
        Attempt.number == 1,
    )
    # A scalar subquery, so that no planner starts from all the attempts of a person.
    begun_since = (
        select(Attempt.started_at)
        .where(
            Attempt.enrolment_id == Standing.enrolment_id,
            Attempt.module_id == Standing.module_id,
            Attempt.number == Standing.attempts + 1,
        )
        .correlate(Standing)
        .scalar_subquery()
    )
    tried = select(
        Standing.enrolment_id,
        Standing.module_id,
        func.coalesce(begun_since, Standing.last_submitted_at),
    ).where(Standing.enrolment_id.in_(ids))
    read = select(
        SeatTime.enrolment_id, SeatTime.module_id, SeatTime.last_at.label("moment")
    ).where(SeatTime.enrolment_id.in_(ids), SeatTime.kind == SeatKind.INSTRUCTION)
    return union_all(read, tried, first).subquery("moments")


def people(ids: Ids) -> Subquery:
    """Select one row a person: who, until when, how far, when last seen."""
    tally = (
        select(
            Standing.enrolment_id,
            func.count(Standing.passed_at).label("passed"),
            func.sum(Standing.attempts).label("attempts"),
            func.max(case((Standing.passed_at.is_(None), Standing.attempts), else_=0)).label(
                "tries"
            ),
            func.max(case((Standing.passed_at.is_(None), Standing.last_submitted_at))).label(
                "missed_at"
            ),
        )
        .where(Standing.enrolment_id.in_(ids))
        .group_by(Standing.enrolment_id)
        .subquery("tally")
    )
    every = moments(ids)
    seen = (
        select(every.c.enrolment_id, func.max(every.c.moment).label("seen_at"))
        .group_by(every.c.enrolment_id)
        .subquery("seen")
    )
    return (
        select(
            Enrolment.id,
            Enrolment.cohort_id,
            Enrolment.course_revision_id,
            Enrolment.pseudonym,
            Enrolment.enrolled_at,
            Enrolment.deadline,
            func.coalesce(tally.c.passed, 0).label("passed"),
            func.coalesce(tally.c.attempts, 0).label("attempts"),
            func.coalesce(tally.c.tries, 0).label("tries"),
            tally.c.missed_at,
            seen.c.seen_at,
            Enrolment.no_pause,
            case((CompletionRecord.id.is_not(None), 1), else_=0).label("finished"),
            case((_rests(), 1), else_=0).label("rests"),
        )
        .outerjoin(tally, tally.c.enrolment_id == Enrolment.id)
        .outerjoin(seen, seen.c.enrolment_id == Enrolment.id)
        .outerjoin(CompletionRecord, and_(CompletionRecord.enrolment_id == Enrolment.id, counts()))
        .where(Enrolment.id.in_(ids))
        .subquery("people")
    )


def _rests() -> ColumnElement[bool]:
    """Whether nobody can help somebody on: he has left, his file is closed, or it was suspended."""
    marks = (Enrolment.withdrawn_at, Enrolment.closed_at, Enrolment.suspended_at)
    return or_(*(mark.is_not(None) for mark in marks))


def last_active(one: Subquery) -> ColumnElement[Any]:
    """Give the moment of the last activity, or of the enrolment when there was none."""
    return func.coalesce(one.c.seen_at, one.c.enrolled_at)


def nearest_deadline(one: Subquery) -> ColumnElement[Any]:
    """Give the deadline to sort by: whoever has none comes last."""
    return func.coalesce(one.c.deadline, date.max)


def reasons(one: Subquery, moment: Moment) -> ColumnElement[int]:
    """Give the number of reasons to follow somebody up: `follow_up`, in SQL."""
    lapsed = one.c.deadline < moment.today - DEADLINE_OVER
    near = one.c.deadline <= moment.today + DEADLINE_NEAR
    tried = one.c.tries >= TRIES
    stopped = and_(
        one.c.missed_at <= moment.now - PAUSED,
        func.coalesce(one.c.seen_at, one.c.missed_at) <= one.c.missed_at,
    )
    quiet = last_active(one) <= moment.now - QUIET
    return case(
        (or_(one.c.finished == 1, one.c.rests == 1, lapsed), 0),
        else_=case((near, 1), else_=0)
        + case((_is_time_short(one, moment), 1), else_=0)
        + case((and_(tried, quiet), 2), (or_(tried, stopped, quiet), 1), else_=0),
    )


def _is_time_short(one: Subquery, moment: Moment) -> ColumnElement[bool]:
    """Say that the last day is near enough to count the modules, and more than half are left.

    The document of a course is opened for those alone whose last day it may concern.
    """
    rules = select(func.json_array_length(CourseRevision.document["modules"])).where(
        CourseRevision.id == one.c.course_revision_id
    )
    in_reach = one.c.deadline.between(
        moment.today + DEADLINE_NEAR + timedelta(days=1), moment.today + TIME_SHORT
    )
    return case(
        (in_reach, one.c.passed * 2 < rules.correlate(one).scalar_subquery()), else_=False
    ).is_(True)
