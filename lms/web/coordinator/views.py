"""The coordinator's pages: groups, enrolment codes, and who stands where, by pseudonym.

A coordinator sees one word a person: no score, no answer, no attempt (docs/PRIVACY.md).
"""

import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.accounts.models import User
from lms.content.model import CourseKind
from lms.enrolment.models import Programme
from lms.enrolment.queries import (
    CohortView,
    code_batches,
    code_counts,
    cohort_count,
    cohorts,
    enrolled_counts,
    find_cohort,
    first_programme,
    instructors,
    instructors_of,
)
from lms.enrolment.service import (
    MOST_CODES,
    CourseUnknownError,
    NameTakenError,
    PlanError,
    change_cohort,
    issue_codes,
    make_cohort,
    make_programme,
)
from lms.kernel.errors import NotFoundError
from lms.publishing.queries import course_ids
from lms.referrals.queries import seats_taken
from lms.reporting.roster import completed_counts, roster
from lms.web.coordinator import (
    agencies,
    agreements,
    classes,
    costs,
    exchange,
    fees,
    file_acts,
    files,
    follow_ups,
    group_plan,
    identity,
    imports,
    letters,
    members,
    named,
    programme,
    referral_form,
    sessions,
)
from lms.web.coordinator.forms import CodesForm, GroupForm
from lms.web.coordinator.pages import (
    batch_row,
    course_title,
    group_rows,
    period_text,
    person_row,
    seats_text,
)
from lms.web.coordinator.refusals import refusal_text
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.paging import paging
from lms.web.request import LANGUAGES, language, now, settings
from lms.web.words import _

__all__ = [
    "agencies",
    "agreements",
    "classes",
    "costs",
    "exchange",
    "fees",
    "file_acts",
    "files",
    "follow_ups",
    "group_plan",
    "identity",
    "imports",
    "letters",
    "members",
    "named",
    "programme",
    "referral_form",
    "register",
    "sessions",
]

Page = Response | str | tuple[str, int]
DIVERSION = CourseKind.DIVERSION.value
PROGRAMME = "Programme"  # the name of the one that is made where there is none
MOST_BATCHES = 20


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/coordinator")
def start() -> Page:
    """Show the groups, each with its counts."""
    part = paging(cohort_count(db()))
    groups = cohorts(db(), limit=part.limit, offset=part.offset)
    rows = group_rows(db(), groups)
    return render_template("coordinator/start.html", groups=rows, part=part)


@bp.get("/coordinator/groups/new")
def new_group() -> Page:
    """Ask for the name of a group, its course and its instructors."""
    return _new_group_page(_group_form())


@bp.post("/coordinator/groups/new")
def make_group() -> Page:
    """Make a group, then show it."""
    _keep_place(".new_group")
    form = _group_form()
    if form.validate():
        people = [db().get_one(User, one) for one in form.instructor_ids]
        try:
            with db().begin_nested():
                made = make_cohort(
                    db(),
                    _programme(),
                    form.group_name,
                    course_id=str(form.course.data),
                    instructors=people,
                    now=now(),
                )
                change_cohort(db(), made, form.group_name, form.plan())
        except NameTakenError:
            form.name.errors = [_("Another group has this name. Choose another one.")]
        except CourseUnknownError:
            form.course.errors = [_("Choose one of the courses shown.")]
        except PlanError as fault:
            form.form_errors = [refusal_text(fault)]
        else:
            flash(_("The group is made."), "success")
            return redirect(url_for(".group", cohort_id=made.id), HTTPStatus.SEE_OTHER)
    return _new_group_page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/coordinator/groups/<uuid:cohort_id>")
def group(cohort_id: uuid.UUID) -> Page:
    """Show a group: its codes as counts, and who is enrolled."""
    return _group_page(_cohort(cohort_id), CodesForm())


@bp.post("/coordinator/groups/<uuid:cohort_id>/codes")
def issue(cohort_id: uuid.UUID) -> Page:
    """Issue codes and show them, this once: they stand in this answer and nowhere else."""
    _keep_place(".group", cohort_id=cohort_id)
    cohort = _cohort(cohort_id)
    form = CodesForm(request.form)
    if not form.validate():
        return _group_page(cohort, form), HTTPStatus.UNPROCESSABLE_ENTITY
    valid = timedelta(days=settings().code_days)
    codes = issue_codes(db(), cohort.id, form.count, valid=valid, now=now())
    return render_template(
        "coordinator/codes.html",
        group=cohort,
        codes=codes,
        days=settings().code_days,
        counts=code_counts(db(), [cohort.id], now=now())[cohort.id],
    )


def _cohort(cohort_id: uuid.UUID) -> CohortView:
    found = find_cohort(db(), cohort_id)
    if found is None:
        raise NotFoundError("cohort")
    return found


def _programme() -> Programme:
    return first_programme(db()) or make_programme(db(), PROGRAMME, now=now())


def _group_form() -> GroupForm:
    form = GroupForm(request.form if request.method == "POST" else None)
    courses = [(name, course_title(db(), name)) for name in course_ids(db(), DIVERSION)]
    form.offer(courses, [(str(one.id), one.login) for one in instructors(db())])
    return form


def _new_group_page(form: GroupForm) -> str:
    return render_template(
        "coordinator/new_group.html", form=form, has_course=bool(course_ids(db(), DIVERSION))
    )


def _group_page(cohort: CohortView, form: CodesForm) -> str:
    enrolled = enrolled_counts(db(), [cohort.id])[cohort.id]
    part = paging(enrolled)
    people = roster(db(), cohort.id, limit=part.limit, offset=part.offset)
    batches = code_batches(db(), cohort.id, now=now(), limit=MOST_BATCHES)
    return render_template(
        "coordinator/group.html",
        group=cohort,
        course=course_title(db(), cohort.course_id),
        instructors=[one.login for one in instructors_of(db(), cohort.id)],
        counts=code_counts(db(), [cohort.id], now=now())[cohort.id],
        batches=[batch_row(batch) for batch in batches],
        enrolled=enrolled,
        completed=completed_counts(db(), [cohort.id])[cohort.id],
        people=[person_row(row) for row in people],
        part=part,
        form=form,
        most=MOST_CODES,
        days=settings().code_days,
        days_text=period_text(cohort),
        seats=seats_text(cohort, seats_taken(db(), cohort.id)),
    )


def _keep_place(endpoint: str, **values: Any) -> None:  # noqa: ANN401 - parts of an address
    """Let the link to the other language lead to the page that this answer stands on."""
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(endpoint, lang=other, **values)
