"""Questions of a preview, answered on the spot: graded as ever, recorded nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessment.draw import practice_order
from lms.assessment.grading import grade_attempt, grade_item
from lms.assessment.queries import ItemOutcome
from lms.assessment.values import BLANK, Asked, QuizItem
from lms.content.model import Item, ItemKind, Module
from lms.web.author.preview import Preview, Texts
from lms.web.html import shown_block
from lms.web.item_form import ItemForm, Question, item_form
from lms.web.item_result import ResultRow, points_text, result_row
from lms.web.words import _


@dataclass(frozen=True, slots=True)
class Trial:
    """One question of the quiz on the page; `result` once it was answered."""

    place: int
    item: Item
    form: ItemForm
    result: ResultRow | None = None


@dataclass(frozen=True, slots=True)
class SectionTrial:
    """The blocks of a section, and whether what was answered cannot be taken."""

    blocks: list[dict[str, Any]]
    is_refused: bool = False


def practice_count(preview: Preview) -> int:
    """Count the practice questions of a section."""
    return sum(block["kind"] == "practice" for block in preview.blocks)


def section_trial(preview: Preview, *, answered: int = 0) -> SectionTrial:
    """Give a section's blocks; the practice question that was answered has its feedback."""
    blocks: list[dict[str, Any]] = []
    is_refused = False
    place = 0
    for block in preview.blocks:
        if block["kind"] != "practice":
            blocks.append(shown_block(block))
            continue
        place += 1
        texts = preview.texts[block["item"]]
        form = item_form(_question(texts), prefix=f"p{place}-")
        result = None
        if place == answered:
            result = _result(place, form, texts) if form.is_well_formed() else None
            is_refused = result is None
        blocks.append({"kind": "practice", "place": place, "form": form, "result": result})
    return SectionTrial(blocks, is_refused)


def quiz_trials(module: Module, preview: Preview, *, answered: bool = False) -> tuple[Trial, ...]:
    """Give every question in the author's order; graded, once answered, where it can be taken."""
    items = {item.id: item for item in module.items}  # a repeated id is a problem of its own
    trials = []
    for place, item in enumerate(items.values(), start=1):
        texts = preview.texts[item.id]
        form = item_form(_question(texts), prefix=f"q{place}-")
        taken = answered and _can_be_taken(form)
        trials.append(Trial(place, item, form, _result(place, form, texts) if taken else None))
    return tuple(trials)


def is_refused(trials: tuple[Trial, ...]) -> bool:
    """Whether something was answered that cannot be taken."""
    return any(trial.form.fault for trial in trials)


def score_text(trials: tuple[Trial, ...], preview: Preview) -> str:
    """Say what all answers together earn."""
    items = [QuizItem.from_document(preview.texts[trial.item.id][1]["item"]) for trial in trials]
    answers = {trial.item.id: trial.form.read() for trial in trials}
    return points_text(grade_attempt(items, answers, passing_percent=0).score)


def _question(texts: Texts) -> Question:
    """Give a question; its options stand in the same order each time the page is opened."""
    item: Mapping[str, Any] = texts[0]
    name = str(texts[1]["item"]["id"])
    order = practice_order(
        ItemKind(item["kind"]), item["size"], f"preview:{name}", shuffle=item["shuffle"]
    )
    return Question.from_shown(item, order)


def _result(place: int, form: ItemForm, texts: Texts) -> ResultRow:
    item = QuizItem.from_document(texts[1]["item"])
    answer = form.read()
    asked = Asked(item.id, form.question.order)
    outcome = ItemOutcome(asked, item, answer, grade_item(item, answer))
    return result_row(place, outcome, texts, reveal=True)


def _can_be_taken(form: ItemForm) -> bool:
    """Whether a question was left alone or answered; half an answer gets its fault."""
    sent = [value for field in form for value in (field.raw_data or [])]
    if not any(str(value).strip() for value in sent):
        return True
    if not form.question.is_list:
        return form.is_well_formed()
    # `is_well_formed` looks for a field sent twice in the whole request: here, many questions.
    twice = any(len(field.raw_data or []) > 1 for field in form)
    if twice or not form.read() or BLANK in form.read():
        form.fault = _("Choose an answer on each line.")
        next(iter(form)).errors = [form.fault]
    return not form.fault
