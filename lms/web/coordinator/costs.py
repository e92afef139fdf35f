"""What the programme costs, entered by hand: a list and a form."""

import re
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import StringField
from wtforms.validators import StopValidation

from lms.enrolment.queries import first_programme
from lms.enrolment.service import make_programme
from lms.outcomes.costs import LONGEST_LABEL, AmountError, NewCost, PeriodError, enter_cost
from lms.outcomes.queries import Period, all_costs
from lms.web.coordinator.base import Page, keep_place
from lms.web.coordinator.fields import day_of, is_day, one_line, seen_once
from lms.web.coordinator.programme_tables import dollars
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.form import AtMost, BaseForm, Required, has_repeated_fields
from lms.web.request import actor, keys, now
from lms.web.words import _, day_text, lazy

PROGRAMME = "Programme"  # the name of the one that is made where there is none
_AMOUNT = re.compile(r"([-−]?)([0-9]{1,9})(?:[.,]([0-9]{2}))?")
_BLANKS = re.compile(r"[ \u00a0\u202f$]")


class CostForm(BaseForm):
    """What for, for which days, how much."""

    label = StringField(
        lazy("What for"),
        [Required(lambda: _("Say what it was for.")), AtMost(LONGEST_LABEL), seen_once],
    )
    first = StringField(lazy("First day"), [Required(lambda: _("Enter the first day.")), is_day])
    last = StringField(lazy("Last day"), [Required(lambda: _("Enter the last day.")), is_day])
    amount = StringField(lazy("Amount in dollars"), [Required(lambda: _("Enter an amount."))])

    def validate_amount(self, field: StringField) -> None:
        """Take dollars, with cents or without, sent once."""
        if has_repeated_fields("amount") or cents_of(str(field.data)) is None:
            raise StopValidation(_("Enter an amount like 1250 or 1250,50."))


def cents_of(text: str) -> int | None:
    """Read an amount as it is typed here: 1 250,50 or 1250.50; None where it is none."""
    found = _AMOUNT.fullmatch(_BLANKS.sub("", text))
    if found is None:
        return None
    cents = int(found[2]) * 100 + int(found[3] or 0)
    return -cents if found[1] else cents


@bp.get("/coordinator/programme/costs")
def costs() -> Page:
    """Show all that was entered, and the form."""
    return _page(CostForm())


@bp.post("/coordinator/programme/costs")
def add_cost() -> Page:
    """Enter a cost."""
    keep_place(".costs")
    form = CostForm(request.form)
    if not form.validate() or not _enter(form):
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("The cost is entered."), "success")
    return redirect(url_for(".costs"), HTTPStatus.SEE_OTHER)


def _enter(form: CostForm) -> bool:
    """Enter it, or say on the form why not."""
    first, last, cents = day_of(form.first), day_of(form.last), cents_of(str(form.amount.data))
    if first is None or last is None or cents is None:
        raise ValueError("the form was not checked")
    new = NewCost(one_line(form.label), Period(first, last), cents)
    programme = first_programme(db()) or make_programme(db(), PROGRAMME, now=now())
    try:
        enter_cost(db(), programme, new, by=actor().user_id, key=keys().audit, now=now())
    except PeriodError:
        form.last.errors = [_("The last day comes after the first one.")]
        return False
    except AmountError:
        form.amount.errors = [_("Enter an amount that is not nought.")]
        return False
    return True


def _page(form: CostForm) -> str:
    rows: list[dict[str, Any]] = [
        {
            "label": one.label,
            "first": day_text(one.from_day),
            "last": day_text(one.until_day),
            "amount": dollars(one.cents),
        }
        for one in all_costs(db())
    ]
    return render_template("coordinator/costs.html", form=form, rows=rows)
