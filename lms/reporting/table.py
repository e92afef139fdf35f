"""What an instructor asks of a cohort's table: state, part of a pseudonym, order, page."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select

from lms.assessment.models import Standing
from lms.reporting.follow_up import Moment
from lms.reporting.people import last_active, nearest_deadline, reasons


class SortBy(StrEnum):
    """What the table can be sorted by."""

    FOLLOW_UP = "follow-up"
    PERSON = "person"
    PASSED = "passed"
    TRIES = "tries"
    SEEN = "seen"
    MODULE = "module"


class State(StrEnum):
    """Which people of the cohort are wanted."""

    ALL = ""
    FOLLOW_UP = "follow-up"
    NOT_STARTED = "not-started"
    UNDER_WAY = "under-way"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One view of a cohort's table; `module_id` is read when it is sorted by a module."""

    sort: SortBy = SortBy.FOLLOW_UP
    descending: bool = False
    module_id: str = ""
    state: State = State.ALL
    part: str = ""
    page: int = 1


def matching(one: Subquery, wanted: Wanted, moment: Moment) -> list[ColumnElement[bool]]:
    """Give the conditions of a view."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.part:
        name = func.upper(one.c.pseudonym)
        conditions.append(name.contains(wanted.part.upper(), autoescape=True))
    match wanted.state:
        case State.ALL:
            pass
        case State.FOLLOW_UP:
            conditions.append(reasons(one, moment) > 0)
        case State.NOT_STARTED:
            conditions.append(one.c.seen_at.is_(None))
        case State.UNDER_WAY:
            conditions += [one.c.finished == 0, one.c.seen_at.is_not(None)]
        case State.FINISHED:
            conditions.append(one.c.finished == 1)
        case _:
            assert_never(wanted.state)
    return conditions


def in_order(one: Subquery, wanted: Wanted, moment: Moment) -> Select[Any]:
    """Select people in the order asked for; among equals, by pseudonym."""
    chosen = select(one)
    if wanted.sort is SortBy.MODULE:
        chosen = chosen.outerjoin(
            Standing,
            (Standing.enrolment_id == one.c.id) & (Standing.module_id == wanted.module_id),
        )
    keys = _keys(one, wanted.sort, moment)
    turned = [key.desc() if wanted.descending else key.asc() for key in keys]
    return chosen.order_by(*turned, one.c.pseudonym)


def _keys(one: Subquery, sort: SortBy, moment: Moment) -> list[ColumnElement[Any]]:
    match sort:
        case SortBy.FOLLOW_UP:
            return [-reasons(one, moment), nearest_deadline(one), last_active(one)]
        case SortBy.PERSON:
            return [one.c.pseudonym]
        case SortBy.PASSED:
            return [one.c.passed]
        case SortBy.TRIES:
            return [one.c.attempts]
        case SortBy.SEEN:
            # Whoever was never seen stands before whoever was seen long ago, on both databases.
            return [case((one.c.seen_at.is_(None), 0), else_=1), last_active(one)]
        case SortBy.MODULE:
            state = case((Standing.passed_at.is_not(None), 2), (Standing.attempts > 0, 1), else_=0)
            return [state, func.coalesce(Standing.best_percent, 0)]
        case _:
            assert_never(sort)
