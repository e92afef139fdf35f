"""Rules about two languages: what decides a pass is the same in each."""

from collections.abc import Callable, Iterator, Sequence

from lms.content.check_reviews import all_items
from lms.content.model import Content, Course, Item, Module, Problem, Section
from lms.content.read import Reading, claims, key_place
from lms.content.rules import fault
from lms.content.settings import inside
from lms.content.source import split_lines

_FIRST = "fr"


def reviewed_earlier(module: Module, other: Module) -> bool:
    """Whether a module was reviewed on an earlier day than its other language.

    Times of files say nothing: git sets them when it writes the file.
    """
    return module.reviewed < other.reviewed


def first_language(content: Content) -> str:
    """Return the language that the others are compared with."""
    firsts = [course.languages[0] for course in content.courses.values()]
    return firsts[0] if firsts else _FIRST


def check_languages(
    reading: Reading, is_stale: Callable[[Module, Module], bool]
) -> Iterator[Problem]:
    """Find what one language has and the other has not, or has otherwise."""
    content = reading.content
    first = first_language(content)
    for course in content.courses.values():
        yield from _check_complete(reading, course)
    for (name, language), module in content.modules.items():
        main = content.modules.get((name, first))
        if main is not None and language != first:
            yield from _check_sections(main, module)
            yield from _check_gates(main, module)
            yield from _check_items(all_items(main), all_items(module), main.source, module)
            yield from _check_age(main, module, is_stale)
    yield from _check_surveys(reading, first)
    yield from _check_testimonies(reading, first)


def _check_complete(reading: Reading, course: Course) -> Iterator[Problem]:
    """Find modules of a course that one of its languages lacks."""
    claimed = claims(reading)
    known = {name for name, _ in claimed}
    path = course.place.path
    place = key_place(path, reading.texts[path], "modules")
    for name in course.modules:
        for language in course.languages:
            if name in known and (name, language) not in claimed:
                rule = (
                    "language-missing" if language == course.languages[0] else "translation-missing"
                )
                message = f"module `{name}` does not exist in `{language}`"
                yield fault(rule, place, message, f"write its {language}.md")


def _check_sections(main: Module, module: Module) -> Iterator[Problem]:
    """Find sections that differ, at the first place where they do."""
    pairs = zip(main.sections, module.sections, strict=False)
    other = next((pair for pair in pairs if pair[0].id != pair[1].id), None)
    if other is not None:
        message = f"the section `{other[1].id}` stands where {main.language} has `{other[0].id}`"
        yield fault("same-sections", other[1].place, message, "use the same ids in the same order")
        return
    yield from _check_rest(main, module, main.sections[len(module.sections) :], "lacks")
    yield from _check_rest(main, module, module.sections[len(main.sections) :], "adds")


def _check_rest(
    main: Module, module: Module, rest: Sequence[Section], does: str
) -> Iterator[Problem]:
    for section in rest:
        place = section.place if does == "adds" else module.place
        message = f"{module.language} {does} the section `{section.id}`; {main.language} is first"
        yield fault("same-sections", place, message, "every language has the same sections")


def _check_gates(main: Module, module: Module) -> Iterator[Problem]:
    """Find rules of the quiz that differ."""
    if main.quiz != module.quiz:
        place = key_place(module.place.path, module.source, "quiz")
        message = f"`quiz` says something else than in {main.language}"
        yield fault("same-gates", place, message, f"copy it from {main.place.path}")


def _check_age(
    main: Module, module: Module, is_stale: Callable[[Module, Module], bool]
) -> Iterator[Problem]:
    """Find the language that was left behind when the other was reviewed."""
    for older, newer in ((main, module), (module, main)):
        if is_stale(older, newer):
            place = key_place(older.place.path, older.source, "reviewed")
            message = f"{newer.language} was reviewed on {newer.reviewed}, this on {older.reviewed}"
            yield fault("older-side", place, message, "bring it up to date, then set `reviewed`")


