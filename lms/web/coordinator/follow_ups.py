"""Follow-up reports by hand: lines of an agency's table are pasted, all taken or none."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from wtforms import SelectField, TextAreaField
from wtforms.validators import StopValidation

from lms.agencies.queries import agencies
from lms.outcomes.follow_up_lines import (
    MOST_LINES,
    Fault,
    LineFault,
    read_lines,
    take_lines,
)
from lms.web.coordinator.base import Page, keep_place
from lms.web.coordinator.fields import is_offered, offer, with_blank
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import AtMost, BaseForm, Required, has_repeated_fields
from lms.web.request import now
from lms.web.words import _, lazy, plural

MOST_SIGNS = 80_000
MOST_SHOWN = 20  # faults on the page


class FollowUpForm(BaseForm):
    """Whose files, and the lines."""

    agency = SelectField(lazy("Agency"), [is_offered], validate_choice=False)
    lines = TextAreaField(
        lazy("Lines"), [Required(lambda: _("Paste the agency’s lines.")), AtMost(MOST_SIGNS)]
    )

    def validate_lines(self, field: TextAreaField) -> None:
        """Take some lines, sent once."""
        count = str(field.data).count("\n")
        if has_repeated_fields("lines") or count > MOST_LINES:
            raise StopValidation(_("Paste at most %(most)s lines.", most=MOST_LINES))


@bp.get("/coordinator/programme/follow-up")
def follow_ups() -> Page:
    """Ask for the lines of an agency's table."""
    return _page(_form())


@bp.post("/coordinator/programme/follow-up")
def add_follow_ups() -> Page:
    """Keep the reports of all lines, or say of each wrong one what is wrong and keep none."""
    keep_place(".follow_ups")
    form = _form()
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    given, faults = read_lines(str(form.lines.data))
    if not faults:
        with db().begin_nested() as point:
            faults = take_lines(db(), UUID(form.agency.data), given, now=now())
            if faults:
                point.rollback()
    if faults or not given:
        form.lines.errors = [_("No line was kept. Mend those named here and send all again.")]
        return _page(form, faults), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(plural("%(num)s report is kept.", "%(num)s reports are kept.", len(given)), "success")
    return redirect(url_for(".programme"), HTTPStatus.SEE_OTHER)


def _form() -> FollowUpForm:
    form = FollowUpForm(request.form if request.method == "POST" else None)
    offer(form.agency, with_blank([(str(one.id), one.name) for one in agencies(db())]))
    return form


def _page(form: FollowUpForm, faults: list[Fault] | None = None) -> str:
    found = faults or []
    return render_template(
        "coordinator/follow_ups.html",
        form=form,
        faults=[
            _("Line %(line)s: %(why)s", line=one.line, why=_why(one.why))
            for one in found[:MOST_SHOWN]
        ],
        more=max(len(found) - MOST_SHOWN, 0),
    )


def _why(why: LineFault) -> str:
    words: dict[LineFault, str] = {
        LineFault.CELLS: _("write reference, months, yes or no, and the month if it is known."),
        LineFault.MONTHS: _("the second cell is 12 or 24."),
        LineFault.WORD: _("the third cell is yes or no."),
        LineFault.MONTH: _("a month is written like 2027-05."),
        LineFault.UNKNOWN: _("this agency has no file with this reference."),
        LineFault.TWICE: _("the same reference and months stand further up."),
        LineFault.STILL_OPEN: _("this file has no outcome yet."),
        LineFault.TOO_EARLY: _("so many months have not passed since the outcome."),
        LineFault.KNOWN_ON: _("the month lies outside the time that is reported, or the answer is "
                              "no."),
    }  # fmt: skip
    return words[why]
