"""What the author's templates show: words and addresses, decided here and not there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lms.content.model import Course, Module, Problem, QuizRules, Severity
from lms.content.rules import RULES, Rule
from lms.web.author.folder import Folder
from lms.web.author.guard import is_closed
from lms.web.request import LANGUAGES, language
from lms.web.words import _, plural

MOST_PROBLEMS = 200  # on one page
_SUMMARIES = {rule.name: rule.summary for rule in RULES}


@dataclass(frozen=True, slots=True)
class State:
    """A word and the kind of its tag."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One problem: where, what, how to mend it, and the rule it breaks."""

    severity: State
    path: str
    line: int
    column: int
    message: str
    cure: str
    rule: str
    summary: str


@dataclass(frozen=True, slots=True)
class ProblemList:
    """As many problems as a page holds, errors first, and how many there are in all."""

    rows: tuple[ProblemRow, ...]
    total: int
    left_out: int = field(default=0)


def title_of(folder: Folder, number: int, lang: str) -> tuple[str, str]:
    """Give a module's title and the title's language; without any, the name of its folder."""
    for one in (lang, *LANGUAGES):
        module = folder.module(number, one)
        if module is not None:
            return module.title, one
    paths = [path for path, place in folder.numbers.items() if place == number]
    return printable(paths[0].split("/")[-2]), ""


def course_title(course: Course) -> str:
    """Give a course's title in the language of the page, or else in its first."""
    titles = course.title
    return next((titles[lang] for lang in _languages() if lang in titles), course.id)


def _languages() -> tuple[str, ...]:
    return (language(), *LANGUAGES)


def problem_list(problems: Iterable[Problem]) -> ProblemList:
    """Give problems as rows: errors first, no more than a page holds."""
    found = sorted(problems, key=lambda one: (one.severity is not Severity.ERROR, one))
    rows = tuple(_problem_row(one) for one in found[:MOST_PROBLEMS])
    return ProblemList(rows, len(found), len(found) - len(rows))


def _problem_row(problem: Problem) -> ProblemRow:
    is_error = problem.severity is Severity.ERROR
    # A message may quote the text: of words that were taken back the rule alone is told.
    is_shut = is_closed(problem.place.path)
    return ProblemRow(
        severity=State(_("Error"), "error") if is_error else State(_("Warning"), "warning"),
        path=printable(problem.place.path),
        line=problem.place.line,
        column=problem.place.column,
        message=_SUMMARIES[problem.rule] if is_shut else printable(problem.message),
        cure="" if is_shut else printable(problem.help),
        rule=problem.rule,
        summary=_SUMMARIES[problem.rule],
    )


def printable(text: str) -> str:
    """Give a text that a page can hold: a file may have a name that is not UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def counted(problems: Sequence[Problem]) -> str:
    """Say how many problems there are; nothing when there are none."""
    errors = sum(one.severity is Severity.ERROR for one in problems)
    warnings = len(problems) - errors
    parts = [plural("%(num)s error", "%(num)s errors", errors)] if errors else []
    parts += [plural("%(num)s warning", "%(num)s warnings", warnings)] if warnings else []
    return ", ".join(parts)


def rules_in_order() -> tuple[Rule, ...]:
    """Give every rule by its name."""
    return tuple(sorted(RULES, key=lambda rule: rule.name))


def quiz_lines(folder: Folder, module: Module) -> list[str]:
    """Say in whole sentences how the quiz of this module works."""
    rules = module.quiz
    pools: dict[str, int] = {}
    for item in module.items:
        if item.pool in rules.draw:
            pools[item.pool] = pools.get(item.pool, 0) + 1
    spared = sum(max(count - rules.draw[pool], 0) for pool, count in pools.items())
    asked = len(module.items) - spared
    lines = [_("A participant is asked %(asked)s of these %(all)s questions.",
               asked=asked, all=len(module.items))]  # fmt: skip
    percent = _passing_percent(folder, module, rules)
    if percent is not None:
        lines.append(_("A module is passed with %(percent)s%% of the points.", percent=percent))
    return lines


def _passing_percent(folder: Folder, module: Module, rules: QuizRules) -> int | None:
    courses = [one for one in folder.content.courses.values() if module.id in one.modules]
    given = [rules.pass_percent, *(course.quiz.pass_percent for course in courses)]
    return next((percent for percent in given if percent is not None), None)
