"""A question as a form: fields for each kind, values by the place that was shown.

What the browser sees and sends are places on the page, never published positions: those of an
order question would give its answer away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, assert_never, cast

from flask import request
from markupsafe import Markup
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from lms.assessment.values import BLANK, Answer
from lms.content.model import ItemKind
from lms.web.form import BaseForm
from lms.web.html import shown as safe
from lms.web.words import _

LONGEST_LINE = 200
LONGEST_TEXT = 5000


@dataclass(frozen=True, slots=True)
class Question:
    """One question on a page: its safe texts, and the order in which options are shown."""

    kind: ItemKind
    prompt: Markup
    body: Markup
    hint: Markup
    options: tuple[Markup, ...]  # choices or steps, in published order
    lefts: tuple[Markup, ...]
    rights: tuple[Markup, ...]
    order: tuple[int, ...]
    min_words: int
    inputmode: str
    is_withheld: bool = False  # it rested on a testimony that was taken back: it has no text

    @classmethod
    def from_shown(cls, shown: Mapping[str, Any], order: Sequence[int]) -> "Question":
        """Read what a published item shows; what is withheld says why in the place of its text."""
        is_withheld = bool(shown.get("withheld"))
        return cls(
            kind=ItemKind(shown["kind"]),
            prompt=withheld_note() if is_withheld else _joined(shown["prompt"]),
            body=_joined(shown["body"]),
            hint=_joined(shown["hint"]),
            options=tuple(safe(text) for text in shown["choices"]),
            lefts=tuple(safe(text) for text in shown["lefts"]),
            rights=tuple(safe(text) for text in shown["rights"]),
            order=tuple(order),
            min_words=shown["min_words"],
            inputmode=shown["inputmode"],
            is_withheld=is_withheld,
        )

    @property
    def is_list(self) -> bool:
        """Whether it is answered by one field a line (match, order)."""
        return self.kind in {ItemKind.MATCH, ItemKind.ORDER}


class ItemForm(BaseForm):
    """A question's form; `read` reads it, `fault` says what is wrong with it."""

    question: Question
    fault: str = ""

    def read(self) -> Answer:
        """Give the answer in published positions, half done as it may be; empty for none.

        A line of a match or an order that has no answer yet is BLANK.
        """
        return _read(self)

    def is_storable(self) -> bool:
        """Whether what was sent can be kept as it is, although it may not be finished."""
        return _is_storable(self)

    @property
    def is_filled(self) -> bool:
        """Whether anything at all was sent."""
        return any(str(value).strip() for field in self for value in field.raw_data or [])

    def is_well_formed(self) -> bool:
        """Check what was sent; the fault is put beside the field."""
        self.fault = _fault(self)
        if self.fault:
            field = next(iter(self))
            field.errors = [self.fault]
        return not self.fault


def item_form(
    question: Question, answer: Answer = (), *, prefix: str = "", is_sent: bool = True
) -> ItemForm:
    """Make the form of a question, filled from the request or from a saved answer.

    Where the request is of another page's form, `is_sent` is False.
    """
    made = _form_class(question.kind, len(question.lefts or question.order))
    sent = request.form if is_sent and request.method == "POST" else None
    form = made(sent, data=_data(question, answer), prefix=prefix)
    form.question = question
    _dress(form)
    return form


def withheld_note() -> Markup:
    """Say what stood here, in the place of a question that nobody may see any more."""
    return Markup("{}").format(_("This question rested on a testimony that was taken back."))


def _joined(texts: Sequence[str]) -> Markup:
    return Markup("").join(safe(text) for text in texts)


@cache
def _form_class(kind: ItemKind, lines: int) -> type[ItemForm]:
    """Give the form of a kind of question; to make a class at each page would be slow."""
    match kind:
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE:
            fields: dict[str, Any] = {"answer": RadioField(validate_choice=False)}
        case ItemKind.MULTIPLE:
            fields = {"answer": SelectMultipleField(validate_choice=False)}
        case ItemKind.TEXT | ItemKind.NUMBER:
            fields = {"answer": StringField()}
        case ItemKind.OPEN:
            fields = {"answer": TextAreaField()}
        case ItemKind.MATCH | ItemKind.ORDER:
            fields = {f"line{j}": SelectField(validate_choice=False) for j in range(lines)}
        case _:
            assert_never(kind)
    return type("QuestionForm", (ItemForm,), fields)


def _dress(form: ItemForm) -> None:
    """Put the question's words on its fields."""
    question = form.question
    if question.kind is ItemKind.MATCH:
        rights = [question.rights[position].striptags() for position in question.order]
        _dress_lines(form, question.lefts, rights)
    elif question.kind is ItemKind.ORDER:
        steps = [question.options[position] for position in question.order]
        _dress_lines(form, steps, [str(place + 1) for place in range(len(steps))])
    else:
        form["answer"].label.text = _("Your answer") if question.body else question.prompt
        if question.options:
            shown = [question.options[position] for position in question.order]
            cast("SelectField", form["answer"]).choices = _choices(shown)


