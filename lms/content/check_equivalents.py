"""Rules about what follows when a testimony is taken back: its place is filled, no gate breaks."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lms.content.check_reviews import all_items
from lms.content.model import (
    Content,
    Course,
    Module,
    Problem,
    Severity,
    Testimony,
    TestimonyCall,
    TestimonyKind,
)
from lms.content.plan_course import plan_course, plan_times
from lms.content.read import Reading, key_place
from lms.content.rules import fault
from lms.content.words import nearest
from lms.gates.plan import Finding
from lms.gates.walk import walk

_Seconds = Mapping[str, Mapping[str, int]]


def check_equivalents(reading: Reading) -> Iterator[Problem]:
    """Find what would be missing, or would not hold, once a testimony is taken back."""
    for testimony in reading.content.testimonies.values():
        yield from _check_equivalent(reading, testimony)
    for module in reading.content.modules.values():
        yield from _check_named(reading, module)
    broken = {one.place.path for one in reading.problems if one.severity is Severity.ERROR}
    for course in reading.content.courses.values():
        for problem, module in _check_gates(reading.content, course):
            if module.place.path not in broken:  # what could not be read is told in its own place
                yield problem


def called(module: Module) -> frozenset[str]:
    """Return the testimonies that the sections of a module call."""
    blocks = (block for section in module.sections for block in section.blocks)
    return frozenset(one.testimony_id for one in blocks if isinstance(one, TestimonyCall))


def originals(content: Content) -> frozenset[str]:
    """Return the testimonies that are somebody's own words."""
    found = content.testimonies.values()
    return frozenset(one.id for one in found if one.kind is TestimonyKind.ORIGINAL)


def without_items(content: Content, testimonies: frozenset[str]) -> Content:
    """Return the content without the questions of a quiz that rest on these testimonies."""
    modules = {
        key: replace(
            module, items=tuple(one for one in module.items if one.testimony not in testimonies)
        )
        for key, module in content.modules.items()
    }
    return replace(content, modules=modules)


def _check_equivalent(reading: Reading, testimony: Testimony) -> Iterator[Problem]:
    """Find an equivalent that does not exist or needs consent itself, and an original without."""
    path = testimony.place.path
    if not testimony.equivalent:
        if testimony.kind is TestimonyKind.ORIGINAL and _is_called(reading.content, testimony):
            place = key_place(path, reading.texts[path], "kind")
            message = f"nothing can take the place of `{testimony.id}` when it is taken back"
            cure = "write a summary of the same matters, and name it: `equivalent: …`"
            yield fault("equivalent-missing", place, message, cure)
        return
    place = key_place(path, reading.texts[path], "equivalent")
    found = reading.content.testimonies.get((testimony.equivalent, testimony.language))
    if found is None:
        if f"{reading.root}/testimonies/{testimony.equivalent}/{testimony.language}.md" in (
            reading.paths
        ):
            return  # it is there, and what is wrong with it is said in its own place
        known = {name for name, lang in reading.content.testimonies if lang == testimony.language}
        message = f"no testimony `{testimony.equivalent}` is written in `{testimony.language}`"
        cure = nearest(testimony.equivalent, known - {testimony.id})
        yield fault("equivalent-unknown", place, message, cure)
    elif found.kind is TestimonyKind.ORIGINAL or found.id == testimony.id:
        message = f"`{found.id}` could be taken back too: it is {_what(found, testimony)}"
        cure = "name a composite, a paraphrase or a summary"
        yield fault("equivalent-kind", place, message, cure)


def _what(found: Testimony, testimony: Testimony) -> str:
    return "the same testimony" if found.id == testimony.id else "an original"


def _is_called(content: Content, testimony: Testimony) -> bool:
    modules = (one for one in content.modules.values() if one.language == testimony.language)
    return any(testimony.id in called(module) for module in modules)


def _check_named(reading: Reading, module: Module) -> Iterator[Problem]:
    """Find questions that rest on a testimony that does not exist or is not shown here."""
    known = {name for name, _ in reading.content.testimonies}
    shown = called(module)
    for item in all_items(module):
        if not item.testimony or item.testimony in shown & known:
            continue
        if item.testimony in known:
            message = f"no section of this module shows the testimony `{item.testimony}`"
            cure = f"put [[testimony: {item.testimony}]] in the section that teaches it"
        elif item.testimony in shown:
            continue  # told where it is called
        else:
            message = f"no testimony has the id `{item.testimony}`"
            cure = nearest(item.testimony, known)
        yield fault("question-testimony", item.place, message, cure)


def _check_gates(content: Content, course: Course) -> Iterator[tuple[Problem, Module]]:
    """Prove the gates again without the questions of each original, and of all of them."""
    own = originals(content)
    named = [
        item.testimony
        for (module_id, _), module in content.modules.items()
        if module_id in course.modules
        for item in module.items
        if item.testimony in own
    ]
    each = [frozenset({one}) for one in dict.fromkeys(named)]
    together = [frozenset(named)] if len(each) > 1 else []
    seconds = plan_times(content, course)
    for language in course.languages:
        told: set[tuple[str, int]] = set()
        before = {_mark(one) for one in _walk(content, course, language, seconds)}
        for testimonies in (*each, *together):
            less = without_items(content, testimonies)
            for found in _walk(less, course, language, seconds):
                if _mark(found) in before | told:
                    continue
                told.add(_mark(found))
                module_id = plan_course(content, course, language, seconds).order[found.module - 1]
                module = content.modules[module_id, language]
                yield _gate_fault(module, testimonies, found), module


def _walk(
    content: Content, course: Course, language: str, seconds: _Seconds
) -> tuple[Finding, ...]:
    return tuple(walk(plan_course(content, course, language, seconds)))


def _mark(found: Finding) -> tuple[str, int]:
    return found.flaw, found.module


def _gate_fault(module: Module, testimonies: frozenset[str], found: Finding) -> Problem:
    names = ", ".join(f"`{one}`" for one in sorted(testimonies))
    places = [one.place for one in module.items if one.testimony in testimonies]
    message = f"without the questions that rest on {names}: {found.path}"
    cure = "add questions that rest on something else: a withdrawal must not break the course"
    return fault("testimony-gates", (places or [module.place])[0], message, cure)
