"""Moodle XML, read: every question of it, or why not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from xml.etree.ElementTree import Element

from lms.content.front_matter import short
from lms.content.model import Choice, Item, ItemKind, NumberKey, Pair
from lms.interchange.escape import one_line
from lms.interchange.loss import BadFileError, Loss, RefusedError, Sheet
from lms.interchange.moodle_question import MoodleQuestion, raw_text
from lms.interchange.numbers import as_fraction
from lms.interchange.questions import (
    Found,
    Reading,
    choice_kind,
    found,
    refused,
    typed_item,
    with_settings,
)
from lms.interchange.safe_xml import below, child, children, local, parse_xml, text_of
from lms.interchange.weights import lose_weights
from lms.interchange.words import TRUTH, without_stars

_WHOLE = Fraction(100)
_WHY_NOT = {
    "cloze": "several gaps in one question: one question asks one thing here",
    "multianswer": "several gaps in one question: one question asks one thing here",
    "gapselect": "several gaps in one question: one question asks one thing here",
    "ddwtos": "several gaps in one question: one question asks one thing here",
    "ddmarker": "marks on a picture are not asked here",
    "ddimageortext": "marks on a picture are not asked here",
    "description": "a description asks nothing: put its text into a section",
    "calculated": "numbers that change with each reader are not asked here",
    "calculatedsimple": "numbers that change with each reader are not asked here",
    "calculatedmulti": "numbers that change with each reader are not asked here",
    "randomsamatch": "questions drawn from others: write `pool:` by hand",
    "random": "questions drawn from others: write `pool:` by hand",
}


def read_moodle_xml(data: bytes, language: str) -> Reading:
    """Return the questions of a Moodle XML file."""
    root, losses = parse_xml(data)
    if local(root) != "quiz":
        raise BadFileError(f"this is not Moodle XML: it begins with <{local(root)}>, not <quiz>")
    general: list[Loss] = list(losses)
    questions: list[Found] = []
    for element in children(root, "question"):
        if element.get("type") == "category":
            name = one_line(text_of(child(element, "category")))
            general.append(Loss(f"category {name}", "a quiz has none: write `pool:` by hand"))
        else:
            questions.append(_question(element, len(questions) + 1, language))
    return Reading(tuple(questions), tuple(general))


def _question(element: Element, number: int, language: str) -> Found:
    sheet = Sheet(number, one_line(raw_text(child(element, "name"))))
    try:
        reader = _reader(element.get("type") or "")
        source = MoodleQuestion(element, sheet, language)
        item = reader(source, source.common())
        source.lose_rest(item)
        return found(sheet, with_settings(item, source.settings(item), sheet))
    except RefusedError as error:
        return refused(sheet, str(error))


def _reader(kind: str) -> "_Reader":
    """Return what reads questions of a type; RefusedError for one that is not asked here."""
    if kind not in _READERS:
        raise RefusedError(_WHY_NOT.get(kind, f"questions of type `{short(kind)}` are unknown"))
    return _READERS[kind]


def _choices(source: MoodleQuestion, item: Item) -> Item:
    several = source.value("single") in {"false", "0"}
    answers = list(source.answers())
    choices = tuple(
        Choice(source.line(one), _is_right(weight, several=several), source.feedback(one))
        for one, weight in answers
    )
    lose_weights((weight for _, weight in answers), _WHOLE, source.sheet, several=several)
    return replace(item, kind=choice_kind(choices, several=several), choices=choices)


def _is_right(weight: Fraction, *, several: bool) -> bool:
    return weight > 0 if several else weight >= _WHOLE


def _truth(source: MoodleQuestion, item: Item) -> Item:
    words = dict(zip(("true", "false"), TRUTH.get(source.language, TRUTH["en"]), strict=True))
    choices = tuple(
        Choice(
            words.get(raw_text(one).strip().lower(), raw_text(one)),
            weight > 0,
            source.feedback(one),
        )
        for one, weight in source.answers()
    )
    return replace(item, kind=ItemKind.TRUE_FALSE, choices=choices)


def _full(source: MoodleQuestion) -> Iterator[str]:
    """Yield the typed answers that earn all points; others are noted."""
    for element, weight in source.answers():
        text = raw_text(element).strip()
        source.lose_feedback(element, text)
        if weight >= _WHOLE:
            yield text
        elif weight > 0:
            source.sheet.lose(f"answer {text}", "it earned a part only: here it is not accepted")


def _words(source: MoodleQuestion, item: Item) -> Item:
    accepted = [without_stars(text, source.sheet) for text in _full(source)]
    return typed_item(item, accepted, source.sheet)


def _number(source: MoodleQuestion, item: Item) -> Item:
    tolerances = {
        raw_text(one).strip(): text_of(child(one, "tolerance")) for one, _ in source.answers()
    }
    numbers = [
        NumberKey(as_fraction(text), abs(as_fraction(tolerances[text].strip() or "0")))
        for text in _full(source)
        if text != "*"
    ]
    if not numbers:
        raise RefusedError("it has no right number")
    if any(
        raw_text(one) or text_of(child(one, "unit_name")) for one in below(source.element, "unit")
    ):
        source.sheet.lose("units", "a number has none here: say it in the question")
    return replace(item, kind=ItemKind.NUMBER, numbers=tuple(numbers))


def _match(source: MoodleQuestion, item: Item) -> Item:
    pairs = []
    for element in children(source.element, "subquestion"):
        left, right = source.line(element), source.line(child(element, "answer"), source.form)
        if left:
            pairs.append(Pair(left, right))
        else:
            source.sheet.lose(f"answer {right}", "it belongs to nothing: a match has pairs only")
    return replace(item, kind=ItemKind.MATCH, pairs=tuple(pairs))


def _order(source: MoodleQuestion, item: Item) -> Item:
    # Later Moodles number the steps, older ones give each of them 1.
    ordered = sorted(source.answers(), key=lambda one: one[1])
    steps = tuple(source.line(element) for element, _ in ordered)
    return replace(item, kind=ItemKind.ORDER, steps=steps)


def _open(source: MoodleQuestion, item: Item) -> Item:
    for name in ("graderinfo", "responsetemplate"):
        said = one_line(source.flow(child(source.element, name)))
        if said:
            source.sheet.lose(name, f"a free text has none here: {said}")
    if source.value("attachments") not in {"", "0"}:
        source.sheet.lose("attachments", "no files are sent here")
    if source.value("maxwordlimit") not in {"", "0"}:
        source.sheet.lose("maxwordlimit", "a free text may be as long as one likes")
    return replace(item, kind=ItemKind.OPEN)


_Reader = Callable[[MoodleQuestion, Item], Item]
_READERS: dict[str, _Reader] = {
    "multichoice": _choices,
    "truefalse": _truth,
    "shortanswer": _words,
    "numerical": _number,
    "matching": _match,
    "ordering": _order,
    "essay": _open,
}
