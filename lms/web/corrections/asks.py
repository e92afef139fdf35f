"""The form of each kind of correction for one person, and the wish that it makes."""

import uuid
from dataclasses import dataclass
from typing import assert_never

from flask import request
from sqlalchemy.orm import Session

from lms.corrections.kinds import ARRANGED, PERSONAL, Kind, Wish
from lms.corrections.queries import PersonHead
from lms.enrolment.models import Enrolment
from lms.kernel.errors import NotFoundError
from lms.publishing.models import CourseRevision
from lms.publishing.queries import ModuleOutline, course_rules, outlines
from lms.web.corrections.forms import ArrangementForm, ModuleForm, ReasonForm, TimeForm
from lms.web.request import language
from lms.web.words import _

Asking = ModuleForm | TimeForm | ArrangementForm | ReasonForm


@dataclass(frozen=True, slots=True)
class Course:
    """The modules of somebody's course in order, by id, with their titles where published."""

    modules: tuple[str, ...]
    titles: dict[str, ModuleOutline]

    def label(self, number: int) -> str:
        """Name a module by its number and title."""
        module_id = self.modules[number - 1]
        title = self.titles[module_id].title if module_id in self.titles else module_id
        return _("%(number)s. %(title)s", number=number, title=title)


def course_of(db: Session, head: PersonHead) -> Course:
    """Give the course that somebody is enrolled in."""
    rules = course_rules(db.get_one(CourseRevision, head.course_revision_id).document)
    return Course(rules.modules, outlines(db, rules.modules, language()))


def kind_of(text: str) -> Kind:
    """Read the kind in an address; one that is for many people, or none, is not found."""
    found = next((kind for kind in PERSONAL if kind == text), None)
    if found is None:
        raise NotFoundError(text)
    return found


def asking(db: Session, kind: Kind, head: PersonHead, course: Course) -> Asking:
    """Make the form of a kind, filled from what was sent."""
    sent = request.form if request.method == "POST" else None
    match kind:
        case Kind.EXTRA_ATTEMPT | Kind.PAUSE_LIFTED | Kind.WAIVE_MODULE:
            form = ModuleForm(sent)
            form.offer([(str(n), course.label(n)) for n in _numbers(course)])
            return form
        case Kind.TIME_CREDIT:
            timed = TimeForm(sent)
            timed.offer(_places(course))
            return timed
        case Kind.ARRANGEMENT:
            one = db.get_one(Enrolment, head.enrolment_id)
            now = {
                "percent": str(one.time_credit_percent),
                "no_pause": one.no_pause,
                "read_aloud": one.read_aloud,
            }
            return ArrangementForm(sent, data=now)
        case Kind.REVOKE_COMPLETION:
            return ReasonForm(sent)
        case Kind.REGRADE_RESPONSE | Kind.KEY_CHANGE | Kind.KEEP_PASS:
            raise NotFoundError(kind)
        case _:
            assert_never(kind)


def wish_of(kind: Kind, form: Asking, enrolment_id: uuid.UUID, course: Course) -> Wish:
    """Give what a valid form asks for."""
    if isinstance(form, ArrangementForm):
        return Wish(kind, enrolment_id, ARRANGED, arrangement=form.arrangement)
    module_id, section_id, minutes = "", "", 0
    if isinstance(form, ModuleForm):
        module_id = course.modules[int(str(form.module.data)) - 1]
    if isinstance(form, TimeForm):
        module_id, section_id = _place(str(form.place.data), course)
        minutes = form.count
    return Wish(kind, enrolment_id, form.why, module_id, section_id, minutes)


def _numbers(course: Course) -> range:
    return range(1, len(course.modules) + 1)


def _places(course: Course) -> list[tuple[str, str]]:
    """Give each module, whole, followed by its pages."""
    found = []
    for number in _numbers(course):
        found.append((str(number), course.label(number)))
        outline = course.titles.get(course.modules[number - 1])
        for at, head in enumerate(outline.sections if outline else (), start=1):
            label = _("Module %(number)s, page %(page)s: %(title)s",
                      number=number, page=at, title=head.title)  # fmt: skip
            found.append((f"{number}-{at}", label))
    return found


def _place(value: str, course: Course) -> tuple[str, str]:
    number, _dash, at = value.partition("-")
    module_id = course.modules[int(number) - 1]
    return module_id, course.titles[module_id].sections[int(at) - 1].id if at else ""
