"""A group in pictures: how many passed each module by when, and how their scores lie."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, url_for
from flask_babel import format_date

from lms.journey.read import today_in_programme
from lms.publishing.queries import outlines
from lms.reporting.cohort_figures import CohortFigures, ModuleProgress, cohort_figures
from lms.reporting.cohorts import own_cohort
from lms.web.db import db
from lms.web.instructor.surface import bp
from lms.web.item_pages import score_label, score_plot
from lms.web.plots.bars import BarPlot
from lms.web.plots.steps import StepPlot, step_plot, steps_of
from lms.web.request import actor, language, now
from lms.web.words import _, day_text


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """One module: its title, the way to its questions, its plots."""

    label: str
    title: str
    lang: str
    url: str
    steps: StepPlot
    scores: BarPlot | None


@bp.get("/instructor/groups/<uuid:cohort_id>/figures")
def figures(cohort_id: uuid.UUID) -> str:
    """Show a group's plots, module by module, with two tables of the same figures beneath."""
    head = own_cohort(db(), actor().user_id, cohort_id)
    found = cohort_figures(db(), head, today_in_programme(now()))
    titles = outlines(db(), head.modules, language())
    rows = []
    for number, one in enumerate(found.modules, start=1):
        outline = titles.get(one.module_id)
        rows.append(
            ModuleRow(
                label=_module_label(number),
                title=outline.title if outline else "",
                lang=outline.language if outline else "",
                url=url_for("instructor.module_questions", cohort_id=cohort_id, number=number),
                steps=_steps(number, one, found),
                scores=score_plot(f"scores-{number}", one.scores) if one.tried else None,
            )
        )
    return render_template(
        "instructor/figures.html",
        head=head,
        people=found.people,
        modules=rows,
        day_columns=_columns(_("Day"), len(rows)),
        days=_day_rows(found),
        score_columns=_columns(_("Best score"), len(rows)),
        scores=_score_rows(found),
    )


def _module_label(number: int) -> str:
    return _("Module %(number)s", number=number)


def _steps(number: int, one: ModuleProgress, all_of: CohortFigures) -> StepPlot:
    ends = (all_of.first_day, all_of.last_day)
    line = steps_of(one.days, ends, all_of.people)
    title = _("Module %(number)s: how many have passed, day by day", number=number)
    end = _("%(passed)s of %(total)s", passed=one.passed, total=all_of.people)
    told = [f"{day_text(day)}: {n}." for day, n in one.days]
    words = (title, " ".join(told) or _("Nobody has passed yet."))
    labels = (format_date(ends[0], "d MMM"), format_date(ends[1], "d MMM"), end)
    return step_plot(f"steps-{number}", words, line, labels)


def _columns(first: str, many: int) -> list[dict[str, Any]]:
    modules = [{"label": _module_label(number), "number": True} for number in range(1, many + 1)]
    return [{"label": first}, *modules]


def _day_rows(found: CohortFigures) -> list[list[str]]:
    """Give a row for each day on which somebody passed, with how many had by its end."""
    days = sorted({day for one in found.modules for day, _n in one.days})
    return [[day_text(day), *(str(_passed_by(one, day)) for one in found.modules)] for day in days]


def _passed_by(one: ModuleProgress, day: date) -> int:
    return max((n for at, n in one.days if at <= day), default=0)


def _score_rows(found: CohortFigures) -> list[list[str]]:
    held = [one.scores for one in found.modules]
    return [
        [score_label(bins[0]), *(str(one.n) for one in bins)] for bins in zip(*held, strict=True)
    ]
