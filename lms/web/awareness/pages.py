"""What the track's pages show: a section with its practice questions, the figures of a class."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import render_template
from markupsafe import Markup

from lms.assessment.draw import practice_order
from lms.assessment.grading import grade_item
from lms.assessment.queries import ItemOutcome
from lms.assessment.values import Asked, QuizItem
from lms.awareness.figures import ClassFigures
from lms.content.model import ItemKind
from lms.kernel.days import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.queries import ModuleOutline, item_keys
from lms.publishing.section_queries import SectionPage, section_page
from lms.web.db import db, reader
from lms.web.html import shown, shown_block
from lms.web.item_form import ItemForm, Question, item_form
from lms.web.item_result import ResultRow, result_row
from lms.web.request import language, now

Practised = Mapping[int, tuple[ItemForm, ResultRow | None]]


def module_page(
    head: ModuleOutline, number: int, page: int, practised: Practised | None = None
) -> str:
    """Give a section's page; `practised` holds the practice question that was just answered."""
    found = _section(head, page)
    blocks: list[dict[str, Any]] = []
    place = 0
    for block in found.blocks:
        if block["kind"] != "practice":
            blocks.append(shown_block(block))
            continue
        place += 1
        form, result = (practised or {}).get(place, (None, None))
        form = form or item_form(practice_question(block), prefix=f"p{place}-")
        blocks.append({"kind": "practice", "place": place, "form": form, "result": result})
    return render_template(
        "awareness/section.html",
        number=number,
        page=found,
        total=len(head.sections),
        blocks=blocks,
    )


def practised_page(
    head: ModuleOutline, number: int, page: int, place: int
) -> str | tuple[str, int]:
    """Judge the answer to a practice question, beside the question."""
    found = _section(head, page)
    practice = [block for block in found.blocks if block["kind"] == "practice"]
    if not 1 <= place <= len(practice):
        raise NotFoundError(f"practice {place}")
    block = practice[place - 1]
    question = practice_question(block)
    form = item_form(question, prefix=f"p{place}-")
    if not form.is_well_formed():
        page_html = module_page(head, number, page, {place: (form, None)})
        return page_html, HTTPStatus.UNPROCESSABLE_ENTITY
    today = today_in_programme(now())
    keys = item_keys(reader(), head.revision_id, [block["item"]], language(), today)
    key = keys[block["item"]]
    item = QuizItem.from_document(key["item"])
    answer = form.read()
    outcome = ItemOutcome(Asked(item.id, question.order), item, answer, grade_item(item, answer))
    row = result_row(place, outcome, (block["shown"], key), reveal=True)
    return module_page(head, number, page, {place: (form, row)})


def practice_question(block: Mapping[str, Any]) -> Question:
    """Give a practice question with its options in one order, the same for everybody."""
    text = block["shown"]
    kind, size = ItemKind(text["kind"]), text["size"]
    order = practice_order(kind, size, str(block["item"]), shuffle=text["shuffle"])
    return Question.from_shown(text, order)


def share_rows(
    shares: ClassFigures, texts: Mapping[str, Mapping[str, Any]]
) -> list[tuple[Markup, int, int]]:
    """Give for each question its text, how many had it right, and of how many."""
    rows = []
    for one in shares.items:
        text = texts.get(one.item_id, {})
        prompt = Markup("").join(shown(part) for part in text.get("prompt", [one.item_id]))
        rows.append((prompt, one.right, one.asked))
    return rows


def _section(head: ModuleOutline, page: int) -> SectionPage:
    today = today_in_programme(now())
    found = None
    if 1 <= page <= len(head.sections):
        found = section_page(db(), head.module_id, language(), page, today)
    if found is None:
        raise NotFoundError(f"page {page}")
    return found
