"""Forms of corrections: a reason each, and what the kind needs; what is odd is told as such."""

import re
import uuid
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from lms.corrections.kinds import LONGEST_REASON, MOST_MINUTES, MOST_TIME_CREDIT, clean_reason
from lms.corrections.regrade import Choice
from lms.gates.seat_time import Arrangement
from lms.kernel.errors import BadInputError
from lms.web.correction_words import choice_text
from lms.web.form import AtMost, BaseForm, Required
from lms.web.words import _, lazy

_POINTS = re.compile(r"\d{1,4}(?:[.,]\d{1,3}|/[1-9]\d{0,3})?", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_TICK = "y"
CONFIRM, REFUSE = "confirm", "refuse"
Pairs = Sequence[tuple[str, str]]


class StrictTick(BooleanField):
    """A box that is ticked by what our page sends and by nothing else."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the one value that the box has; `no` or `0` is no yes."""
        self.data = valuelist == [_TICK]


class ReasonForm(BaseForm):
    """Why; kept for ever."""

    reason = TextAreaField(
        lazy("Reason"),
        [Required(lambda: _("Say why.")), AtMost(LONGEST_REASON)],
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """Take what can be kept as it stands."""
        try:
            clean_reason(str(field.data))
        except BadInputError as fault:
            raise ValidationError(_("Write the reason without hidden characters.")) from fault

    @property
    def why(self) -> str:
        """The reason as typed."""
        return str(self.reason.data)


class ModuleForm(ReasonForm):
    """Which module, and why."""

    module = SelectField(
        lazy("Module"), [Required(lambda: _("Choose a module."))], validate_choice=False
    )

    def offer(self, modules: Pairs) -> None:
        """Set the modules that can be chosen: (value, label)."""
        self.module.choices = _with_blank(modules)

    def validate_module(self, field: SelectField) -> None:
        """Take one of those offered."""
        _refuse_unless_offered(field)


class TimeForm(ReasonForm):
    """Where, how many minutes at the most, and why."""

    place = SelectField(
        lazy("Module or page"),
        [Required(lambda: _("Choose a module or a page."))],
        validate_choice=False,
    )
    minutes = StringField(
        lazy("Minutes"), [Required(lambda: _("Enter how many minutes to credit."))]
    )

    def offer(self, places: Pairs) -> None:
        """Set the places that can be chosen: (value, label)."""
        self.place.choices = _with_blank(places)

    def validate_place(self, field: SelectField) -> None:
        """Take one of those offered."""
        _refuse_unless_offered(field)

    def validate_minutes(self, field: StringField) -> None:
        """Take a whole number within the bounds."""
        if not 1 <= _number(field.data) <= MOST_MINUTES:
            raise ValidationError(_("Enter a number from 1 to %(most)s.", most=MOST_MINUTES))

    @property
    def count(self) -> int:
        """The minutes that were entered."""
        return _number(self.minutes.data)


class ArrangementForm(BaseForm):
    """What is arranged; there is no field for a reason, on purpose."""

    percent = StringField(
        lazy("Time credit, in percent"),
        [Required(lambda: _("Enter a percentage; 0 is none."))],
    )
    no_pause = StrictTick(lazy("No pause between two tries"))
    read_aloud = StrictTick(lazy("Pages are read aloud by a facilitator"))

    def validate_percent(self, field: StringField) -> None:
        """Take a whole number within the bounds."""
        if not 0 <= _number(field.data) <= MOST_TIME_CREDIT:
            raise ValidationError(_("Enter a number from 0 to %(most)s.", most=MOST_TIME_CREDIT))

    @property
    def arrangement(self) -> Arrangement:
        """What was entered."""
        return Arrangement(
            _number(self.percent.data), bool(self.no_pause.data), bool(self.read_aloud.data)
        )


class ScoreForm(ReasonForm):
    """Another score for one answer; `based_on` says which score its giver had before him."""

    points = StringField(lazy("Points"), [Required(lambda: _("Enter the points."))])
    based_on = HiddenField()
    maximum = 0

    def validate_points(self, field: StringField) -> None:
        """Take a whole number or an exact fraction within the question's points."""
        text = str(field.data).strip()
        if not _POINTS.fullmatch(text) or not 0 <= _fraction(text) <= self.maximum:
            raise ValidationError(
                _("Enter points from 0 to %(most)s, such as 1 or 1/3.", most=self.maximum)
            )

    @property
    def raw(self) -> Fraction:
        """The points that were entered, exactly."""
        return _fraction(str(self.points.data).strip())

    @property
    def number(self) -> int:
        """Which regrade the form was opened on; a value that no page sent is none."""
        return _number(self.based_on.data)


class DecisionForm(BaseForm):
    """Confirm or refuse: two buttons."""

    decision = StringField(lazy("Decision"), [Required(lambda: _("Confirm or refuse."))])

    def validate_decision(self, field: StringField) -> None:
        """Take what one of the buttons sends."""
        if field.data not in {CONFIRM, REFUSE}:
            raise ValidationError(_("Confirm or refuse."))

    @property
    def accepted(self) -> bool:
        """Whether it was confirmed."""
        return self.decision.data == CONFIRM


class ChangeForm(ReasonForm):
    """Apply to everybody what a preview showed."""

    choice = HiddenField()
    seen = HiddenField()


class KeepForm(ReasonForm):
    """Which listed pass stays, and why."""

    attempt = RadioField(
        lazy("Whose pass"), [Required(lambda: _("Choose a person."))], validate_choice=False
    )

    def offer(self, attempts: Pairs) -> None:
        """Set the attempts that can be chosen: (value, label)."""
        self.attempt.choices = [SelectChoice(*one) for one in attempts]

    def validate_attempt(self, field: RadioField) -> None:
        """Take one of those offered."""
        _refuse_unless_offered(field)

    @property
    def attempt_id(self) -> uuid.UUID:
        """The attempt that was chosen."""
        return uuid.UUID(str(self.attempt.data))


class ChoiceForm(BaseForm):
    """What to do about a question that was wrong; a GET form, so that a preview has an address."""

    choice = RadioField(lazy("What to do"), validate_choice=False)

    def offer(self, chosen: Choice | None) -> None:
        """Set what can be chosen."""
        self.choice.choices = [SelectChoice(one.value, choice_text(one)) for one in Choice]
        self.choice.data = chosen.value if chosen else None


class FindForm(BaseForm):
    """Whom to look for; a GET form."""

    q = StringField(lazy("Pseudonym"))


def _with_blank(pairs: Pairs) -> list[SelectChoice]:
    return [SelectChoice("", _("Choose")), *(SelectChoice(*one) for one in pairs)]


def _refuse_unless_offered(field: SelectField | RadioField) -> None:
    offered = {str(choice[0]) for choice in field.iter_choices()} - {""}
    if str(field.data) not in offered:
        raise ValidationError(_("Choose one of those shown."))


def _number(data: object) -> int:
    """Read a small whole number; anything else is -1, which no bound admits."""
    text = str(data).strip()
    return int(text) if _NUMBER.fullmatch(text) else -1


def _fraction(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))
