"""Forms of an agency. No field takes words of one's own: dates, choices, a reference, a number."""

from collections.abc import Sequence
from datetime import date

from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.form import BaseForm as BaseFormOfWtforms
from wtforms.validators import StopValidation, ValidationError

from lms.content.words import as_date
from lms.journey.agency_files import CancelReason
from lms.kernel.days import today_in_programme
from lms.referrals.eligibility import (
    DecidedBy,
    NewReferral,
    ReferenceFormError,
    clean_reference,
)
from lms.web.form import AtMost, BaseForm, Required, has_repeated_fields
from lms.web.request import LANGUAGES, now
from lms.web.words import _, lazy

YES = "yes"
ELIGIBILITY = ("first_time", "no_minor", "accepts", "lawyer_told")


class YesField(BooleanField):
    """A box that is ticked by the one word `yes`: to WTForms any other word is a yes as well."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the word, sent once, and no other."""
        self.data = list(valuelist) == [YES]


class DayField(StringField):
    """A day, year first, sent once."""

    def pre_validate(self, _form: BaseFormOfWtforms) -> None:
        """Refuse what is no day."""
        if has_repeated_fields(str(self.name)) or as_date(str(self.data or "").strip()) is None:
            raise StopValidation(_("Enter a day, year first, like 2027-05-31."))

    @property
    def day(self) -> date:
        """The day that was entered."""
        found = as_date(str(self.data).strip())
        if found is None:
            raise ValueError("the form was not validated")
        return found


class FilterForm(BaseForm):
    """Which files to list."""

    reference = StringField(lazy("Reference holds"))

    @property
    def wanted(self) -> str:
        """What the reference must hold; nothing for all."""
        return str(self.reference.data or "").replace("\x00", "").strip()[:40]


class DeadlineForm(BaseForm):
    """Another last day."""

    deadline = DayField(lazy("Last day"))

    def refuse_day(self) -> None:
        """Say which days can be."""
        self.deadline.errors = [
            _("Enter a day from today on, at most a year after the person was referred.")
        ]


class CancelForm(BaseForm):
    """Why a file is cancelled: one of two."""

    why = RadioField(lazy("Why it is cancelled"), validate_choice=False)

    def offer(self) -> None:
        """Set what can be chosen."""
        self.why.choices = [
            SelectChoice(CancelReason.WRONG_PERSON.value, _("It is about the wrong person")),
            SelectChoice(CancelReason.AGENCY_ERROR.value, _("We referred it by mistake")),
        ]

    def validate_why(self, field: RadioField) -> None:
        """Take one of the two, sent once."""
        if has_repeated_fields("why") or field.data not in set(CancelReason):
            raise ValidationError(_("Choose one of the two."))


class MatchForm(BaseForm):
    """A certificate's number, and the reference that it is said to belong to."""

    number = StringField(lazy("Number"), [Required(lambda: _("Enter the number.")), AtMost(40)])
    reference = StringField(
        lazy("Your reference"), [Required(lambda: _("Enter your reference.")), AtMost(40)]
    )


class ReferralForm(DeadlineForm):
    """All that an agency says about somebody whom it refers."""

    reference = StringField(
        lazy("Your reference"), [Required(lambda: _("Enter your reference.")), AtMost(40)]
    )
    language = RadioField(lazy("Language"), validate_choice=False)
    arrangement = RadioField(lazy("Does the person need an arrangement?"), validate_choice=False)
    decided_by = RadioField(lazy("Who decided that the training can be offered"),
                            validate_choice=False)  # fmt: skip
    decided_on = DayField(lazy("Day of that decision"))
    first_time = YesField(lazy("It is the first time for this person"))
    no_minor = YesField(lazy("No minor is concerned"))
    accepts = YesField(lazy("The person accepts responsibility and agrees to take part"))
    lawyer_told = YesField(lazy("The person was told of the right to a lawyer"))

    def offer(self) -> None:
        """Set what can be chosen."""
        self.language.choices = [
            SelectChoice("fr", _("French")),
            SelectChoice("en", _("English")),
        ]
        self.arrangement.choices = [SelectChoice("no", _("No")), SelectChoice(YES, _("Yes"))]
        self.decided_by.choices = [
            SelectChoice(DecidedBy.PROSECUTOR.value, _("The prosecutor’s office")),
            SelectChoice(DecidedBy.POLICE.value, _("The police service")),
        ]

    def validate_reference(self, field: StringField) -> None:
        """Take what can be no name."""
        if has_repeated_fields("reference"):
            raise ValidationError(_bad_reference())
        try:
            clean_reference(str(field.data))
        except ReferenceFormError as fault:
            raise ValidationError(_bad_reference()) from fault

    def validate_language(self, field: RadioField) -> None:
        """Take one of the two."""
        _one_of(field, LANGUAGES, _("Choose a language."))

    def validate_arrangement(self, field: RadioField) -> None:
        """Take yes or no."""
        _one_of(field, ("no", YES), _("Choose yes or no."))

    def validate_decided_by(self, field: RadioField) -> None:
        """Take one of the offices."""
        _one_of(field, tuple(DecidedBy), _("Choose who decided."))

    def validate_decided_on(self, field: DayField) -> None:
        """Take no day to come."""
        if field.day > today_in_programme(now()):
            raise ValidationError(_("The decision was taken today or before."))

    def validate_lawyer_told(self, _field: YesField) -> None:
        """Ask for yes to all four at once: which one was no is not said back."""
        if not all(self[name].data for name in ELIGIBILITY):
            raise ValidationError(
                _("The training is open when the answer is yes to all four. Tick each box, "
                  "or do not refer this person.")
            )  # fmt: skip

    def new_referral(self) -> NewReferral:
        """Give what was entered."""
        return NewReferral(
            reference=clean_reference(str(self.reference.data)),
            language=str(self.language.data),
            deadline=self.deadline.day,
            arrangement=self.arrangement.data == YES,
            decided_by=DecidedBy(str(self.decided_by.data)),
            decided_on=self.decided_on.day,
            first_time=bool(self.first_time.data),
            no_minor=bool(self.no_minor.data),
            accepts=bool(self.accepts.data),
            lawyer_told=bool(self.lawyer_told.data),
        )


def _bad_reference() -> str:
    return _("Use 1 to 40 letters without accents, digits and . _ / - with at least one digit: "
             "no name.")  # fmt: skip


def _one_of(field: RadioField, allowed: Sequence[str], words: str) -> None:
    if has_repeated_fields(str(field.name)) or field.data not in allowed:
        raise ValidationError(words)
