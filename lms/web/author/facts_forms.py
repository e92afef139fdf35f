"""The form of one fact."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import StopValidation

from lms.content.model import Fact, Place
from lms.content.words import as_date, as_fact_id
from lms.web.form import AtMost, BaseForm, Required
from lms.web.words import _, lazy

_MOST_STATEMENT = 1000
_MOST_WORDS = 500
_MOST_LOGIN = 64


def _day(_form: BaseForm, field: Field) -> None:
    """Raise for what is no day; nothing at all is the affair of others."""
    if str(field.data or "").strip() and as_date(field.data.strip()) is None:
        raise StopValidation(_("Write the date as in 2026-11-21."))


class FactForm(BaseForm):
    """What the register says of a fact; `known` is the digest of the text that was shown."""

    statement_fr = TextAreaField(
        lazy("Statement in French"),
        [Required(lambda: _("Enter the statement in French.")), AtMost(_MOST_STATEMENT)],
    )
    statement_en = TextAreaField(
        lazy("Statement in English"),
        [Required(lambda: _("Enter the statement in English.")), AtMost(_MOST_STATEMENT)],
    )
    source = StringField(
        lazy("Source"),
        [Required(lambda: _("Enter the source: who says so, where and when.")),
         AtMost(_MOST_WORDS)],
    )  # fmt: skip
    address = StringField(
        lazy("Address of the source"),
        [Required(lambda: _("Enter the address of the source.")), AtMost(_MOST_WORDS)],
    )
    checked = StringField(
        lazy("Checked on"), [Required(lambda: _("Enter the day of the check.")), _day]
    )
    review_by = StringField(
        lazy("Check again by"), [Required(lambda: _("Enter a day to check it again.")), _day]
    )
    owner = StringField(lazy("Kept by"), [AtMost(_MOST_LOGIN)])
    dialled = StringField(lazy("Phone number dialled on"), [_day])
    known = HiddenField()

    def is_right(self, today: date) -> bool:
        """Whether everything can be taken; says at each field what cannot."""
        if not self.validate():
            return False
        checked, review_by, dialled = (
            as_date(_line(one)) for one in (self.checked, self.review_by, self.dialled)
        )
        if checked is not None and checked > today:
            self.checked.errors = [_("This day is still to come.")]
        if dialled is not None and dialled > today:
            self.dialled.errors = [_("This day is still to come.")]
        if checked is not None and review_by is not None and review_by <= checked:
            self.review_by.errors = [_("Choose a day after the check.")]
        return not self.errors

    def fact(self, old: Fact | None = None) -> Fact:
        """Give the fact that the form describes; what it does not ask for stays as it was."""
        fact = old or Fact("", {}, "", "", date.min, date.min, Place(""))
        return replace(
            fact,
            statement={
                **fact.statement,
                "fr": _line(self.statement_fr),
                "en": _line(self.statement_en),
            },
            source=_line(self.source),
            address=_line(self.address),
            checked=as_date(_line(self.checked)) or date.min,
            review_by=as_date(_line(self.review_by)) or date.min,
            owner=_line(self.owner),
            dialled=as_date(_line(self.dialled)),
        )


class NewFactForm(FactForm):
    """The same with the id of a fact that is not there yet."""

    fact_id = StringField(
        lazy("Short name"), [Required(lambda: _("Enter a short name, such as T41."))]
    )

    def validate_fact_id(self, field: Field) -> None:
        """Raise for what cannot name a fact."""
        if as_fact_id(_line(field)) is None:
            raise StopValidation(_("Begin with a letter; then letters, digits and hyphens."))

    def fact(self, old: Fact | None = None) -> Fact:
        """Give the new fact."""
        return replace(super().fact(old), id=_line(self.fact_id))


def _line(field: Field) -> str:
    """Give what was typed on one line, as the register holds it."""
    return " ".join(str(field.data or "").split())


def filled(fact: Fact, digest: str) -> Mapping[str, str]:
    """Give what stands in the fields of a form before anything is typed."""
    return {
        "statement_fr": fact.statement.get("fr", ""),
        "statement_en": fact.statement.get("en", ""),
        "source": fact.source,
        "address": fact.address,
        "checked": fact.checked.isoformat(),
        "review_by": fact.review_by.isoformat(),
        "owner": fact.owner,
        "dialled": fact.dialled.isoformat() if fact.dialled else "",
        "known": digest,
    }
