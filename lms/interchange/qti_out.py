"""One question as a QTI item: what stands in it, how it is scored, what is said of it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, tostring

from lms.content.model import Item, ItemKind, Partial
from lms.interchange.loss import RefusedError, Sheet
from lms.interchange.qti_names import Edition, in_edition
from lms.interchange.write_markdown import number_text
from lms.interchange.written import lose_partial
from lms.interchange.xhtml import put_html, rendered

_TYPES = {ItemKind.TEXT: "string", ItemKind.NUMBER: "float", ItemKind.OPEN: "string",
          ItemKind.MATCH: "directedPair"}  # fmt: skip
_CARDINALITY = {ItemKind.MULTIPLE: "multiple", ItemKind.MATCH: "multiple",
                ItemKind.ORDER: "ordered"}  # fmt: skip


class _Texts:
    """The texts of a question as HTML, rendered all at once."""

    def __init__(self, item: Item) -> None:
        said = _said(item)
        self._html = dict(zip(said, rendered(said), strict=True))

    def put(self, home: Element, text: str, *, inline: bool = True) -> Element:
        """Put a text into an element; gives the element."""
        put_html(home, self._html.get(text, ""), inline=inline)
        return home


def _said(item: Item) -> list[str]:
    """Give every text of a question, each once."""
    texts = [item.prompt, item.body, item.hint, item.explanation, *item.steps]
    texts += [text for one in item.choices for text in (one.text, one.feedback)]
    texts += [text for pair in item.pairs for text in (pair.left, pair.right)]
    return [text for text in dict.fromkeys(texts) if text]


def render_ahead(items: Iterable[Item]) -> None:
    """Render the texts of all questions in one process; one that is refused is told later."""
    with suppress(RefusedError):
        rendered([text for item in items for text in _said(item)])


def item_xml(item: Item, edition: Edition, language: str, sheet: Sheet) -> bytes:
    """Return the file of one question; what a player will not do is noted."""
    texts = _Texts(item)
    root = Element(
        "assessmentItem",
        {"identifier": item.id, "title": sheet.title, "xml:lang": language, "adaptive": "false",
         "timeDependent": "false"},
    )  # fmt: skip
    _declare(root, item)
    body = SubElement(root, "itemBody")
    texts.put(SubElement(body, "p"), item.prompt)
    if item.body:
        texts.put(SubElement(body, "div"), item.body, inline=False)
    if item.hint:
        hint = SubElement(body, "rubricBlock", {"view": "tutor", "class": "hint"})
        texts.put(SubElement(hint, "div"), item.hint, inline=False)
        sheet.lose("hint", "it is kept as a note to tutors: players do not show it")
    _interact(body, item, texts)
    _process(root, item, edition)
    if item.explanation:
        said = SubElement(root, "modalFeedback", outcomeIdentifier="FEEDBACK",
                          identifier="explanation", showHide="show")  # fmt: skip
        texts.put(SubElement(said, "div"), item.explanation, inline=False)
    _lose(item, sheet)
    return _bytes(in_edition(root, edition))


def _bytes(root: Element) -> bytes:
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _lose(item: Item, sheet: Sheet) -> None:
    lose_partial(item, sheet, gives_parts=item.kind is not ItemKind.ORDER and _is_mapped(item))
    if item.min_words:
        sheet.lose("min_words", "QTI cannot say it")
    if item.kind is ItemKind.OPEN and item.graded:
        sheet.lose("graded", "a free text earns nothing by itself elsewhere")


def _is_mapped(item: Item) -> bool:
    """Whether each right part earns a share."""
    return item.partial is Partial.EACH or item.kind is ItemKind.TEXT


def _declare(root: Element, item: Item) -> None:
    response = SubElement(
        root,
        "responseDeclaration",
        identifier="RESPONSE",
        cardinality=_CARDINALITY.get(item.kind, "single"),
        baseType=_TYPES.get(item.kind, "identifier"),
    )
    right = list(_right(item))
    if right:
        correct = SubElement(response, "correctResponse")
        for value in right if item.kind in _CARDINALITY else right[:1]:
            SubElement(correct, "value").text = value
    if _is_mapped(item) and item.kind is not ItemKind.ORDER:
        _map(response, item, right)
    score = SubElement(root, "outcomeDeclaration", identifier="SCORE", cardinality="single",
                       baseType="float", normalMaximum="1")  # fmt: skip
    SubElement(SubElement(score, "defaultValue"), "value").text = "0"
    if _speaks(item):
        SubElement(root, "outcomeDeclaration", identifier="FEEDBACK", cardinality="multiple",
                   baseType="identifier")  # fmt: skip


def _right(item: Item) -> Iterator[str]:
    """Yield the right values, in their order."""
    yield from (f"C{at}" for at, one in enumerate(item.choices) if one.correct)
    yield from item.accepted
    yield from (number_text(key.value) for key in item.numbers)
    yield from (f"L{at} R{at}" for at in range(len(item.pairs)))
    yield from (f"C{at}" for at in range(len(item.steps)))


def _map(response: Element, item: Item, right: list[str]) -> None:
    """Give each right part its share; a wrong choice takes one away, never below nothing."""
    is_text = item.kind is ItemKind.TEXT
    share = Fraction(1) if is_text else Fraction(1, max(len(right), 1))
    mapping = SubElement(response, "mapping", lowerBound="0", upperBound="1", defaultValue="0")
    worth = dict.fromkeys(right, share)
    if item.kind is ItemKind.MULTIPLE:
        every = (f"C{at}" for at in range(len(item.choices)))
        worth = {name: worth.get(name, -share) for name in every}
    for name, value in worth.items():
        entry = SubElement(mapping, "mapEntry", mapKey=name, mappedValue=f"{float(value):.6g}")
        if is_text:
            entry.set("caseSensitive", "false")


def _interact(body: Element, item: Item, texts: _Texts) -> None:
    """Put in what asks for the answer."""
    shuffle = {"responseIdentifier": "RESPONSE", "shuffle": "true" if item.shuffle else "false"}
    if item.choices:
        most = "0" if item.kind is ItemKind.MULTIPLE else "1"
        _options(SubElement(body, "choiceInteraction", shuffle, maxChoices=most), item, texts)
    elif item.steps:
        home = SubElement(body, "orderInteraction", shuffle)
        for at, step in enumerate(item.steps):
            texts.put(SubElement(home, "simpleChoice", identifier=f"C{at}"), step)
    elif item.pairs:
        most = str(len(item.pairs))
        home = SubElement(body, "matchInteraction", shuffle, maxAssociations=most)
        _side(home, "L", [pair.left for pair in item.pairs], texts)
        _side(home, "R", [pair.right for pair in item.pairs], texts)
    elif item.kind is ItemKind.OPEN:
        SubElement(body, "extendedTextInteraction", responseIdentifier="RESPONSE")
    else:
        SubElement(SubElement(body, "p"), "textEntryInteraction", responseIdentifier="RESPONSE")


def _options(home: Element, item: Item, texts: _Texts) -> None:
    for at, choice in enumerate(item.choices):
        option = SubElement(home, "simpleChoice", identifier=f"C{at}")
        texts.put(option, choice.text)
        if choice.feedback:
            name = "feedbackBlock" if "\n" in choice.feedback else "feedbackInline"
            said = SubElement(option, name, outcomeIdentifier="FEEDBACK", identifier=f"C{at}",
                              showHide="show")  # fmt: skip
            texts.put(said, choice.feedback)


def _side(home: Element, letter: str, words: Sequence[str], texts: _Texts) -> None:
    side = SubElement(home, "simpleMatchSet")
    for at, text in enumerate(words):
        names = {"identifier": f"{letter}{at}", "matchMax": "1"}
        texts.put(SubElement(side, "simpleAssociableChoice", names), text)


def _speaks(item: Item) -> bool:
    return bool(item.explanation) or any(choice.feedback for choice in item.choices)


def _process(root: Element, item: Item, edition: Edition) -> None:
    """Say how it is scored: by a standard template where that says all."""
    if item.kind is ItemKind.OPEN and not item.explanation:
        return
    is_mapped = _is_mapped(item) and item.kind is not ItemKind.ORDER
    if not _speaks(item) and item.kind is not ItemKind.NUMBER:
        template = "map_response" if is_mapped else "match_correct"
        SubElement(root, "responseProcessing", template=f"{edition.templates}{template}")
        return
    process = SubElement(root, "responseProcessing")
    if is_mapped:
        score = SubElement(process, "setOutcomeValue", identifier="SCORE")
        SubElement(score, "mapResponse", identifier="RESPONSE")
    elif item.kind is not ItemKind.OPEN:
        condition = SubElement(SubElement(process, "responseCondition"), "responseIf")
        _right_if(condition, item)
        score = SubElement(condition, "setOutcomeValue", identifier="SCORE")
        SubElement(score, "baseValue", baseType="float").text = "1"
    if _speaks(item):
        _speak(process, item)


def _right_if(condition: Element, item: Item) -> None:
    if item.kind is not ItemKind.NUMBER:
        match = SubElement(condition, "match")
        SubElement(match, "variable", identifier="RESPONSE")
        SubElement(match, "correct", identifier="RESPONSE")
        return
    home = SubElement(condition, "or") if len(item.numbers) > 1 else condition
    for key in item.numbers:
        near = number_text(key.tolerance)
        equal = SubElement(home, "equal", toleranceMode="absolute", tolerance=f"{near} {near}")
        SubElement(equal, "variable", identifier="RESPONSE")
        SubElement(equal, "baseValue", baseType="float").text = number_text(key.value)


def _speak(process: Element, item: Item) -> None:
    """Show the explanation, and what was said of the options that were chosen."""
    said = SubElement(process, "setOutcomeValue", identifier="FEEDBACK")
    every = SubElement(said, "multiple")
    if any(choice.feedback for choice in item.choices):
        SubElement(every, "variable", identifier="RESPONSE")
    if item.explanation:
        SubElement(every, "baseValue", baseType="identifier").text = "explanation"
