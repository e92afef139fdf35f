"""Headings and fences are where GitHub sees them; the oracle is Debian's cmark-gfm."""

import os
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.source import heading, scan, split_lines, underlined

CMARK = shutil.which("cmark-gfm")
# With CI=true a machine without it fails, as everywhere.
IS_DESK = os.environ.get("CI") != "true"
needs_cmark = pytest.mark.skipif(CMARK is None and IS_DESK, reason="cmark-gfm is not installed")
HEADING = re.compile(r'^  <heading sourcepos="(\d+):\d+-(\d+):\d+" level="(\d)"', re.MULTILINE)
PIECES = [
    "# T", "## S", "### Q {#a}", "#### d ##", "  ## in two", "   # three", "    ## four",
    "\t## tab", "- item", "- item\n  ## in item", "  more", "    deep", "1. one", "> quote",
    "> ## q", "> ```", "> in", "```", "~~~", "````", "```text", "  ```", "    ```", "- ```",
    "  code", "", "", "", "text", "text\nmore", "---", "***", "<!-- c -->", "<!-- open",
    "close -->", "| a |\n| - |", "*   wide", "##", "# ", "+ plus", "1) a", "lazy",
]  # fmt: skip


def seen_by_github(text: str) -> set[tuple[int, int]]:
    """Return line and level of the headings at the outer level, underlined ones aside."""
    assert CMARK is not None
    command = [CMARK, "-t", "xml", "--sourcepos", "-e", "table"]
    run = subprocess.run(command, input=text.encode(), capture_output=True, check=True)  # noqa: S603  # a fixed command
    lines = split_lines(text)
    found = ((int(line), int(level)) for line, _, level in HEADING.findall(run.stdout.decode()))
    return {pair for pair in found if lines[pair[0] - 1].lstrip(" ").startswith("#")}


def seen_by_us(text: str) -> set[tuple[int, int]]:
    lines, _ = scan(split_lines(text))
    return {(line.number, head.level) for line in lines if (head := heading(line))}


@needs_cmark
@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("\n".join))
def test_a_heading_is_one_where_github_shows_one(text: str) -> None:
    assert seen_by_us(text) == seen_by_github(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("-\n\n   # heading", {(3, 1)}),
        ("-\n\n  text\n\n   # heading", {(5, 1)}),
        ("- item\n\n   # inside", set()),
        ("- item\nlazy\n  ```\n> out\n# heading", {(5, 1)}),
        ("1. item\nlazy\n   # inside", set()),
        ("text\n-\n  ## heading", {(3, 2)}),
        ("> ```\n# heading", {(2, 1)}),
        ("<!-- a\n## inside\nb -->\n## heading", {(4, 2)}),
        ("<!-- a -->\n## heading", {(2, 2)}),
        ("<pre>\n\n## inside\n</pre>\n\n## heading", {(6, 2)}),
        ("- " * 60 + "\n# heading", {(2, 1)}),
    ],
)
def test_a_heading_is_told_from_what_stands_in_something_else(
    text: str, found: set[tuple[int, int]]
) -> None:
    assert seen_by_us(text) == found
    if CMARK is not None:
        assert seen_by_github(text) == found


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Title\n---", [1]),
        ("Title\n===", [1]),
        ("two\nlines\n---", [2]),
        ("text\n\n---", []),
        ("- item\n---", []),
        ("> quote\n---", []),
        ("> quote\nlazy\n---", []),
        ("# T\n---", []),
        ("| a |\n| - |", []),
        ("```\nTitle\n---\n```", []),
        ("    code\n---", []),
        ("Title\n    ---", []),
    ],
)
def test_an_underlined_heading_is_told_from_a_line_across_the_page(
    text: str, lines: list[int]
) -> None:
    found, _ = scan(split_lines(text))
    assert [line.number for line in underlined(found)] == lines


@pytest.mark.parametrize(
    ("typed", "text", "name", "stated"),
    [
        ("## Minors {#minors}", "Minors", "minors", True),
        ("## Minors {#minors} ##", "Minors", "minors", True),
        ("## Minors ##", "Minors", "", False),
        ("## C#", "C#", "", False),
        ("##", "", "", False),
        ("## {a} set", "{a} set", "", False),
    ],
)
def test_the_words_of_a_heading_stand_without_its_signs(
    typed: str, text: str, name: str, *, stated: bool
) -> None:
    (line,), _ = scan([typed])
    found = heading(line)
    assert found is not None
    assert (found.text, found.id, found.stated) == (text, name, stated)
