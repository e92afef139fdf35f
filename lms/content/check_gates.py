"""Rules about courses: each can be finished in time, and no module of it can be skipped.

That a course can be finished and not skipped is not told from its rules but walked, for each of
its languages, through the gates that the product asks (`lms.gates.walk`).
"""

from collections.abc import Iterator

from lms.content.model import Course, Module, Place, Problem, Severity
from lms.content.plan_course import plan_course, plan_times
from lms.content.read import Reading, claims, key_place
from lms.content.rules import fault
from lms.gates.plan import Finding, Flaw, Plan
from lms.gates.slowest import find_late
from lms.gates.walk import walk

_GIVE_MORE = "with `attempts: unlimited` nobody waits for an instructor to give one more"
_RULES = {
    Flaw.OPENS_EARLY: ("course-skipped", "write what has to be read and passed first"),
    Flaw.NEVER_PASSES: ("course-unfinishable", "say what passes: `quiz: {pass: 80}`"),
    Flaw.STUCK: ("course-unfinishable", "open a way on"),
    Flaw.NO_ATTEMPT_LEFT: ("course-stuck", _GIVE_MORE),
    Flaw.NO_TIME_ASKED: ("page-without-time", "write more on it, or join it to the page before"),
    # UNEARNED: told in the module's file by module-without-quiz, pass-reachable, pool-not-drawn.
}


def check_gates(reading: Reading) -> Iterator[Problem]:
    """Find modules that do not exist or ask nothing, and courses that their gates do not hold."""
    broken = {one.place.path for one in reading.problems if one.severity is Severity.ERROR}
    for course in reading.content.courses.values():
        yield from _check_modules(reading, course)
        seconds = plan_times(reading.content, course)
        told: set[tuple[str, Place]] = set()
        for language in course.languages:
            plan = plan_course(reading.content, course, language, seconds)
            for problem, module in _walk_language(reading, course, plan, language):
                # What could not be read is no page and no question: its own fault is told.
                if module.place.path not in broken and (problem.rule, problem.place) not in told:
                    told.add((problem.rule, problem.place))
                    yield problem


def _check_modules(reading: Reading, course: Course) -> Iterator[Problem]:
    place = _course_place(reading, course, "modules")
    claimed = {module_id for module_id, _ in claims(reading)}
    for module_id in course.modules:
        if module_id not in claimed:
            message = f"no module has the id `{module_id}`"
            yield fault("course-module", place, message, "write it, or take it off the list")
        for language in course.languages:
            module = reading.content.modules.get((module_id, language))
            if module is not None and not module.items and not _asks(module):
                message = f"without a quiz this module of course `{course.id}` can be skipped"
                yield fault("module-without-quiz", module.place, message, "add ## Quiz")


def _asks(module: Module) -> bool:
    """Whether questions stand in the source, although none of them could be read."""
    quiz = module.source.find("\n## Qu")
    return quiz >= 0 and "\n### " in module.source[quiz:]


def _walk_language(
    reading: Reading, course: Course, plan: Plan, language: str
) -> Iterator[tuple[Problem, Module]]:
    """Yield what a walk finds, each with the module where it happens."""
    late = find_late(plan, course.deadline) if course.deadline is not None else None
    if late is not None and course.deadline is not None:
        module = reading.content.modules[plan.order[late.module - 1], language]
        place = _course_place(reading, course, "deadline")
        message = f"{late.path}; the deadline ends day {course.deadline.days}"
        cure = "fewer attempts, shorter pauses, or a later deadline"
        yield fault("attempts-fit-deadline", place, message, cure), module
    for finding in walk(plan):
        module = reading.content.modules[plan.order[finding.module - 1], language]
        # A page has the time of the first language, in every language.
        is_second = finding.flaw is Flaw.NO_TIME_ASKED and language != course.languages[0]
        if finding.flaw in _RULES and not is_second:
            rule, cure = _RULES[finding.flaw]
            yield fault(rule, _place(reading, course, module, finding), finding.path, cure), module


def _place(reading: Reading, course: Course, module: Module, finding: Finding) -> Place:
    """Return where the cause of a finding stands."""
    if finding.flaw is Flaw.NO_TIME_ASKED:
        return next(one.place for one in module.sections if one.id == finding.page)
    if finding.flaw is Flaw.NEVER_PASSES:
        return _course_place(reading, course, "quiz")
    if finding.flaw is Flaw.NO_ATTEMPT_LEFT:
        if module.quiz.attempts is None:
            return _course_place(reading, course, "quiz")
        return key_place(module.place.path, module.source, "quiz")
    return module.place


def _course_place(reading: Reading, course: Course, key: str) -> Place:
    return key_place(course.place.path, reading.texts[course.place.path], key)
