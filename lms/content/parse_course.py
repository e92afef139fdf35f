"""From the text of a course file to its value."""

from lms.content.fields import Fields
from lms.content.front_matter import Table, read_yaml
from lms.content.model import (
    APPROVAL,
    TRANSLATION_TERM,
    Course,
    CourseKind,
    Place,
    Problem,
    QuizRules,
)
from lms.content.rules import fault
from lms.content.source import split_lines
from lms.content.words import as_id, as_language, as_percent, nearest
from lms.gates.gate import Sequence

_REQUIRED = ("id", "kind", "languages", "title", "modules")
_KEYS = (
    *_REQUIRED,
    *("sequence", "quiz", "deadline", "seat_time", "attendance"),
    *("translation_term", "approval", "surveys"),
)
_QUIZ_KEYS = ("pass", "attempts", "pause")
WAVES = ("before", "after")  # when a survey is asked
_WHOLE = 100  # percent


def parse_course(path: str, text: str) -> tuple[Course | None, tuple[Problem, ...]]:
    """Return the course that a text describes, and all that is wrong with it."""
    node, found = read_yaml(path, split_lines(text.removeprefix("\ufeff")), 1)
    problems = list(found)
    if not isinstance(node, Table):
        if not problems:
            message = "a course file gives keys"
            problems.append(fault("front-matter", Place(path), message, "begin with `id: …`"))
        return None, tuple(problems)
    return _read(Fields(node, problems), path), tuple(problems)


def _read(fields: Fields, path: str) -> Course | None:
    fields.only(_KEYS, _REQUIRED)
    course_id = fields.id("id")
    kind = fields.value("kind", as_kind, "diversion or awareness")
    languages = fields.words("languages", as_language, "a language like fr or en")
    title = fields.by_language("title")
    modules = fields.words("modules", as_id, "the id of a module")
    sequence = fields.value("sequence", _as_sequence, "in-order or free")
    quiz = fields.quiz("quiz", _QUIZ_KEYS)
    deadline = fields.length("deadline")
    seat_time = _seat_time(fields)
    attendance = fields.value("attendance", _as_attendance, "required or none")
    term = fields.length("translation_term")
    approval = _approval(fields, modules)
    _check_lists(fields, languages, title, modules)
    if not (course_id and kind and languages and title and modules):
        return None
    return Course(
        id=course_id,
        kind=kind,
        languages=languages,
        title=title,
        modules=modules,
        place=Place(path),
        sequence=sequence or Sequence.IN_ORDER,
        quiz=quiz if quiz.attempts else _unlimited(quiz),
        deadline=deadline,
        seat_time=seat_time,
        attendance=attendance or False,
        approval=approval,
        translation_term=TRANSLATION_TERM if term is None else term,
        surveys=_surveys(fields),
    )


def _seat_time(fields: Fields) -> int:
    """Return the share of the reading time that is asked for; a course that is silent asks none."""
    share = fields.value("seat_time", as_percent, "a percentage like 70%") or 0
    if share <= _WHOLE:
        return share
    message = f"`seat_time` is {share}; it must be from 0 to {_WHOLE}"
    fields.problems.append(fault("out-of-range", fields.place("seat_time"), message))
    return 0


def _approval(fields: Fields, modules: tuple[str, ...]) -> tuple[str, ...]:
    """Return the modules that a second person approves before they are published."""
    if "approval" not in fields.table.values:
        return APPROVAL
    if fields.says("approval", "all"):
        return modules
    if fields.says("approval", "none"):
        return ()
    named = fields.words("approval", as_id, "the id of a module")
    for one in named:
        if modules and one not in modules:
            message = f"`approval` names `{one}`, which is no module of this course"
            place = fields.place("approval")
            fields.problems.append(fault("course-module", place, message, nearest(one, modules)))
    return named


def _surveys(fields: Fields) -> dict[str, str]:
    """Return the survey that is asked before and the one after, where the course names them."""
    inner = fields.inner("surveys")
    if inner is None:
        return {}
    inner.only(WAVES)
    return {wave: found for wave in WAVES if (found := inner.id(wave))}


def _unlimited(quiz: QuizRules) -> QuizRules:
    """Return the rules of a course that states no number of attempts."""
    return QuizRules(quiz.pass_percent, None, True, quiz.pause, quiz.draw, quiz.shuffle)


def as_kind(word: str) -> CourseKind | None:
    """Return the kind of course that a word names."""
    return CourseKind(word) if word in set(CourseKind) else None


def _as_sequence(word: str) -> Sequence | None:
    return Sequence(word) if word in set(Sequence) else None


def _as_attendance(word: str) -> bool | None:
    return {"required": True, "none": False}.get(word)


def _check_lists(
    fields: Fields, languages: tuple[str, ...], title: dict[str, str], modules: tuple[str, ...]
) -> None:
    """Find a language without a title, and what a list gives twice or not at all."""
    add = fields.problems.append
    for language in languages:
        if title and language not in title:
            message = f"`title` has no `{language}`"
            add(fault("required-key", fields.place("title"), message, f"add `{language}:`"))
    for key, given in (("languages", languages), ("modules", modules)):
        if key in fields.table.values and not given:
            message = f"`{key}` must name at least one"
            add(fault("value-type", fields.place(key), message))
        if len(set(given)) < len(given):
            message = f"`{key}` names one of them twice"
            add(fault("repeated-id", fields.place(key), message, "keep one"))
