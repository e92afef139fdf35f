"""One QTI item, in the names of 2.1, as a question."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from lms.content.front_matter import short
from lms.content.model import Item, ItemKind, Partial
from lms.interchange.escape import one_line
from lms.interchange.html_to_markdown import html_to_markdown
from lms.interchange.loss import RefusedError, Sheet
from lms.interchange.prompts import Form, put_prompt
from lms.interchange.qti_answers import (
    Response,
    read_associate,
    read_choices,
    read_entry,
    read_match,
    read_order,
)
from lms.interchange.questions import with_settings
from lms.interchange.safe_xml import below, child, children, text_of
from lms.interchange.words import read_points
from lms.interchange.write_markdown import NOWHERE, settings_of
from lms.interchange.xhtml import inner_html

_Reader = Callable[[Item, Response, Element, Sheet], Item]
_READERS: dict[str, _Reader] = {
    "choiceInteraction": read_choices,
    "inlineChoiceInteraction": read_choices,
    "textEntryInteraction": read_entry,
    "matchInteraction": read_match,
    "associateInteraction": read_associate,
    "orderInteraction": read_order,
    "extendedTextInteraction": lambda item, _response, _element, _sheet: item,
}
_INLINE = frozenset({"inlineChoiceInteraction", "textEntryInteraction"})
# Scoring that says no more than "the right ones are right".
_SCORING = frozenset(
    [
        "responseProcessing",
        "responseCondition",
        "responseIf",
        "responseElseIf",
        "responseElse",
        "match",
        "variable",
        "correct",
        "mapResponse",
        "setOutcomeValue",
        "baseValue",
        "equal",
        "or",
        "and",
        "not",
        "isNull",
        "sum",
        "multiple",
        "stringMatch",
        "default",
    ]
)
_TEMPLATES = ("match_correct", "map_response")
_GAP = "_____"


def read_item_xml(
    root: Element, sheet: Sheet, language: str, *, weight: str = "", ours: Item | None = None
) -> Item:
    """Return the question of an item; RefusedError where it asks what is not asked here.

    `ours` is what the question was when it left this product: its settings still hold.
    """
    del language  # the words of true and false stand in the item
    sheet.title = one_line(root.get("title") or root.get("identifier") or sheet.title)
    body = child(root, "itemBody")
    if body is None:
        raise RefusedError("it has no itemBody")
    if next(below(root, "templateDeclaration"), None) is not None:
        raise RefusedError("values that change with each reader are not asked here")
    interaction = _interaction(body)
    name = interaction.tag
    item = Item((root.get("identifier") or "").strip(), ItemKind.OPEN, "", NOWHERE)
    item = _asked(item, body, interaction, sheet)
    response = Response.of(root, interaction)
    item = _READERS[name](item, response, interaction, sheet)
    item = _Notes(root, body, sheet).read(item)
    settings = {} if ours is None else settings_of(ours)
    settings |= read_points(weight or response.points(root), sheet)
    if item.choices:
        settings["shuffle"] = "yes" if interaction.get("shuffle") == "true" else "no"
    if item.kind is ItemKind.TRUE_FALSE:
        del settings["shuffle"]
    settings |= _scoring(root, item, sheet)
    return with_settings(item, settings, sheet)


def _interaction(body: Element) -> Element:
    """Return what asks for the answer; RefusedError unless it is one, and known."""
    found = [one for one in body.iter() if one.tag.endswith("Interaction")]
    if not found:
        raise RefusedError("it asks for no answer")
    unknown = next((one for one in found if one.tag not in _READERS), None)
    if unknown is not None:
        raise RefusedError(f"answers by {short(unknown.tag)} are not taken here")
    if len(found) > 1:
        raise RefusedError(f"it asks for {len(found)} answers: one question asks one thing here")
    return found[0]


def _asked(item: Item, body: Element, interaction: Element, sheet: Sheet) -> Item:
    """Return the item with what it asks: the interaction's prompt, or its body's first line."""
    has_words = interaction.tag in _INLINE and _stands_in_words(body, interaction)
    gaps = {interaction.tag: _GAP if has_words else ""}
    gaps |= dict.fromkeys(("rubricBlock", "feedbackBlock", "feedbackInline", "infoControl"), "")
    stem = inner_html(body, gaps)
    prompt = child(interaction, "prompt")
    if prompt is None:
        return put_prompt(item, stem, Form.HTML, sheet, name=sheet.title)
    item = put_prompt(item, inner_html(prompt, gaps), Form.HTML, sheet, name=sheet.title)
    more = [html_to_markdown(stem, sheet), item.body]
    return replace(item, body="\n\n".join(filter(None, more)))


def _stands_in_words(body: Element, interaction: Element) -> bool:
    """Whether a gap stands inside a line of words."""
    home = next(one for one in body.iter() if interaction in list(one))
    return bool("".join(inner_html(home, {interaction.tag: ""}).split())) and home is not body


def _scoring(root: Element, item: Item, sheet: Sheet) -> dict[str, str]:
    """Return what the scoring says of parts that are right; note what cannot be kept of it."""
    process = child(root, "responseProcessing")
    names = {one.tag for one in process.iter()} if process is not None else set()
    template = (process.get("template") or "") if process is not None else ""
    word = template.rstrip("/").rsplit("/", 1)[-1].removesuffix(".xml")
    if (template and word not in _TEMPLATES) or names - _SCORING:
        sheet.lose("scoring", "rules of its own are not kept: the right answers count")
    shares = word == "map_response" or "mapResponse" in names
    is_shared = item.kind in {ItemKind.MULTIPLE, ItemKind.MATCH, ItemKind.ORDER}
    if not is_shared or process is None or shares:
        return {}
    return {"partial": Partial.NONE.value}


@dataclass(frozen=True, slots=True)
class _Notes:
    """What is said of a question: hint, explanation, and what has no place."""

    root: Element
    body: Element
    sheet: Sheet

    def read(self, item: Item) -> Item:
        """Return the item with its hint and its explanation."""
        hints = self._taken(below(self.body, "rubricBlock"), lambda one: one.get("class") == "hint")
        explanations = self._taken(children(self.root, "modalFeedback"), _explains)
        in_choices = {id(one) for choice in below(self.body, "simpleChoice", "inlineChoice")
                      for one in below(choice, "feedbackInline", "feedbackBlock")}  # fmt: skip
        for said in below(self.body, "feedbackBlock", "feedbackInline", "infoControl"):
            if id(said) not in in_choices:
                self._lose(said)
        for one in children(self.root, "stylesheet", "assessmentStimulusRef", "catalogInfo"):
            self.sheet.lose(one.tag, "it does not come along")
        return replace(item, hint=hints, explanation=explanations)

    def _taken(self, notes: Iterable[Element], is_wanted: Callable[[Element], bool]) -> str:
        """Return the text of the notes that are wanted; the others are lost."""
        texts = []
        for note in notes:
            if is_wanted(note):
                texts.append(self._text(note))
            else:
                self._lose(note)
        return "\n\n".join(texts)

    def _text(self, element: Element) -> str:
        return html_to_markdown(inner_html(element, {}), self.sheet)

    def _lose(self, element: Element) -> None:
        words = short(one_line(text_of(element)), 200)
        name = element.get("view") or element.get("identifier") or ""
        if words:
            self.sheet.lose(f"{element.tag} {name}".strip(), f"not kept: {words}")


def _explains(said: Element) -> bool:
    name = (said.get("identifier") or "").lower()
    return any(word in name for word in ("explanation", "solution", "general"))
