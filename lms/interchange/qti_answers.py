"""The answers of a QTI item: what may be chosen or typed, and what of it is right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from xml.etree.ElementTree import Element

from lms.content.front_matter import short
from lms.content.model import Choice, Item, ItemKind, NumberKey, Pair
from lms.interchange.escape import one_line
from lms.interchange.html_to_markdown import html_to_line, html_to_markdown
from lms.interchange.loss import RefusedError, Sheet
from lms.interchange.numbers import as_fraction
from lms.interchange.questions import choice_kind, typed_item
from lms.interchange.safe_xml import below, child, children, text_of
from lms.interchange.weights import lose_weights
from lms.interchange.xhtml import inner_html

_FEEDBACK = ("feedbackInline", "feedbackBlock")
_TWO = 2


@dataclass(frozen=True, slots=True)
class Response:
    """What an item declares of its answer: the right values, and what each value earns."""

    root: Element
    declaration: Element | None
    right: tuple[str, ...]
    worth: dict[str, Fraction]

    @staticmethod
    def of(root: Element, interaction: Element) -> "Response":
        """Return what is declared of the answer that an interaction asks for."""
        name = interaction.get("responseIdentifier")
        declaration = next(
            (one for one in children(root, "responseDeclaration") if one.get("identifier") == name),
            None,
        )
        correct = child(declaration, "correctResponse")
        right = (
            tuple(text_of(one).strip() for one in below(correct, "value"))
            if correct is not None
            else ()
        )
        worth = {
            one.get("mapKey") or "": as_fraction(one.get("mappedValue") or "0")
            for one in (below(declaration, "mapEntry") if declaration is not None else ())
        }
        return Response(root, declaration, right, worth)

    @property
    def is_several(self) -> bool:
        """Whether more than one value may be given."""
        return self.declaration is not None and self.declaration.get("cardinality") != "single"

    @property
    def base(self) -> str:
        """The type of its values."""
        return (self.declaration.get("baseType") or "") if self.declaration is not None else ""

    def is_right(self, name: str) -> bool:
        """Whether a value is right."""
        return name in self.right or (not self.right and self.worth.get(name, Fraction(0)) > 0)

    def points(self, root: Element) -> str:
        """Return what the whole answer earns, as far as the item says it."""
        for outcome in children(root, "outcomeDeclaration"):
            if outcome.get("identifier") == "MAXSCORE":
                return text_of(child(outcome, "defaultValue")).strip() or "1"
        earned = [one for one in self.worth.values() if one > 0]
        most = sum(earned, Fraction(0)) if self.is_several else max(earned, default=Fraction(1))
        mapping = child(self.declaration, "mapping")
        bound = mapping.get("upperBound") if mapping is not None else None
        if bound:
            most = min(most, as_fraction(bound))
        # Shares such as 0.333333 are made to add up to whole points.
        return str(float(round(most, 3)))


def line_of(element: Element, sheet: Sheet) -> str:
    """Return what a choice says, without its feedback."""
    return html_to_line(inner_html(element, dict.fromkeys(_FEEDBACK, "")), sheet)


def read_choices(item: Item, response: Response, element: Element, sheet: Sheet) -> Item:
    """Return the item with its options."""
    choices = []
    for one in below(element, "simpleChoice", "inlineChoice"):
        said = [html_to_markdown(inner_html(note, {}), sheet) for note in below(one, *_FEEDBACK)]
        name = one.get("identifier") or ""
        text = line_of(one, sheet)
        choices.append(Choice(text, response.is_right(name), "\n\n".join(filter(None, said))))
        if one.get("fixed") == "true":
            sheet.lose("fixed", "all options are shuffled, or none: see `shuffle`")
    several = response.is_several or element.get("maxChoices") not in {None, "1"}
    several = several and element.tag == "choiceInteraction"
    most = max(response.worth.values(), default=Fraction(1))
    lose_weights(response.worth.values(), most or Fraction(1), sheet, several=several)
    return replace(item, kind=choice_kind(choices, several=several), choices=tuple(choices))


def read_entry(item: Item, response: Response, element: Element, sheet: Sheet) -> Item:
    """Return the item with the words or the numbers that are right."""
    if element.get("patternMask"):
        sheet.lose("patternMask", "what is typed is not checked while it is typed")
    if response.base in {"float", "integer"}:
        return _number(item, response)
    entries = (
        list(below(response.declaration, "mapEntry")) if response.declaration is not None else []
    )
    if any(one.get("caseSensitive") == "true" for one in entries):
        sheet.lose("caseSensitive", "capital letters never count here")
    most = max(response.worth.values(), default=Fraction(0))
    for word, worth in response.worth.items():
        if 0 < worth < most:
            sheet.lose(f"answer {short(word)}", "it earned a part only: here it is not accepted")
    full = [word for word, worth in response.worth.items() if worth == most > 0]
    partly = {word for word, worth in response.worth.items() if 0 < worth < most}
    accepted = [word for word in (*response.right, *full) if word not in partly]
    return typed_item(item, map(one_line, accepted), sheet)


def _number(item: Item, response: Response) -> Item:
    """Return the item with its numbers: what the scoring calls near, or else the right ones."""
    numbers = [_near(one, response) for one in below(response.root, "equal")]
    if not numbers:
        values = dict.fromkeys((*response.right, *response.worth))
        numbers = [NumberKey(as_fraction(one)) for one in values if response.worth.get(one, 1) > 0]
    if not numbers:
        raise RefusedError("it has no right number")
    return replace(item, kind=ItemKind.NUMBER, numbers=tuple(dict.fromkeys(numbers)))


def _near(equal: Element, response: Response) -> NumberKey:
    base = child(equal, "baseValue")
    value = as_fraction(text_of(base) if base is not None else next(iter(response.right), ""))
    words = (equal.get("tolerance") or "0").split()
    mode = equal.get("toleranceMode") or "exact"
    below_, above = as_fraction(words[0]), as_fraction(words[-1])
    if mode == "exact":
        return NumberKey(value)
    if mode == "relative":
        below_, above = abs(value * below_ / 100), abs(value * above / 100)
    if below_ != above:
        value, below_ = value + (above - below_) / 2, (above + below_) / 2
    return NumberKey(value, abs(below_))


def read_match(item: Item, response: Response, element: Element, sheet: Sheet) -> Item:
    """Return the item with its pairs, in the order of the first set."""
    sets = list(children(element, "simpleMatchSet"))
    if len(sets) != _TWO:
        raise RefusedError("a match needs two sets")
    first, second = (list(children(one, "simpleAssociableChoice")) for one in sets)
    return _paired(item, response, (first, second), sheet)


def read_associate(item: Item, response: Response, element: Element, sheet: Sheet) -> Item:
    """Return the item with its pairs; which of two stands first is decided here."""
    every = list(children(element, "simpleAssociableChoice"))
    sheet.lose("associate", "in a match each pair has a first and a second side")
    lefts = {pair.split()[0] for pair in _pairs(response)}
    first = [one for one in every if one.get("identifier") in lefts]
    second = [one for one in every if one.get("identifier") not in lefts]
    return _paired(item, response, (first, second), sheet)


def _pairs(response: Response) -> list[str]:
    right = response.right or tuple(name for name, worth in response.worth.items() if worth > 0)
    pairs = [one for one in right if len(one.split()) == _TWO]
    if not pairs:
        raise RefusedError("it does not say what belongs together")
    return pairs


def _paired(
    item: Item, response: Response, sides: tuple[Sequence[Element], Sequence[Element]], sheet: Sheet
) -> Item:
    texts = [{one.get("identifier") or "": line_of(one, sheet) for one in side} for side in sides]
    named = [tuple(pair.split()) for pair in _pairs(response)]
    lefts, rights = [left for left, _ in named], [right for _, right in named]
    if len(set(lefts)) < len(lefts) or len(set(rights)) < len(rights):
        raise RefusedError("a match has one second side for each first side here")
    if set(lefts) - set(texts[0]) or set(rights) - set(texts[1]):
        raise RefusedError("its right answer names what is not there")
    partner = dict(zip(lefts, rights, strict=True))
    for name, text in (*texts[0].items(), *texts[1].items()):
        if name not in {*lefts, *rights}:
            sheet.lose(f"answer {short(text)}", "it belongs to nothing: a match has pairs only")
    pairs = tuple(
        Pair(text, texts[1][partner[name]]) for name, text in texts[0].items() if name in partner
    )
    return replace(item, kind=ItemKind.MATCH, pairs=pairs)


def read_order(item: Item, response: Response, element: Element, sheet: Sheet) -> Item:
    """Return the item with its steps in their right order."""
    texts = {
        one.get("identifier") or "": line_of(one, sheet) for one in below(element, "simpleChoice")
    }
    if not response.right or set(response.right) - set(texts):
        raise RefusedError("it does not say which order is right")
    for name in texts.keys() - set(response.right):
        sheet.lose(f"answer {short(texts[name])}", "it stands in no place of the right order")
    steps = tuple(texts[name] for name in dict.fromkeys(response.right))
    return replace(item, kind=ItemKind.ORDER, steps=steps)
