"""What a group is called, when and where it is held, for how many, and who sees it."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, StringField

from lms.accounts.models import User
from lms.enrolment.models import Cohort
from lms.enrolment.queries import CohortView, instructors, instructors_of
from lms.enrolment.service import (
    MOST_PLACES,
    change_cohort,
    set_instructors,
)
from lms.web.coordinator.base import attempted, the_cohort
from lms.web.coordinator.fields import are_offered, offer, one_line, seen_once
from lms.web.coordinator.forms import LONGEST_NAME, PlanFields
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import AtMost, Required
from lms.web.words import _, lazy

Page = Response | str | tuple[str, int]


class PlanForm(PlanFields):
    """A group's name, dates, places and instructors."""

    name = StringField(
        lazy("Name of the group"),
        [Required(lambda: _("Enter a name for the group.")), AtMost(LONGEST_NAME), seen_once],
    )
    instructors = SelectMultipleField(lazy("Instructors"), [are_offered], validate_choice=False)


@bp.get("/coordinator/groups/<uuid:cohort_id>/plan")
def group_plan(cohort_id: uuid.UUID) -> Page:
    """Show what a group is called, when and where it is held, and who sees it."""
    cohort = the_cohort(cohort_id)
    seen_by = [str(one.id) for one in instructors_of(db(), cohort.id)]
    form = PlanForm(
        data={
            "name": cohort.name,
            "starts_on": cohort.starts_on.isoformat() if cohort.starts_on else "",
            "ends_on": cohort.ends_on.isoformat() if cohort.ends_on else "",
            "capacity": str(cohort.capacity or ""),
            "place": cohort.place,
            "instructors": seen_by,
        }
    )
    return _page(cohort, form)


@bp.post("/coordinator/groups/<uuid:cohort_id>/plan")
def change_plan(cohort_id: uuid.UUID) -> Page:
    """Change a group; an instructor who is no longer chosen no longer sees it."""
    cohort, form = the_cohort(cohort_id), PlanForm(request.form)
    _offer(form, cohort)
    if not form.validate():
        return _page(cohort, form), HTTPStatus.UNPROCESSABLE_ENTITY

    def change() -> None:
        kept = db().get_one(Cohort, cohort.id)
        change_cohort(db(), kept, one_line(form.name), form.plan())
        chosen = form.instructors.data or []
        set_instructors(db(), cohort.id, [db().get_one(User, uuid.UUID(one)) for one in chosen])

    status = attempted(form, change)
    if form.form_errors:
        return _page(cohort, form), status
    flash(_("Saved."), "success")
    return redirect(url_for(".group", cohort_id=cohort_id), HTTPStatus.SEE_OTHER)


def _offer(form: PlanForm, cohort: CohortView) -> None:
    """Offer every open instructor, and those who see the group whose account is closed."""
    known = {
        str(one.id): one.login for one in (*instructors(db()), *instructors_of(db(), cohort.id))
    }
    offer(form.instructors, sorted(known.items(), key=lambda pair: pair[1]))


def _page(cohort: CohortView, form: PlanForm) -> str:
    _offer(form, cohort)
    return render_template(
        "coordinator/group_plan.html", group=cohort, form=form, most=MOST_PLACES
    )  # fmt: skip
