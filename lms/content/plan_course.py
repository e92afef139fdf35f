"""From a course in one language to what its gates see of it."""

from collections.abc import Mapping
from datetime import timedelta

from lms.content.check_minutes import section_seconds
from lms.content.check_pools import points_drawn
from lms.content.model import Content, Course, Module, QuizRules
from lms.gates.gate import QuizLimits
from lms.gates.plan import Page, Plan, PlannedModule


def plan_course(
    content: Content, course: Course, language: str, seconds: Mapping[str, Mapping[str, int]]
) -> Plan:
    """Return the plan of a course as far as its modules can be read, each once.

    `seconds` is what `plan_times` gives.
    """
    modules = (
        _plan_module(course, content.modules[module_id, language], seconds.get(module_id, {}))
        for module_id in dict.fromkeys(course.modules)
        if (module_id, language) in content.modules
    )
    return Plan(tuple(modules), course.sequence, course.seat_time)


def plan_times(content: Content, course: Course) -> dict[str, dict[str, int]]:
    """Return the expected reading time of every section in seconds, where the course asks for it.

    The times are those of the first language, by module and section; they hold for the others.
    """
    keys = [(module_id, course.languages[0]) for module_id in course.modules if course.seat_time]
    return {
        key[0]: section_seconds(content, content.modules[key])
        for key in keys
        if key in content.modules
    }


def _plan_module(course: Course, module: Module, seconds: Mapping[str, int]) -> PlannedModule:
    """Return what a module asks, with the course's rules where it states none of its own."""
    percent = module.quiz.pass_percent
    fewest, most = points_drawn(module)
    return PlannedModule(
        id=module.id,
        pages=tuple(Page(section.id, seconds.get(section.id, 0)) for section in module.sections),
        limits=_limits(course.quiz, module.quiz),
        passing_percent=course.quiz.pass_percent if percent is None else percent,
        fewest=fewest,
        most=most,
        review=frozenset(item.section for item in module.items if item.graded),
        minutes=module.minutes,
    )


def _limits(course: QuizRules, module: QuizRules) -> QuizLimits:
    attempts = module.attempts or course.attempts
    pause = course.pause if module.pause is None else module.pause
    return QuizLimits(None if module.unlimited else attempts, pause or timedelta(0))
