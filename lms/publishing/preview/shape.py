"""Which part of a text is shown, and in which shape it can be shown although it is not finished."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lms.content.model import (
    Block,
    Content,
    Module,
    Place,
    Section,
    Testimony,
    TestimonyCall,
    TestimonyKind,
)
from lms.content.source import heading, scan, split_lines
from lms.publishing.links import section_reference
from lms.publishing.preview.job import QUIZ, language_of

_SECTION = 2  # the level of `## `


@dataclass(frozen=True, slots=True)
class Shape:
    """A module that can be compiled, and which part of it is shown: a section or QUIZ.

    `courses` are those that have the module; `closed` are the originals that may not be shown.
    """

    module: Module
    part: int
    content: Content
    courses: tuple[str, ...]
    closed: frozenset[str]
    has_quiz: bool = False


def module_shape(content: Content, path: str, *, part: int, line: int, today: date) -> Shape | None:
    """Give one part of a module, ready to be compiled; None if its file cannot be read."""
    module = next((one for one in content.modules.values() if one.place.path == path), None)
    if module is None:
        return None
    known = {*range(1, len(module.sections) + 1), QUIZ}
    part = part if part in known else part_at(module, line)
    sections = tuple(
        section if position == part else replace(section, blocks=())
        for position, section in enumerate(module.sections, start=1)
    )
    shown = replace(module, sections=sections, items=module.items if part == QUIZ else ())
    return replace(_shape(content, shown, part, today), has_quiz=bool(module.items))


def testimony_shape(content: Content, path: str, *, today: date) -> Shape | None:
    """Give a testimony as a page that shows it and nothing else; None if it cannot be read."""
    found = next((one for one in content.testimonies.values() if one.place.path == path), None)
    if found is None:
        return None
    call = TestimonyCall(found.id, Place(path))
    section = Section("testimony", found.id, (call,), Place(path))
    module = Module("", language_of(path), found.id, 1, today, today, (section,), (), Place(path),
                    "")  # fmt: skip
    return _shape(content, module, 1, today)


def part_at(module: Module, line: int) -> int:
    """Give the part of a module in which a line of its file stands."""
    begins = [section.place.line for section in module.sections]
    lines, _ = scan(split_lines(module.source))
    found = [(one, heading(one)) for one in lines if one.number <= line]
    heads = [one.number for one, head in found if head is not None and head.level == _SECTION]
    if heads and heads[-1] not in begins and begins and heads[-1] > begins[-1]:
        return QUIZ
    return max(sum(begin <= line for begin in begins), 1)


def _shape(content: Content, module: Module, part: int, today: date) -> Shape:
    # The file counts for the language in its name, whatever its front matter says.
    module = replace(module, language=language_of(module.place.path))
    courses = tuple(one.id for one in content.courses.values() if module.id in one.modules)
    closed = _closed(content, module, courses, today)
    known = {key for key, lang in content.testimonies if lang == module.language}
    sections = tuple(
        replace(one, blocks=tuple(block for block in one.blocks if _is_known(block, known)))
        for one in module.sections
    )
    module = replace(module, sections=sections)
    facts = {key: fact for key, fact in content.facts.items() if module.language in fact.statement}
    modules = {**content.modules, (module.id, module.language): module}
    return Shape(module, part, replace(content, modules=modules, facts=facts), courses, closed)


def _is_known(block: Block, testimonies: set[str]) -> bool:
    return not isinstance(block, TestimonyCall) or block.testimony_id in testimonies


def _closed(
    content: Content, module: Module, courses: Sequence[str], today: date
) -> frozenset[str]:
    """Give the originals whose file has no consent in force for the courses of this module."""
    return frozenset(
        one.id
        for one in content.testimonies.values()
        if one.kind is TestimonyKind.ORIGINAL and not _may_be_shown(one, courses, module, today)
    )


def _may_be_shown(one: Testimony, courses: Sequence[str], module: Module, today: date) -> bool:
    consent = one.consent
    if consent is None or not consent.is_in(module.language):
        return False
    if not module.id:  # the testimony's own page: the courses that its consent names may show it
        courses = consent.scope
    return bool(courses) and all(consent.covers(course, today) for course in courses)


def addresses(content: Content, links: Mapping[str, str]) -> dict[str, str]:
    """Pair each address that a link would have in the product with that of its preview."""
    found: dict[str, str] = {}
    for module in content.modules.values():
        path = module.place.path
        if path not in links:
            continue
        names = ["", *(section.id for section in module.sections)]
        for page, name in enumerate(names):
            address = f"/{language_of(path)}/to/{section_reference(module.id, name)}"
            found[address] = f"{links[path]}/{max(page, 1)}"
    return found
