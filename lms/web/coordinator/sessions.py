"""Sessions of a group: planned and cancelled here; who attended is ticked by the instructor."""

import uuid
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField

from lms.attendance.queries import SessionKind, sessions_of, sheet, whole_counts
from lms.attendance.service import LONGEST_PLACE, NewSession, make_session
from lms.corrections.kinds import Desk, Staff
from lms.enrolment.queries import CohortView
from lms.journey.attend import call_off_session, session_in_scope
from lms.kernel.audit import Act, append_audit
from lms.kernel.days import LOCAL_ZONE
from lms.web.clock_field import time_of
from lms.web.coordinator.base import attempted, the_cohort, today
from lms.web.coordinator.fields import (
    day_of,
    is_day,
    is_offered,
    is_time,
    offer,
    one_line,
    seen_once,
)
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import AtMost, BaseForm, Required
from lms.web.request import actor, keys, now, settings
from lms.web.roll import call_roll
from lms.web.session_words import kind_text, session_row, session_text
from lms.web.words import _, lazy

Page = Response | str | tuple[str, int]


class SessionForm(BaseForm):
    """When, how and where a session is held."""

    kind = RadioField(
        lazy("How it is held"),
        [Required(lambda: _("Choose how the session is held.")), is_offered],
        validate_choice=False,
    )
    day = StringField(lazy("Day"), [Required(lambda: _("Enter the day.")), is_day])
    begins = StringField(lazy("Begins at"), [Required(lambda: _("Enter when it begins.")), is_time])
    ends = StringField(lazy("Ends at"), [Required(lambda: _("Enter when it ends.")), is_time])
    place = StringField(
        lazy("Place, or how to join"),
        [
            Required(lambda: _("Say where the session is held, or how to join it.")),
            AtMost(LONGEST_PLACE),
            seen_once,
        ],
    )

    def session(self) -> NewSession:
        """Give the session as it is planned, in the programme's zone; it may end after midnight."""
        day = day_of(self.day) or today()
        first, last = (time_of(str(one.data)) for one in (self.begins, self.ends))
        starts = datetime.combine(day, first or datetime.min.time(), LOCAL_ZONE)
        ends = datetime.combine(day, last or datetime.min.time(), LOCAL_ZONE)
        if last and first and last < first:
            ends = datetime.combine(day + timedelta(days=1), last, LOCAL_ZONE)
        kind, place = SessionKind(str(self.kind.data)), one_line(self.place)
        return NewSession(kind, starts.astimezone(UTC), ends.astimezone(UTC), place)


@bp.get("/coordinator/groups/<uuid:cohort_id>/sessions")
def sessions(cohort_id: uuid.UUID) -> Page:
    """Show the sessions of a group, and plan another."""
    return _page(the_cohort(cohort_id), _form())


@bp.post("/coordinator/groups/<uuid:cohort_id>/sessions")
def add_session(cohort_id: uuid.UUID) -> Page:
    """Plan a session."""
    cohort, form = the_cohort(cohort_id), _form()
    if not form.validate():
        return _page(cohort, form), HTTPStatus.UNPROCESSABLE_ENTITY

    def plan() -> None:
        made = make_session(db(), cohort.id, form.session())
        act = Act(str(actor().user_id), "plan-session", f"live_session:{made.id}")
        append_audit(db(), keys().audit, act, now=now())

    status = attempted(form, plan)
    if form.form_errors:
        return _page(cohort, form), status
    flash(_("The session is planned."), "success")
    return redirect(url_for(".sessions", cohort_id=cohort_id), HTTPStatus.SEE_OTHER)


@bp.post("/coordinator/sessions/<uuid:session_id>/cancel")
def cancel_session(session_id: uuid.UUID) -> Page:
    """Cancel a session: nobody is asked to have attended it."""
    desk = Desk(Staff(actor().user_id, actor().role), keys(), now())
    found = session_in_scope(db(), session_id, desk)
    call_off_session(db(), session_id, desk, review=settings().completion_review)
    flash(_("The session is cancelled. Tell the group."), "success")
    return redirect(url_for(".sessions", cohort_id=found.cohort_id), HTTPStatus.SEE_OTHER)


@bp.get("/coordinator/sessions/<uuid:session_id>/paper")
def session_paper(session_id: uuid.UUID) -> Page:
    """Show the sheet of a session to be printed and signed, by pseudonym alone."""
    desk = Desk(Staff(actor().user_id, actor().role), keys(), now())
    session = session_in_scope(db(), session_id, desk)
    return render_template(
        "coordinator/session_paper.html",
        group=the_cohort(session.cohort_id).name,
        cohort_id=session.cohort_id,
        session=session_text(session),
        people=call_roll(sheet(db(), session), with_names=False),
    )


def _form() -> SessionForm:
    form = SessionForm(request.form if request.method == "POST" else None)
    offer(form.kind, [(str(one), kind_text(one)) for one in SessionKind])
    return form


def _page(cohort: CohortView, form: SessionForm) -> str:
    found = sessions_of(db(), cohort.id)
    counts = whole_counts(db(), [one.id for one in found])
    rows: list[dict[str, Any]] = [
        {**session_row(one), "id": one.id, "whole": counts[one.id]} for one in found
    ]
    return render_template(
        "coordinator/sessions.html", group=cohort, sessions=rows, form=form
    )  # fmt: skip
