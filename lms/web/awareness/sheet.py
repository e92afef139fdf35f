"""All the questions of a module on one page: asked, read, judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from lms.assessment.draw import practice_order
from lms.assessment.grading import grade_item, is_finished
from lms.assessment.queries import ItemOutcome
from lms.assessment.values import Asked, QuizItem, Score
from lms.awareness.service import MARK_BITS, Sheet
from lms.content.model import ItemKind
from lms.kernel.days import today_in_programme
from lms.publishing.queries import ModuleOutline, item_keys, item_texts
from lms.web.db import db
from lms.web.item_form import ItemForm, Question, item_form
from lms.web.item_result import ResultRow, result_row
from lms.web.request import language, now
from lms.web.words import _

_MOST_DIGITS = 20  # of a mark: 64 bits


@dataclass(frozen=True, slots=True)
class Answered:
    """A page of questions: their forms, what is wrong, and, once judged, the sheet and its rows."""

    mark: int
    forms: tuple[ItemForm, ...]
    sheet: Sheet
    rows: tuple[ResultRow, ...] = ()
    faults: tuple[tuple[int, str], ...] = field(default=())  # place from 1, and what is wrong


def blank_sheet(head: ModuleOutline, mark: int) -> Answered:
    """Give the questions with nothing answered; `mark` tells this page from all others."""
    texts = _texts(head)
    forms = tuple(_form(place, shown) for place, shown in enumerate(texts.values(), start=1))
    return Answered(mark, forms, _sheet(head, (), mark))


def read_sheet(head: ModuleOutline) -> Answered:
    """Read what was sent, and judge it when every question is answered."""
    texts, items = _texts(head), _items(head)
    forms = tuple(_form(place, shown) for place, shown in enumerate(texts.values(), start=1))
    faults = _faults(forms, list(texts), items)
    if faults:
        return Answered(_mark(), forms, _sheet(head, (), _mark()), faults=faults)
    today = today_in_programme(now())
    keys = item_keys(db(), head.revision_id, list(texts), language(), today)
    rows: list[ResultRow] = []
    judged: list[dict[str, Any]] = []
    for place, (item_id, form) in enumerate(zip(texts, forms, strict=True), start=1):
        item, answer = items[item_id], form.read()
        score = grade_item(item, answer)
        outcome = ItemOutcome(Asked(item_id, form.question.order), item, answer, score)
        rows.append(result_row(place, outcome, (texts[item_id], keys[item_id]), reveal=True))
        judged.append({"item": item_id, "right": _is_right(score), "answer": list(answer)})
    return Answered(_mark(), forms, _sheet(head, judged, _mark()), tuple(rows))


def _is_right(score: Score) -> bool:
    return score.raw == score.maximum


def _faults(
    forms: Sequence[ItemForm], ids: Sequence[str], items: Mapping[str, QuizItem]
) -> tuple[tuple[int, str], ...]:
    found = []
    for place, (form, item_id) in enumerate(zip(forms, ids, strict=True), start=1):
        if not form.is_well_formed():
            found.append((place, form.fault))
        elif not is_finished(items[item_id], form.read()):
            form.fault = _("Question %(place)s has no answer yet.", place=place)
            next(iter(form)).errors = [form.fault]
            found.append((place, form.fault))
    return tuple(found)


def _sheet(head: ModuleOutline, judged: Sequence[dict[str, Any]], mark: int) -> Sheet:
    return Sheet(head.module_id, head.revision_id, head.language, tuple(judged), mark)


def _mark() -> int:
    """Read the mark that the page carried; anything else is 0, which is a mark like any other."""
    given = request.form.get("mark", "")
    number = int(given) if given.isdecimal() and len(given) <= _MOST_DIGITS else 0
    return number % (1 << MARK_BITS)


def _items(head: ModuleOutline) -> dict[str, QuizItem]:
    """Give the items that are right or wrong: what is only written down has no place in a sheet."""
    every = [QuizItem.from_document(one) for one in head.quiz["items"]]
    return {one.id: one for one in every if one.kind is not ItemKind.OPEN}


def _texts(head: ModuleOutline) -> dict[str, Mapping[str, Any]]:
    ids = list(_items(head))
    found = item_texts(db(), head.revision_id, ids, language(), today_in_programme(now()))
    return {item_id: found[item_id] for item_id in ids}


def _form(place: int, shown: Mapping[str, Any]) -> ItemForm:
    kind, size = ItemKind(shown["kind"]), shown["size"]
    order = practice_order(kind, size, f"class:{place}", shuffle=shown["shuffle"])
    return item_form(Question.from_shown(shown, order), prefix=f"q{place}-")
