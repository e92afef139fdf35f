"""A question as a page of a package asks it: its fields, its feedback and its right answer.

Every text stands in the page from the start; the script only shows, hides and orders.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from lxml.html import HtmlElement

from lms.content.model import ItemKind
from lms.interchange.packages.markup import Child, Setting, element, joined, plain_text
from lms.interchange.packages.source import PackagedItem
from lms.interchange.packages.words import PackageWords


@dataclass(frozen=True, slots=True)
class QuestionMaker:
    """Makes the questions of one module; `name` of a question is unique within its page."""

    setting: Setting
    words: PackageWords

    def question(self, item: PackagedItem, name: str, heading: HtmlElement) -> HtmlElement:
        """Give a question under its heading, with all that may be said of an answer to it."""
        return element(
            "section",
            heading,
            self._remarks(item),
            self._fields(item, name),
            self._outcome(item, name),
            class_="question",
            data_question=name,
        )

    def _remarks(self, item: PackagedItem) -> HtmlElement | None:
        document, words = item.document, self.words
        lines = []
        if document["points"] > 1:
            lines.append(words.worth.format(count=document["points"]))
        if document["must"]:
            lines.append(words.must)
        return element("p", " · ".join(lines), class_="hint") if lines else None

    def _fields(self, item: PackagedItem, name: str) -> HtmlElement:
        shown = item.shown
        hint = self._hint(item, name)
        return element(
            "fieldset",
            element("legend", *self._put(shown["prompt"], f"{name}-prompt-")),
            joined(self.setting, shown["body"], f"{name}-body-"),
            hint,
            *self._answer(item, name),
            aria_describedby=f"{name}-hint" if hint is not None else False,
        )

    def _put(self, texts: Sequence[str], prefix: str) -> list[HtmlElement]:
        return [self.setting.put(text, f"{prefix}{n}-", "span") for n, text in enumerate(texts)]

    def _hint(self, item: PackagedItem, name: str) -> HtmlElement | None:
        texts = [plain_text(text) for text in item.shown["hint"]]
        kind = ItemKind(item.shown["kind"])
        if kind is ItemKind.MULTIPLE and not texts:
            texts = [self.words.several_hint]
        if kind is ItemKind.ORDER:
            texts.append(self.words.order_hint)
        if item.shown["min_words"]:
            texts.append(self.words.min_words.format(count=item.shown["min_words"]))
        return element("p", " ".join(texts), class_="hint", id=f"{name}-hint") if texts else None

    def _answer(self, item: PackagedItem, name: str) -> list[HtmlElement]:
        kind, shown = ItemKind(item.shown["kind"]), item.shown
        match kind:
            case ItemKind.TRUE_FALSE | ItemKind.SINGLE:
                return self._choices(shown, name, "radio")
            case ItemKind.MULTIPLE:
                return self._choices(shown, name, "checkbox")
            case ItemKind.TEXT | ItemKind.NUMBER | ItemKind.OPEN:
                return [self._typed(kind, shown, name)]
            case ItemKind.MATCH:
                rights = [plain_text(text) for text in shown["rights"]]
                return self._lines(shown["lefts"], rights, name)
            case ItemKind.ORDER:
                ranks = [str(place + 1) for place in range(len(shown["choices"]))]
                return self._lines(shown["choices"], ranks, name)
            case _:
                assert_never(kind)

    def _choices(self, shown: Mapping[str, Any], name: str, kind: str) -> list[HtmlElement]:
        lines = []
        for position, text in enumerate(shown["choices"]):
            one = f"{name}-{position}"
            box = element("input", type=kind, id=one, name=name, value=position)
            label = element("label", self.setting.put(text, f"{one}-", "span"), for_=one)
            lines.append(element("div", box, label, class_="choice", data_position=position))
        return [element("div", *lines, class_="lines")]

    def _typed(self, kind: ItemKind, shown: Mapping[str, Any], name: str) -> HtmlElement:
        field = f"{name}-0"
        label = element("label", self.words.your_answer, for_=field)
        if kind is ItemKind.OPEN:
            box = element("textarea", id=field, name=name, rows=8, maxlength=5000)
        else:
            mode = str(shown["inputmode"])
            box = element("input", type="text", id=field, name=name, inputmode=mode,
                          maxlength=200, autocomplete="off")  # fmt: skip
        return element("div", label, box, class_="typed")

    def _lines(self, labels: Sequence[str], options: Sequence[str], name: str) -> list[HtmlElement]:
        """Give one list a line; the script puts lines or options in an order of their own."""
        lines = []
        for position, text in enumerate(labels):
            one = f"{name}-{position}"
            label = element("label", self.setting.put(text, f"{one}-", "span"), for_=one)
            choices = [element("option", self.words.choose, value="")]
            choices += [element("option", text, value=n) for n, text in enumerate(options)]
            box = element("select", *choices, id=one, name=one)
            lines.append(element("div", label, box, class_="line", data_position=position))
        return [element("div", *lines, class_="lines")]

    def _outcome(self, item: PackagedItem, name: str) -> HtmlElement:
        """Give what may be shown once it is answered, all of it hidden."""
        key = item.key
        feedback = [
            element("div", self.setting.put(text, f"{name}-f{n}-"), class_="prose", hidden=True,
                    data_feedback=n)
            for n, text in enumerate(key["feedback"])
            if text
        ]  # fmt: skip
        explained = joined(self.setting, key["explanation"], f"{name}-e-")
        right = self._right(item, name)
        return element(
            "div",
            element("p", class_="status", data_status=True),
            *feedback,
            element("div", right, explained, hidden=True, data_key=True),
            class_="outcome",
            role="status",
            hidden=True,
            data_outcome=True,
        )

    def _right(self, item: PackagedItem, name: str) -> HtmlElement | None:
        shown, prefix = item.shown, f"{name}-r-"
        texts: list[list[Child]] = []
        match ItemKind(shown["kind"]):
            case ItemKind.OPEN:
                return None
            case ItemKind.TEXT | ItemKind.NUMBER:
                texts = [[str(text)] for text in item.key["accepted"][:1]]
            case ItemKind.MATCH:
                pairs = zip(shown["lefts"], shown["rights"], strict=True)
                texts = [
                    [self._one(left, f"{prefix}{n}l-"), " → ", self._one(right, f"{prefix}{n}r-")]
                    for n, (left, right) in enumerate(pairs)
                ]
            case ItemKind.ORDER:
                texts = [[self._one(t, f"{prefix}{n}-")] for n, t in enumerate(shown["choices"])]
            case _:
                places = item.document["correct"]
                texts = [[self._one(shown["choices"][n], f"{prefix}{n}-")] for n in places]
        answers = [element("li", *parts) for parts in texts]
        heading = element("p", element("strong", self.words.right_answer))
        return element("div", heading, element("ul", *answers))

    def _one(self, text: str, prefix: str) -> HtmlElement:
        return self.setting.put(text, prefix, "span")
