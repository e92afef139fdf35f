"""Rules about courses: each can be finished in time, and no module of it can be skipped."""

from collections.abc import Iterator
from datetime import timedelta

from lms.content.model import Course, Module, Problem, QuizRules, Sequence
from lms.content.read import Reading, claims, key_place
from lms.content.rules import fault


def check_gates(reading: Reading) -> Iterator[Problem]:
    """Find modules that do not exist or ask nothing, and attempts that outlast the deadline."""
    for course in reading.content.courses.values():
        yield from _check_modules(reading, course)
        yield from _check_deadline(reading, course)


def _check_modules(reading: Reading, course: Course) -> Iterator[Problem]:
    path = course.place.path
    place = key_place(path, reading.texts[path], "modules")
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


def longest_wait(course: QuizRules, module: QuizRules) -> timedelta:
    """Return the longest that the pauses of a quiz can keep a participant waiting."""
    pause = module.pause if module.pause is not None else course.pause
    attempts = module.attempts or course.attempts
    if module.unlimited or attempts is None:
        attempts = 1  # without a limit one retake at least must fit
    return attempts * (pause or timedelta(0))


def _check_deadline(reading: Reading, course: Course) -> Iterator[Problem]:
    """Find pauses that together are longer than the time there is."""
    keys = [(module_id, course.languages[0]) for module_id in course.modules]
    modules = [reading.content.modules[key] for key in keys if key in reading.content.modules]
    waits = [longest_wait(course.quiz, module.quiz) for module in modules]
    if course.deadline is None or not waits:
        return
    in_order = course.sequence is Sequence.IN_ORDER
    longest = sum(waits, timedelta(0)) if in_order else max(waits)
    if longest > course.deadline:
        path = course.place.path
        place = key_place(path, reading.texts[path], "deadline")
        message = f"all attempts and pauses take {longest}; the deadline is {course.deadline}"
        cure = "fewer attempts, shorter pauses, or a later deadline"
        yield fault("attempts-fit-deadline", place, message, cure)
