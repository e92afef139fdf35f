"""Prove the gates of what is published again, as they will be once testimonies are taken back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.check_pools import points_of
from lms.gates.gate import QuizLimits
from lms.gates.gate import Sequence as ModuleSequence
from lms.gates.plan import Finding, Page, Plan, PlannedModule
from lms.gates.walk import walk
from lms.publishing.models import CourseRevision, ModuleRevision, PublishedCourse, PublishedModule

_Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BrokenGate:
    """A gate of a published course that does not hold any more, and the path that shows it."""

    course_id: str
    module_id: str
    path: str


def prove_without(db: Session, testimony_ids: Collection[str]) -> tuple[BrokenGate, ...]:
    """Give the gates that hold now and will not without the questions that rest on these.

    Nothing is asked about one that no question rests on.
    """
    gone = frozenset(testimony_ids)
    modules = _modules(db)
    found: list[BrokenGate] = []
    for course in _courses(db):
        used = [modules[one] for one in course["modules"] if one in modules]
        if not any(_rests(module, gone) for module in used):
            continue
        held = {(one.flaw, one.module) for one in walk(_plan(course, used, frozenset()))}
        plan = _plan(course, used, gone)
        found += [
            _broken(course, plan, one) for one in walk(plan) if (one.flaw, one.module) not in held
        ]
    return tuple(found)


def _courses(db: Session) -> Sequence[_Document]:
    query = select(CourseRevision.document).join(
        PublishedCourse, PublishedCourse.revision_id == CourseRevision.id
    )
    return db.scalars(query.order_by(PublishedCourse.course_id)).all()


def _modules(db: Session) -> dict[str, _Document]:
    """Give id, outline and quiz of each published module; any language has the same gates."""
    rows = db.execute(
        select(ModuleRevision.module_id, ModuleRevision.outline, ModuleRevision.quiz).join(
            PublishedModule, PublishedModule.revision_id == ModuleRevision.id
        )
    )
    return {
        row[0]: {"id": row[0], "head": next(iter(row[1].values())), "quiz": row[2]} for row in rows
    }


def _rests(module: _Document, gone: frozenset[str]) -> bool:
    return any(one.get("testimony") in gone for one in module["quiz"]["items"])


def _broken(course: _Document, plan: Plan, found: Finding) -> BrokenGate:
    return BrokenGate(course["id"], plan.order[found.module - 1], found.path)


def _plan(course: _Document, modules: Sequence[_Document], gone: frozenset[str]) -> Plan:
    planned = tuple(_planned(course, module, gone) for module in modules)
    return Plan(planned, ModuleSequence(course["sequence"]), course.get("seat_time", 0))


def _planned(course: _Document, module: _Document, gone: frozenset[str]) -> PlannedModule:
    quiz, head = module["quiz"], module["head"]
    items = [one for one in quiz["items"] if one.get("testimony") not in gone]
    fewest, most = points_of(_points(items), quiz["draw"])
    attempts = None if quiz["unlimited"] else _own(quiz, course, "attempts")
    return PlannedModule(
        id=module["id"],
        pages=tuple(Page(one["id"], one.get("seconds", 0)) for one in head["sections"]),
        limits=QuizLimits(attempts, timedelta(seconds=_own(quiz, course, "pause_seconds") or 0)),
        passing_percent=_own(quiz, course, "pass"),
        fewest=fewest,
        most=most,
        review=frozenset(one["section"] for one in items if one["graded"]),
        minutes=head["minutes"],
    )


def _points(items: Sequence[_Document]) -> Iterator[tuple[str, int]]:
    return ((one["pool"], one["points"] if one["graded"] else 0) for one in items)


def _own(quiz: _Document, course: _Document, rule: str) -> Any:  # noqa: ANN401 - a number or nothing
    """Give a module's own rule, or its course's."""
    return course[rule] if quiz[rule] is None else quiz[rule]
