"""The fees of several files on one page: all that are chosen are noted, or none is."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Field, SelectField, StringField
from wtforms.validators import Optional

from lms.kernel.errors import BadInputError, NotAllowedError
from lms.referrals.fees import LONGEST_RECEIPT, FeeState, settle_open_fee
from lms.referrals.listing import FileRow, Order, Waiting, Wanted, find_files
from lms.referrals.states import State
from lms.web.coordinator.base import keep_place, mover, the_file, today
from lms.web.coordinator.fields import is_offered, offer, one_line, seen_once
from lms.web.coordinator.refusals import refusal_text
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import AtMost, BaseForm
from lms.web.request import now
from lms.web.words import _, day_text, lazy, plural

Page = Response | str | tuple[str, int]
MOST = 100  # lines of the page


class FeeLineForm(BaseForm):
    """How the fee of one file stands; nothing chosen leaves it as it is."""

    fee = SelectField(lazy("Fee"), [Optional(), is_offered], validate_choice=False)
    receipt = StringField(lazy("Receipt number"), [AtMost(LONGEST_RECEIPT), seen_once])


@dataclass(frozen=True, slots=True)
class Line:
    """One file, and what is said of its fee."""

    file: FileRow
    form: FeeLineForm

    def refuse(self, field: Field, text: str) -> None:
        """Say at a field what is wrong, and of which file."""
        field.errors = [f"{self.file.reference}{_(': ')}{text}"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All the lines; towards the page one form."""

    lines: list[Line]
    form_errors: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[Any]:
        """Give what is wrong, whatever it is."""
        return [*self.form_errors, *(line.form.errors for line in self.lines if line.form.errors)]

    @property
    def chosen(self) -> list[Line]:
        """Give the lines that say something."""
        return [line for line in self.lines if line.form.fee.data or one_line(line.form.receipt)]

    def __iter__(self) -> Iterator[Field]:
        """Give every field."""
        for line in self.lines:
            yield from line.form


@bp.get("/coordinator/files/fees")
def fees() -> Page:
    """Show the files whose fee nobody has settled, the nearest last day first."""
    return _page(_sheet())


@bp.post("/coordinator/files/fees")
def settle_fees() -> Page:
    """Note what is chosen, all or none."""
    keep_place(".fees")
    sheet = _sheet(request.form)
    status = _judge(sheet)
    if not sheet.errors:
        status = _settle(sheet)
    if sheet.errors:
        return _page(sheet), status
    many = len(sheet.chosen)
    flash(plural("%(num)s fee is noted.", "%(num)s fees are noted.", many), "success")
    return redirect(url_for(".fees"), HTTPStatus.SEE_OTHER)


def _sheet(sent: Any = None) -> Sheet:  # noqa: ANN401 - request.form, or None
    """Give the files that a form names and whose fee is open, or else the first that wait."""
    rows = _open_fees(_named(sent or ())) or _open_fees()
    return Sheet([Line(row, _line_form(row, sent)) for row in rows])


def _open_fees(ids: Collection[uuid.UUID] = ()) -> tuple[FileRow, ...]:
    wanted = Wanted(waiting=Waiting.FEE, ids=ids, order=Order.DEADLINE)
    return find_files(db(), wanted, now=now(), today=today(), limit=MOST)


def _named(sent: Iterable[str]) -> set[uuid.UUID]:
    found = set()
    for name in sent:
        with suppress(ValueError):
            found.add(uuid.UUID(name.removesuffix("-fee")))
    return found


def _line_form(row: FileRow, sent: Any) -> FeeLineForm:  # noqa: ANN401 - as above
    form = FeeLineForm(sent, prefix=str(row.id))
    choices = [("", _("No change")), ("paid", _("Paid")), ("waived", _("Waived"))]
    if row.state is State.REFERRED:
        choices.insert(1, ("due", _("To be paid")))
    offer(form.fee, choices)
    return form


def _judge(sheet: Sheet) -> HTTPStatus:
    """Put on the sheet what is wrong with it before anything is noted."""
    shown = {field.name for field in sheet}
    said = {name for name, text in request.form.items() if text}
    if any(name.endswith(("-fee", "-receipt")) for name in said - shown):
        sheet.form_errors.append(
            _("The fee of a file that you chose was settled by somebody else. "
              "Nothing is noted yet: look the list over and send it again.")
        )  # fmt: skip
        return HTTPStatus.CONFLICT
    if not sheet.chosen:
        sheet.form_errors.append(_("Choose how the fee stands for at least one file."))
    for line in sheet.chosen:
        _judge_line(line)
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _judge_line(line: Line) -> None:
    """Put on a line what is wrong with it, each fault with the reference of its file."""
    line.form.validate()
    for one in line.form:
        if one.errors:
            line.refuse(one, str(one.errors[0]))
    if one_line(line.form.receipt) and line.form.fee.data != FeeState.PAID:
        line.refuse(line.form.fee, _("A fee with a receipt number is paid."))


def _settle(sheet: Sheet) -> HTTPStatus:
    """Note each fee, or none: the first that is refused says why."""
    line = sheet.chosen[0]
    try:
        with db().begin_nested():
            for line in sheet.chosen:
                _settle_line(line)
    except BadInputError as fault:
        line.refuse(line.form.receipt, refusal_text(fault))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except NotAllowedError as fault:
        line.refuse(line.form.fee, refusal_text(fault))
        return HTTPStatus.CONFLICT
    return HTTPStatus.OK


def _settle_line(line: Line) -> None:
    state, receipt = FeeState(str(line.form.fee.data)), one_line(line.form.receipt)
    settle_open_fee(db(), the_file(line.file.id), state, receipt, mover(), now=now())


def _page(sheet: Sheet) -> str:
    return render_template(
        "coordinator/fees.html",
        sheet=sheet,
        lines=[_line(line) for line in sheet.lines],
        most=MOST if len(sheet.lines) == MOST else 0,
    )


def _line(line: Line) -> dict[str, Any]:
    row = line.file
    return {
        "url": url_for(".file", referral_id=row.id),
        "reference": row.reference,
        "agency": row.agency,
        "until": _("until %(day)s", day=day_text(row.deadline)),
        "form": line.form,
    }
