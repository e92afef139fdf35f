"""The list of files, narrowed and sorted by its address; and what waits for the coordinator."""

import uuid
from typing import Any, TypeVar

from flask import render_template, request, url_for
from wtforms import SelectField, StringField

from lms.agencies.queries import agencies, agreement_in_force
from lms.enrolment.queries import cohorts
from lms.referrals.listing import (
    NEAR,
    FileRow,
    Order,
    Waiting,
    Wanted,
    count_files,
    find_files,
    waiting_counts,
)
from lms.referrals.states import State
from lms.web.coordinator.base import today
from lms.web.coordinator.fields import offer
from lms.web.coordinator.file_words import (
    fee_text,
    order_choices,
    state_choices,
    state_text,
    waiting_text,
)
from lms.web.coordinator.surface import bp
from lms.web.coordinator.undelivered import undelivered_lines
from lms.web.db import db
from lms.web.form import BaseForm
from lms.web.paging import paging
from lms.web.request import now
from lms.web.words import _, day_text, lazy, plural

MOST_CHOICES = 500  # groups in a list to choose from
MOST_WAITING = 10  # of each kind, on the overview
LONGEST_TEXT = 40
_NAMES = ("state", "agency", "cohort", "q", "sort", "waiting")  # what an address may ask for
T = TypeVar("T", State, Order, Waiting)


class FilterForm(BaseForm):
    """Which files to list; a GET form, so that a view has an address."""

    state = SelectField(lazy("Where it stands"), validate_choice=False)
    agency = SelectField(lazy("Agency"), validate_choice=False)
    cohort = SelectField(lazy("Group"), validate_choice=False)
    q = StringField(lazy("Reference, or a part of it"))
    sort = SelectField(lazy("Sorted by"), validate_choice=False)


@bp.get("/coordinator/files")
def files() -> str:
    """List the files that the address asks for."""
    wanted = _wanted()
    total = count_files(db(), wanted, now=now(), today=today())
    part = paging(total)
    found = find_files(db(), wanted, now=now(), today=today(), limit=part.limit, offset=part.offset)
    return render_template(
        "coordinator/files.html",
        form=_filter_form(wanted),
        waiting=waiting_text(wanted.waiting) if wanted.waiting else "",
        total=total,
        files=[file_line(row) for row in found],
        part=part,
        links=[_page_url(part.number - 1), _page_url(part.number + 1)],
    )


@bp.get("/coordinator/overview")
def overview() -> str:
    """Show what waits for the coordinator: messages, files by what they wait for, agreements."""
    counts = waiting_counts(db(), now=now(), today=today())
    parts = []
    for waiting, count in counts.items():
        wanted = Wanted(waiting=waiting, order=Order.DEADLINE)
        rows = find_files(db(), wanted, now=now(), today=today(), limit=MOST_WAITING)
        parts.append({
            "title": waiting_text(waiting),
            "id": str(waiting),
            "count": count,
            "files": [file_line(row) for row in rows],
            "all_url": url_for(".files", waiting=str(waiting)),
            "more": plural("See all: %(num)s file", "See all: %(num)s files", count),
            "together": url_for(".fees") if waiting is Waiting.FEE else "",
        })  # fmt: skip
    return render_template(
        "coordinator/overview.html",
        parts=[part for part in parts if part["count"]],
        agreements=_agreements_to_see_to(),
        waiting=undelivered_lines(),
    )


def file_line(row: FileRow) -> dict[str, Any]:
    """Give the line of one file."""
    state, kind = state_text(row.state)
    return {
        "id": str(row.id),
        "url": url_for(".file", referral_id=row.id),
        "reference": row.reference,
        "agency": row.agency,
        "state": state,
        "kind": kind,
        "deadline": day_text(row.deadline),
        "cohort": row.cohort or _("None"),
        "fee": fee_text(row.fee_state, None) if row.fee_state != "paid" else _("Paid"),
        "pseudonym": row.pseudonym,
        "language": row.language,
        "arrangement": _("yes") if row.arrangement else _("no"),
    }


def cohort_choices() -> list[tuple[str, str]]:
    """Give the groups that can be chosen, the newest first."""
    return [(str(one.id), one.name) for one in cohorts(db(), limit=MOST_CHOICES)]


def agency_choices(*, is_open: bool = False) -> list[tuple[str, str]]:
    """Give the agencies that can be chosen."""
    return [
        (str(one.id), one.name)
        for one in agencies(db())
        if one.closed_at is None or not is_open
    ]  # fmt: skip


def _wanted() -> Wanted:
    """Read the address; whatever cannot be read does not narrow the list."""
    return Wanted(
        state=_word(State, "state"),
        agency_id=_id("agency"),
        cohort_id=_id("cohort"),
        text=request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT],
        waiting=_word(Waiting, "waiting"),
        order=_word(Order, "sort") or Order.NEWEST,
    )


def _word(kind: type[T], name: str) -> T | None:
    text = request.args.get(name, "")
    return kind(text) if text in set(kind) else None


def _id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None


def _filter_form(wanted: Wanted) -> FilterForm:
    form = FilterForm(
        data={
            "state": wanted.state or "",
            "agency": str(wanted.agency_id or ""),
            "cohort": str(wanted.cohort_id or ""),
            "q": wanted.text,
            "sort": wanted.order,
        }
    )
    every = [("", _("All"))]
    offer(form.state, [*every, *state_choices()])
    offer(form.agency, [*every, *agency_choices()])
    offer(form.cohort, [*every, *cohort_choices()])
    offer(form.sort, order_choices())
    return form


def _page_url(number: int) -> dict[str, str]:
    values: dict[str, Any] = {name: request.args[name] for name in _NAMES if request.args.get(name)}
    return {"url": url_for(".files", page=number, **values)}


def _agreements_to_see_to() -> list[dict[str, str]]:
    """Name the open agencies without an agreement in force, or with one that ends soon."""
    lines = []
    for one in agencies(db()):
        found = agreement_in_force(db(), one.id, today())
        if one.closed_at is not None or (found and found.in_force_until > today() + NEAR * 4):
            continue
        text = _("No agreement in force")
        if found is not None:
            text = _("Agreement in force until %(day)s", day=day_text(found.in_force_until))
        lines.append({"name": one.name, "url": url_for(".agency", agency_id=one.id), "text": text})
    return lines
