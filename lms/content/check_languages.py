"""Rules about two languages: what decides a pass is the same in each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from lms.content.check_reviews import all_items
from lms.content.model import Content, Course, Item, Module, Problem, Section, Survey, Testimony
from lms.content.read import Reading, claims, key_place
from lms.content.rules import fault
from lms.content.same import Difference, answers, item_differences
from lms.content.settings import inside
from lms.content.source import split_lines
from lms.content.twins import NO_CHANGES, Changes, Lag, lagging

_FIRST = "fr"
_MOST_NAMED = 3


def first_language(content: Content) -> str:
    """Return the language that the others are compared with."""
    firsts = [course.languages[0] for course in content.courses.values()]
    return firsts[0] if firsts else _FIRST


def check_languages(
    reading: Reading, today: date, changes: Changes = NO_CHANGES
) -> Iterator[Problem]:
    """Find what one language has and the other has not, has otherwise, or has not yet.

    `changes` says when sections changed, where editions are kept.
    """
    content = reading.content
    first = first_language(content)
    lags = lagging(content, today, changes)
    for course in content.courses.values():
        yield from _check_complete(reading, course, lags)
    yield from _check_first(reading, first)
    for (name, language), module in content.modules.items():
        main = content.modules.get((name, first))
        if main is not None and language != first:
            yield from _check_sections(main, module)
            yield from _check_gates(main, module)
            yield from _check_items(all_items(main), all_items(module), main.source, module)
    yield from _check_age(content, lags)
    yield from _check_surveys(reading, first)
    yield from _check_testimonies(reading, first)


def _check_complete(
    reading: Reading, course: Course, lags: Mapping[tuple[str, str], Lag]
) -> Iterator[Problem]:
    """Find modules of a course that one of its languages lacks."""
    claimed = claims(reading)
    known = {name for name, _ in claimed}
    path = course.place.path
    place = key_place(path, reading.texts[path], "modules")
    for name in course.modules:
        for language in course.languages:
            if name in known and (name, language) not in claimed:
                lag = lags.get((name, language))
                rule = "translation-missing"
                if language == course.languages[0]:
                    rule = "language-missing"
                elif lag is not None and lag.is_late:
                    rule = "translation-late"
                message = f"module `{name}` does not exist in `{language}`"
                yield fault(rule, place, message, f"write its {language}.md")


def _check_first(reading: Reading, first: str) -> Iterator[Problem]:
    """Find testimonies, surveys and modules of no course that lack the first language."""
    content = reading.content
    if not content.courses:
        return  # no course says which language is the first
    used = {name for course in content.courses.values() for name in course.modules}
    written = [
        *((key, one.place) for key, one in content.modules.items() if key[0] not in used),
        *((key, one.place) for key, one in content.testimonies.items() if _may_be(one, first)),
        *((key, one.place) for key, one in content.surveys.items()),
    ]
    for (name, language), place in written:
        wanted = f"{place.path.rpartition('/')[0]}/{first}.md"
        if language != first and wanted not in reading.paths:
            message = f"`{name}` is written in `{language}` alone; `{first}` comes first"
            yield fault("first-language", place, message, f"write {wanted}")


def _may_be(testimony: Testimony, language: str) -> bool:
    """Whether nobody has said that a testimony may not be told in this language."""
    return testimony.consent is None or testimony.consent.is_in(language)


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


def _check_age(content: Content, lags: Mapping[tuple[str, str], Lag]) -> Iterator[Problem]:
    """Find the language that was left behind when the other was changed or reviewed."""
    for (name, language), lag in lags.items():
        module = content.modules.get((name, language))
        if module is None:
            continue
        twin = content.modules[name, lag.twin]
        place = key_place(module.place.path, module.source, "reviewed")
        message = f"{lag.twin} was reviewed on {twin.reviewed}, this on {module.reviewed}"
        if lag.sections:
            what = ", ".join(f"`{one}`" for one in lag.sections[:_MOST_NAMED])
            message = f"{what} changed in {lag.twin} on {lag.since}, this was not read since then"
        cure = "bring it up to date, then set `reviewed`"
        if lag.is_late and lag.term is not None:
            message += f"; {lag.days} days ago, and the course gives {lag.term.days}"
            yield fault("translation-late", place, message, cure)
        else:
            yield fault("older-side", place, message, cure)


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
    for difference in item_differences(main, item):
        rule, message, cure = _said(difference, main, item, where)
        yield fault(rule, item.place, message, cure)


def _said(difference: Difference, main: Item, item: Item, where: str) -> tuple[str, str, str]:
    """Give the rule that a difference breaks, and what is said about it."""
    order = "give the same answers in the same order"
    match difference:
        case Difference.KIND:
            message = f"`{item.id}` is {_kind(item)} here and {_kind(main)} in {where}"
            return "same-kind", message, "write the answers in the same way"
        case Difference.OPTIONS:
            counts = len(answers(item)), len(answers(main))
            message = f"`{item.id}` has {counts[0]} answers here and {counts[1]} in {where}"
            return "same-options", message, order
        case Difference.RIGHT:
            return "same-right", f"`{item.id}` has other right answers than in {where}", order
    rule, what = _COMPARED[difference]
    cure = "use the same settings in every language"
    return rule, f"`{item.id}`: {what} differ from {where}", cure


def _kind(item: Item) -> str:
    return f"a {item.kind} question{' for practice' if item.practice else ''}"


_COMPARED = {
    Difference.POINTS: ("same-points", "points"),
    Difference.POOL: ("same-pool", "pools"),
    Difference.GATES: ("same-gates", "`must`, `graded`, `min_words` or `section`"),
}


def _check_surveys(reading: Reading, first: str) -> Iterator[Problem]:
    """Find questions of a survey that differ."""
    surveys = reading.content.surveys
    for (name, language), survey in surveys.items():
        main = surveys.get((name, first))
        if main is None or language == first:
            continue
        theirs, ours = _scales(main), _scales(survey)
        if theirs != ours:
            pairs = zip(survey.items, theirs, ours, strict=False)
            place = next((item.place for item, a, b in pairs if a != b), survey.place)
            message = f"the questions differ from {main.place.path}"
            cure = "give the same questions and options in the same order"
            yield fault("same-items", place, message, cure)


def _scales(survey: Survey) -> list[tuple[object, ...]]:
    return [(item.id, item.kind, len(item.choices), item.reverse) for item in survey.items]


def _check_testimonies(reading: Reading, first: str) -> Iterator[Problem]:
    """Find testimonies whose kind, consent or sources differ."""
    testimonies = reading.content.testimonies
    for (name, language), testimony in testimonies.items():
        main = testimonies.get((name, first))
        if main is None or language == first:
            continue
        if _person(testimony) != _person(main):
            message = f"`kind`, `consent`, `sources` or `equivalent` differ from {main.place.path}"
            cure = "they are about the person, not about the language"
            yield fault("same-testimony", testimony.place, message, cure)


def _person(testimony: Testimony) -> tuple[object, ...]:
    sources = frozenset(testimony.sources)
    return (testimony.kind, testimony.consent, sources, testimony.equivalent)
