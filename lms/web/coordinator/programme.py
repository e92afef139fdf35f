"""The programme's page of a year: what it did, what came of it, and what cannot be told.

What the page shows is what a publication would say now. To publish writes it down on the audit
chain; PDF and CSV are made of publications alone, so that what leaves the house is known to the
next one (docs/OUTCOMES.md).
"""

from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField

from lms.kernel.errors import NotFoundError
from lms.outcomes.export import figure_lines
from lms.outcomes.figures import Figures
from lms.outcomes.printing import Paper, Section, paper_pdf
from lms.outcomes.publication import Publication, publications, publish_figures
from lms.outcomes.queries import years_of
from lms.outcomes.report import year_figures
from lms.reporting.spreadsheet import csv_text
from lms.web.coordinator.base import Page, keep_place, today
from lms.web.coordinator.exchange_words import at_text
from lms.web.coordinator.fields import is_offered, offer
from lms.web.coordinator.outcome_plot import curve_path, curve_plot, curve_words
from lms.web.coordinator.programme_people import (
    curve_section,
    known_section,
    survey_section,
)
from lms.web.coordinator.programme_tables import (
    cost_section,
    exchange_section,
    mobilis_section,
    span_section,
    way_section,
)
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import BaseForm
from lms.web.request import actor, keys, language, now
from lms.web.words import _, day_text, lazy


class YearForm(BaseForm):
    """Which year; one that the page offers."""

    year = SelectField(lazy("Year"), [is_offered], validate_choice=False)

    def offer_years(self) -> None:
        """Set the years from the first referral to now."""
        offer(self.year, [(str(one), str(one)) for one in years_of(db(), today())])

    @property
    def number(self) -> int:
        """The year that was asked for; this one where none was, or a wrong one."""
        return int(self.year.data) if self.validate() else today().year


@bp.get("/coordinator/programme")
def programme() -> Page:
    """Show the figures of a year as they would be published now."""
    form = YearForm(request.args)
    form.offer_years()
    return _page(form.number)


@bp.post("/coordinator/programme")
def publish_programme() -> Page:
    """Publish the figures of a year as they are now: from then on they can be printed."""
    keep_place(".programme")
    form = YearForm(request.form)
    form.offer_years()
    if not form.validate():
        return _page(today().year, form), HTTPStatus.UNPROCESSABLE_ENTITY
    figures = year_figures(db(), form.number, today())
    publish_figures(db(), figures, by=actor().user_id, key=keys().audit, now=now())
    flash(_("The figures are published. They can now be downloaded."), "success")
    return redirect(url_for(".programme", year=form.number), HTTPStatus.SEE_OTHER)


@bp.get("/coordinator/programme.pdf")
def programme_paper() -> Response:
    """Give a publication as an accessible PDF."""
    found = _publication()
    pdf = paper_pdf(_paper(found))
    return _file(FlaskResponse(pdf, mimetype="application/pdf"), found, "pdf")


@bp.get("/coordinator/programme.csv")
def programme_csv() -> Response:
    """Give a publication for a spreadsheet: a line a figure."""
    found = _publication()
    body = "".join(csv_text(figure_lines(found.figures)))
    return _file(FlaskResponse(body, mimetype="text/csv"), found, "csv")


def _publication() -> Publication:
    """Give the publication that is named by its number, or the last one of the year."""
    text = request.args.get("edition", "")
    found = [one for one in publications(db()) if text in {"", str(one.number)}]
    if not found:
        raise NotFoundError("publication")
    return found[-1]


def _file(response: FlaskResponse, found: Publication, ending: str) -> FlaskResponse:
    word = _("figures")
    name = f"{word}-{found.figures.year}-{found.number}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(year: int, form: YearForm | None = None) -> str:
    figures = year_figures(db(), year, today())
    choice = YearForm(data={"year": str(year)})
    choice.offer_years()
    published = [_published(one) for one in reversed(publications(db(), year))]
    return render_template(
        "coordinator/programme.html",
        form=form or choice,
        choice=choice,
        year=year,
        sections=_sections(figures),
        curve=curve_plot(figures.curve) if figures.curve else None,
        curve_section=curve_section(figures),
        published=published,
        reading=_reading(),
    )


def _published(one: Publication) -> dict[str, Any]:
    edition = str(one.number)
    return {
        "at": at_text(one.at),
        "pdf": url_for(".programme_paper", edition=edition),
        "csv": url_for(".programme_csv", edition=edition),
    }


def _sections(figures: Figures) -> tuple[Section, ...]:
    return (
        way_section(figures),
        span_section(figures),
        exchange_section(figures),
        cost_section(figures.costs),
        mobilis_section(figures),
        survey_section(db(), figures),
        known_section(figures),
    )


def _reading() -> str:
    return _("A dash stands for a figure that is not shown: it is below ten, it would give a "
             "figure below ten away, or it differs by fewer than ten from what was published. "
             "Three things are told apart here: who completed, what people think, and who is "
             "known again. None of them stands for another.")  # fmt: skip


def _paper(found: Publication) -> Paper:
    figures, curve = found.figures, found.figures.curve
    text, ends = curve_words(curve) if curve else ("", ("", "", ""))
    return Paper(
        language="fr" if language() == "fr" else "en",
        made_on=found.at.date(),
        title=_("The programme in %(year)s", year=str(figures.year)),
        opening=(
            _("As of %(day)s.", day=day_text(date.fromisoformat(figures.as_of))),
            _reading(),
        ),
        sections=(*_sections(figures), curve_section(figures)),
        curve=curve_path(curve) if curve else "",
        curve_text=text,
        ends=ends,
    )
