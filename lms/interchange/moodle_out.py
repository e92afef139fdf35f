"""Questions written as Moodle XML: for Moodle to read, and whole when they come back."""

from collections.abc import Sequence
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lms.content.model import Choice, Item, ItemKind
from lms.interchange.loss import Sheet
from lms.interchange.words import TRUTH, tags_of
from lms.interchange.write_markdown import number_text
from lms.interchange.written import Written, each, lose_partial, percent, report

_KINDS = {
    ItemKind.TRUE_FALSE: "multichoice",
    ItemKind.SINGLE: "multichoice",
    ItemKind.MULTIPLE: "multichoice",
    ItemKind.TEXT: "shortanswer",
    ItemKind.NUMBER: "numerical",
    ItemKind.MATCH: "matching",
    ItemKind.ORDER: "ordering",
    ItemKind.OPEN: "essay",
}
_NATIVE = ("points", "shuffle", "min_words")


def write_moodle_xml(items: Sequence[Item], language: str) -> Written:
    """Return the questions as a Moodle XML file."""
    texts, fates = each(items, lambda item, sheet: _write(item, sheet, language))
    whole = "\n".join(texts)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{whole}\n</quiz>\n'
    return Written(text.encode(), report("moodle-xml", fates))


def _write(item: Item, sheet: Sheet, language: str) -> str:
    is_truth = _is_truth(item, language)
    root = Element("question", type="truefalse" if is_truth else _KINDS[item.kind])
    _text(SubElement(root, "name"), sheet.title)
    asked = f"{item.prompt}\n\n{item.body}" if item.body else item.prompt
    _markdown(SubElement(root, "questiontext"), asked)
    _markdown(SubElement(root, "generalfeedback"), item.explanation)
    SubElement(root, "defaultgrade").text = str(item.points)
    SubElement(root, "idnumber").text = item.id
    _answers(root, item, is_truth=is_truth)
    if item.hint:
        _markdown(SubElement(root, "hint"), item.hint)
    tags = tags_of(item, _NATIVE)
    if not item.choices and not item.shuffle:
        tags = (*tags, "virage:shuffle=no")
    if tags:
        home = SubElement(root, "tags")
        for tag in tags:
            _text(SubElement(home, "tag"), tag)
    if item.kind is ItemKind.ORDER:
        sheet.lose("order", "older Moodles need the plug-in for ordering questions")
    if item.hint and item.kind in {ItemKind.OPEN, ItemKind.TRUE_FALSE}:
        sheet.lose("hint", "Moodle shows none for this type of question")
    lose_partial(item, sheet, gives_parts=True)
    indent(root)
    return tostring(root, encoding="unicode")


def _is_truth(item: Item, language: str) -> bool:
    words = tuple(one.text for one in item.choices)
    return item.kind is ItemKind.TRUE_FALSE and words == TRUTH.get(language)


def _answers(root: Element, item: Item, *, is_truth: bool) -> None:
    """Put in the answers: of each kind of them only one is there."""
    if item.choices:
        _choices(root, item, is_truth=is_truth)
    for text in item.accepted:  # capital letters do not count unless a question says so
        _plain_answer(root, text.replace("*", "\\*"))
    for key in item.numbers:
        answer = _plain_answer(root, number_text(key.value))
        SubElement(answer, "tolerance").text = number_text(key.tolerance)
    for pair in item.pairs:
        one = SubElement(root, "subquestion")
        _markdown(one, pair.left)
        _text(SubElement(one, "answer"), pair.right)
    if item.steps:
        _steps(root, item)
    if item.kind is ItemKind.OPEN:
        _open(root, item)


def _open(root: Element, item: Item) -> None:
    SubElement(root, "responseformat").text = "plain"
    SubElement(root, "responserequired").text = "1"
    if item.min_words:
        SubElement(root, "minwordlimit").text = str(item.min_words)


def _choices(root: Element, item: Item, *, is_truth: bool) -> None:
    if not is_truth:
        is_several = item.kind is ItemKind.MULTIPLE
        SubElement(root, "single").text = "false" if is_several else "true"
        SubElement(root, "shuffleanswers").text = "1" if item.shuffle else "0"
    for at, choice in enumerate(item.choices):
        answer = SubElement(root, "answer", fraction=_weight(item, choice))
        if is_truth:
            _text(answer, ("true", "false")[at])
        else:
            _markdown(answer, choice.text)
        if choice.feedback:
            _markdown(SubElement(answer, "feedback"), choice.feedback)


def _weight(item: Item, choice: Choice) -> str:
    if item.kind is not ItemKind.MULTIPLE:
        return "100" if choice.correct else "0"
    share = Fraction(1, max(sum(one.correct for one in item.choices), 1))
    return percent(share if choice.correct else -share)


def _steps(root: Element, item: Item) -> None:
    for name, word in (("layouttype", "VERTICAL"), ("selecttype", "ALL"),
                       ("selectcount", str(len(item.steps))),
                       ("gradingtype", "ABSOLUTE_POSITION"), ("showgrading", "SHOW")):  # fmt: skip
        SubElement(root, name).text = word
    for number, step in enumerate(item.steps, start=1):
        _markdown(SubElement(root, "answer", fraction=str(number)), step)


def _plain_answer(root: Element, text: str) -> Element:
    answer = SubElement(root, "answer", fraction="100", format="plain_text")
    _text(answer, text)
    return answer


def _text(home: Element, text: str) -> None:
    SubElement(home, "text").text = text


def _markdown(home: Element, text: str) -> None:
    home.set("format", "markdown")
    _text(home, text)
