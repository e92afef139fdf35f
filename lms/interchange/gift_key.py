"""What stands between the braces of a GIFT question: its kind, its answers, their weights."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from lms.content.model import Choice, Item, ItemKind, NumberKey, Pair
from lms.interchange.escape import one_line
from lms.interchange.loss import RefusedError, Sheet
from lms.interchange.numbers import as_fraction
from lms.interchange.prompts import Form, flow, line
from lms.interchange.questions import choice_kind, typed_item
from lms.interchange.weights import lose_weights
from lms.interchange.words import TRUTH, without_stars

_SIGNS = "\\~=#{}:n"
# While the text is cut escaped signs stand as signs that are no characters: they cut nothing.
HIDE = {sign: chr(0xFDD0 + at) for at, sign in enumerate(_SIGNS)}
SHOW = {hidden: "\n" if sign == "n" else sign for sign, hidden in HIDE.items()}
ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_FORMAT = re.compile(r"\[(html|markdown|plain|moodle)\]")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
_TRUTH = re.compile(r"(T|TRUE|F|FALSE)(?=$|\s*#)")
_ORDER = re.compile(r">[ \t]*\d*(?:[ \t]+(?:[A-Z_]+|none|123|abc|ABCD|iii|IIII))*[ \t]*(?=\n)")
_WHOLE = Fraction(100)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer: what stands before it, its weight in percent, its text and feedback."""

    mark: str
    weight: Fraction | None
    text: str
    feedback: str


def form_of(text: str, standing: Form = Form.MOODLE) -> tuple[Form, str]:
    """Return how a text is written, and the text without the mark that says so."""
    match = _FORMAT.match(text.lstrip())
    if match is None:
        return standing, text
    return Form(match[1]), text.lstrip()[match.end() :]


def shown(text: str) -> str:
    """Return the text with its escaped signs in their places."""
    return "".join(SHOW.get(sign, sign) for sign in text)


@dataclass(frozen=True, slots=True)
class GiftKey:
    """What stands between the braces of a question."""

    text: str
    form: Form
    sheet: Sheet
    language: str

    def read(self, item: Item) -> Item:
        """Return the question with its kind and its answers."""
        text = self.text
        readers: tuple[tuple[bool, Callable[[Item], Item]], ...] = (
            (not text, lambda item: replace(item, kind=ItemKind.OPEN)),
            (bool(_TRUTH.match(text)), self._truth),
            (text.startswith("#"), self._number),
            (text.startswith(">"), self._order),
            ("~" in text, self._choices),
            (self._is_match(), self._match),
            (text.startswith("="), self._words),
        )
        for fits, reader in readers:
            if fits:
                return reader(item)
        raise RefusedError("its answers begin with none of = ~ # TRUE FALSE")

    def _is_match(self) -> bool:
        answers = [one.strip() for one in self.text.split("=")[1:]]
        return bool(answers) and all("->" in one and not _WEIGHT.match(one) for one in answers)

    def answers(self, marks: str) -> list[_Answer]:
        """Return the answers; each begins with one of these marks."""
        pieces = re.split(f"([{marks}])", self.text)
        if pieces[0].strip():
            self.sheet.lose("text before the answers", f"not kept: {one_line(shown(pieces[0]))}")
        return [
            self._answer(mark, raw.strip())
            for mark, raw in zip(pieces[1::2], pieces[2::2], strict=True)
        ]

    def _answer(self, mark: str, raw: str) -> _Answer:
        weight = _WEIGHT.match(raw)
        is_right = mark == "=" and "~" in self.text  # there a weight would be text
        percent = Fraction(weight[1].rstrip(".")) if weight and not is_right else None
        rest = raw[weight.end() :] if weight and percent is not None else raw
        text, _, feedback = rest.partition("#")
        return _Answer(mark, percent, text.strip(), feedback.strip())

    def _flow(self, raw: str) -> str:
        form, text = form_of(raw, self.form)
        return flow(shown(text).strip(), form, self.sheet)

    def _line(self, raw: str) -> str:
        form, text = form_of(raw.strip(), self.form)
        return line(shown(text).strip(), form, self.sheet)

    def _choices(self, item: Item) -> Item:
        answers = self.answers("=~")
        several = not any(one.mark == "=" for one in answers)
        choices = tuple(
            Choice(self._flow(one.text), one.mark == "=" or (one.weight or 0) > 0,
                   self._flow(one.feedback))
            for one in answers
        )  # fmt: skip
        weights = [one.weight for one in answers if one.weight is not None]
        lose_weights(weights, _WHOLE, self.sheet, several=several)
        return replace(item, kind=choice_kind(choices, several=several), choices=choices)

    def _truth(self, item: Item) -> Item:
        is_true = self.text.startswith("T")
        _, *notes = self.text.split("#")
        wrong, right = ([*notes, "", ""])[:2]
        yes, no = TRUTH.get(self.language, TRUTH["en"])
        of_yes, of_no = (right, wrong) if is_true else (wrong, right)
        choices = (
            Choice(yes, is_true, self._flow(of_yes.strip())),
            Choice(no, not is_true, self._flow(of_no.strip())),
        )
        return replace(item, kind=ItemKind.TRUE_FALSE, choices=choices)

    def _number(self, item: Item) -> Item:
        body, tilde, wrong = self.text[1:].strip().partition("~")
        if tilde:
            self.sheet.lose("feedback to other answers", one_line(shown(wrong.lstrip("#"))))
        cut = replace(self, text=body if body.startswith("=") else f"={body}")
        numbers = [self._number_key(one) for one in cut.answers("=") if self._is_full(one)]
        if not numbers:
            raise RefusedError("it has no right number")
        return replace(item, kind=ItemKind.NUMBER, numbers=tuple(numbers))

    def _is_full(self, answer: _Answer) -> bool:
        """Whether an answer earns all points; a part is noted, and so is its feedback."""
        words = one_line(shown(answer.text))
        if answer.feedback:
            self.sheet.lose(f"feedback to {words}", "a typed answer has none here")
        is_full = answer.weight is None or answer.weight >= _WHOLE
        if not is_full:
            self.sheet.lose(f"answer {words}", "it earned a part only: here it is not accepted")
        return is_full

    def _number_key(self, answer: _Answer) -> NumberKey:
        text = shown(answer.text)
        low, dots, high = text.partition("..")
        if dots:
            least, most = as_fraction(low), as_fraction(high)
            return NumberKey((least + most) / 2, abs(most - least) / 2)
        value, _, tolerance = text.partition(":")
        return NumberKey(as_fraction(value), abs(as_fraction(tolerance or "0")))

    def _order(self, item: Item) -> Item:
        head = _ORDER.match(self.text)
        rest = self.text[head.end() :] if head else self.text[1:]
        steps = tuple(self._line(raw) for raw in rest.split("\n") if raw.strip())
        return replace(item, kind=ItemKind.ORDER, steps=steps)

    def _match(self, item: Item) -> Item:
        pairs = []
        for raw in self.text.split("=")[1:]:
            apart = " -> " if " -> " in raw else "->"
            left, _, right = raw.partition(apart)
            if left.strip():
                pairs.append(Pair(self._line(left), self._line(right)))
            else:
                words = one_line(shown(right))
                self.sheet.lose(f"answer {words}", "it belongs to nothing: a match has pairs only")
        return replace(item, kind=ItemKind.MATCH, pairs=tuple(pairs))

    def _words(self, item: Item) -> Item:
        texts = [shown(one.text) for one in self.answers("=") if self._is_full(one)]
        return typed_item(item, [without_stars(text, self.sheet) for text in texts], self.sheet)
