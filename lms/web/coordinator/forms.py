"""Forms of the coordinator: a new group and its plan, and how many codes."""

import uuid
from collections.abc import Sequence

from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import ValidationError

from lms.enrolment.service import LONGEST_PLACE, MOST_CODES, MOST_PLACES, CohortPlan
from lms.web.coordinator.fields import day_of, is_day, one_line, seen_once
from lms.web.form import AtMost, BaseForm, Required, has_repeated_fields
from lms.web.words import _, lazy

LONGEST_NAME = 120


class PlanFields(BaseForm):
    """When and where a group is held, and for how many."""

    starts_on = StringField(lazy("First day"), [is_day])
    ends_on = StringField(lazy("Last day"), [is_day])
    capacity = StringField(lazy("How many places"), [seen_once])
    place = StringField(lazy("Place"), [AtMost(LONGEST_PLACE), seen_once])

    def validate_capacity(self, field: StringField) -> None:
        """Take a whole number, or nothing: then there is no limit."""
        text = one_line(field)
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PLACES))
        if text and not (is_number and 1 <= int(text) <= MOST_PLACES):
            raise ValidationError(_("Enter a number from 1 to %(most)s.", most=MOST_PLACES))

    def plan(self) -> CohortPlan:
        """Give what was typed as the service takes it."""
        places = one_line(self.capacity)
        return CohortPlan(
            starts_on=day_of(self.starts_on),
            ends_on=day_of(self.ends_on),
            capacity=int(places) if places else None,
            place=one_line(self.place),
        )


class GroupForm(PlanFields):
    """A group's name, its course, and the instructors who see it."""

    name = StringField(
        lazy("Name of the group"),
        [Required(lambda: _("Enter a name for the group.")), AtMost(LONGEST_NAME)],
    )
    course = SelectField(
        lazy("Course"),
        [Required(lambda: _("Choose a course."))],
        validate_choice=False,
    )
    instructors = SelectMultipleField(lazy("Instructors"), validate_choice=False)

    def offer(
        self, courses: Sequence[tuple[str, str]], instructors: Sequence[tuple[str, str]]
    ) -> None:
        """Set what can be chosen: (value, label)."""
        first = [] if len(courses) == 1 else [("", _("Choose"))]
        self.course.choices = [SelectChoice(*one) for one in (*first, *courses)]
        self.instructors.choices = [SelectChoice(*one) for one in instructors]

    def validate_name(self, field: StringField) -> None:
        """Take it once, of characters that can be seen."""
        hidden = not self.group_name.isprintable() or "\ufffd" in self.group_name  # a NUL was there
        if has_repeated_fields(str(field.name)) or hidden:
            raise ValidationError(_("Write the name without hidden characters."))

    def validate_course(self, field: SelectField) -> None:
        """Take one of those offered."""
        if has_repeated_fields("course") or field.data not in _values(field):
            raise ValidationError(_("Choose one of the courses shown."))

    def validate_instructors(self, field: SelectMultipleField) -> None:
        """Take some of those offered, each once, or nobody."""
        chosen = field.data or []
        if len(set(chosen)) < len(chosen) or not set(chosen) <= _values(field):
            raise ValidationError(_("Choose among the instructors shown."))

    @property
    def group_name(self) -> str:
        """The name as it is kept."""
        return " ".join(str(self.name.data).split())

    @property
    def instructor_ids(self) -> tuple[uuid.UUID, ...]:
        """Who was chosen."""
        return tuple(uuid.UUID(one) for one in self.instructors.data or [])


def _values(field: SelectField | SelectMultipleField) -> set[str]:
    return {str(choice[0]) for choice in field.iter_choices()} - {""}


class CodesForm(BaseForm):
    """How many codes to issue."""

    number = StringField(
        lazy("How many codes"), [Required(lambda: _("Enter how many codes you need."))]
    )

    def validate_number(self, field: StringField) -> None:
        """Take a whole number within the bounds, sent once."""
        text = str(field.data).strip()
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_CODES))
        if has_repeated_fields("number") or not is_number or not 1 <= int(text) <= MOST_CODES:
            raise ValidationError(_("Enter a number from 1 to %(most)s.", most=MOST_CODES))

    @property
    def count(self) -> int:
        """The number that was entered."""
        return int(str(self.number.data).strip())
