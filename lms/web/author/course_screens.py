"""The screens of a walk: which template, and what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.assessment.queries import ItemOutcome
from lms.gates.gate import Closed, Gate
from lms.journey.read import due_places, today_in_programme
from lms.publishing.queries import in_language
from lms.web.author import course_acts as acts
from lms.web.author.course_plan import CoursePlan, PlannedModule
from lms.web.author.course_preview_pages import (
    ClosedNote,
    closed_note,
    ended_line,
    page_wait,
    rule_lines,
    wait_lines,
    walk_tasks,
)
from lms.web.author.course_walk import Running, Walk
from lms.web.author.preview import quiz_preview, section_preview
from lms.web.author.trial import practice_count, section_trial
from lms.web.item_form import Question, item_form
from lms.web.item_result import points_text, result_row
from lms.web.request import language
from lms.web.words import _


@dataclass(frozen=True, slots=True)
class Screen:
    """A page of the walk."""

    template: str
    values: Mapping[str, Any]


def course_screen(plan: CoursePlan, walk: Walk, now: datetime) -> Screen:
    """Show the course with its task list."""
    tasks = walk_tasks(plan, walk, now)
    following = next((one for one in plan.modules if one.id not in walk.passed), None)
    is_next_open = following is not None and plan.module_gate(walk, following).is_open
    return Screen(
        "author/course_tasks.html",
        {
            "title": in_language(plan.rules.title, language()),
            "tasks": tasks,
            "passed": len(walk.passed & set(plan.rules.modules)),
            "total": len(plan.modules),
            "resume": f"module-{following.number}" if following and is_next_open else "",
            "is_begun": bool(walk.read or walk.tried),
            "is_complete": bool(plan.modules) and walk.passed >= set(plan.rules.modules),
            "rules": rule_lines(plan),
        },
    )


def closed_screen(plan: CoursePlan, walk: Walk, one: PlannedModule, gate: Gate) -> Screen:
    """Show why a page is closed, and what opens it."""
    note = closed_note(plan, walk, one, gate)
    return Screen("author/course_closed.html", {"closed": note})


def refused_screen(fault: str) -> Screen:
    """Say which text cannot be rendered, and lead back to the course."""
    note = ClosedNote(_("One of its texts was refused:"), _("Go to my course"), "course")
    return Screen("author/course_closed.html", {"closed": note, "fault": fault})


def module_screen(plan: CoursePlan, walk: Walk, one: PlannedModule, now: datetime) -> Screen:
    """Show a module before its first page: what it speaks of, its pages, its quiz."""
    due = due_places(one.outline, walk.progress(one.id))
    return Screen(
        "author/course_module.html",
        {
            "one": one,
            "total": len(plan.modules),
            "is_passed": one.id in walk.passed,
            "quiz_open": _is_running(walk, one) or plan.quiz_gate(walk, one, now).is_open,
            "first": due[0] if due else 1,
            "is_begun": len(due) < len(one.outline.sections),
        },
    )


def page_screen(
    plan: CoursePlan,
    walk: Walk,
    at: tuple[PlannedModule, int],
    now: datetime,
    practised: int,
) -> tuple[Screen, str]:
    """Show a section; a practice question that was answered has its feedback."""
    one, page = at
    found = section_preview(plan.folder, one.module, page, today_in_programme(now))
    place = practised if 1 <= practised <= practice_count(found) else 0
    trial = section_trial(found, answered=place)
    values = {
        "one": one,
        "page": page,
        "blocks": trial.blocks,
        "has_media": found.has_media,
        "wait": page_wait(plan, walk, at, now),
        "is_read": not walk.progress(one.id).is_due(one.outline.sections[page - 1].id),
    }
    return Screen("author/course_page.html", values), "unanswered" if trial.is_refused else ""


def quiz_screen(
    plan: CoursePlan, walk: Walk, one: PlannedModule, now: datetime, *, checked: bool
) -> Screen:
    """Show the way into the questions, or the questions of the attempt under way.

    `checked`: what was sent comes back as it was, each fault beside its field.
    """
    if _is_running(walk, one) and walk.running is not None:
        return _questions_screen(plan, one, walk.running, now, checked=checked)
    gate = plan.quiz_gate(walk, one, now)
    return Screen(
        "author/course_quiz_start.html",
        {
            "one": one,
            "closed": None if gate.is_open else closed_note(plan, walk, one, gate),
            "waits": wait_lines(walk, one, now),
            "attempts": len(walk.tries(one.id)),
            "rules": rule_lines(plan),
        },
    )


def _is_running(walk: Walk, one: PlannedModule) -> bool:
    return walk.running is not None and walk.running.module == one.id


def _questions_screen(
    plan: CoursePlan, one: PlannedModule, running: Running, now: datetime, *, checked: bool
) -> Screen:
    texts = quiz_preview(plan.folder, one.module, today_in_programme(now)).texts
    asked = acts.questions_of(one, running)
    forms = []
    for place, question in enumerate(asked, start=1):
        shown = Question.from_shown(texts[question.item.id][0], question.asked.order)
        form = item_form(shown, question.answer, prefix=f"q{place}-", is_sent=checked)
        if checked and not shown.is_withheld:
            form.is_well_formed()
        forms.append({"place": place, "form": form, "item": question.item})
    withheld = acts.withheld_items(plan, one, now)
    return Screen(
        "author/course_quiz.html",
        {
            "one": one,
            "forms_of_questions": forms,
            "missing": acts.unanswered(one, running, withheld),
        },
    )


def result_screen(plan: CoursePlan, walk: Walk, now: datetime) -> Screen | None:
    """Show what came of the last attempt; None where there is none, or its module is gone."""
    closed = walk.closed
    one = plan.of(closed.module) if closed else None
    if closed is None or one is None:
        return None
    result = acts.graded(one, closed)
    gate = plan.quiz_gate(walk, one, now)
    is_passed = one.id in walk.passed
    following = plan.modules[one.number] if one.number < len(plan.modules) else None
    due = due_places(one.outline, walk.progress(one.id))
    return Screen(
        "author/course_result.html",
        {
            "one": one,
            "ended": ended_line(closed.ended_by),
            "passed": result.passed,
            "score": points_text(result.score),
            "reached": result.score.percent_floor,
            "percent": one.quiz.passing_percent,
            "rows": _rows(plan, one, closed, now, reveal=is_passed),
            "musts": [
                place
                for place, graded in enumerate(result.items, start=1)
                if graded.item.must and not graded.is_right
            ],
            "due": [(page, one.outline.sections[page - 1].title) for page in due],
            "waits": wait_lines(walk, one, now),
            "closed": closed_note(plan, walk, one, gate)
            if gate.closed in {Closed.NO_ATTEMPT_LEFT, Closed.DEADLINE}
            else None,
            "following": following,
            "is_following_open": following is not None
            and plan.module_gate(walk, following).is_open,
        },
    )


def _rows(
    plan: CoursePlan, one: PlannedModule, closed: Running, now: datetime, *, reveal: bool
) -> list[Any]:
    texts = quiz_preview(plan.folder, one.module, today_in_programme(now)).texts
    result = acts.graded(one, closed)
    rows = []
    pairs = zip(acts.questions_of(one, closed), result.items, strict=True)
    for place, (question, graded) in enumerate(pairs, start=1):
        outcome = ItemOutcome(question.asked, question.item, question.answer, graded.score)
        rows.append(result_row(place, outcome, texts[question.item.id], reveal=reveal))
    return rows
