"""A content folder as values: everything in it that can be read, and what cannot.

`read` takes files that need never have been on a disk, such as what an author has just typed in
a browser; `read_content` reads a folder.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lms.content.files import Files, decode, load
from lms.content.model import (
    Content,
    Course,
    Fact,
    Module,
    Place,
    Problem,
    Survey,
    Testimony,
)
from lms.content.parse_course import parse_course
from lms.content.parse_facts import parse_facts
from lms.content.parse_module import parse_module
from lms.content.parse_survey import parse_survey
from lms.content.parse_testimony import parse_testimony
from lms.content.rules import fault

_MEDIA = re.compile(r"(?:modules|testimonies|surveys)/[^/]+/media/.+")
_CLAIM = re.compile(r"^id:[ ]*([a-z0-9-]{1,60})[ ]*$", re.MULTILINE)
_HEAD = 4000  # characters in which a front matter gives its id
_README = re.compile(r"(?:.+/)?README\.md")


@dataclass(slots=True)
class _Shelf:
    """Where what has been read is put."""

    courses: dict[str, Course] = field(default_factory=dict)
    modules: dict[tuple[str, str], Module] = field(default_factory=dict)
    testimonies: dict[tuple[str, str], Testimony] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    surveys: dict[tuple[str, str], Survey] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read: the values, the texts they came from, and what could not be read."""

    root: str
    content: Content
    texts: Mapping[str, str]
    paths: frozenset[str]
    problems: tuple[Problem, ...]


def read_content(folder: Path) -> tuple[Content, tuple[Problem, ...]]:
    """Return all that a content folder holds and that could be read, and what is wrong with it."""
    reading = read(load(folder))
    return reading.content, tuple(sorted(reading.problems))


def read(files: Files) -> Reading:
    """Return everything that the files say."""
    shelf = _Shelf(problems=list(files.problems))
    for path in sorted(files.texts):
        text = decode(path, files.texts[path])
        if isinstance(text, Problem):
            shelf.problems.append(text)
        else:
            shelf.texts[path] = text
            _put(shelf, path, text)
    shelf.problems += _check_names(files)
    content = Content(shelf.courses, shelf.modules, shelf.testimonies, shelf.facts, shelf.surveys)
    return Reading(files.root, content, shelf.texts, files.paths, tuple(shelf.problems))


def _put_course(shelf: _Shelf, path: str, text: str) -> None:
    course, problems = parse_course(path, text)
    shelf.problems += problems
    if course is not None:
        stem = path.rsplit("/", 1)[-1].removesuffix(".yml")
        shelf.problems += _agree(path, text, "id", course.id, stem)
        shelf.courses.setdefault(course.id, course)


def _put_module(shelf: _Shelf, path: str, text: str) -> None:
    module, problems = parse_module(path, text)
    shelf.problems += problems
    if module is not None:
        shelf.problems += _agree(path, text, "language", module.language, _stem(path))
        shelf.problems += _check_folder(shelf, module, text)
        shelf.modules.setdefault((module.id, module.language), module)


def _check_folder(shelf: _Shelf, module: Module, text: str) -> Iterator[Problem]:
    """Find a module whose id differs in the same folder, or comes again in another one."""
    path = module.place.path
    place = key_place(path, text, "id")
    for other in shelf.modules.values():
        together = _folder(other.place.path) == _folder(path)
        if together and other.id != module.id:
            message = f"the id is `{module.id}` here and `{other.id}` in {other.place.path}"
            yield fault("one-id-a-folder", place, message, "a module has one id in all languages")
        elif not together and other.id == module.id:
            message = f"the id `{module.id}` is taken by {other.place.path}"
            yield fault("one-id-a-folder", place, message, "give this module another id")
            return


def _put_testimony(shelf: _Shelf, path: str, text: str) -> None:
    testimony, problems = parse_testimony(path, text)
    shelf.problems += problems
    if testimony is not None:
        shelf.problems += _agree(path, text, "language", testimony.language, _stem(path))
        shelf.problems += _agree(path, text, "id", testimony.id, _folder(path).rsplit("/", 1)[-1])
        shelf.testimonies.setdefault((testimony.id, testimony.language), testimony)


