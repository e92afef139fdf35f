"""One person's modules and attempts as lines, and an attempt question by question, as shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from lms.assessment.queries import ItemOutcome
from lms.content.model import ItemKind
from lms.publishing.queries import ModuleOutline
from lms.reporting.person import AttemptLine, AttemptView, PersonView
from lms.web.instructor.pages import time_text
from lms.web.item_form import Question
from lms.web.item_result import points_text, result_row
from lms.web.words import _, plural

_CHOICES = frozenset({ItemKind.TRUE_FALSE, ItemKind.SINGLE, ItemKind.MULTIPLE})

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Mark:
    """A word beside an option: chosen, or right."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Option:
    """An option at the place where it was shown."""

    text: Markup
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    """A question of a submitted attempt: as shown, as answered, the key, the score."""

    number: int
    title: Markup
    body: Markup
    must: bool
    status: str
    kind: str  # right, partly or wrong
    options: tuple[Option, ...]
    lefts: tuple[Markup, ...]
    answer: Markup | str
    correct: Markup
    private: bool  # the answer is told in our words, not in his


def module_rows(view: PersonView, titles: Mapping[str, ModuleOutline]) -> list[list[str]]:
    """Give the rows of the table of modules."""
    return [
        _module_row(view, number, module_id, titles.get(module_id))
        for number, module_id in enumerate(view.person.modules, start=1)
    ]


def _module_row(
    view: PersonView, number: int, module_id: str, outline: ModuleOutline | None
) -> list[str]:
    standing = view.person.standings.get(module_id)
    sections = outline.sections if outline else ()
    read = sum(not view.progress.of(module_id).is_due(section.id) for section in sections)
    title = outline.title if outline else ""
    status = _("Not started")
    if standing is not None:
        status = _("Passed") if standing.passed else _("Not passed yet")
    elif read or module_id in view.seen:
        status = _("Under way")
    return [
        _("%(number)s. %(title)s", number=number, title=title),
        status,
        _("%(read)s of %(total)s", read=read, total=len(sections)),
        str(standing.attempts if standing else 0),
        _("%(percent)s%%", percent=standing.best_percent) if standing else "",
        _minutes(view, module_id),
        time_text(view.seen.get(module_id)),
    ]


def _minutes(view: PersonView, module_id: str) -> str:
    """Say how long he read in a module, in whole minutes."""
    spent = sum(view.progress.of(module_id).credited_ms.values()) // MINUTE_MS
    return plural("%(num)s minute", "%(num)s minutes", spent)


def attempt_row(view: PersonView, line: AttemptLine) -> list[str | Markup]:
    """Give the row of one attempt; only a submitted one can be opened."""
    number = view.person.modules.index(line.module_id) + 1
    label = _("Module %(number)s, try %(count)s", number=number, count=line.number)
    started = time_text(line.started_at)
    if line.score is None:
        return [label, _("Under way"), "", started, ""]
    url = url_for("instructor.attempt", attempt_id=line.id)
    status = _("Passed") if line.passed else _("Not passed yet")
    percent = _("%(percent)s%%", percent=line.score.percent_floor)
    score = _("%(points)s (%(percent)s)", points=points_text(line.score), percent=percent)
    link = Markup('<a href="{}">{}</a>').format(url, label)
    return [link, status, score, started, time_text(line.submitted_at)]


def reviewed_question(
    number: int,
    outcome: ItemOutcome,
    texts: tuple[Mapping[str, Any], Mapping[str, Any]],
    view: AttemptView,
) -> ReviewedQuestion:
    """Put a question together; `texts` are what it showed and its key."""
    shown, key = texts
    row = result_row(number, outcome, texts, reveal=True)
    question = Question.from_shown(shown, outcome.asked.order)
    answer: Markup | str = "" if question.kind in _CHOICES and outcome.answer else row.answer
    if question.kind is ItemKind.OPEN:
        answer = plural("Written: %(num)s word. The text is private.",
                        "Written: %(num)s words. The text is private.",
                        view.words_written[outcome.item.id])  # fmt: skip
    correct = Markup("") if question.kind in _CHOICES else row.correct
    if question.kind in {ItemKind.TEXT, ItemKind.NUMBER}:
        correct = Markup("<br>").join(key["accepted"])
    return ReviewedQuestion(
        number=number,
        title=row.title,
        body=question.body,
        must=outcome.item.must,
        status=row.status,
        kind=row.kind,
        options=() if question.is_withheld else _options(question, outcome),
        lefts=() if question.is_withheld else question.lefts,
        answer=answer,
        correct=correct,
        private=question.kind is ItemKind.OPEN,
    )


def _options(question: Question, outcome: ItemOutcome) -> tuple[Option, ...]:
    """Give the options in the order in which they stood on his page."""
    texts = question.rights or question.options
    marked = question.kind in _CHOICES
    return tuple(
        Option(texts[position], _marks(position, outcome) if marked else ())
        for position in question.order
        if position < len(texts)
    )


def _marks(position: int, outcome: ItemOutcome) -> tuple[Mark, ...]:
    chosen = position in outcome.answer
    right = position in outcome.item.correct
    marks = [Mark(_("Chosen"), "busy")] if chosen else []
    if right:
        marks.append(Mark(_("Right answer"), "good"))
    return tuple(marks)
