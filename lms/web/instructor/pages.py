"""What the instructor's lists show: words and addresses. Neutral: nobody is called late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from flask import url_for
from flask_babel import format_date, format_datetime
from markupsafe import Markup

from lms.assessment.queries import ClosedAttempt
from lms.publishing.queries import ModuleOutline
from lms.reporting.cohorts import CohortTable, Person
from lms.reporting.follow_up import ModuleStanding, Reason, Why
from lms.reporting.table import SortBy, Wanted
from lms.web.instructor.forms import sort_name
from lms.web.words import _, plural

LONGEST_HEADING = 28


@dataclass(frozen=True, slots=True)
class Cell:
    """One person in one module: a word, and the figures behind it."""

    status: str
    kind: str  # of the tag
    figures: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of a list of people."""

    pseudonym: str
    url: str
    reasons: tuple[str, ...]
    passed: str
    attempts: int
    seen: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One heading of the table; its link sorts by it, or turns the order."""

    label: str | Markup
    url: str
    sort: str | None = None
    number: bool = False


def person_line(person: Person, modules: tuple[str, ...]) -> PersonLine:
    """Make a person's line; `modules` are the columns."""
    return PersonLine(
        pseudonym=person.pseudonym,
        url=url_for("instructor.person", enrolment_id=person.enrolment_id),
        reasons=tuple(reason_text(reason, person) for reason in person.reasons),
        passed=_("%(passed)s of %(total)s", passed=person.passed, total=len(person.modules)),
        attempts=person.attempts,
        seen=day_text(person.seen_at) or _("Not started"),
        cells=tuple(
            _cell(person.standings.get(module_id), held=module_id in person.modules)
            for module_id in modules
        ),
    )


def _cell(standing: ModuleStanding | None, *, held: bool) -> Cell:
    if not held:
        return Cell(_("Not in this course"), "neutral")
    if standing is None:
        return Cell(_("No try yet"), "")
    status, kind = (_("Passed"), "good") if standing.passed else (_("Not passed yet"), "busy")
    tries = plural("%(num)s try", "%(num)s tries", standing.attempts)
    figures = _("%(percent)s%%, %(tries)s", percent=standing.best_percent, tries=tries)
    return Cell(status, kind, figures)


def reason_text(reason: Reason, person: Person) -> str:
    """Say in neutral words why somebody could use a hand."""
    match reason.why:
        case Why.DEADLINE:
            return _deadline_text(reason)
        case Why.TRIES:
            number = person.modules.index(reason.module_id) + 1
            return _("%(count)s tries at module %(number)s without passing",
                     count=reason.count, number=number)  # fmt: skip
        case Why.PAUSED:
            return _pause_text(reason, person)
        case Why.TIME_SHORT:
            return plural("%(num)s module left, deadline in %(days)s days",
                          "%(num)s modules left, deadline in %(days)s days",
                          reason.left, days=reason.count)  # fmt: skip
        case Why.NOT_STARTED:
            return _("Not started %(count)s days after enrolment", count=reason.count)
        case Why.QUIET:
            return _("No activity for %(count)s days", count=reason.count)
        case _:
            assert_never(reason.why)


def _pause_text(reason: Reason, person: Person) -> str:
    """Say that he stopped after a try that did not pass, and whether a pause still holds him."""
    number = person.modules.index(reason.module_id) + 1
    stopped = plural("Stopped %(num)s day ago, after a try at module %(number)s",
                     "Stopped %(num)s days ago, after a try at module %(number)s",
                     reason.count, number=number)  # fmt: skip
    if reason.until is None:
        return stopped
    return _("%(stopped)s; the pause lasts until %(until)s",
             stopped=stopped, until=time_text(reason.until))  # fmt: skip


def _deadline_text(reason: Reason) -> str:
    if reason.count < 0:
        return _("The deadline was %(day)s", day=format_date(reason.day, "d MMMM"))
    if reason.count == 0:
        return _("The deadline is today")
    return plural("Deadline in %(num)s day", "Deadline in %(num)s days", reason.count)


def day_text(moment: datetime | None) -> str:
    """Write the day of a moment; empty when there is none."""
    return str(format_date(moment, "d MMM y")) if moment else ""


def time_text(moment: datetime | None) -> str:
    """Write a moment to the minute; empty when there is none."""
    return str(format_datetime(moment, _("d MMM y, HH:mm"))) if moment else ""


def columns(
    table: CohortTable, wanted: Wanted, titles: Mapping[str, ModuleOutline]
) -> list[Column]:
    """Give the headings, each with the link that sorts by it."""
    labels: list[tuple[str, str | Markup, bool]] = [
        (SortBy.PERSON, _("Person"), False),
        (SortBy.FOLLOW_UP, _("Could use a hand"), False),
        (SortBy.PASSED, _("Modules passed"), True),
        (SortBy.TRIES, _("Tries"), True),
        (SortBy.SEEN, _("Last activity"), False),
    ]
    for number, module_id in enumerate(table.head.modules, start=1):
        title = titles[module_id].title if module_id in titles else ""
        labels.append((sort_name(number), _heading(number, title), False))
    now = _sort_name(table, wanted)
    return [
        Column(
            label=label,
            url=view_url(table, wanted, sort=name, turn=name == now),
            sort=("descending" if wanted.descending else "ascending") if name == now else None,
            number=is_number,
        )
        for name, label, is_number in labels
    ]


def _heading(number: int, title: str) -> Markup:
    short = title if len(title) <= LONGEST_HEADING else f"{title[: LONGEST_HEADING - 1].rstrip()}…"
    return Markup("{}<br>{}").format(_("Module %(number)s", number=number), short)


def _sort_name(table: CohortTable, wanted: Wanted) -> str:
    if wanted.sort is SortBy.MODULE:
        return sort_name(table.head.modules.index(wanted.module_id) + 1)
    return wanted.sort.value


def view_url(
    table: CohortTable, wanted: Wanted, *, sort: str = "", turn: bool = False, page: int = 1
) -> str:
    """Give the address of another view of the same table: sorted otherwise, or another page."""
    chosen = sort or _sort_name(table, wanted)
    same = not sort or turn
    values: dict[str, Any] = {
        **_order(chosen, descending=same and wanted.descending != turn),
        "state": wanted.state.value or None,
        "q": wanted.part or None,
        "page": page if page > 1 else None,
    }
    return url_for("instructor.cohort", cohort_id=table.head.id, **values)


def order_fields(table: CohortTable, wanted: Wanted) -> dict[str, str]:
    """Give the hidden fields that keep the order when the filter changes."""
    return _order(_sort_name(table, wanted), descending=wanted.descending)


def _order(name: str, *, descending: bool) -> dict[str, str]:
    fields = {} if name == SortBy.FOLLOW_UP else {"sort": name}
    return fields | ({"order": "desc"} if descending else {})


def page_links(table: CohortTable, wanted: Wanted) -> tuple[dict[str, str] | None, ...]:
    """Give the links to the page before and the page after, None at an end."""
    before = table.page - 1 if table.page > 1 else None
    after = table.page + 1 if table.page < table.pages else None
    return tuple(
        {"url": view_url(table, wanted, page=page)} if page else None for page in (before, after)
    )


def graded_places(attempt: ClosedAttempt) -> frozenset[int]:
    """Give the places, from 1, of the questions whose score can be corrected."""
    places = enumerate(attempt.outcomes, start=1)
    return frozenset(place for place, outcome in places if outcome.item.graded)
