"""What answers say about the questions of a group's course: each module's quiz, each question."""

import uuid
from typing import Any

from flask import render_template, url_for

from lms.journey.read import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.queries import in_language, item_texts
from lms.reporting.cohorts import CohortHead, own_cohort
from lms.reporting.item_figures import ModuleFigures, module_figures
from lms.web.db import db
from lms.web.instructor.surface import bp
from lms.web.item_pages import (
    Texts,
    module_page,
    question_page,
    slice_address,
    wanted_slice,
)
from lms.web.request import actor, language, now

_GROUP = "/instructor/groups/<uuid:cohort_id>"


@bp.get(f"{_GROUP}/questions/<int:number>")
def module_questions(cohort_id: uuid.UUID, number: int) -> str:
    """Show the figures of a module's quiz: over all, three questions to look at, every question."""
    head, figures = _figures(cohort_id, number)
    texts = _texts(figures, [one.item.id for one in figures.questions])
    chosen = slice_address(figures.chosen)

    def url_of(place: int) -> str:
        where: dict[str, Any] = {"cohort_id": cohort_id, "number": number, "place": place}
        return url_for("instructor.one_question", **where, **chosen)

    return render_template(
        "instructor/module_questions.html",
        head=head,
        number=number,
        title=in_language(figures.edition.titles, language()),
        **module_page(figures, texts, url_of),
    )


@bp.get(f"{_GROUP}/questions/<int:number>/<int:place>")
def one_question(cohort_id: uuid.UUID, number: int, place: int) -> str:
    """Show one question as it stands, with what those who were asked chose."""
    head, figures = _figures(cohort_id, number)
    found = next((one for one in figures.questions if one.place == place), None)
    if found is None:
        raise NotFoundError(f"question {place}")
    shown = _texts(figures, [found.item.id])[found.item.id]
    return render_template(
        "instructor/one_question.html",
        head=head,
        number=number,
        place=place,
        chosen=slice_address(figures.chosen),
        edition=figures.edition.number,
        question=question_page(found, shown),
    )


def _figures(cohort_id: uuid.UUID, number: int) -> tuple[CohortHead, ModuleFigures]:
    """Give one's own group and the figures of a module of its course."""
    head = own_cohort(db(), actor().user_id, cohort_id)
    if not 1 <= number <= len(head.modules):
        raise NotFoundError(f"module {number}")
    return head, module_figures(db(), head.modules[number - 1], wanted_slice())


def _texts(figures: ModuleFigures, items: list[str]) -> Texts:
    today = today_in_programme(now())
    return item_texts(db(), figures.edition.id, items, language(), today)