def _put_survey(shelf: _Shelf, path: str, text: str) -> None:
    survey, problems = parse_survey(path, text)
    shelf.problems += problems
    if survey is not None:
        shelf.problems += _agree(path, text, "language", survey.language, _stem(path))
        shelf.problems += _agree(path, text, "id", survey.id, _folder(path).rsplit("/", 1)[-1])
        shelf.surveys.setdefault((survey.id, survey.language), survey)


def _put_facts(shelf: _Shelf, path: str, text: str) -> None:
    facts, problems = parse_facts(path, text)
    shelf.problems += problems
    shelf.facts.update({fact.id: fact for fact in facts})


_READERS: tuple[tuple[re.Pattern[str], Callable[[_Shelf, str, str], None]], ...] = (
    (re.compile(r"courses/[^/]+\.yml"), _put_course),
    (re.compile(r"modules/[^/]+/[a-z]{2}\.md"), _put_module),
    (re.compile(r"testimonies/[^/]+/[a-z]{2}\.md"), _put_testimony),
    (re.compile(r"surveys/[^/]+/[a-z]{2}\.md"), _put_survey),
    (re.compile(r"facts\.yml"), _put_facts),
)


def is_read(path: str) -> bool:
    """Whether the text of a file by this name is read: a course, a module, the facts."""
    inside = path.partition("/")[2]
    return any(pattern.fullmatch(inside) for pattern, _ in _READERS)


def is_media(path: str) -> bool:
    """Whether a file by this name is what a text shows: a picture, a film, its transcript."""
    return _MEDIA.fullmatch(path.partition("/")[2]) is not None


def _put(shelf: _Shelf, path: str, text: str) -> None:
    """Read one text by the place where it stands."""
    inside = path.partition("/")[2]
    for pattern, reader in _READERS:
        if pattern.fullmatch(inside):
            reader(shelf, path, text)


def _check_names(files: Files) -> Iterator[Problem]:
    """Find files that nothing reads, and a folder without modules."""
    known = [pattern for pattern, _ in _READERS]
    for path in sorted(files.paths):
        inside = path.partition("/")[2]
        if not any(pattern.fullmatch(inside) for pattern in (*known, _MEDIA, _README)):
            cure = "modules/<folder>/<language>.md, media/, courses/<id>.yml, facts.yml …"
            yield fault("stray-file", Place(path), "nothing reads this file", cure)
    folder_is_there = all(problem.rule != "unreadable-folder" for problem in files.problems)
    if folder_is_there and not any(
        known[1].fullmatch(path.partition("/")[2]) for path in files.paths
    ):
        cure = "write modules/01-first/fr.md; `lms content new module` makes it"
        yield fault("no-modules", Place(files.root), "no module is in this folder", cure)


def _agree(path: str, text: str, key: str, given: str, named: str) -> Iterator[Problem]:
    """Find a key that says another thing than the name of the file or folder."""
    if given != named:
        message = f"`{key}` is `{given}`; the path says `{named}`"
        yield fault("path-agrees", key_place(path, text, key), message, "make them the same")


def key_place(path: str, text: str, key: str) -> Place:
    """Return the place of a key at the outer level of a head; line 1 where it is not found."""
    match = re.search(rf"^{key}[ ]*:", text, re.MULTILINE)
    return Place(path, text.count("\n", 0, match.start()) + 1 if match else 1)


def claims(reading: Reading) -> frozenset[tuple[str, str]]:
    """Return the ids and languages that module files claim, even those that cannot be read."""
    folder = f"{reading.root}/modules/"
    found = set(reading.content.modules)
    for path, text in reading.texts.items():
        claim = _CLAIM.search(text[:_HEAD]) if path.startswith(folder) else None
        if claim:
            found.add((claim[1], _stem(path)))
    return frozenset(found)


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def _folder(path: str) -> str:
    return path.rsplit("/", 1)[0]
