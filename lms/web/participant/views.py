"""The participant's course: notice, task list, module, pages, practice."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.accounts.service import set_language
from lms.assessment.draw import practice_order
from lms.assessment.grading import grade_item
from lms.assessment.queries import ItemOutcome
from lms.assessment.values import Asked, QuizItem
from lms.completion.queries import completion_of
from lms.content.model import ItemKind
from lms.conversations.open_answers import waits_for_reader
from lms.conversations.queries import unread_count
from lms.enrolment.service import agree
from lms.gates.gate import Closed
from lms.journey.open_answers import readers_of
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import (
    ClosedGateError,
    OpenSection,
    course_states,
    is_of,
    module_id_at,
    next_page,
    open_section,
    read_on,
    today_in_programme,
    view_of,
)
from lms.kernel.errors import NotFoundError
from lms.publishing.links import section_reference
from lms.publishing.queries import in_language, item_keys, outlines
from lms.surveys.sheet import Wave
from lms.web.db import db, reader
from lms.web.help_lines import short_help_lines
from lms.web.html import shown_block
from lms.web.item_form import ItemForm, Question, item_form
from lms.web.item_result import result_row
from lms.web.participant import (
    certificate,
    hand_in,
    messages,
    my_file,
    privacy,
    quiz,
    recap,
    share,
    survey,
)
from lms.web.participant.guard import NOTICE_VERSION, bp
from lms.web.participant.meetings import meeting_rows
from lms.web.participant.pages import (
    closed_page,
    deadline_text,
    resume_url,
    rules_text,
    seat_text,
    seat_wait,
    task,
)
from lms.web.participant.seat import section_view, sent_ms, sent_view
from lms.web.request import actor, language, learner, now, settings

Page = Response | str | tuple[str, int]
_PLACES = frozenset({"practice", "withheld"})  # what counts as a place: the rest keeps its own
__all__ = [
    "certificate",
    "hand_in",
    "messages",
    "my_file",
    "privacy",
    "quiz",
    "recap",
    "register",
    "share",
    "survey",
]


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_error_handler(ClosedGateError, _closed)
    app.register_blueprint(bp)


@bp.get("/notice")
def notice() -> Page:
    """Say what is recorded, who sees it and what happens if he stops."""
    return _notice()


def _notice(error: str = "") -> str:
    return render_template(
        "participant/notice.html",
        rules=rules_text(learner()),
        deadline=deadline_text(learner()),
        error=error,
    )


@bp.post("/notice")
def agree_to_notice() -> Page:
    """Note that he agreed, and the language that he goes on in."""
    if request.form.getlist("agree") != ["yes"]:
        return _notice(error="yes"), HTTPStatus.UNPROCESSABLE_ENTITY
    agree(db(), learner().enrolment_id, notice_version=NOTICE_VERSION, now=now())
    chosen = request.form.get("language", language())
    chosen = chosen if chosen in learner().rules.languages else language()
    set_language(db(), actor().user_id, chosen)
    following = survey.offered_or(".course", Wave.BEFORE, chosen)
    return redirect(following, HTTPStatus.SEE_OTHER)


@bp.get("/course")
def course() -> Page:
    """Show the task list."""
    states = course_states(db(), learner(), language())
    completion = completion_of(db(), learner().enrolment_id)
    passed = sum(state.passed for state in states)
    return render_template(
        "participant/course.html",
        tasks=[task(state, states) for state in states],
        title=in_language(learner().rules.title, language()),
        passed=passed,
        total=len(states),
        resume=resume_url(states),
        seat=seat_text(states),
        deadline=deadline_text(learner()),
        rules=rules_text(learner()),
        completion=completion,
        waiting=my_file.lines_of_waiting(completion),
        asks_meetings=learner().rules.attendance,
        meetings=meeting_rows(),
        unread=unread_count(db(), learner().enrolment_id),
        is_read_by_others=passed == len(states) and completion is None and _waits_for_reader(),
    )


def _waits_for_reader() -> bool:
    return waits_for_reader(db(), learner().enrolment_id, readers_of(settings()))


@bp.get("/module/<int:number>")
def module(number: int) -> Page:
    """Show a module before its first page: what it speaks of, its pages, its quiz."""
    states = course_states(db(), learner(), language())
    module_id = module_id_at(learner(), number)
    state = next(one for one in states if one.outline.module_id == module_id)
    if not state.gate.is_open:
        raise ClosedGateError(state.gate)
    quiz_now = quiz_state(db(), learner(), number, language(), now())
    return render_template(
        "participant/module.html",
        state=state,
        outline=state.outline,
        total=len(states),
        quiz_open=quiz_now.gate.is_open,
        first=min(state.resume_at, len(state.outline.sections)),
    )


@bp.get("/module/<int:number>/page/<int:page>")
def section(number: int, page: int) -> Page:
    """Show one section: three statements in all, none of them a write."""
    return _section_page(number, _open(db(), number, page))


@bp.post("/module/<int:number>/page/<int:page>")
def go_on(number: int, page: int) -> Page:
    """Credit the time of the section; then on to the next that is to be read, or the questions.

    Before the minimum time is reached the page comes back and says when it will be.
    """
    found = _open(db(), number, page)
    sent = sent_view()
    view = sent or view_of(learner(), found, now())
    if sent is not None and not is_of(sent, found):  # the pages changed since his was drawn
        return redirect(url_for(".section", number=number, page=page), HTTPStatus.SEE_OTHER)
    gate = read_on(db(), learner(), found, (view, sent_ms()), now())
    if not gate.is_open:
        found = _open(db(), number, page)
        return _section_page(number, found, too_soon=True), HTTPStatus.CONFLICT
    following = next_page(found)
    if following is not None:
        url = url_for(".section", number=number, page=following)
        return redirect(url, HTTPStatus.SEE_OTHER)
    return redirect(url_for(".quiz", number=number), HTTPStatus.SEE_OTHER)


@bp.post("/module/<int:number>/page/<int:page>/practice/<int:place>")
def practise(number: int, page: int, place: int) -> Page:
    """Answer a practice question on the spot: feedback and key, and nothing is recorded."""
    found = _open(reader(), number, page)
    blocks = [block for block in found.page.blocks if block["kind"] in _PLACES]
    if not 1 <= place <= len(blocks) or blocks[place - 1]["kind"] == "withheld":
        raise NotFoundError(f"practice {place}")
    block = blocks[place - 1]
    question = _practice_question(block)
    form = item_form(question, prefix=f"p{place}-")
    result = None
    if form.is_well_formed():
        revision_id = found.page.outline.revision_id
        today = today_in_programme(now())
        key = item_keys(reader(), revision_id, [block["item"]], language(), today)[block["item"]]
        item = QuizItem.from_document(key["item"])
        answer = form.read()
        asked = Asked(item.id, question.order)
        outcome = ItemOutcome(asked, item, answer, grade_item(item, answer))
        result = result_row(place, outcome, (block["shown"], key), reveal=True)
    return _section_page(number, found, practised={place: (form, result)})


def _open(session: Session, number: int, page: int) -> OpenSection:
    """Open a section; the address says whether its reader skips the testimonies in it."""
    instead = request.args.get("instead") == "1"
    return open_section(session, learner(), (number, page), language(), now(), instead=instead)


def _practice_question(block: Mapping[str, Any]) -> Question:
    shown_item = block["shown"]
    kind, size = ItemKind(shown_item["kind"]), shown_item["size"]
    seed = f"{learner().enrolment_id}:{block['item']}"
    order = practice_order(kind, size, seed, shuffle=shown_item["shuffle"])
    return Question.from_shown(shown_item, order)


def _section_page(
    number: int,
    found: OpenSection,
    *,
    too_soon: bool = False,
    practised: dict[int, tuple[ItemForm, object]] | None = None,
) -> str:
    blocks: list[dict[str, object]] = []
    place = 0
    for block in found.page.blocks:
        place += block["kind"] in _PLACES
        if block["kind"] != "practice":
            blocks.append(shown_block(block))
            continue
        form, result = (practised or {}).get(place, (None, None))
        form = form or item_form(_practice_question(block), prefix=f"p{place}-")
        blocks.append({"kind": "practice", "place": place, "form": form, "result": result})
    has_testimony = any(block["kind"] == "testimony" for block in found.page.blocks)
    is_instead = found.page.is_instead
    has_other = has_testimony or is_instead
    return render_template(
        "participant/section.html",
        number=number,
        page=found.page,
        total=len(found.page.outline.sections),
        blocks=blocks,
        is_read=not found.is_due,
        wait=seat_wait(found, now()),
        too_soon=too_soon,
        seat_view=section_view(found),
        place_url=_page_url(found, number, instead=is_instead),
        instead_url=_page_url(found, number, instead=not is_instead) if has_other else "",
        help_lines=short_help_lines() if has_testimony else (),
    )


def _page_url(found: OpenSection, number: int, *, instead: bool) -> str:
    """Give the address of the same page, with its testimonies or with what takes their place."""
    asked = "1" if instead else None
    return url_for(".section", number=number, page=found.page.position, instead=asked)


@bp.get("/to/<reference>")
def follow(reference: str) -> Page:
    """Follow a link from one module to another; the gate there decides."""
    heads = outlines(db(), learner().rules.modules, language())
    for module_id, outline in heads.items():
        number = learner().rules.number_of(module_id)
        if reference == section_reference(module_id):
            return redirect(url_for(".module", number=number), HTTPStatus.SEE_OTHER)
        for page, head in enumerate(outline.sections, start=1):
            if reference == section_reference(module_id, head.id):
                url = url_for(".section", number=number, page=page)
                return redirect(url, HTTPStatus.SEE_OTHER)
    raise NotFoundError(reference)


def _closed(error: ClosedGateError) -> Page:
    """Answer to a closed gate: why, and the link to what opens it."""
    number = int((request.view_args or {}).get("number", 1))
    sections: tuple[str, ...] = ()
    if error.gate.closed is Closed.SECTIONS_UNREAD:
        module_id = module_id_at(learner(), number)
        outline = outlines(db(), [module_id], language())[module_id]
        sections = tuple(head.id for head in outline.sections)
    page = closed_page(error.gate, learner(), number, sections)
    return render_template("participant/closed.html", page=page), HTTPStatus.CONFLICT
