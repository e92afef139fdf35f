"""The pages of questions' figures, the same for instructors and authors: what templates show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from markupsafe import Markup
from wtforms import SelectField

from lms.assessment.tally import CHOICES
from lms.item_analysis.items import Estimate
from lms.item_analysis.thirds import OptionFigures, letter
from lms.reporting.item_figures import COMPARED, ModuleFigures, QuestionFigures, ScoreBin
from lms.reporting.item_slice import Slice
from lms.web.form import BaseForm
from lms.web.frame import NATIVE_NAMES
from lms.web.item_form import Question
from lms.web.item_words import (
    asked_text,
    difference_text,
    module_facts,
    oddity_text,
    percent_text,
    sorts_text,
)
from lms.web.plots.bars import BarPlot, Line, Part, Row, bar_plot
from lms.web.words import _, lazy

MOST_DIGITS = 6
SOLID, HATCHED = "solid", "hatched"
UrlOf = Callable[[int], str]  # the address of the question at a place
Texts = Mapping[str, Mapping[str, Any]]  # what each question shows


class SliceForm(BaseForm):
    """Which answers to look at; a GET form, so that a view has an address."""

    answers = SelectField(lazy("Answered in"), choices=[], validate_choice=False)
    edition = SelectField(lazy("Edition"), choices=[], validate_choice=False)

    @classmethod
    def of(cls, figures: ModuleFigures) -> "SliceForm":
        """Fill from what is shown."""
        form = cls()
        names = [(one, NATIVE_NAMES[one]) for one in COMPARED]
        form.answers.choices = [("", _("Both languages")), *names]
        form.answers.data = figures.chosen.language
        numbers = figures.editions[::-1]
        editions = [(str(one), _("Edition %(number)s", number=one)) for one in numbers]
        form.edition.choices = [("", _("All, the questions as they stand now")), *editions]
        form.edition.data = str(figures.chosen.revision or "")
        return form


@dataclass(frozen=True, slots=True)
class Look:
    """A question to look at first: which, its title, and the sentence that says why."""

    url: str
    label: str
    title: Markup
    why: str


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question with all its figures, as a template shows it.

    `rows` tell of its options; where they may not be told, `options` are read without figures.
    """

    title: Markup
    body: Markup
    why: str
    facts: list[dict[str, str]]
    plot: BarPlot | None
    columns: list[dict[str, Any]]
    rows: list[list[Any]]
    options: list[Markup]


def wanted_slice() -> Slice:
    """Read the address: which language and edition; whatever cannot be read is all."""
    language, edition = request.args.get("answers", ""), request.args.get("edition", "")
    is_number = edition.isascii() and edition.isdigit() and len(edition) <= MOST_DIGITS
    return Slice(language if language in COMPARED else "", int(edition) if is_number else 0)


def slice_address(chosen: Slice) -> dict[str, Any]:
    """Give what an address adds, so that the same answers are looked at on the next page."""
    return {"answers": chosen.language or None, "edition": chosen.revision or None}


def looks(figures: ModuleFigures, texts: Texts, url_of: UrlOf) -> list[Look]:
    """Give the questions to look at first."""
    by_item = {one.item.id: one for one in figures.questions}
    return [
        Look(
            url=url_of(question.place),
            label=_("Question %(number)s", number=question.place),
            title=_title(question, texts),
            why=oddity_text(found, question),
        )
        for found in figures.first_looks
        for question in [by_item[found.item]]
    ]


def question_columns() -> list[dict[str, Any]]:
    """Give the heads of the table of all questions."""
    return [
        {"label": _("Question")},
        {"label": _("Asked of"), "number": True},
        {"label": _("Right, in percent"), "number": True},
        {"label": _("Sorts those who know"), "number": True},
        {"label": _("What is odd")},
    ]


def question_rows(figures: ModuleFigures, texts: Texts, url_of: UrlOf) -> list[list[Any]]:
    """Give the rows of that table; the first cell leads to the question."""
    link = Markup('<a href="{}">{}. {}</a>')
    return [
        [
            link.format(url_of(one.place), one.place, _title(one, texts)),
            asked_text(one),
            percent_text(one.facility),
            sorts_text(one),
            oddity_text(one.oddity, one),
        ]
        for one in figures.questions
    ]


def _title(question: QuestionFigures, texts: Texts) -> Markup:
    """Give the words of a question, without what would be a link within a link."""
    shown = texts.get(question.item.id)
    if shown is None:
        return Markup("{}").format(question.item.id)
    return Markup("{}").format(Question.from_shown(shown, ()).prompt.striptags())


