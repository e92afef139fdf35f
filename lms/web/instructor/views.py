"""The instructor's pages: groups, who could use a hand, one person, one attempt, the CSV."""

import uuid

from flask import Flask, render_template

from lms.journey.read import today_in_programme
from lms.publishing.queries import item_keys, item_texts, outlines
from lms.reporting.cohorts import cohort_table, own_cohort
from lms.reporting.follow_up import Moment
from lms.reporting.person import AttemptView, attempt_view
from lms.web.db import db
from lms.web.instructor import (
    answers,
    attendance,
    downloads,
    exports,
    figures,
    items,
    person_page,
    start_page,
)
from lms.web.instructor.forms import FilterForm, wanted
from lms.web.instructor.pages import (
    columns,
    graded_places,
    order_fields,
    page_links,
    person_line,
    time_text,
)
from lms.web.instructor.regraded import told_if_dropped
from lms.web.instructor.review import ReviewedQuestion, reviewed_question
from lms.web.instructor.surface import bp
from lms.web.item_result import points_text
from lms.web.request import actor, keys, language, now
from lms.web.view_log import note_view

__all__ = [
    "answers",
    "attendance",
    "downloads",
    "exports",
    "figures",
    "items",
    "person_page",
    "register",
    "start_page",
]


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


def _moment() -> Moment:
    return Moment(now(), today_in_programme(now()))


@bp.get("/instructor/groups/<uuid:cohort_id>")
def cohort(cohort_id: uuid.UUID) -> str:
    """Show a group: people × modules, sorted and filtered by the address."""
    head = own_cohort(db(), actor().user_id, cohort_id)
    view = wanted(head)
    table = cohort_table(db(), actor().user_id, head, view, _moment())
    before, after = page_links(table, view)
    return render_template(
        "instructor/cohort.html",
        head=head,
        table=table,
        view=view,
        form=FilterForm.from_address(),
        order=order_fields(table, view).items(),
        columns=columns(table, view, outlines(db(), head.modules, language())),
        people=[person_line(one, head.modules) for one in table.people],
        before_link=before,
        after_link=after,
    )


@bp.get("/instructor/attempts/<uuid:attempt_id>")
def attempt(attempt_id: uuid.UUID) -> str:
    """Show one attempt: each question as it stood, the answer given, the key, the score."""
    view = attempt_view(db(), actor().user_id, attempt_id, keys())
    note_view("enrolment", view.enrolment_id, "attempt")
    done = view.attempt
    return render_template(
        "instructor/attempt.html",
        view=view,
        attempt=done,
        number=view.module_number,
        score=points_text(done.score),
        started=time_text(done.started_at),
        submitted=time_text(done.submitted_at),
        questions=_questions(view),
        graded=graded_places(done),
        shown_lang=done.language if done.language != language() else "",
    )


def _questions(view: AttemptView) -> list[ReviewedQuestion]:
    """Put the questions together in the language in which they were handed in."""
    done = view.attempt
    ids = [outcome.item.id for outcome in done.outcomes]
    today = today_in_programme(now())
    texts = item_texts(db(), done.revision_id, ids, done.language, today)
    key = item_keys(db(), done.revision_id, ids, done.language, today)
    return [
        told_if_dropped(
            reviewed_question(place, outcome, (texts[outcome.item.id], key[outcome.item.id]), view),
            outcome,
        )
        for place, outcome in enumerate(done.outcomes, start=1)
    ]
