"""What is taken out and brought in again is the same: every kind, every setting, every module."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.model import Choice, Item, ItemKind, Pair, Partial
from lms.interchange.formats import READERS, WRITERS, take_out
from lms.interchange.loss import Way
from lms.interchange.qti_read import read_qti21
from lms.interchange.questions import Home, bring
from lms.interchange.safe_zip import read_zip
from lms.interchange.write_markdown import NOWHERE, write_markdown
from tests.interchange.every_kind import every_item, module_items

_BOTH_WAYS = sorted(set(READERS) & set(WRITERS))
_MODULES = sorted(Path("content/modules").glob("*/*.md"))
_SIGNS = st.sampled_from([*"ab1 \\~=#{}:%[]<>&|*_`->.\"'é$/", "->", "::", "####", "]]>", "//"])
_LINES = st.lists(_SIGNS, min_size=1, max_size=12).map(lambda signs: f"w{''.join(signs)}w")


def _again(items: tuple[Item, ...], form: str, language: str) -> tuple[Item | None, ...]:
    written = take_out(items, form, language)
    assert written.report.refused == ()
    assert written.report.way is Way.OUT
    return tuple(one.item for one in READERS[form](written.data, language).found)


def test_the_formats_that_go_both_ways_are_those_that_are_promised() -> None:
    assert _BOTH_WAYS == ["gift", "moodle-xml", "qti21", "qti30"]


@pytest.mark.parametrize("form", _BOTH_WAYS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_and_setting_comes_back_as_it_was(form: str, language: str) -> None:
    items = every_item(language)
    assert _again(items, form, language) == items


@pytest.mark.parametrize("form", _BOTH_WAYS)
def test_the_markdown_of_what_came_back_is_the_markdown_that_went(form: str) -> None:
    items = tuple(item for item in every_item() if not item.practice)
    written = take_out(items, form, "fr")
    brought = bring(READERS[form](written.data, "fr"), form, Home("fr"))
    assert brought.markdown == write_markdown(items, "fr")
    assert brought.report.is_whole


@pytest.mark.parametrize("form", ["gift", "moodle-xml", "qti30"])
@pytest.mark.parametrize("path", _MODULES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_question_that_authors_have_written_comes_back_as_it_was(
    form: str, path: Path
) -> None:
    items = module_items(path)
    assert _again(items, form, path.stem) == items


@settings(max_examples=60, deadline=None)
@given(_LINES, _LINES, _LINES, _LINES)
@pytest.mark.parametrize("form", ["gift", "moodle-xml"])
def test_no_sign_in_a_text_is_taken_for_a_sign_of_the_format(
    form: str, asked: str, first: str, second: str, said: str
) -> None:
    choices = (Choice(first, correct=True, feedback=said), Choice(second), Choice(f"{said}3"))
    pairs = (Pair(first.replace(" -> ", ""), second), Pair("p", "q"))
    items = (
        Item("a", ItemKind.SINGLE, asked, NOWHERE, body=said, hint=said, choices=choices),
        Item("b", ItemKind.MULTIPLE, asked, NOWHERE, choices=choices, partial=Partial.EACH),
        Item("c", ItemKind.TEXT, asked, NOWHERE, accepted=(first, f"{second}2"), explanation=said),
        Item("d", ItemKind.MATCH, asked, NOWHERE, pairs=pairs, partial=Partial.EACH),
        Item("e", ItemKind.ORDER, asked, NOWHERE, steps=(first, second), partial=Partial.EACH),
    )
    assert _again(items, form, "en") == items


@pytest.mark.parametrize("form", ["qti21", "qti30"])
def test_a_qti_package_says_the_same_to_systems_that_do_not_know_ours(form: str) -> None:
    items = every_item()
    written = _without_source(take_out(items, form, "fr").data)
    found = READERS[form](written, "fr").found
    for one, item in zip(found, items, strict=True):
        taken = one.item
        assert taken is not None
        assert (taken.id, taken.kind, taken.points) == (item.id, item.kind, item.points)
        right = [choice.correct for choice in item.choices]
        assert [choice.correct for choice in taken.choices] == right
        assert (taken.numbers, taken.accepted) == (item.numbers, item.accepted)
        assert len(taken.pairs) == len(item.pairs)
        assert len(taken.steps) == len(item.steps)
        assert bool(taken.hint) == bool(item.hint)
        assert bool(taken.explanation) == bool(item.explanation)
        if item.kind in {ItemKind.MULTIPLE, ItemKind.MATCH}:
            assert taken.partial == item.partial


def _without_source(data: bytes) -> bytes:
    """Take our own Markdown out of a package, as another system does."""
    return _changed(
        data, lambda text: re.sub(r"<v:question.*?</v:question>", "", text, flags=re.DOTALL)
    )


def _changed(data: bytes, change: Callable[[str], str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name).decode()))
    return out.getvalue()


def test_a_question_that_was_changed_elsewhere_is_taken_as_it_is_now_and_keeps_our_settings() -> (
    None
):
    items = every_item()
    changed = _changed(
        take_out(items, "qti21", "fr").data,
        lambda text: (
            text if "<manifest" in text else text.replace(">second, with", ">SECOND, with")
        ),
    )
    found = {one.item.id: one.item for one in read_qti21(changed, "fr").found if one.item}
    before = next(item for item in items if item.id == "one")
    assert found["one"].choices[1].text.startswith("SECOND")
    assert (found["one"].pool, found["one"].shuffle) == (before.pool, before.shuffle)
    assert found["truth"] == items[0]


def test_the_same_questions_make_the_same_bytes() -> None:
    for form in WRITERS:
        assert take_out(every_item(), form, "fr").data == take_out(every_item(), form, "fr").data


def test_moodle_is_told_in_its_own_words_what_it_has_words_for() -> None:
    root: Element = fromstring(take_out(every_item(), "moodle-xml", "fr").data)
    by_id = {one.findtext("idnumber"): one for one in root.findall("question")}
    kinds = {name: one.get("type") for name, one in by_id.items()}
    assert kinds["truth"] == "truefalse"
    assert kinds["two"] == "multichoice"
    assert (kinds["order"], kinds["open"]) == ("ordering", "essay")
    assert by_id["several"].findtext("defaultgrade") == "3"
    weights = [one.get("fraction") for one in by_id["several"].findall("answer")]
    assert weights == ["33.33333", "33.33333", "33.33333", "-33.33333"]
    assert by_id["one"].findtext("shuffleanswers") == "0"
    assert by_id["one"].findtext("hint/text") is not None
    assert by_id["number"].findtext("answer/tolerance") == "0.5"
    assert by_id["open"].findtext("minwordlimit") == "15"


def test_what_does_not_survive_elsewhere_is_named_for_its_question() -> None:
    report = take_out(every_item(), "gift", "fr").report
    losses = {fate.item_id: {loss.what for loss in fate.losses} for fate in report.fates}
    assert {"must", "section", "facts", "testimony", "points", "note [^T01]"} <= losses["truth"]
    assert {"hint", "shuffle: no", "pool"} <= losses["one"]
    assert "partial: none" in losses["several"]
    assert "->" in losses["match"]
    assert losses["two"] == set()
    orders = {form: take_out(every_item(), form, "fr").report for form in ("qti21", "qti30")}
    for report in orders.values():
        (fate,) = (fate for fate in report.fates if fate.item_id == "order")
        assert "partial: each" in {loss.what for loss in fate.losses}


def test_a_picture_that_stays_behind_is_named() -> None:
    item = replace(every_item()[1], body="![A map](media/map.png)")
    for form in _BOTH_WAYS:
        (fate,) = take_out((item,), form, "fr").report.fates
        assert [loss.what for loss in fate.losses] == ["picture media/map.png"]


def test_a_question_on_a_testimony_that_is_closed_stays_and_is_named() -> None:
    items = every_item()
    for form in WRITERS:
        written = take_out(items, form, "fr", {"lea"})
        (kept,) = written.report.refused
        assert (kept.number, "testimony" in kept.refused) == (1, True)
        assert [fate.number for fate in written.report.fates] == list(range(1, len(items) + 1))
        assert b"Is the sky *blue*" not in written.data


def test_a_table_holds_every_question_and_no_formula() -> None:
    sly = replace(every_item()[1], prompt="=HYPERLINK(1)", hint=" +1", explanation="@x")
    text = take_out((sly, *every_item()), "csv", "fr").data.decode()
    assert text.startswith("\ufeff")
    assert '"\'=HYPERLINK(1)"' in text
    assert '"\' +1"' in text
    assert '"\'@x"' in text
    header = text.lstrip("\ufeff").split("\r\n")[0]
    assert "testimony" in header
    assert all(item.id in text for item in every_item())


def test_a_player_of_qti_scores_each_question_as_we_do() -> None:
    files = read_zip(take_out(every_item(), "qti21", "fr").data)
    text = {name: data.decode().replace(' xmlns="', ' old="') for name, data in files.items()}
    roots = {one.get("identifier"): one for one in map(fromstring, _item_texts(text))}
    worth = [one.get("mappedValue") for one in roots["several-each"].iter("mapEntry")]
    assert worth == ["1", "-1"]
    mapping = next(roots["several-each"].iter("mapping"))
    assert (mapping.get("lowerBound"), mapping.get("upperBound")) == ("0", "1")
    assert list(roots["several"].iter("mapEntry")) == []
    process = next(roots["several"].iter("responseProcessing"))
    assert (process.get("template") or "").endswith("/match_correct")
    words = [
        (one.get("mapKey"), one.get("caseSensitive")) for one in roots["word"].iter("mapEntry")
    ]
    assert words[0] == ("TRUE", "false")
    near = [one.get("tolerance") for one in roots["number"].iter("equal")]
    assert near == ["0.5 0.5", "0 0", "0 0"]
    test: Element = fromstring(text["test.xml"])
    weights = [one.get("value") for one in test.iter("weight")]
    assert weights == [str(item.points) for item in every_item()]


def _item_texts(files: dict[str, str]) -> list[str]:
    return [text for name, text in sorted(files.items()) if name.startswith("items/")]
