"""Whatever an author types or pastes, reading it ends, and soon."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.check import check_files
from lms.content.files import Files
from lms.content.ids import missing_ids
from lms.content.parse_course import parse_course
from lms.content.parse_facts import parse_facts
from lms.content.parse_module import parse_module
from lms.content.parse_survey import parse_survey
from lms.content.parse_testimony import parse_testimony
from lms.content.report import as_github, as_json, as_text

Parser = Callable[[str, str], tuple[object, tuple[object, ...]]]
PARSERS: list[Parser] = [
    parse_module,
    parse_testimony,
    parse_survey,
    parse_course,
    parse_facts,
]
HEAD = (
    "---\nid: law\ntitle: The law\nlanguage: en\nminutes: 5\nreviewed: 2026-11-21\n"
    "review_by: 2027-11-21\n---\n\n# The law\n\n## A {#a}\n\n"
)
# Pieces from which random pages are made that look like what authors write.
PIECES = st.sampled_from(
    [
        "---", "id: law", "title: [", "{a: b}", "- id: T01", "\t", "  ", "\n", "\n\n", "# T\n",
        "## Quiz\n", "## S {#s}\n", "### Q\n", "<!-- id: q, points: 2 -->\n", "<!--", "-->",
        "- (x) yes\n", "- ( ) no\n", "- [x] a\n", "- = 7 +- 0.5\n", "- a -> b\n", "1. one\n",
        "____\n", "> Hint: h\n", "  > feedback\n", "> Explication : e\n", "```\n", "~~~", "|a|b|\n",
        "|-|-|\n", "[[testimony: lea]]\n", "![alt](media/x.mp4)", "[l](../a/en.md#b)", "[^T01]",
        "[^1]: x\n", "`", "``", "\\", "[", "](", "<b>", "<", "***", "é", "\u202f:", "\x00",
        "\ud800", "\ufeff", "\r", "\x85", "7 %", "=\n", "-\n", "&a", "*a", "!!int", "%YAML",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(),
    st.lists(PIECES, max_size=40).map("".join),
    st.lists(PIECES, max_size=40).map(lambda found: HEAD + "".join(found)),
)


@given(TEXTS)
def test_no_text_stops_a_parser(text: str) -> None:
    for parse in PARSERS:
        value, problems = parse("content/modules/a/en.md", text)
        assert value is not None or problems
    missing_ids(text)


@given(TEXTS)
def test_no_text_stops_the_whole_check_or_its_report(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    texts = {
        "content/modules/01-a/en.md": data,
        "content/testimonies/lea/en.md": data,
        "content/facts.yml": data,
        "content/courses/a.yml": data,
    }
    files = Files("content", texts, frozenset(texts))
    _, problems = check_files(files, date(2026, 11, 21))
    assert as_text(problems).encode("utf-8").count(b"\n") >= len(problems)
    assert as_json(problems).isascii()
    assert as_github(problems).count("\n") == len(problems)


PATTERNS = [
    "[", "![", "](", "[a](", "[a](<", "[[testimony:", "`", "``a`", "\\", "<", "<a ", "<!--", "- ",
    "> ", "* * ", "_ ", "#", "# ", " ", "\t", "1. ", "|", "|-", "a.", '."', "[^", "[^a]", "&a ",
    "{", "? ",
    "- a -> b\n", "- (x) a\n", "### Q\n", "## S\n", "## Quiz\n", "1. a\n", "> a\n", "```\n",
    "<!-- id: a -->\n", "# T\n", "a: ", "a\n-\n", "7 ", "é", "(", "<!--\n", "7,", "a'", "e", "{#",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_long_page_of_one_pattern_is_read_in_a_moment(pattern: str) -> None:
    text = pattern * (40_000 // len(pattern))
    files = {
        "content/modules/01-a/en.md": (HEAD + text).encode(),
        "content/modules/02-a/en.md": f"---\n{text}\n---\n".encode(),
        "content/facts.yml": text.encode(),
    }
    start = time.process_time()
    check_files(Files("content", files, frozenset(files)), date(2026, 11, 21))
    missing_ids(HEAD + text)
    # A step that looks back over the whole page each time would take much longer.
    assert time.process_time() - start < 4


@pytest.mark.parametrize("text", ["[" * 1_000_000, "- " * 500_000])
def test_a_line_of_a_million_signs_is_read(text: str) -> None:
    start = time.process_time()
    for parse in PARSERS:
        parse("a/en.md", HEAD + text)
        parse("a/en.md", f"---\n{text}\n---\n")
    assert time.process_time() - start < 20
