"""What somebody does on a walk through a course: the same rules decide as for a participant."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from lms.assessment.draw import draw_items
from lms.assessment.grading import GradedAttempt, grade_attempt, is_finished
from lms.assessment.service import sections_to_review
from lms.assessment.values import Answer, Asked, QuizItem
from lms.gates.ending import EndedBy, attempt_ending
from lms.gates.gate import Gate, section_gate
from lms.gates.seat_time import NO_ARRANGEMENT, fallback_ms, minimum_ms
from lms.journey.read import (
    LOCAL_ZONE,
    OpenSection,
    end_of_day,
    next_page,
    today_in_programme,
)
from lms.publishing.section_queries import SectionPage
from lms.web.author.course_plan import CoursePlan, PlannedModule
from lms.web.author.course_walk import Running, Tried, Walk
from lms.web.author.preview import closed_originals

_SEED_BITS = 31
HOUR, DAY = 3600, 86_400
_SOONEST, _LATEST = 1, 3650  # days by which the clock may be moved to a date


@dataclass(frozen=True, slots=True)
class Question:
    """One question of an attempt, with its answer so far."""

    asked: Asked
    item: QuizItem
    answer: Answer


def questions_of(one: PlannedModule, attempt: Running) -> tuple[Question, ...]:
    """Give the questions of an attempt; one that was rewritten since has left it."""
    items = {item.id: item for item in one.quiz.items}
    return tuple(
        Question(Asked(name, order), items[name], tuple(attempt.answers.get(name, ())))
        for name, order in attempt.asked
        if name in items and len(order) == items[name].size
    )


def graded(one: PlannedModule, attempt: Running) -> GradedAttempt:
    """Grade an attempt as it stands."""
    asked = questions_of(one, attempt)
    answers = {question.item.id: question.answer for question in asked}
    items = [question.item for question in asked]
    return grade_attempt(items, answers, passing_percent=one.quiz.passing_percent)


def unanswered(one: PlannedModule, attempt: Running, withheld: frozenset[str]) -> tuple[int, ...]:
    """Give the places, from 1, of the questions that cannot be handed in yet."""
    return tuple(
        place
        for place, question in enumerate(questions_of(one, attempt), start=1)
        if question.item.id not in withheld and not is_finished(question.item, question.answer)
    )


def withheld_items(plan: CoursePlan, one: PlannedModule, now: datetime) -> frozenset[str]:
    """Give the questions that rest on an original which may not be shown."""
    closed = closed_originals(plan.folder, one.module, today_in_programme(now))
    return frozenset(item.id for item in one.module.items if item.testimony in closed)


def go(walk: Walk, place: str, now: datetime) -> Walk:
    """Open another page of the walk."""
    return replace(walk, place=place, opened=int(now.timestamp()))


def least_ms(plan: CoursePlan, one: PlannedModule, page: int) -> int:
    """Give the time that a section asks for."""
    head = one.outline.sections[page - 1]
    return minimum_ms(head.seconds, plan.rules.seat_time_percent, NO_ARRANGEMENT)


def read_on(
    plan: CoursePlan, walk: Walk, at: tuple[PlannedModule, int], now: datetime
) -> tuple[Walk, Gate]:
    """Credit the time of a section, as without a script, and go on where its gate is open."""
    one, page = at
    head = one.outline.sections[page - 1]
    late = plan.late_gate(walk, now)
    if not late.is_open:
        return walk, late
    progress = walk.progress(one.id)
    is_due = progress.is_due(head.id)
    since = datetime.fromtimestamp(walk.opened, UTC)
    walk = walk.with_credit(one.id, head.id, fallback_ms(since, now, head.seconds))
    walk = replace(walk, opened=int(now.timestamp()))
    credited = walk.progress(one.id).credited(head.id)
    gate = section_gate(credited, least_ms(plan, one, page) if is_due else 0, now)
    if not gate.is_open:
        return walk, gate
    found = SectionPage(one.outline, page, head.id, head.title, ())
    following = next_page(OpenSection(found, progress, is_due, 0))
    place = f"quiz-{one.number}" if following is None else f"page-{one.number}-{following}"
    return go(walk.with_read(one.id, head.id), place, now), gate


def begin(plan: CoursePlan, walk: Walk, one: PlannedModule, now: datetime) -> tuple[Walk, Gate]:
    """Start an attempt, or go on with the one under way."""
    if walk.running is not None and walk.running.module == one.id:
        return walk, Gate()
    gate = plan.quiz_gate(walk, one, now)
    if not gate.is_open:
        return walk, gate
    asked = draw_items(
        one.quiz,
        secrets.randbits(_SEED_BITS),
        last_seen=walk.last_seen(one.id),
        withheld=withheld_items(plan, one, now),
    )
    moment = int(now.timestamp())
    running = Running(one.id, tuple((a.item, a.order) for a in asked), moment, moment)
    return replace(walk, running=running), gate


def with_answers(walk: Walk, answers: Mapping[str, Answer], now: datetime) -> Walk:
    """Give the walk with answers saved in its attempt."""
    if walk.running is None:
        return walk
    known = walk.running.answers
    if all(tuple(known.get(name, ())) == tuple(answer) for name, answer in answers.items()):
        return walk
    running = replace(walk.running, answers={**known, **answers}, touched=int(now.timestamp()))
    return replace(walk, running=running)


def end_if_due(plan: CoursePlan, walk: Walk, now: datetime) -> Walk:
    """End an attempt that has ended by itself: the last day is over, or it was left alone."""
    running = walk.running
    if running is None:
        return walk
    one = plan.of(running.module)
    if one is None:
        return replace(walk, running=None)
    last_day = plan.deadline(walk)
    ended = attempt_ending(
        deadline=None if last_day is None else end_of_day(last_day),
        touched_at=datetime.fromtimestamp(running.touched, UTC),
        now=now,
    )
    return walk if ended is None else close(walk, one, *ended)


def close(walk: Walk, one: PlannedModule, by: EndedBy, at: datetime) -> Walk:
    """Grade the attempt under way and show its result."""
    if walk.running is None:
        return walk
    result = graded(one, walk.running)
    tried = Tried(
        module=one.id,
        at=int(at.timestamp()),
        passed=result.passed,
        review=tuple(sections_to_review(result)),
        asked=tuple(name for name, _ in walk.running.asked),
    )
    closed = replace(walk.running, ended_by=by.value)
    return replace(walk, running=None, closed=closed, tried=(*walk.tried, tried), place="result")


def moved(walk: Walk, seconds: int) -> Walk:
    """Move the clock on."""
    return replace(walk, ahead=walk.ahead + seconds)


def moved_to(walk: Walk, day: date, moment: datetime) -> Walk | None:
    """Move the clock to the same time of another day; None for a day that is over, or too far."""
    local = walk.now(moment).astimezone(LOCAL_ZONE)
    if not _SOONEST <= (day - local.date()).days <= _LATEST:
        return None
    there = datetime.combine(day, time(local.hour, local.minute, local.second), LOCAL_ZONE)
    return moved(walk, int((there.astimezone(UTC) - walk.now(moment)).total_seconds()))