def _check_items(
    main: Sequence[Item], items: Sequence[Item], main_source: str, module: Module
) -> Iterator[Problem]:
    """Find questions that are missing in one language, or differ."""
    theirs = {item.id: item for item in main if item.id}
    ours = {item.id: item for item in items if item.id}
    for name, item in theirs.items():
        if name in ours:
            yield from _check_same(item, ours[name])
        elif name not in declared(module.source):
            message = f"the question `{name}` is missing; it stands in {item.place.path}"
            yield fault("same-items", module.place, message, "write it, with the same id")
    for name, item in ours.items():
        if name not in theirs and name not in declared(main_source):
            message = f"the question `{name}` stands in {module.language} alone"
            yield fault("same-items", item.place, message, "write it in every language")


def declared(source: str) -> frozenset[str]:
    """Return the ids that settings state, even of questions that could not be read."""
    found = set()
    for line in split_lines(source):
        for part in (inside(line) or "").split(","):
            key, _, word = part.partition(":")
            if key.strip() == "id":
                found.add(word.strip())
    return frozenset(found)


def _check_same(main: Item, item: Item) -> Iterator[Problem]:
    """Find what differs between two languages of one question; a new kind is said alone."""
    where = f"{main.place.path}:{main.place.line}"
    if main.kind is not item.kind or main.practice != item.practice:
        message = f"`{item.id}` is {_kind(item)} here and {_kind(main)} in {where}"
        yield fault("same-kind", item.place, message, "write the answers in the same way")
        return
    counts = (
        len(item.choices + item.pairs + item.steps),
        len(main.choices + main.pairs + main.steps),
    )
    if counts[0] != counts[1]:
        message = f"`{item.id}` has {counts[0]} answers here and {counts[1]} in {where}"
        yield fault("same-options", item.place, message, "give the same answers in the same order")
    elif _right(item) != _right(main):
        message = f"`{item.id}` has other right answers than in {where}"
        yield fault("same-right", item.place, message, "give the same answers in the same order")
    for rule, what, same in _COMPARED:
        if same(item) != same(main):
            message = f"`{item.id}`: {what} differ from {where}"
            yield fault(rule, item.place, message, "use the same settings in every language")


def _kind(item: Item) -> str:
    return f"a {item.kind} question{' for practice' if item.practice else ''}"


def _right(item: Item) -> tuple[object, ...]:
    """Return what is right without any words: positions and numbers."""
    return (tuple(choice.correct for choice in item.choices), frozenset(item.numbers))


def _gate(item: Item) -> tuple[object, ...]:
    return (item.must, item.graded, item.min_words, item.section)


_COMPARED: tuple[tuple[str, str, Callable[[Item], object]], ...] = (
    ("same-points", "points", lambda item: (item.points, item.partial)),
    ("same-pool", "pools", lambda item: item.pool),
    ("same-gates", "`must`, `graded`, `min_words` or `section`", _gate),
)


def _check_surveys(reading: Reading, first: str) -> Iterator[Problem]:
    """Find questions of a survey that differ."""
    surveys = reading.content.surveys
    for (name, language), survey in surveys.items():
        main = surveys.get((name, first))
        if main is None or language == first:
            continue
        theirs = [(item.id, item.kind, len(item.choices)) for item in main.items]
        ours = [(item.id, item.kind, len(item.choices)) for item in survey.items]
        if theirs != ours:
            pairs = zip(survey.items, theirs, ours, strict=False)
            place = next((item.place for item, a, b in pairs if a != b), survey.place)
            message = f"the questions differ from {main.place.path}"
            cure = "give the same questions and options in the same order"
            yield fault("same-items", place, message, cure)


def _check_testimonies(reading: Reading, first: str) -> Iterator[Problem]:
    """Find testimonies whose kind, consent or sources differ."""
    testimonies = reading.content.testimonies
    for (name, language), testimony in testimonies.items():
        main = testimonies.get((name, first))
        if main is None or language == first:
            continue
        same = (testimony.kind, testimony.consent, frozenset(testimony.sources))
        if same != (main.kind, main.consent, frozenset(main.sources)):
            message = f"`kind`, `consent` or `sources` differ from {main.place.path}"
            cure = "they are about the person, not about the language"
            yield fault("same-testimony", testimony.place, message, cure)