def question_page(figures: QuestionFigures, shown: Mapping[str, Any]) -> QuestionPage:
    """Put one question together."""
    question = Question.from_shown(shown, ())
    facts = [
        (_("Asked of"), asked_text(figures)),
        (_("Right, in percent"), percent_text(figures.facility)),
        (_("Sorts those who know"), sorts_text(figures)),
        (_("French and English"), difference_text(figures.difference)),
    ]
    options = _options(figures, question)
    is_told = bool(options) and not figures.is_too_few
    return QuestionPage(
        title=question.prompt,
        body=question.body,
        why=oddity_text(figures.oddity, figures),
        facts=[{"key": key, "value": value} for key, value in facts],
        plot=_option_plot(figures) if is_told else None,
        columns=_option_columns(),
        rows=_option_rows(figures, options) if is_told else [],
        options=options,
    )


def _option_columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Option")},
        {"label": _("Chosen by"), "number": True},
        {"label": _("Of all"), "number": True},
        {"label": _("Of those who did least"), "number": True},
        {"label": _("Of those who did best"), "number": True},
    ]


def _option_rows(figures: QuestionFigures, options: Sequence[Markup]) -> list[list[Any]]:
    rows: list[list[Any]] = [
        [
            label,
            str(one.n),
            percent_text(one.everybody),
            percent_text(one.lower),
            percent_text(one.upper),
        ]
        for one, label in zip(figures.options, options, strict=True)
    ]
    return [*rows, [_("No answer"), str(figures.unanswered), "", "", ""]]


def _options(figures: QuestionFigures, question: Question) -> list[Markup]:
    """Give the options as they stand in the file, the right ones marked."""
    if figures.item.kind not in CHOICES:
        return []
    mark = Markup(' <strong class="tag tag-good">{}</strong>').format(_("Right answer"))
    return [
        Markup("{}. {}{}").format(
            letter(position), text, mark if position in figures.item.correct else ""
        )
        for position, text in enumerate(question.options)
    ]


def _option_plot(figures: QuestionFigures) -> BarPlot:
    """Draw each option: those who did best beside those who did least, or all where few."""
    split = all(one.upper and one.lower for one in figures.options)
    rows = [
        Row(_plot_label(one), _split_lines(one) if split else (_line(one.everybody, SOLID),))
        for one in figures.options
    ]
    description = " ".join(f"{_plot_label(one)}: {percent_text(one.everybody)}."
                           for one in figures.options)  # fmt: skip
    both = ((SOLID, _("Those who did best")), (HATCHED, _("Those who did least")))
    title = _("How many chose each option, in percent")
    return bar_plot("chosen", (title, description), rows, both if split else ())


def _plot_label(one: OptionFigures) -> str:
    name = letter(one.position)
    return _("%(option)s, right", option=name) if one.is_right else name


def _split_lines(one: OptionFigures) -> tuple[Line, ...]:
    return _line(one.upper, SOLID), _line(one.lower, HATCHED)


def _line(found: Estimate | None, kind: str) -> Line:
    share = found.value if found else 0.0
    return Line((Part(share, kind),), _("%(percent)s%%", percent=round(share * 100)))


def score_plot(name: str, scores: Sequence[ScoreBin]) -> BarPlot:
    """Draw how scores lie, those that passed apart from the others."""
    most = max((one.n for one in scores), default=0) or 1
    rows = [
        Row(
            score_label(one),
            (
                Line(
                    (Part(one.passed / most), Part((one.n - one.passed) / most, HATCHED)),
                    str(one.n),
                ),
            ),
        )
        for one in scores
    ]
    description = " ".join(f"{score_label(one)}: {one.n}." for one in scores)
    legend = ((SOLID, _("Passed")), (HATCHED, _("Not passed yet")))
    return bar_plot(name, (_("How scores lie"), description), rows, legend)


def score_label(one: ScoreBin) -> str:
    """Name a bar of the distribution."""
    return _("%(low)s to %(high)s%%", low=one.low, high=one.high)


def score_columns() -> list[dict[str, Any]]:
    """Give the heads of the table beneath a distribution."""
    return [
        {"label": _("Score")},
        {"label": _("People"), "number": True},
        {"label": _("Passed"), "number": True},
    ]


def score_rows(scores: Sequence[ScoreBin]) -> list[list[str]]:
    """Give the rows of that table."""
    return [[score_label(one), str(one.n), str(one.passed)] for one in scores]


def module_page(figures: ModuleFigures, texts: Texts, url_of: UrlOf) -> dict[str, Any]:
    """Give what a template shows of a module's figures, for instructors and authors alike."""
    return {
        "form": SliceForm.of(figures),
        "facts": module_facts(figures),
        "looks": looks(figures, texts, url_of),
        "plot": score_plot("scores", figures.scores) if figures.n else None,
        "score_columns": score_columns(),
        "scores": score_rows(figures.scores),
        "columns": question_columns(),
        "rows": question_rows(figures, texts, url_of),
    }
