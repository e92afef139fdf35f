"""The awareness track's pages: a class code opens them, and nobody is asked who he is.

What somebody has read stands in his own browser's cookie and nowhere else. A sheet of answers is
kept for the class without a name, a device or an hour.
"""

import secrets
import uuid
from http import HTTPStatus
from typing import Any

from flask import Flask, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.accounts.throttle import CODE_FAILURES, count_failure, refuse_if_too_often
from lms.awareness.codes import Door
from lms.awareness.figures import FEWEST, class_figures
from lms.awareness.models import AwarenessClass
from lms.awareness.service import MARK_BITS, ClassUnknownError, find_class, keep_sheet, open_door
from lms.kernel.days import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.queries import (
    CourseRules,
    ModuleOutline,
    current_course,
    in_language,
    item_texts,
    module_outline,
    outlines,
)
from lms.web.awareness.pages import module_page, practised_page, share_rows
from lms.web.awareness.sheet import Answered, blank_sheet, read_sheet
from lms.web.awareness.surface import bp
from lms.web.db import db
from lms.web.form import BaseForm
from lms.web.help_lines import short_help_lines
from lms.web.request import language, now
from lms.web.words import _, lazy

Page = Response | str | tuple[str, int]


class DoorForm(BaseForm):
    """The code of a class, or of who leads it."""

    code = StringField(
        lazy("Code"),
        [InputRequired(lazy("Type the code.")), Length(max=60, message=lazy("Type the code."))],
    )


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_error_handler(ClassUnknownError, _ask_again)
    app.register_blueprint(bp)


@bp.context_processor
def _frame() -> dict[str, Any]:
    """Lead nowhere but within the track: its readers have no business with the seminar."""
    own = {"home_url": url_for("awareness.start"), "neutral_title": _("See it coming")}
    return own | {"nav": [], "privacy_url": "", "recorded_url": "", "user": None}


@bp.get("/class")
def start() -> Page:
    """Ask for the code of the class."""
    return render_template("awareness/start.html", form=DoorForm())


