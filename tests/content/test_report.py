"""Problems as the author reads them, at a terminal, in a program, on GitHub."""

import json

from lms.content.model import Place, Problem, Severity
from lms.content.parse_module import parse_module
from lms.content.report import as_github, as_json, as_text, has_errors, rules_as_text
from lms.content.rules import RULES, fault

PATH = "content/modules/04-law/fr.md"
PROBLEM = Problem(
    Place(PATH, 57, 3),
    "one-right-answer",
    "a ( ) question needs exactly one (x), found 2",
    "use [ ] if several answers are right",
)
WARNING = fault("raw-html", Place("a,b:c.md", 1), "100 %\nof\x1b[31m it \ud800")


def test_a_problem_is_printed_as_the_format_says() -> None:
    assert as_text([PROBLEM]) == (
        "content/modules/04-law/fr.md:57:3: error[one-right-answer]: "
        "a ( ) question needs exactly one (x), found 2\n"
        "    help: use [ ] if several answers are right\n"
    )


def test_the_check_says_it_in_these_words() -> None:
    text = (
        "---\nid: law\ntitle: T\nlanguage: fr\nminutes: 1\nreviewed: 2026-11-21\n"
        "review_by: 2027-11-21\n---\n\n# T\n\n## A {#a}\n\nMots.\n\n## Quiz\n\n### Q?\n"
        "<!-- id: q -->\n- (x) Un\n- ( ) Deux\n- (x) Trois\n"
    )
    _, (problem,) = parse_module(PATH, text)
    assert as_text([problem]) == as_text([PROBLEM]).replace(":57:", ":22:")


def test_no_character_of_a_file_reaches_the_terminal_as_a_command() -> None:
    assert as_text([WARNING]) == (
        "a,b:c.md:1:1: warning[raw-html]: 100 %\\nof\\x1b[31m it \\ud800\n"
    )


def test_the_json_has_the_keys_that_the_format_names() -> None:
    assert json.loads(as_json([PROBLEM])) == [
        {
            "path": PATH,
            "line": 57,
            "column": 3,
            "severity": "error",
            "rule": "one-right-answer",
            "message": "a ( ) question needs exactly one (x), found 2",
            "help": "use [ ] if several answers are right",
        }
    ]
    assert json.loads(as_json([])) == []


def test_github_is_told_file_line_and_column() -> None:
    assert as_github([PROBLEM]) == (
        "::error file=content/modules/04-law/fr.md,line=57,col=3,title=one-right-answer::"
        "a ( ) question needs exactly one (x), found 2 (use [ ] if several answers are right)\n"
    )


def test_github_cannot_be_misled_by_a_name_or_a_message() -> None:
    assert as_github([WARNING]) == (
        "::warning file=a%2Cb%3Ac.md,line=1,col=1,title=raw-html::"
        "100 %25%0Aof\\x1b[31m it \\ud800\n"
    )


def test_every_rule_is_listed_once_with_its_weight() -> None:
    lines = rules_as_text().splitlines()
    assert len(lines) == len(RULES) == len({rule.name for rule in RULES})
    assert [line.split()[:2] for line in lines] == [
        [rule.name, str(rule.severity)] for rule in RULES
    ]


def test_warnings_refuse_publication_only_where_that_is_wanted() -> None:
    assert WARNING.severity is Severity.WARNING
    assert has_errors([WARNING, PROBLEM])
    assert not has_errors([WARNING])
    assert has_errors([WARNING], strict=True)
    assert not has_errors([], strict=True)
