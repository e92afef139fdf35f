"""The tables that can be exported, read a batch at a time: memory stays the same whatever the size.

Pseudonyms only. What somebody wrote for himself is in no table: the answer to an open question is
an empty cell, since it is sealed.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Regrade, Response, Result, Standing
from lms.enrolment.models import Cohort, Enrolment
from lms.item_analysis.items import Estimate
from lms.kernel.errors import NotFoundError
from lms.publishing.models import CourseRevision, ModuleRevision
from lms.publishing.queries import current_course
from lms.reporting.item_figures import module_figures
from lms.reporting.item_slice import Slice
from lms.reporting.spreadsheet import moment_text

BATCH = 1000
Row = tuple[str, ...]


class Kind(StrEnum):
    """What can be exported."""

    PEOPLE = "people"  # one row a person, two columns a module
    ATTEMPTS = "attempts"  # one row a submitted attempt
    RESPONSES = "responses"  # one row an answered question of a submitted attempt
    ITEMS = "items"  # one row a question: its figures, over everybody's first attempts


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose data: one cohort, or (for the command line) everybody."""

    cohort_id: uuid.UUID | None = None


COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PEOPLE: ("pseudonym", "enrolled_at", "deadline", "modules_passed", "attempts"),
    Kind.ATTEMPTS: (
        *("pseudonym", "module", "revision", "attempt", "language", "started_at", "submitted_at"),
        *("ended_by", "points", "maximum", "passing_percent", "passed", "regrades"),
    ),
    Kind.RESPONSES: (
        *("pseudonym", "module", "revision", "attempt", "item", "language", "answer"),
        *("points", "maximum", "saved_at"),
    ),
    Kind.ITEMS: (
        *("module", "revision", "language", "item", "kind", "n", "passed", "unanswered"),
        *("facility", "facility_low", "facility_high"),
        *("discrimination", "discrimination_low", "discrimination_high"),
    ),
}
LANGUAGES = ("", "fr", "en")  # together, then each


def columns(db: Session, kind: Kind, scope: Scope) -> Row:
    """Give the names of a table's columns: field names, the same in every language."""
    if kind is not Kind.PEOPLE:
        return COLUMNS[kind]
    modules = _modules(db, scope)
    return (*COLUMNS[kind], *(f"{one}.{what}" for one in modules for what in ("best", "passed")))


def count_rows(db: Session, kind: Kind, scope: Scope) -> int:
    """Count the rows of a table."""
    match kind:
        case Kind.PEOPLE:
            query = _of(select(func.count(Enrolment.id)), scope)
        case Kind.ATTEMPTS:
            submitted = select(func.count(Result.attempt_id)).join(
                Attempt, Attempt.id == Result.attempt_id
            )
            query = _of(submitted.join(Enrolment, Enrolment.id == Attempt.enrolment_id), scope)
        case Kind.ITEMS:
            return sum(1 for _row in _items(db, scope))
        case Kind.RESPONSES:
            answered = (
                select(func.count())
                .select_from(Response)
                .join(Result, Result.attempt_id == Response.attempt_id)
                .join(Attempt, Attempt.id == Response.attempt_id)
            )
            query = _of(answered.join(Enrolment, Enrolment.id == Attempt.enrolment_id), scope)
    return db.scalar(query) or 0


def rows(db: Session, kind: Kind, scope: Scope) -> Iterator[Row]:
    """Give the rows of a table, in the order in which people enrolled or began."""
    made: dict[Kind, Callable[[Session, Scope], Iterator[Row]]] = {
        Kind.PEOPLE: _people,
        Kind.ATTEMPTS: _attempts,
        Kind.RESPONSES: _responses,
        Kind.ITEMS: _items,
    }
    return made[kind](db, scope)


def _of(query: Any, scope: Scope) -> Any:  # noqa: ANN401 - a Select of any columns
    return query if scope.cohort_id is None else query.where(Enrolment.cohort_id == scope.cohort_id)


def _modules(db: Session, scope: Scope) -> tuple[str, ...]:
    """Give the modules of the course as published and of all that the people enrolled under."""
    query = select(CourseRevision.document).where(
        CourseRevision.id.in_(_of(select(Enrolment.course_revision_id), scope))
    )
    found = {one: None for document in db.scalars(query) for one in document["modules"]}
    if scope.cohort_id is not None:
        cohort = db.get(Cohort, scope.cohort_id)
        if cohort is None:
            raise NotFoundError("cohort")
        current = current_course(db, cohort.course_id)
        found = dict.fromkeys(current[1].modules if current else ()) | found
    return tuple(found)


def _people(db: Session, scope: Scope) -> Iterator[Row]:
    modules = _modules(db, scope)
    fields = (Enrolment.id, Enrolment.pseudonym, Enrolment.enrolled_at, Enrolment.deadline)
    for batch in _batches(db, _of(select(*fields), scope), Enrolment.id):
        standings: dict[uuid.UUID, dict[str, Standing]] = {}
        for one in db.scalars(
            select(Standing).where(Standing.enrolment_id.in_([row.id for row in batch]))
        ):
            standings.setdefault(one.enrolment_id, {})[one.module_id] = one
        for row in batch:
            own = standings.get(row.id, {})
            yield (
                row.pseudonym,
                moment_text(row.enrolled_at),
                row.deadline.isoformat() if row.deadline else "",
                str(sum(1 for one in own.values() if one.passed_at)),
                str(sum(one.attempts for one in own.values())),
                *(cell for module_id in modules for cell in _standing(own.get(module_id))),
            )
        db.expunge_all()