@bp.post("/class")
def enter() -> Page:
    """Open the class, or say that there is none with this code."""
    form = DoorForm(request.form)
    found = _through(Door.CLASS, form)
    if found is None:
        page = render_template("awareness/start.html", form=form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    session["class"] = found
    session["class_read"] = []
    return redirect(url_for(".course"), HTTPStatus.SEE_OTHER)


@bp.post("/class/leave")
def leave() -> Page:
    """Forget the class in this browser: the next at this computer finds nothing."""
    for key in ("class", "class_read", "class_lead"):
        session.pop(key, None)
    return redirect(url_for(".start"), HTTPStatus.SEE_OTHER)


@bp.get("/class/course")
def course() -> Page:
    """Show the pages and the questions, with what was read in this browser."""
    rules = _rules(_class())
    heads = outlines(db(), rules.modules, language())
    return render_template(
        "awareness/course.html",
        title=in_language(rules.title, language()),
        modules=[
            (number, heads[module_id]) for number, module_id in enumerate(rules.modules, start=1)
        ],
        read=set(session.get("class_read", [])),
    )


@bp.get("/class/<int:number>/page/<int:page>")
def section(number: int, page: int) -> Page:
    """Show one page."""
    head = _module(number)
    return module_page(head, number, page)


@bp.post("/class/<int:number>/page/<int:page>")
def go_on(number: int, page: int) -> Page:
    """Note in the cookie that the page was read; then on."""
    head = _module(number)
    if not 1 <= page <= len(head.sections):
        raise NotFoundError(f"page {page}")
    session["class_read"] = sorted({*session.get("class_read", []), f"{number}.{page}"})
    if page < len(head.sections):
        url = url_for(".section", number=number, page=page + 1)
        return redirect(url, HTTPStatus.SEE_OTHER)
    return redirect(url_for(".questions", number=number), HTTPStatus.SEE_OTHER)


@bp.post("/class/<int:number>/page/<int:page>/practice/<int:place>")
def practise(number: int, page: int, place: int) -> Page:
    """Answer a practice question on the spot; nothing is recorded."""
    return practised_page(_module(number), number, page, place)


@bp.get("/class/<int:number>/questions")
def questions(number: int) -> Page:
    """Show the questions of a module, all on one page."""
    return _questions_page(number, blank_sheet(_module(number), secrets.randbits(MARK_BITS)))


@bp.post("/class/<int:number>/questions")
def hand_in(number: int) -> Page:
    """Show which answers are right; the sheet is kept for the class, once."""
    found, head = _class(), _module(number)
    answered = read_sheet(head)
    if answered.faults:
        return _questions_page(number, answered), HTTPStatus.UNPROCESSABLE_ENTITY
    keep_sheet(db(), found.id, answered.sheet, today=today_in_programme(now()))
    return render_template(
        "awareness/result.html",
        number=number,
        right=sum(one["right"] for one in answered.sheet.items),
        asked=len(answered.sheet.items),
        rows=answered.rows,
        help_lines=short_help_lines(),
    )


def _questions_page(number: int, sheet: Answered) -> str:
    return render_template("awareness/questions.html", number=number, sheet=sheet)


@bp.get("/class/lead")
def lead() -> Page:
    """Ask whoever leads the class for the other code; the lesson plan is here too."""
    return render_template("awareness/lead.html", form=DoorForm())


@bp.post("/class/lead")
def enter_lead() -> Page:
    """Open the figures of the class."""
    form = DoorForm(request.form)
    found = _through(Door.LEADER, form)
    if found is None:
        return render_template("awareness/lead.html", form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    session["class_lead"] = found
    return redirect(url_for(".figures"), HTTPStatus.SEE_OTHER)


@bp.get("/class/figures")
def figures() -> Page:
    """Show what the class answered, all of it together, from ten sheets on."""
    if "class_lead" not in session:
        return redirect(url_for(".lead"), HTTPStatus.SEE_OTHER)
    found = find_class(db(), uuid.UUID(session["class_lead"]), now=now())
    heads = outlines(db(), _rules(found).modules, language())
    tables = []
    for module_id, head in heads.items():
        shares = class_figures(db(), found.id, module_id)
        items = [one.item_id for one in shares.items]
        texts = item_texts(db(), head.revision_id, items, language(), today_in_programme(now()))
        tables.append((head.title, shares.sheets, share_rows(shares, texts)))
    return render_template("awareness/figures.html", tables=tables, fewest=FEWEST)


@bp.get("/class/plan")
def plan() -> Page:
    """Show the lesson plan, to be printed."""
    return render_template("awareness/plan.html")


def _through(door: Door, form: DoorForm) -> str | None:
    """Try a code; what does not open is counted against the address, and told beside the field."""
    if not form.validate():
        return None
    subject = f"class:{request.remote_addr or ''}"
    refuse_if_too_often(db(), subject, limit=CODE_FAILURES, now=now())
    try:
        return str(open_door(db(), door, str(form.code.data), now=now()).id)
    except ClassUnknownError:
        count_failure(db(), subject, now=now())
        form.code.errors = [_("No class has this code. Look at it again, letter by letter.")]
        return None


def _class() -> AwarenessClass:
    try:
        return find_class(db(), uuid.UUID(session["class"]), now=now())
    except (KeyError, ValueError) as error:
        raise ClassUnknownError from error


def _rules(found: AwarenessClass) -> CourseRules:
    course = current_course(db(), found.course_id)
    if course is None:
        raise ClassUnknownError
    return course[1]


def _module(number: int) -> ModuleOutline:
    rules = _rules(_class())
    if not 1 <= number <= len(rules.modules):
        raise NotFoundError(f"module {number}")
    found = module_outline(db(), rules.modules[number - 1], language())
    if found is None:
        raise NotFoundError(f"module {number}")
    return found


def _ask_again(_error: ClassUnknownError) -> Page:
    """Ask for the code where the browser holds none, or the class's days are over."""
    session.pop("class", None)
    session.pop("class_lead", None)
    return redirect(url_for("awareness.start"), HTTPStatus.SEE_OTHER)