def _dress_lines(form: ItemForm, labels: Sequence[Markup], options: Sequence[str]) -> None:
    choices = [SelectChoice("", _("Choose")), *_choices(options)]
    for field, label in zip(form, labels, strict=True):
        field.label.text = label
        cast("SelectField", field).choices = choices


def _choices(labels: Sequence[str]) -> list[SelectChoice]:
    """Give the options numbered as they stand on the page."""
    return [SelectChoice(str(place), label) for place, label in enumerate(labels)]


def _data(question: Question, answer: Answer) -> dict[str, Any]:
    """Put a saved answer into the fields."""
    if not answer:
        return {}
    places = {position: str(place) for place, position in enumerate(question.order)}
    match question.kind:
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE:
            return {"answer": places.get(int(answer[0]), "")}
        case ItemKind.MULTIPLE:
            return {"answer": [places[int(one)] for one in answer if int(one) in places]}
        case ItemKind.TEXT | ItemKind.NUMBER | ItemKind.OPEN:
            return {"answer": str(answer[0])}
        case ItemKind.MATCH:
            return {f"line{j}": places.get(int(given), "") for j, given in enumerate(answer)}
        case ItemKind.ORDER:
            where = {int(position): str(i) for i, position in enumerate(answer)}
            return {f"line{j}": where.get(p, "") for j, p in enumerate(question.order)}
        case _:
            assert_never(question.kind)


def _read(form: ItemForm) -> Answer:
    question = form.question
    if question.kind in {ItemKind.TEXT, ItemKind.NUMBER, ItemKind.OPEN}:
        text = str(form["answer"].data or "").replace("\x00", "").strip()
        return (text,) if text else ()
    if question.is_list:
        return _read_lines(form)
    valid = _valid(question)
    sent = [value for field in form for value in _values(field)]
    return tuple(question.order[int(value)] for value in sent if value in valid)


def _read_lines(form: ItemForm) -> Answer:
    """Give a match by its left sides, an order by its ranks; the first of two at one rank stays."""
    question, valid = form.question, _valid(form.question)
    lines = [str(field.data or "") for field in form]
    if not any(value in valid for value in lines):
        return ()
    if question.kind is ItemKind.MATCH:
        return tuple(question.order[int(one)] if one in valid else BLANK for one in lines)
    ranks = [BLANK] * len(question.order)
    for line, value in enumerate(lines):
        if value in valid and ranks[int(value)] == BLANK:
            ranks[int(value)] = question.order[line]
    return tuple(ranks)


def _valid(question: Question) -> set[str]:
    return {str(place) for place in range(len(question.order))}


def _is_storable(form: ItemForm) -> bool:
    """Whether every value is one that the page showed, or a text that is not too long."""
    question = form.question
    sent = [str(value) for field in form for value in (field.raw_data or []) if value != ""]
    if question.kind in {ItemKind.TEXT, ItemKind.NUMBER, ItemKind.OPEN}:
        longest = LONGEST_TEXT if question.kind is ItemKind.OPEN else LONGEST_LINE
        return len(sent) <= 1 and all(len(text.strip()) <= longest for text in sent)
    return all(value in _valid(question) for value in sent) and not _is_repeated(form, sent)


def _values(field: Any) -> list[str]:  # noqa: ANN401 - a WTForms field of any kind
    data = field.data or []
    return [data] if isinstance(data, str) else list(data)


def _fault(form: ItemForm) -> str:
    """Say what cannot be taken, in one sentence; empty when the answer can be saved."""
    question = form.question
    sent = [value for field in form for value in (field.raw_data or []) if value != ""]
    if question.kind in {ItemKind.TEXT, ItemKind.NUMBER, ItemKind.OPEN}:
        return _text_fault(question, [str(value) for value in sent])
    valid = _valid(question)
    if any(value not in valid for value in sent) or _is_repeated(form, sent):
        return _("Choose again: this answer is not one of those shown.")
    if not sent:
        return _("Choose an answer.")
    if question.is_list and len(sent) < len(question.lefts or question.order):
        return _("Choose an answer on each line.")
    if question.kind is ItemKind.ORDER and len(set(sent)) < len(sent):
        return _("Give each step a place of its own.")
    return ""


def _is_repeated(form: ItemForm, sent: Sequence[str]) -> bool:
    """Whether one field came twice, or one option was ticked twice: no page sends that."""
    if form.question.kind is ItemKind.MULTIPLE:
        return len(set(sent)) < len(sent)
    return any(len(field.raw_data or []) > 1 for field in form)


def _text_fault(question: Question, sent: Sequence[str]) -> str:
    longest = LONGEST_TEXT if question.kind is ItemKind.OPEN else LONGEST_LINE
    if len(sent) > 1:
        return _("Write one answer.")
    text = sent[0].strip() if sent else ""
    if len(text) > longest:
        return _("Shorten this to %(count)s characters or fewer.", count=longest)
    if not text:
        return _("Write an answer.")
    if len(text.split()) < question.min_words:
        return _("Write at least %(count)s words. What you wrote so far is saved.",
                 count=question.min_words)  # fmt: skip
    return ""
