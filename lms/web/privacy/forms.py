"""Forms of the privacy officer: which part of the log, and the eight fields of an incident."""

from datetime import date

from flask import request
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from lms.accounts.roles import Role
from lms.privacy.incidents import LONGEST, LONGEST_SHORT, Facts
from lms.privacy.models import Incident
from lms.privacy.queries import LogFilter
from lms.web.form import AtMost, BaseForm, Required
from lms.web.privacy.words import office_text
from lms.web.words import _, lazy

VIEWERS = (Role.INSTRUCTOR, Role.COORDINATOR, Role.AGENCY, Role.PRIVACY)
FIELDS = (
    "information", "circumstances", "happened", "known_on", "people", "risk", "notices", "measures",
)  # fmt: skip


class LogForm(BaseForm):
    """Which day, which office; a GET form."""

    day = StringField(lazy("Day (YYYY-MM-DD)"))
    role = SelectField(lazy("Office"), validate_choice=False)

    @classmethod
    def from_address(cls) -> "LogForm":
        """Read the address; what cannot be read asks for all."""
        form = cls(request.args)
        choices = [SelectChoice(one.value, office_text(one.value)) for one in VIEWERS]
        form.role.choices = [SelectChoice("", _("All offices")), *choices]
        return form

    @property
    def wanted(self) -> LogFilter:
        """The part of the log that is asked for."""
        roles = {one.value for one in VIEWERS}
        role = str(self.role.data or "")
        return LogFilter(read_day(str(self.day.data or "")), role if role in roles else "")


class IncidentForm(BaseForm):
    """All that the register asks for; one that lacks anything is refused."""

    information = TextAreaField(
        lazy("Which information was concerned"),
        [Required(lambda: _("Say which information was concerned.")), AtMost(LONGEST)],
    )
    circumstances = TextAreaField(
        lazy("What happened"), [Required(lambda: _("Say what happened.")), AtMost(LONGEST)]
    )
    happened = StringField(
        lazy("When it happened: a day or a period"),
        [
            Required(lambda: _("Say when it happened, as far as it is known.")),
            AtMost(LONGEST_SHORT),
        ],
    )
    known_on = StringField(
        lazy("The day on which you learned of it (YYYY-MM-DD)"),
        [Required(lambda: _("Enter the day on which you learned of it."))],
    )
    people = StringField(
        lazy("How many people are concerned, or about how many"),
        [Required(lambda: _("Say how many people are concerned.")), AtMost(LONGEST_SHORT)],
    )
    risk = TextAreaField(
        lazy("Why a serious injury is to be feared, or not"),
        [Required(lambda: _("Say why a serious injury is to be feared, or not.")), AtMost(LONGEST)],
    )
    notices = TextAreaField(
        lazy("When the Commission and the people concerned were told"),
        [Required(lambda: _("Say when they were told, or why not.")), AtMost(LONGEST)],
    )
    measures = TextAreaField(
        lazy("What was done so that less harm follows"),
        [Required(lambda: _("Say what was done.")), AtMost(LONGEST)],
    )
    version = HiddenField()

    today: date = date.min

    def validate_known_on(self, field: StringField) -> None:
        """Take a day that is not to come."""
        day = read_day(str(field.data))
        if day is None:
            raise ValidationError(_("Enter a day such as 2026-11-21."))
        if day > self.today:
            raise ValidationError(_("This day is still to come."))

    @property
    def facts(self) -> Facts:
        """What was entered; only of a valid form."""
        texts = {name: str(self[name].data).strip() for name in FIELDS if name != "known_on"}
        return Facts(known_on=read_day(str(self.known_on.data)) or date.min, **texts)

    @property
    def based_on(self) -> int:
        """Which version its writer had before him."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0  # noqa: PLR2004 - no incident has ten thousand versions


def filled(incident: Incident) -> IncidentForm:
    """Give the form with what the register holds."""
    data = {name: getattr(incident, name) for name in FIELDS}
    data["known_on"] = incident.known_on.isoformat()
    return IncidentForm(data={**data, "version": str(incident.version)})


def read_day(text: str) -> date | None:
    """Read a day; None for anything else, and for one that has no day before or after it."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if date.min < day < date.max else None
