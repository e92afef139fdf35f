"""The recap before a later module: two questions of earlier ones, answered on the spot."""

from datetime import date

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.assessment.grading import grade_item
from lms.assessment.queries import ItemOutcome
from lms.journey.read import ClosedGateError, course_states, today_in_programme
from lms.journey.recap import RecapItem, recap_items
from lms.kernel.errors import NotFoundError
from lms.publishing.queries import item_keys, item_texts
from lms.web.db import reader
from lms.web.item_form import ItemForm, Question, item_form
from lms.web.item_result import ResultRow, result_row
from lms.web.participant.guard import bp
from lms.web.request import language, learner, now

Page = Response | str


@bp.get("/module/<int:number>/recap")
def recap(number: int) -> Page:
    """Show the questions; where there is nothing to recall, go on to the first page."""
    _refuse_if_closed(number)
    found = recap_items(reader(), learner(), number, now())
    if not found:
        return redirect(url_for(".section", number=number, page=1))
    return _page(number, found, {})


@bp.post("/module/<int:number>/recap/<int:place>")
def recall(number: int, place: int) -> Page:
    """Answer one on the spot: feedback and key, and nothing is recorded."""
    _refuse_if_closed(number)
    found = recap_items(reader(), learner(), number, now())
    if not 1 <= place <= len(found):
        raise NotFoundError(f"recap {place}")
    one = found[place - 1]
    form = _form(one, place)
    result = _result(one, place, form) if form.is_well_formed() else None
    return _page(number, found, {place: (form, result)})


def _refuse_if_closed(number: int) -> None:
    states = course_states(reader(), learner(), language())
    state = next((one for one in states if one.number == number), None)
    if state is None:
        raise NotFoundError(f"module {number}")
    if not state.gate.is_open:
        raise ClosedGateError(state.gate)


def _form(one: RecapItem, place: int) -> ItemForm:
    shown = item_texts(reader(), one.revision_id, [one.item.id], language(), _today())
    question = Question.from_shown(shown[one.item.id], one.asked.order)
    return item_form(question, prefix=f"p{place}-")


def _today() -> date:
    return today_in_programme(now())


def _result(one: RecapItem, place: int, form: ItemForm) -> ResultRow:
    asked = (one.revision_id, [one.item.id], language(), _today())
    texts = item_texts(reader(), *asked)[one.item.id]
    key = item_keys(reader(), *asked)[one.item.id]
    answer = form.read()
    outcome = ItemOutcome(one.asked, one.item, answer, grade_item(one.item, answer))
    return result_row(place, outcome, (texts, key), reveal=True)


def _page(
    number: int,
    found: tuple[RecapItem, ...],
    answered: dict[int, tuple[ItemForm, ResultRow | None]],
) -> str:
    boxes = []
    for place, one in enumerate(found, start=1):
        form, result = answered.get(place) or (_form(one, place), None)
        boxes.append({"place": place, "form": form, "result": result})
    return render_template(
        "participant/recap.html",
        number=number,
        boxes=boxes,
        place_url=url_for(".recap", number=number),
    )