def _standing(standing: Standing | None) -> tuple[str, str]:
    if standing is None:
        return "", ""
    return str(standing.best_percent), _yes_or_no(is_so=standing.passed_at is not None)


def _attempts(db: Session, scope: Scope) -> Iterator[Row]:
    for batch, regrades in _submitted(db, scope):
        for row in batch:
            scored = regrades.get(row.id, row)
            yield (
                row.pseudonym,
                row.module_id,
                str(row.revision),
                str(row.number),
                row.language,
                moment_text(row.started_at),
                moment_text(row.submitted_at),
                row.ended_by,
                _share(scored.raw_numerator, scored.raw_denominator),
                str(scored.maximum),
                str(row.passing_percent),
                _yes_or_no(is_so=scored.passed),
                str(regrades[row.id].number if row.id in regrades else 0),
            )


def _responses(db: Session, scope: Scope) -> Iterator[Row]:
    for batch, regrades in _submitted(db, scope):
        answers: dict[uuid.UUID, list[Any]] = {}
        fields = (Response.attempt_id, Response.item_id, Response.answer, Response.sealed_text)
        for one in db.execute(
            select(*fields, Response.language, Response.saved_at)
            .where(Response.attempt_id.in_([row.id for row in batch]))
            .order_by(Response.item_id)
        ):
            answers.setdefault(one.attempt_id, []).append(one)
        for row in batch:
            marks = {one["item"]: one for one in regrades.get(row.id, row).items_scored}
            for one in answers.get(row.id, ()):
                yield _response(row, one, marks.get(one.item_id))


def _response(attempt: Any, one: Any, mark: Mapping[str, Any] | None) -> Row:  # noqa: ANN401 - rows
    answer = "" if one.sealed_text is not None else json.dumps(one.answer, ensure_ascii=False)
    points = (_share(*mark["raw"]), str(mark["max"])) if mark else ("", "")
    return (
        attempt.pseudonym,
        attempt.module_id,
        str(attempt.revision),
        str(attempt.number),
        one.item_id,
        one.language,
        answer,
        *points,
        moment_text(one.saved_at),
    )


def _items(db: Session, scope: Scope) -> Iterator[Row]:
    """Give the figures of the questions of the scope's modules, over everybody who was asked."""
    for module_id in _modules(db, scope):
        for language in LANGUAGES:
            try:
                figures = module_figures(db, module_id, Slice(language))
            except NotFoundError:  # nobody was asked yet
                break
            head = (module_id, str(figures.edition.number), language or "all")
            for one in figures.questions:
                yield (
                    *head,
                    one.item.id,
                    one.item.kind,
                    str(one.n or 0),
                    str(one.passed),
                    str(one.unanswered),
                    *_estimate(one.facility),
                    *_estimate(one.discrimination),
                )


def _estimate(found: Estimate | None) -> tuple[str, str, str]:
    """Write a figure and its interval; empty where too few were asked to say anything."""
    if found is None:
        return "", "", ""
    low, high = (
        (found.interval.low, found.interval.high) if found.interval is not None else (None, None)
    )
    return tuple("" if one is None else f"{one:.4f}" for one in (found.value, low, high))  # type: ignore[return-value]  # three


_SUBMITTED = (
    select(
        Attempt.id,
        Enrolment.pseudonym,
        Attempt.module_id,
        ModuleRevision.number.label("revision"),
        Attempt.number,
        Result.language,
        Attempt.started_at,
        Result.submitted_at,
        Result.ended_by,
        Result.raw_numerator,
        Result.raw_denominator,
        Result.maximum,
        Result.passing_percent,
        Result.passed,
        Result.items.label("items_scored"),
    )
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .join(Result, Result.attempt_id == Attempt.id)
    .join(ModuleRevision, ModuleRevision.id == Attempt.module_revision_id)
)
_REGRADED = select(
    Regrade.attempt_id,
    Regrade.number,
    Regrade.raw_numerator,
    Regrade.raw_denominator,
    Regrade.maximum,
    Regrade.passed,
    Regrade.items.label("items_scored"),
)


def _submitted(db: Session, scope: Scope) -> Iterator[tuple[Sequence[Any], dict[uuid.UUID, Any]]]:
    """Give batches of submitted attempts, each with the newest regrade of those that have one."""
    for batch in _batches(db, _of(_SUBMITTED, scope), Attempt.id):
        query = _REGRADED.where(Regrade.attempt_id.in_([row.id for row in batch]))
        found = db.execute(query.order_by(Regrade.number))
        yield batch, {one.attempt_id: one for one in found}


def _batches(db: Session, query: Select[Any], key: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401 - a column
    """Read a table a batch at a time, by its key: ids are ordered by time."""
    wanted = query.order_by(key).limit(BATCH)
    batch = db.execute(wanted).all()
    while batch:
        yield batch
        batch = db.execute(wanted.where(key > batch[-1].id)).all()


def _share(numerator: int, denominator: int) -> str:
    """Write points as a decimal number; a share that has none is written as a fraction."""
    exact = Fraction(numerator, denominator)
    decimal = round(exact, 4)
    return f"{float(decimal):g}" if decimal == exact else f"{exact.numerator}/{exact.denominator}"


def _yes_or_no(*, is_so: bool) -> str:
    return "yes" if is_so else "no"
