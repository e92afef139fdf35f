"""Forms of the testimony partner: other terms, and a withdrawal."""

import unicodedata
from collections.abc import Sequence
from datetime import date

from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from lms.content.words import as_date
from lms.kernel.audit import LONGEST_REASON
from lms.publishing.consent import Terms
from lms.web.form import AtMost, BaseForm, Required, has_repeated_fields
from lms.web.words import _, lazy

_LAYOUT = "\n\r\t"


class WithdrawalForm(BaseForm):
    """A withdrawal asks for nothing; who wants to say why may."""

    reason = TextAreaField(lazy("Why (nobody has to say)"), [AtMost(LONGEST_REASON)])

    def validate_reason(self, field: TextAreaField) -> None:
        """Take it once, of characters that can be seen."""
        text = str(field.data or "")
        hidden = any(
            unicodedata.category(one) in {"Cc", "Cs"} for one in text if one not in _LAYOUT
        )
        if hidden or has_repeated_fields(str(field.name)):
            raise ValidationError(_("Write it without hidden characters."))

    @property
    def why(self) -> str:
        """The reason as it is kept."""
        return str(self.reason.data or "").strip()


class TermsForm(WithdrawalForm):
    """What is agreed from now on: until when, in which courses and languages."""

    until = StringField(
        lazy("Last day"), [Required(lambda: _("Enter the last day, like 2027-05-31."))]
    )
    courses = SelectMultipleField(lazy("Courses"), validate_choice=False)
    languages = SelectMultipleField(lazy("Languages"), validate_choice=False)

    def offer(
        self, courses: Sequence[tuple[str, str]], languages: Sequence[tuple[str, str]]
    ) -> None:
        """Set what can be chosen: (value, label)."""
        self.courses.choices = [SelectChoice(*one) for one in courses]
        self.languages.choices = [SelectChoice(*one) for one in languages]

    def validate_until(self, field: StringField) -> None:
        """Take one day, year first."""
        if has_repeated_fields("until") or as_date(str(field.data).strip()) is None:
            raise ValidationError(_("Enter a day, year first, like 2027-05-31."))

    def validate_courses(self, field: SelectMultipleField) -> None:
        """Take one of those offered, or several."""
        _check_choice(field, _("Choose at least one of the courses shown."))

    def validate_languages(self, field: SelectMultipleField) -> None:
        """Take one of those offered, or several."""
        _check_choice(field, _("Choose at least one of the languages shown."))

    def terms(self, given: date) -> Terms:
        """Give the terms that were entered; to choose every language is to choose all."""
        last = as_date(str(self.until.data).strip())
        if last is None:
            raise ValueError("the form was not validated")
        chosen = frozenset(self.languages.data or ())
        every = chosen == _values(self.languages)
        courses = frozenset(self.courses.data or ())
        return Terms(given, last, courses, frozenset() if every else chosen)


def _check_choice(field: SelectMultipleField, words: str) -> None:
    chosen = field.data or []
    if not chosen or len(set(chosen)) < len(chosen) or not set(chosen) <= _values(field):
        raise ValidationError(words)


def _values(field: SelectMultipleField) -> frozenset[str]:
    return frozenset(str(choice[0]) for choice in field.iter_choices())
