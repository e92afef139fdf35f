"""Two people change one text: nobody's line is lost, and nobody's line is taken for the other's."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.authoring.three_way import Changed, Keep, Span, merge, split, three_way

_lines = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "d\r", "é"]), max_size=12)
texts = _lines.map("".join)


def _merged(base: str, ours: str, theirs: str) -> str | None:
    return merge(three_way(base, ours, theirs))


@given(texts, texts)
def test_where_one_side_is_unchanged_the_others_text_stands(base: str, text: str) -> None:
    assert _merged(base, text, base) == text
    assert _merged(base, base, text) == text


@given(texts, texts)
def test_where_both_say_the_same_that_stands(base: str, text: str) -> None:
    assert _merged(base, text, text) == text


@given(texts, texts, texts)
def test_the_places_cover_all_three_texts_in_order(base: str, ours: str, theirs: str) -> None:
    hunks = three_way(base, ours, theirs)
    for side, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        spans: list[Span] = [getattr(hunk, side) for hunk in hunks]
        assert "".join(line for span in spans for line in span.lines) == text
        numbers = [span.first for span in spans]
        assert numbers == [
            1 + sum(len(one.lines) for one in spans[:at]) for at in range(len(spans))
        ]


@given(texts, texts, texts)
def test_each_place_says_truly_who_changed_it(base: str, ours: str, theirs: str) -> None:
    for hunk in three_way(base, ours, theirs):
        sides = (hunk.base.lines, hunk.ours.lines, hunk.theirs.lines)
        assert hunk.changed is {
            (True, True): Changed.NEITHER,
            (True, False): Changed.THEIRS,
            (False, True): Changed.OURS,
        }.get((sides[0] == sides[1], sides[0] == sides[2]),
              Changed.ALIKE if sides[1] == sides[2] else Changed.BOTH)  # fmt: skip


@given(texts, texts, texts)
def test_the_sides_can_be_exchanged(base: str, ours: str, theirs: str) -> None:
    assert _merged(base, ours, theirs) == _merged(base, theirs, ours)


@given(texts, texts, texts)
def test_whoever_keeps_one_side_everywhere_loses_no_change_of_his(
    base: str, ours: str, theirs: str
) -> None:
    hunks = three_way(base, ours, theirs)
    kept = merge(hunks, other=Keep.OURS)
    assert kept is not None
    for hunk in hunks:
        if hunk.changed in {Changed.OURS, Changed.BOTH}:
            assert "".join(hunk.ours.lines) in kept
    both = merge(hunks, other=Keep.BOTH)
    assert both is not None
    for hunk in hunks:
        if hunk.changed is Changed.BOTH:
            assert "".join(hunk.ours.lines) in both
            assert "".join(hunk.theirs.lines) in both


def test_changes_on_different_lines_go_together() -> None:
    base = "one\ntwo\nthree\nfour\n"
    ours = "ONE\ntwo\nthree\nfour\n"
    theirs = "one\ntwo\nthree\nFOUR\nfive\n"
    assert _merged(base, ours, theirs) == "ONE\ntwo\nthree\nFOUR\nfive\n"


def test_changes_on_one_line_wait_for_a_person() -> None:
    base, ours, theirs = "one\ntwo\n", "one\nours\n", "one\ntheirs\n"
    hunks = three_way(base, ours, theirs)
    assert merge(hunks) is None
    assert merge(hunks, {1: Keep.OURS}) == ours
    assert merge(hunks, {1: Keep.THEIRS}) == theirs
    assert merge(hunks, {1: Keep.BOTH}) == "one\nours\ntheirs\n"
    assert merge(hunks, {0: Keep.OURS}) is None
    (place,) = [hunk for hunk in hunks if hunk.changed is Changed.BOTH]
    assert (place.base.first, place.ours.first, place.theirs.last) == (2, 2, 2)


def test_changes_right_beside_each_other_wait_for_a_person_too() -> None:
    assert _merged("one\ntwo\n", "ONE\ntwo\n", "one\nTWO\n") is None


def test_a_last_line_without_an_end_does_not_run_into_the_next() -> None:
    hunks = three_way("", "ours", "theirs")
    assert merge(hunks, other=Keep.BOTH) == "ours\ntheirs"


@pytest.mark.parametrize("text", ["a\r\nb\r\n", "a\rb", "\n\n", "", "a\u2028b\n"])
def test_lines_keep_their_ends(text: str) -> None:
    assert "".join(split(text)) == text
    assert _merged(text, text, text) == text


def test_a_text_of_many_equal_lines_is_compared_in_no_time() -> None:
    lines = [f"{number % 101}\n" for number in range(40_000)]
    base, ours, theirs = lines, lines[::-1], lines[1::2] + lines[::2]
    started = process_time()
    assert merge(three_way("".join(base), "".join(ours), "".join(theirs))) is None
    assert process_time() - started < 2
