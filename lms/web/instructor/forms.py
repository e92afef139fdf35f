"""What the address of a cohort's table asks for; whatever cannot be read falls back."""

from flask import request
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    SelectChoice,
    SelectField,
    StringField,
)

from lms.reporting.cohorts import CohortHead
from lms.reporting.table import SortBy, State, Wanted
from lms.web.form import BaseForm
from lms.web.words import lazy

LONGEST_PART = 20
MOST_DIGITS = 6
_MODULE = "module-"  # sort=module-3: by the third module's column


class FilterForm(BaseForm):
    """Which people of the cohort to list; a GET form, so that a view has an address."""

    state = SelectField(
        lazy("People"),
        choices=[
            SelectChoice(State.ALL.value, lazy("Everybody")),
            SelectChoice(State.FOLLOW_UP.value, lazy("Could use a hand")),
            SelectChoice(State.NOT_STARTED.value, lazy("Not started")),
            SelectChoice(State.UNDER_WAY.value, lazy("Under way")),
            SelectChoice(State.FINISHED.value, lazy("All modules passed")),
        ],
        validate_choice=False,
    )
    q = StringField(lazy("Pseudonym, or a part of it"))

    @classmethod
    def from_address(cls) -> "FilterForm":
        """Fill from the address."""
        form = cls(request.args)
        form.state.data = _state().value
        form.q.data = _part()
        return form


def wanted(head: CohortHead) -> Wanted:
    """Read the address of a cohort's table."""
    sort, module_id = _sort(head)
    return Wanted(
        sort=sort,
        descending=request.args.get("order") == "desc",
        module_id=module_id,
        state=_state(),
        part=_part(),
        page=_number(request.args.get("page", "")) or 1,
    )


def sort_name(number: int) -> str:
    """Name the sorting by a module's column."""
    return f"{_MODULE}{number}"


def _sort(head: CohortHead) -> tuple[SortBy, str]:
    given = request.args.get("sort", "")
    number = _number(given.removeprefix(_MODULE)) if given.startswith(_MODULE) else 0
    if 1 <= number <= len(head.modules):
        return SortBy.MODULE, head.modules[number - 1]
    if given in set(SortBy) - {SortBy.MODULE}:
        return SortBy(given), ""
    return SortBy.FOLLOW_UP, ""


def _state() -> State:
    given = request.args.get("state", "")
    return State(given) if given in set(State) else State.ALL


def _part() -> str:
    return request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_PART]


def _number(text: str) -> int:
    """Read a small number; anything else is 0."""
    good = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if good else 0
