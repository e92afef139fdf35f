"""Problems as text for people, as JSON for programs, as annotations for GitHub."""

import json
from collections.abc import Iterable

from lms.content.model import Problem, Severity
from lms.content.rules import RULES


def as_text(problems: Iterable[Problem]) -> str:
    """Return one line a problem, and its help on a line below."""
    lines: list[str] = []
    for problem in problems:
        place = problem.place
        where = f"{place.path}:{place.line}:{place.column}"
        lines.append(f"{where}: {problem.severity}[{problem.rule}]: {problem.message}")
        if problem.help:
            lines.append(f"    help: {problem.help}")
    return "".join(f"{_printable(line)}\n" for line in lines)


def as_json(problems: Iterable[Problem]) -> str:
    """Return one array with an object for each problem."""
    found = [
        {
            "path": problem.place.path,
            "line": problem.place.line,
            "column": problem.place.column,
            "severity": str(problem.severity),
            "rule": problem.rule,
            "message": problem.message,
            "help": problem.help,
        }
        for problem in problems
    ]
    # Escaped, so that no odd character of a file can break the output.
    return json.dumps(found, indent=2, ensure_ascii=True) + "\n"


def as_github(problems: Iterable[Problem]) -> str:
    """Return the commands that make GitHub show each problem beside its line."""
    lines: list[str] = []
    for problem in problems:
        place = problem.place
        words = f"{problem.message} ({problem.help})" if problem.help else problem.message
        lines.append(
            f"::{problem.severity} file={_property(place.path)},line={place.line},"
            f"col={place.column},title={_property(problem.rule)}::{_data(words)}"
        )
    return "".join(f"{_printable(line)}\n" for line in lines)


def rules_as_text() -> str:
    """Return one line a rule: its name, its weight, what it asks for."""
    width = max(len(rule.name) for rule in RULES)
    return "".join(f"{rule.name:{width}}  {rule.severity:7}  {rule.summary}\n" for rule in RULES)


def has_errors(problems: Iterable[Problem], *, strict: bool = False) -> bool:
    """Whether publication is refused; with `strict`, warnings refuse it too."""
    return any(strict or problem.severity is Severity.ERROR for problem in problems)


def _printable(text: str) -> str:
    """Return the text on one line, with what a terminal would obey or refuse written out."""
    return "".join(
        sign if sign.isprintable() or sign in "\u00a0\u202f" else _escape(sign) for sign in text
    )


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
