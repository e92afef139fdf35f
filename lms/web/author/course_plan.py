"""A course as it would be after publication: rules, modules, quizzes, from the files that stand."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from lms.assessment.queries import quiz_from_document
from lms.assessment.values import Quiz
from lms.authoring.drafts import open_drafts
from lms.content.check_minutes import section_seconds
from lms.content.model import Content, Course, Item, Module
from lms.gates.gate import Gate, QuizLimits, QuizStanding, deadline_gate, module_gate, quiz_gate
from lms.journey.read import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.item_document import item_document
from lms.publishing.queries import CourseRules, ModuleOutline, SectionHead, course_rules
from lms.publishing.service import course_document
from lms.web.author.course_walk import Walk
from lms.web.author.courses import course_at
from lms.web.author.folder import Folder, read_folder
from lms.web.db import reader
from lms.web.request import language

_NOT_PUBLISHED = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class PlannedModule:
    """One module of the course: what its file says, its outline and its quiz."""

    number: int
    module: Module
    outline: ModuleOutline
    quiz: Quiz

    @property
    def id(self) -> str:
        """The id of the module."""
        return self.outline.module_id

    def has_page(self, page: int) -> bool:
        """Whether it has a section with that number, from 1."""
        return 1 <= page <= len(self.outline.sections)


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course that can be walked; `missing` counts modules that no file tells of yet."""

    folder: Folder
    course: Course
    rules: CourseRules
    modules: tuple[PlannedModule, ...]
    missing: int
    drafts: int

    def of(self, module_id: str) -> PlannedModule | None:
        """Give a module by its id; None where the course has lost it since."""
        return next((one for one in self.modules if one.id == module_id), None)

    def deadline(self, walk: Walk) -> date | None:
        """Give the last day of whoever enrolled when this walk began."""
        days = self.rules.deadline_days
        enrolled = today_in_programme(walk.began_at)
        return None if days is None else enrolled + timedelta(days=days)

    def late_gate(self, walk: Walk, now: datetime) -> Gate:
        """Whether the last day is not over."""
        return deadline_gate(self.deadline(walk), today_in_programme(now))

    def module_gate(self, walk: Walk, one: PlannedModule) -> Gate:
        """Whether the pages of a module may be read."""
        return module_gate(self.rules.modules, self.rules.sequence, walk.passed, one.id)

    def quiz_gate(self, walk: Walk, one: PlannedModule, now: datetime) -> Gate:
        """Whether a new attempt may start: asked of the rules that participants meet."""
        late = self.late_gate(walk, now)
        if not late.is_open and one.id not in walk.passed:
            return late
        progress = walk.progress(one.id)
        return quiz_gate(
            self.module_gate(walk, one),
            {head.id: not progress.is_due(head.id) for head in one.outline.sections},
            standing_of(walk, one.id),
            limits_of(one),
            now,
        )


def standing_of(walk: Walk, module_id: str) -> QuizStanding:
    """Give where the walker stands in a module's quiz."""
    tries = walk.tries(module_id)
    last = datetime.fromtimestamp(tries[-1].at, walk.began_at.tzinfo) if tries else None
    return QuizStanding(len(tries), last, module_id in walk.passed)


def limits_of(one: PlannedModule) -> QuizLimits:
    """Give the rules of entry to a module's quiz."""
    return QuizLimits(one.quiz.attempts, timedelta(seconds=one.quiz.pause_seconds))


def read_plan(number: int, *, with_drafts: bool) -> CoursePlan:
    """Read the course with a number from the files that stand, or from open drafts where asked.

    Raises NotFoundError when there is no such course, or its file cannot be read.
    """
    texts = {one.path: one.text for one in open_drafts(reader())}
    folder = read_folder(texts if with_drafts else None)
    course = folder.content.courses.get(course_at(folder, number))
    if course is None:
        raise NotFoundError(f"course {number}")
    rules = course_rules(course_document(course))
    found = [(name, _module(folder.content, course, name)) for name in rules.modules]
    there = [(name, module) for name, module in found if module is not None]
    rules = replace(rules, modules=tuple(name for name, _ in there))
    modules = tuple(
        PlannedModule(
            place,
            module,
            _outline(folder.content, course, name, module),
            _quiz(folder.content, course, module, rules),
        )
        for place, (name, module) in enumerate(there, start=1)
    )
    return CoursePlan(folder, course, rules, modules, len(found) - len(there), len(texts))


def _module(content: Content, course: Course, module_id: str) -> Module | None:
    """Give a module in the language of the page, or in the first one that it is written in."""
    languages = (language(), *course.languages)
    written = [content.modules.get((module_id, one)) for one in languages]
    return next((one for one in written if one is not None), None)


def _outline(content: Content, course: Course, module_id: str, module: Module) -> ModuleOutline:
    # One language's times for all, as publication has it.
    timed = content.modules.get((module_id, course.languages[0]), module)
    seconds = section_seconds(content, timed)
    return ModuleOutline(
        module_id=module_id,
        revision_id=_NOT_PUBLISHED,
        language=module.language,
        title=module.title,
        minutes=module.minutes,
        warning=module.warning,
        objectives=module.objectives,
        sections=tuple(
            SectionHead(one.id, one.title, seconds.get(one.id, 0)) for one in module.sections
        ),
        quiz={},
    )


def _quiz(content: Content, course: Course, module: Module, rules: CourseRules) -> Quiz:
    """Give the quiz with the course's rules filled in; a repeated id is a problem of its own."""
    own = module.quiz
    items = {one.id: one for one in module.items}
    document: Mapping[str, Any] = {
        "pass": own.pass_percent,
        "attempts": own.attempts,
        "unlimited": own.unlimited,
        "pause_seconds": None if own.pause is None else int(own.pause.total_seconds()),
        "draw": own.draw,
        "shuffle": own.shuffle,
        "items": [item_document(_twins(content, course, module, one)) for one in items.values()],
    }
    defaults = {
        "pass": rules.passing_percent,
        "attempts": rules.attempts,
        "pause_seconds": rules.pause_seconds,
    }
    return quiz_from_document(document, defaults)


def _twins(content: Content, course: Course, module: Module, item: Item) -> Sequence[Item]:
    """Give a question in all languages, this one first: typed answers count in any of them."""
    others = (content.modules.get((module.id, one)) for one in course.languages)
    twins = [one for other in others if other for one in other.items if one.id == item.id]
    return [item, *(one for one in twins if one is not item)]
