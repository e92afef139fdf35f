"""Fields that several of the coordinator's forms have, and how each is read."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import StopValidation

from lms.content.words import as_date
from lms.web.clock_field import time_of
from lms.web.form import has_repeated_fields
from lms.web.words import _

Pairs = Sequence[tuple[str, str]]
_LAYOUT = "\n\r\t"
_TICK = "y"
_YEARS = range(1900, 3000)


class StrictTick(BooleanField):
    """A box that is ticked by what our page sends and by nothing else."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the one value that the box has; `no` or `0` is no yes."""
        self.data = valuelist == [_TICK]


def seen_once(_form: Any, field: Field) -> None:  # noqa: ANN401 - as WTForms has it
    """Refuse what came twice, or holds what cannot be seen; a NUL became U+FFFD before."""
    text = str(field.data or "")
    hidden = (unicodedata.category(one) in {"Cc", "Cf", "Cs"} for one in text if one not in _LAYOUT)
    if has_repeated_fields(str(field.name)) or any(hidden) or "\ufffd" in text:
        raise StopValidation(_("Write it without hidden characters."))


def is_day(_form: Any, field: Field) -> None:  # noqa: ANN401 - as WTForms has it
    """Refuse what is no day of our time; an empty field is for `Required` to judge.

    The first and the last day that a computer knows have none before and none after them.
    """
    text = str(field.data or "").strip()
    day = as_date(text)
    is_ours = day is not None and day.year in _YEARS
    if has_repeated_fields(str(field.name)) or (text and not is_ours):
        raise StopValidation(_("Enter a day, year first, like 2027-05-31."))


def is_time(_form: Any, field: Field) -> None:  # noqa: ANN401 - as WTForms has it
    """Refuse what is no time of day."""
    text = str(field.data or "").strip()
    if has_repeated_fields(str(field.name)) or (text and time_of(text) is None):
        raise StopValidation(_("Enter a time of day, like 13:30."))


def is_offered(_form: Any, field: Field) -> None:  # noqa: ANN401 - as WTForms has it
    """Refuse what the page did not offer."""
    if has_repeated_fields(str(field.name)) or not _offered(field, [field.data]):
        raise StopValidation(_("Choose one of those shown."))


def are_offered(_form: Any, field: Field) -> None:  # noqa: ANN401 - as WTForms has it
    """Refuse what the page did not offer, or what was chosen twice."""
    chosen = field.data or []
    if len(set(chosen)) < len(chosen) or not _offered(field, chosen):
        raise StopValidation(_("Choose among those shown."))


def offer(field: SelectField | SelectMultipleField | RadioField, pairs: Pairs) -> None:
    """Set what can be chosen: (value, label)."""
    field.choices = [SelectChoice(*one) for one in pairs]


def with_blank(pairs: Pairs) -> list[tuple[str, str]]:
    """Give the choices with none chosen beforehand."""
    return [("", _("Choose")), *pairs]


def day_of(field: Field) -> date | None:
    """Give the day that a field holds once it is valid."""
    return as_date(str(field.data or "").strip())


def one_line(field: Field) -> str:
    """Give what was typed on one line, without blanks around it."""
    return " ".join(str(field.data or "").split())


def _offered(field: Any, chosen: Iterable[object]) -> bool:  # noqa: ANN401 - any field with choices
    values = {str(choice[0]) for choice in field.iter_choices()} - {""}
    return all(str(one) in values for one in chosen)
