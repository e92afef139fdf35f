"""Somebody who knows the small course of tests/sample_course.py: he fills any of its questions."""

from collections.abc import Sequence
from random import Random

from tests.faults.outcome import BrokenPromiseError
from tests.web.markup import Element, Html

Pairs = list[tuple[str, str]]
MUST = {"A", "B", "C"}  # the choices of the question that must be right; A is
_LINES = {"un": "1", "deux": "2", "trois": "3", "A3": "1", "B3": "2", "C3": "3", "D3": "4"}


def fill(page: Html, chance: Random, *, right: bool) -> Pairs:
    """Give the fields of an answer to the question on a page: a right one, or any."""
    radios = _controls(page, "radio")
    boxes = _controls(page, "checkbox")
    if radios:
        known = _right_radio(page, radios)
        return [("answer", known if right else _any_radio(page, radios, chance, known))]
    if boxes:
        some = chance.sample(boxes, chance.randint(1, len(boxes)))
        ticked = [one for one in boxes if _label(page, one) != "C2"] if right else some
        return [("answer", one["value"]) for one in ticked]
    lines = [one for one in page.all("select") if one["name"].startswith("line")]
    if lines:
        return _fill_lines(page, lines, chance, right=right)
    return [("answer", _words(page, chance, right=right))]


def _controls(page: Html, kind: str) -> list[Element]:
    found = [one for one in page.all("input") if one["type"] == kind]
    return [one for one in found if one["name"] == "answer"]


def _label(page: Html, control: Element) -> str:
    labels = [one for one in page.all("label") if one["for"] == control["id"]]
    return " ".join(labels[0].text.split())


def _right_radio(page: Html, radios: Sequence[Element]) -> str:
    values = {_label(page, one): one["value"] for one in radios}
    if set(values) == MUST:
        return values["A"]
    known = [label for label in values if label == "Vrai" or label.startswith("B")]
    if len(known) != 1:
        raise BrokenPromiseError(f"not a question of the small course: {sorted(values)}")
    return values[known[0]]


def _any_radio(page: Html, radios: Sequence[Element], chance: Random, known: str) -> str:
    """Give any choice; of the question that must be right a wrong one, so that nobody is lucky."""
    must = {_label(page, one) for one in radios} == MUST
    return chance.choice([one["value"] for one in radios if not must or one["value"] != known])


def _fill_lines(page: Html, lines: Sequence[Element], chance: Random, *, right: bool) -> Pairs:
    options = _options(page)
    places = list(options.values())
    chance.shuffle(places)
    if right:
        places = [options[_LINES[_label(page, one)]] for one in lines]
    return [(line["name"], place) for line, place in zip(lines, places, strict=True)]


def _options(page: Html) -> dict[str, str]:
    """Give each option's value by its text; every line has the same ones."""
    found = (one for one in page.all("option") if one["value"])
    return {" ".join(one.text.split()): one["value"] for one in found}


def _words(page: Html, chance: Random, *, right: bool) -> str:
    number = str(chance.randrange(10, 10**9))
    if any(one["name"] == "answer" for one in page.all("textarea")):
        return f"je retiens ceci {number}"
    modes = [one["inputmode"] for one in page.all("input") if one["name"] == "answer"]
    if set(modes) & {"numeric", "decimal"}:
        return "7" if right else number
    return "Écoute" if right else f"mot {number}"
