"""Every rule shown wrong and right by a file in cases/; the first line says what is expected.

`wrong.md` is a module, `wrong.testimony.md` a testimony, `wrong.survey.md` a survey,
`wrong.facts.yml` a register; each is checked with the files of `_base` around it. `wrong.txt` is
a whole folder: a line `=== path` begins each file. All problems are compared, not only the
rule's own.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from lms.content.check import check_files
from lms.content.files import Files
from lms.content.model import Problem
from lms.content.rules import RULES

CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 11, 21)
# Rules about the disk itself, and about what was published before: test_files, test_changes.
ELSEWHERE = {
    "unreadable-folder",
    "no-modules",
    "unreadable-file",
    "outside-folder",
    "file-too-big",
    "kind-changed",
}
PLACES = {
    ".testimony.md": "content/testimonies/case/en.md",
    ".survey.md": "content/surveys/case/en.md",
    ".facts.yml": "content/facts.yml",
    ".md": "content/modules/01-case/en.md",
}


def all_cases() -> list[Path]:
    return sorted(path for path in CASES.rglob("*") if path.is_file() and "_base" not in path.parts)


def base() -> dict[str, bytes]:
    folder = CASES / "_base"
    return {
        f"content/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def check(found: dict[str, bytes]) -> tuple[Problem, ...]:
    texts = {path: data for path, data in found.items() if path.endswith((".md", ".yml"))}
    return check_files(Files("content", texts, frozenset(found)), TODAY)[1]


def read_file_case(case: Path) -> tuple[set[str], set[str]]:
    """Return the problems expected and found in one file, with lines as the case has them."""
    place = next(place for ending, place in PLACES.items() if case.name.endswith(ending))
    first, data = case.read_bytes().split(b"\n", 1)
    words = re.sub(r"^(?:<!--|#) expect: |(?: -->)?\s*$", "", first.decode())
    expected = set() if words == "nothing" else set(words.split(", "))
    problems = check(base() | {place: data})
    shown = {
        f"{problem.place.line + 1} {problem.rule}"
        for problem in problems
        if problem.place.path == place
    }
    around = {
        f"{problem.place.path} {problem.rule}"
        for problem in problems
        if problem.place.path != place and problem.rule != "no-modules"
    }
    return expected, shown | around


def read_folder_case(case: Path) -> tuple[set[str], set[str]]:
    """Return the problems expected and found in a folder."""
    head, *files = re.split(r"^=== ", case.read_text("utf-8"), flags=re.MULTILINE)
    expected = set(re.findall(r"^expect: (.+)$", head, re.MULTILINE)) - {"nothing"}
    pairs = (file.split("\n", 1) for file in files)
    problems = check({f"content/{path}": text.encode() for path, text in pairs})
    shown = {
        f"{problem.place.path.removeprefix('content/')}:{problem.place.line} {problem.rule}"
        for problem in problems
    }
    return expected, shown


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_an_author_is_told_exactly_what_is_wrong(case: Path) -> None:
    read = read_folder_case if case.suffix == ".txt" else read_file_case
    expected, shown = read(case)
    assert shown == expected


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_case_shows_the_rule_that_it_stands_for(case: Path) -> None:
    read = read_folder_case if case.suffix == ".txt" else read_file_case
    rules = {line.rsplit(" ", 1)[1] for line in read(case)[0]}
    if case.name.startswith("wrong"):
        assert case.parent.name in rules
    else:
        assert case.parent.name not in rules


def test_every_rule_has_a_wrong_and_a_right_case() -> None:
    named = {rule.name for rule in RULES} - ELSEWHERE
    for start in ("wrong", "right"):
        shown = {case.parent.name for case in all_cases() if case.name.startswith(start)}
        assert shown >= named
    assert {rule.name for rule in RULES} >= ELSEWHERE


def test_no_case_stands_for_a_rule_that_does_not_exist() -> None:
    folders = {case.parent.name for case in all_cases()} - {"_right"}
    assert folders <= {rule.name for rule in RULES}
