"""View as participant: a whole course as it would be after publication, with a clock that moves.

One form goes round: it carries the walk, signed, and whatever is on the page. Nothing is written.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.assessment.values import Answer
from lms.gates.ending import EndedBy
from lms.gates.gate import Closed, Gate
from lms.publishing.markdown import RenderRefusedError
from lms.web.author import course_acts as acts
from lms.web.author import course_screens as screens
from lms.web.author.course_plan import CoursePlan, PlannedModule, read_plan
from lms.web.author.course_preview_pages import deadline_line, walk_clock
from lms.web.author.course_walk import Walk, seal, unseal
from lms.web.author.courses import MOST_COURSES
from lms.web.author.pages import printable
from lms.web.author.preview import quiz_preview
from lms.web.author.surface import bp
from lms.web.item_form import Question, item_form
from lms.web.request import LANGUAGES, language, now

Page = Response | str | tuple[str, int]
_COURSE = f"/author/courses/<int(max={MOST_COURSES}):number>/preview"
_OPEN = Gate()
_PLACE = re.compile(r"(course|module|page|quiz|result)(?:-(\d{1,4}))?(?:-(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Step:
    """The walk after an act, and what the act came to: a closed gate, or a refusal by name."""

    walk: Walk
    gate: Gate = _OPEN
    refused: str = ""
    practised: int = 0


@bp.get(_COURSE)
def course_preview(number: int) -> Page:
    """Begin a walk: enrolled at this moment, nothing read yet."""
    with_drafts = request.args.get("drafts") == "yes"
    plan = read_plan(number, with_drafts=with_drafts)
    return _show(number, plan, Step(_new_walk(plan, with_drafts=with_drafts)))


@bp.post(_COURSE)
def walk_course(number: int) -> Page:
    """Do what was asked on the walk that the form carries, and show where it leads."""
    walk = unseal(request.form.get("state", ""))
    plan = read_plan(number, with_drafts=walk is not None and walk.with_drafts)
    if walk is None or walk.course != plan.course.id:
        return _show(number, plan, Step(_new_walk(plan, with_drafts=False), refused="state"))
    switch = request.form.get("switch", "")
    if switch in LANGUAGES and switch != language():
        url = url_for(".walk_course", lang=switch, number=number)
        return redirect(url, HTTPStatus.TEMPORARY_REDIRECT)
    step = _acted(plan, _with_answers(plan, walk))
    ended = acts.end_if_due(plan, step.walk, step.walk.now(now()))
    return _show(number, plan, replace(step, walk=ended))


def _new_walk(plan: CoursePlan, *, with_drafts: bool) -> Walk:
    moment = int(now().timestamp())
    return Walk(plan.course.id, begun=moment, with_drafts=with_drafts, opened=moment)


def _with_answers(plan: CoursePlan, walk: Walk) -> Walk:
    """Save the answers that stand in the form, where it is that of the questions."""
    here = _running_at(plan, walk)
    if here is None or walk.running is None:
        return walk
    texts = quiz_preview(plan.folder, here.module).texts
    answers: dict[str, Answer] = {}
    for place, one in enumerate(acts.questions_of(here, walk.running), start=1):
        question = Question.from_shown(texts[one.item.id][0], one.asked.order)
        if question.is_withheld:
            continue
        form = item_form(question, prefix=f"q{place}-")
        if form.is_storable():
            answers[one.item.id] = form.read()
    return acts.with_answers(walk, answers, walk.now(now()))


def _running_at(plan: CoursePlan, walk: Walk) -> PlannedModule | None:
    """Give the module whose questions are on the page that was sent; None for another page."""
    one = _module_at(plan, walk)
    if not walk.place.startswith("quiz") or walk.running is None or one is None:
        return None
    return one if one.id == walk.running.module else None


def _module_at(plan: CoursePlan, walk: Walk) -> PlannedModule | None:
    """Give the module where the walk stands; a course may have lost it since."""
    number = _parsed(walk.place)[1]
    return plan.modules[number - 1] if 1 <= number <= len(plan.modules) else None


def _parsed(place: str) -> tuple[str, int, int]:
    found = _PLACE.fullmatch(place)
    if found is None:
        return "course", 0, 0
    return found[1], int(found[2] or 0), int(found[3] or 0)


def _acted(plan: CoursePlan, walk: Walk) -> Step:
    wanted = request.form.get("go", "")
    moment = walk.now(now())
    if wanted:
        return Step(acts.go(walk, wanted if _PLACE.fullmatch(wanted) else "course", moment))
    name, _dash, place = request.form.get("act", "").partition("-")
    act = _ACTS.get(name)
    return Step(walk) if act is None else act(plan, walk, moment, place)


def _read(plan: CoursePlan, walk: Walk, moment: datetime, _place: str) -> Step:
    one, page = _module_at(plan, walk), _parsed(walk.place)[2]
    if one is None or not plan.module_gate(walk, one).is_open or not one.has_page(page):
        return Step(walk)
    walk, gate = acts.read_on(plan, walk, (one, page), moment)
    return Step(walk, gate, refused="soon" if gate.closed is Closed.TIME_SHORT else "")


def _begin(plan: CoursePlan, walk: Walk, moment: datetime, _place: str) -> Step:
    one = _module_at(plan, walk)
    return Step(walk) if one is None else Step(*acts.begin(plan, walk, one, moment))


def _hand_in(plan: CoursePlan, walk: Walk, moment: datetime, _place: str) -> Step:
    one = _running_at(plan, walk)
    if one is None or walk.running is None:
        return Step(walk)
    late = plan.late_gate(walk, moment)
    withheld = acts.withheld_items(plan, one, moment)
    if late.is_open and acts.unanswered(one, walk.running, withheld):
        return Step(walk, refused="unanswered")
    return Step(acts.close(walk, one, EndedBy.SUBMITTED, moment)) if late.is_open else Step(walk)


def _practise(_plan: CoursePlan, walk: Walk, _moment: datetime, place: str) -> Step:
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 5 else 0  # noqa: PLR2004 - digits
    return Step(walk, practised=number)


def _to_date(_plan: CoursePlan, walk: Walk, _moment: datetime, _place: str) -> Step:
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return Step(walk, refused="day")
    there = acts.moved_to(walk, day, now())
    return Step(walk, refused="day") if there is None else Step(there)


_Act = Callable[[CoursePlan, Walk, datetime, str], Step]
_ACTS: Mapping[str, _Act] = {
    "read": _read,
    "begin": _begin,
    "submit": _hand_in,
    "practise": _practise,
    "hour": lambda _plan, walk, _moment, _place: Step(acts.moved(walk, acts.HOUR)),
    "day": lambda _plan, walk, _moment, _place: Step(acts.moved(walk, acts.DAY)),
    "date": _to_date,
}
_ON_ENTER = {"author/course_page.html": "read", "author/course_quiz.html": "submit"}
_REFUSED = {
    "": HTTPStatus.OK,
    "soon": HTTPStatus.CONFLICT,
    "closed": HTTPStatus.CONFLICT,
    "unanswered": HTTPStatus.UNPROCESSABLE_ENTITY,
    "day": HTTPStatus.UNPROCESSABLE_ENTITY,
    "state": HTTPStatus.UNPROCESSABLE_ENTITY,
}


def _show(number: int, plan: CoursePlan, step: Step) -> Page:
    """Show the page where the walk stands, under its banner and over its clock."""
    moment = step.walk.now(now())
    try:
        screen, refused = _screen(plan, step, moment)
    except RenderRefusedError as error:
        screen, refused = screens.refused_screen(printable(str(error))), "closed"
    html = render_template(
        screen.template,
        number=number,
        state=seal(step.walk),
        walk=step.walk,
        plan=plan,
        refused=step.refused,
        clock=walk_clock(step.walk, moment),
        deadline=deadline_line(plan, step.walk, moment),
        language_form="walk" if request.method == "POST" else None,
        form_default=_ON_ENTER.get(screen.template),
        **screen.values,
    )
    return html, _REFUSED[step.refused or refused]


def _screen(plan: CoursePlan, step: Step, moment: datetime) -> tuple[screens.Screen, str]:
    """Give the screen of the place; a place that is no more is the course."""
    walk = step.walk
    kind, _number, page = _parsed(walk.place)
    result = screens.result_screen(plan, walk, moment) if kind == "result" else None
    one = _module_at(plan, walk)
    if result is not None or one is None:
        return result or screens.course_screen(plan, walk, moment), ""
    gate = plan.module_gate(walk, one)
    if gate.is_open and step.gate.closed is Closed.DEADLINE:
        gate = step.gate
    if not gate.is_open:
        return screens.closed_screen(plan, walk, one, gate), "closed"
    if kind == "page" and one.has_page(page):
        return screens.page_screen(plan, walk, (one, page), moment, step.practised)
    if kind == "quiz":
        checked = step.refused == "unanswered"
        return screens.quiz_screen(plan, walk, one, moment, checked=checked), ""
    return screens.module_screen(plan, walk, one, moment), ""
