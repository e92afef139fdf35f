"""The instructor's pages: groups, who could use a hand, one person, one attempt, the CSV."""

import uuid

from flask import Flask, render_template
from flask_babel import format_date

from lms.corrections.queries import corrections_of
from lms.journey.read import today_in_programme
from lms.publishing.queries import item_keys, item_texts, outlines
from lms.reporting.cohorts import (
    cohort_table,
    own_cohort,
    own_cohorts,
    people_to_follow_up,
)
from lms.reporting.follow_up import Moment
from lms.reporting.person import AttemptView, attempt_view, person_view
from lms.web.correction_words import table_rows
from lms.web.db import db
from lms.web.instructor import downloads
from lms.web.instructor.forms import FilterForm, wanted
from lms.web.instructor.pages import (
    columns,
    day_text,
    follow_up_row,
    graded_places,
    order_fields,
    page_links,
    person_line,
    reason_text,
    time_text,
)
from lms.web.instructor.regraded import regraded_lines, told_if_dropped
from lms.web.instructor.review import (
    ReviewedQuestion,
    attempt_row,
    module_rows,
    reviewed_question,
)
from lms.web.instructor.surface import bp
from lms.web.item_result import points_text
from lms.web.request import actor, keys, language, now
from lms.web.words import _

MOST_TO_FOLLOW_UP = 20  # on the start page; each group's table has them all


__all__ = ["downloads", "register"]


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


def _moment() -> Moment:
    return Moment(now(), today_in_programme(now()))


@bp.get("/instructor")
def start() -> str:
    """Show who could use a hand, then the groups."""
    cohorts = own_cohorts(db(), actor().user_id, _moment())
    names = {line.id: line.name for line in cohorts}
    total = sum(line.to_follow_up for line in cohorts)
    people = people_to_follow_up(db(), actor().user_id, _moment(), most=MOST_TO_FOLLOW_UP)
    return render_template(
        "instructor/start.html",
        cohorts=cohorts,
        people=[follow_up_row(one, names[one.cohort_id]) for one in people],
        more=total - len(people),
    )


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


@bp.get("/instructor/people/<uuid:enrolment_id>")
def person(enrolment_id: uuid.UUID) -> str:
    """Show one person: the modules, then every attempt."""
    view = person_view(db(), actor().user_id, enrolment_id, _moment())
    titles = outlines(db(), view.person.modules, language())
    corrections = corrections_of(db(), enrolment_id)
    deadline = view.person.deadline
    facts = [
        (_("Group"), view.cohort_name),
        (_("Enrolled on"), day_text(view.person.enrolled_at)),
        (_("Deadline"), format_date(deadline, "d MMM y") if deadline else _("None")),
        (_("Last activity"), time_text(view.person.seen_at) or _("Not started")),
        (_("Arrangement"), _("yes") if view.has_arrangement else _("no")),
    ]
    return render_template(
        "instructor/person.html",
        person=view.person,
        cohort_name=view.cohort_name,
        facts=[{"key": key, "value": value} for key, value in facts],
        reasons=[reason_text(reason, view.person) for reason in view.person.reasons],
        modules=module_rows(view, titles),
        attempts=[attempt_row(view, line) for line in regraded_lines(db(), view, corrections)],
        corrections=table_rows(corrections, titles),
    )


@bp.get("/instructor/attempts/<uuid:attempt_id>")
def attempt(attempt_id: uuid.UUID) -> str:
    """Show one attempt: each question as it stood, the answer given, the key, the score."""
    view = attempt_view(db(), actor().user_id, attempt_id, keys().field)
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
