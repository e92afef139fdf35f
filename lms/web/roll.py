"""The people of a session as a page lists them: a pseudonym, and a first name where one is left.

A first name is sealed with the person's own key; each one that is opened is a view of that person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.attendance.queries import SheetRow
from lms.enrolment.first_name import first_name_of
from lms.web.request import keys
from lms.web.view_log import note_view


@dataclass(frozen=True, slots=True)
class Called:
    """One person of the sheet, and what to call him."""

    row: SheetRow
    first_name: str


def call_roll(rows: Sequence[SheetRow], *, with_names: bool) -> tuple[Called, ...]:
    """Give the people of a sheet; first names only to whoever leads the session."""
    return tuple(Called(row, _first_name(row) if with_names else "") for row in rows)


def _first_name(row: SheetRow) -> str:
    name = first_name_of(row.enrolment_id, row.sealed_first_name, keys())
    if name is None:
        return ""
    note_view("enrolment", row.enrolment_id, "first-name")
    return name
