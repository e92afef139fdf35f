"""Who attended: the sessions of one's groups, the sheet to tick, the sheet on paper."""

import uuid
from datetime import datetime, timedelta
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import StopValidation

from lms.attendance.queries import SessionView, SheetRow, sessions_of, sheet
from lms.attendance.service import NotOverError, Tick, TickTimesError, can_be_whole
from lms.corrections.kinds import Desk, Staff
from lms.enrolment.queries import find_cohort
from lms.journey.attend import SettledError, record_attendance, session_in_scope
from lms.kernel.days import LOCAL_ZONE
from lms.kernel.errors import BadInputError, NotAllowedError, NotFoundError
from lms.reporting.cohorts import own_cohort
from lms.web.clock_field import time_of
from lms.web.db import db
from lms.web.form import BaseForm
from lms.web.instructor.surface import bp
from lms.web.request import actor, keys, now, settings
from lms.web.roll import Called, call_roll
from lms.web.session_words import day_of_session, hours_of, kind_text, session_row, session_text
from lms.web.words import _, lazy

Page = Response | str | tuple[str, int]


def _is_time(_form: object, field: StringField) -> None:
    text = str(field.data or "").strip()
    if text and time_of(text) is None:
        raise StopValidation(_("Enter a time of day, like 13:30."))


class RowForm(BaseForm):
    """One person of the sheet; what is left empty is not written down."""

    arrived = StringField(lazy("Arrived at"), [_is_time])
    left = StringField(lazy("Left at"), [_is_time])
    whole = BooleanField(lazy("Stayed from beginning to end"))


class SheetForm(BaseForm):
    """The sheet as a whole: what was refused is said on top of it."""


@bp.get("/instructor/groups/<uuid:cohort_id>/sessions")
def sessions(cohort_id: uuid.UUID) -> Page:
    """Show the sessions of one's group, each with its sheet."""
    head = own_cohort(db(), actor().user_id, cohort_id)
    rows = [{**session_row(one), "id": one.id} for one in sessions_of(db(), cohort_id)]
    return render_template("instructor/sessions.html", head=head, sessions=rows)


@bp.get("/instructor/sessions/<uuid:session_id>")
def attendance(session_id: uuid.UUID) -> Page:
    """Show the sheet of a session as it was ticked."""
    session = session_in_scope(db(), session_id, _desk())
    return _page(session, SheetForm(), None)


@bp.post("/instructor/sessions/<uuid:session_id>")
def tick_attendance(session_id: uuid.UUID) -> Page:
    """Write the sheet down; whoever waited for it alone has completed."""
    session, form = session_in_scope(db(), session_id, _desk()), SheetForm()
    rows = [(row, _row_form(row, request.form)) for row in sheet(db(), session)]
    if not all([one.validate() for _row, one in rows]):  # noqa: C419 - each one says its faults
        form.form_errors = [_("Enter a time of day, like 13:30.")]
        return _page(session, form, request.form), HTTPStatus.UNPROCESSABLE_ENTITY
    ticks = [found for row, one in rows if (found := _tick(session, row, one))]
    status = _write(session, form, ticks)
    if form.form_errors:
        return _page(session, form, request.form), status
    flash(_("The sheet is saved."), "success")
    return redirect(url_for(".attendance", session_id=session_id), HTTPStatus.SEE_OTHER)


@bp.get("/instructor/sessions/<uuid:session_id>/paper")
def attendance_paper(session_id: uuid.UUID) -> Page:
    """Show the sheet of a session to be printed and signed."""
    session = session_in_scope(db(), session_id, _desk())
    cohort = find_cohort(db(), session.cohort_id)
    return render_template(
        "instructor/attendance_paper.html",
        group=cohort.name if cohort else "",
        session=session_text(session),
        people=call_roll(sheet(db(), session), with_names=True),
    )


def _write(session: SessionView, form: SheetForm, ticks: list[Tick]) -> HTTPStatus:
    try:
        with db().begin_nested():
            record_attendance(db(), session.id, ticks, _desk(), review=settings().completion_review)
    except NotFoundError:
        raise
    except (BadInputError, NotAllowedError) as fault:
        form.form_errors = [_refusal(fault)]
        is_input = isinstance(fault, BadInputError)
        return HTTPStatus.UNPROCESSABLE_ENTITY if is_input else HTTPStatus.CONFLICT
    return HTTPStatus.OK


def _refusal(fault: Exception) -> str:
    match fault:
        case TickTimesError():
            return _("Nobody leaves before he or she arrived. Compare the times.")
        case NotOverError():
            return _("The session is not over: nobody has attended it whole yet.")
        case SettledError():
            return _("Somebody on this sheet has completed: what was ticked then stays. A "
                     "completion is revoked by a correction that two people decide.")  # fmt: skip
        case _:
            return _("The session is cancelled: nobody attends it.")


def _tick(session: SessionView, row: SheetRow, form: RowForm) -> Tick | None:
    """Give what is to be written of a person; None where nothing was, and nothing is."""
    arrived, left = (_moment(session, str(one.data or "")) for one in (form.arrived, form.left))
    whole = bool(form.whole.data)
    if row.whole is None and not (arrived or left or whole):
        return None
    return Tick(row.enrolment_id, arrived, left, whole)


def _moment(session: SessionView, text: str) -> datetime | None:
    """Give a time of day as a moment of the session; after midnight it is the next day."""
    found = time_of(text)
    if found is None:
        return None
    starts = session.starts_at.astimezone(LOCAL_ZONE)
    moment = datetime.combine(starts.date(), found, LOCAL_ZONE)
    ends_next_day = session.ends_at.astimezone(LOCAL_ZONE).date() > starts.date()
    is_after_midnight = ends_next_day and moment < starts - timedelta(hours=6)
    return moment + timedelta(days=1) if is_after_midnight else moment


def _row_form(row: SheetRow, sent: MultiDict[str, str] | None) -> RowForm:
    prefix = f"p-{row.enrolment_id}"
    if sent is not None:
        return RowForm(sent, prefix=prefix)
    times = {"arrived": _clock(row.arrived_at), "left": _clock(row.left_at)}
    return RowForm(data={**times, "whole": bool(row.whole)}, prefix=prefix)


def _clock(moment: datetime | None) -> str:
    return moment.astimezone(LOCAL_ZONE).strftime("%H:%M") if moment else ""


def _page(session: SessionView, form: SheetForm, sent: MultiDict[str, str] | None) -> str:
    people = call_roll(sheet(db(), session), with_names=True)
    lines = [(one, _row_form(one.row, sent)) for one in people]
    if sent is not None:
        for _one, row in lines:
            row.validate()
    cohort = find_cohort(db(), session.cohort_id)
    return render_template(
        "instructor/attendance.html",
        session=session,
        group=cohort.name if cohort else "",
        day=day_of_session(session),
        hours=hours_of(session),
        held=kind_text(session.kind),
        lines=[{"name": _name(one), "form": row} for one, row in lines],
        form=form,
        can_be_whole=can_be_whole(session, now()),
    )


def _name(one: Called) -> str:
    return f"{one.row.pseudonym} ({one.first_name})" if one.first_name else one.row.pseudonym


def _desk() -> Desk:
    return Desk(Staff(actor().user_id, actor().role), keys(), now())
