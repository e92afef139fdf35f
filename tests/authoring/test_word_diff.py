"""A reviewer reads what changed, to the word, and can trust that nothing else did."""

from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.authoring.alignment import Budget, align
from lms.authoring.word_diff import Mark, TextDiff, diff_texts

_LINE = st.sampled_from(
    ["", "a", "a b", "a b c", "b c d", "- (x) Yes", "- ( ) Yes", "é’à \u00a0!", "\r"]
)
_LINES = st.lists(_LINE)
TEXTS = _LINES.map("\n".join) | st.text(max_size=80)
MOST = 200_000


def without(diff: TextDiff, mark: Mark) -> str:
    """Give the text that is left when what has this mark is left out."""
    is_old = mark is Mark.INSERTED
    lines = [line for line in diff.lines if (line.old if is_old else line.new)]
    return "\n".join("".join(run.text for run in line.runs if run.mark is not mark)
                     for line in lines)  # fmt: skip


def told(old: str, new: str) -> list[str]:
    """Write the changed lines: `[-deleted-]`, `{+inserted+}`."""
    signs = {Mark.SAME: "{}", Mark.DELETED: "[-{}-]", Mark.INSERTED: "{{+{}+}}"}
    return [
        "".join(signs[run.mark].format(run.text) for run in line.runs)
        for line in diff_texts(old, new).lines
        if not line.is_same
    ]


@given(TEXTS, TEXTS)
@example("", "\n")
@example("\n", "")
@example("a\r\nb", "a\nb\u2028c")
@example("x\x0by", "x\x85y")
def test_without_what_is_inserted_it_is_the_old_text_and_without_what_is_deleted_the_new(
    old: str, new: str
) -> None:
    diff = diff_texts(old, new)
    assert without(diff, Mark.INSERTED) == old
    assert without(diff, Mark.DELETED) == new


@given(TEXTS, TEXTS)
def test_lines_are_numbered_as_in_their_texts(old: str, new: str) -> None:
    diff = diff_texts(old, new)
    for numbers, text in (
        ([line.old for line in diff.lines if line.old], old),
        ([line.new for line in diff.lines if line.new], new),
    ):
        assert numbers == list(range(1, len(text.split("\n")) + 1 if text else 1))


@given(TEXTS)
def test_a_text_compared_with_itself_has_no_change(text: str) -> None:
    assert diff_texts(text, text).is_same


@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12))
def test_stretches_cover_both_sides_and_the_same_ones_are_the_same(
    old: list[int], new: list[int]
) -> None:
    at = to = 0
    for one in align(old, new, Budget()):
        assert (one.old, one.new) == (at, to)
        if one.is_same:
            assert old[one.old : one.old_end] == new[one.new : one.new_end]
        at, to = one.old_end, one.new_end
    assert (at, to) == (len(old), len(new))


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("It is a crime to buy.", "It is an offence to buy.",
         ["It is [-a crime-]{+an offence+} to buy."]),
        ("- (x) Yes\n- ( ) No", "- ( ) Yes\n- (x) No",
         ["- ([-x-]{+ +}) Yes", "- ([- -]{+x+}) No"]),
        ("one\n\nthree", "one\n\ntwo\n\nthree", ["{+two+}", ""]),
        ("a b c d e", "", ["[-a b c d e-]"]),
        ("The law.\nThe end.", "Something else entirely.\nThe end.",
         ["[-The law.-]", "{+Something else entirely.+}"]),
    ],
)  # fmt: skip
def test_a_change_is_told_as_small_as_it_is(old: str, new: str, lines: list[str]) -> None:
    assert told(old, new) == lines


def test_a_question_that_is_added_leaves_the_others_unmarked() -> None:
    first, last = "### One?\n- (x) A\n- ( ) B\n", "### Three?\n- (x) E\n- ( ) F\n"
    added = "### Two?\n- (x) C\n- ( ) D\n"
    marked = told(f"{first}\n{last}", f"{first}\n{added}\n{last}")
    assert "".join(marked) == "{+### Two?+}{+- (x) C+}{+- ( ) D+}"


def test_a_blank_that_stayed_between_two_new_words_is_part_of_the_change() -> None:
    assert told("so the red car stops here now", "so the blue bike stops here now") == [
        "so the [-red car-]{+blue bike+} stops here now"
    ]


BIG = [
    ("x\n" * (MOST // 2), "y\nx\n" * (MOST // 4)),
    ("\n" * MOST, "x\n" * (MOST // 2)),
    ("a b " * (MOST // 4), "b a a " * (MOST // 6)),
    ("(\n)" * (MOST // 3), ")\n(" * (MOST // 3)),
    ("word\n" * (MOST // 5), "words\n" * (MOST // 6)),
    ("".join(f"line {n} is here\n" for n in range(10_000)),
     "".join(f"line {n} was here\n" for n in range(10_000))),
    ("one two three " * (MOST // 14), ("one two three " * (MOST // 14))[::-1]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), BIG)
def test_two_texts_as_long_as_a_file_may_be_are_compared_in_a_second(old: str, new: str) -> None:
    quiet = diff_texts("warm", "up")
    assert not quiet.is_coarse
    start = process_time()
    diff = diff_texts(old, new)
    spent = process_time() - start
    assert without(diff, Mark.INSERTED) == old
    assert without(diff, Mark.DELETED) == new
    # Three times the second that is wished for: what is caught here takes minutes, not a busy day.
    assert spent < 3


def test_work_that_would_not_end_is_cut_off_and_said() -> None:
    assert diff_texts(*BIG[2]).is_coarse
    assert not diff_texts("a b c", "a c").is_coarse
