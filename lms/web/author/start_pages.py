"""What the author's start page shows: what waits for somebody, then every file with its state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from flask import url_for

from lms.authoring.workspace import Meeting
from lms.content.facts_register import due_facts
from lms.content.model import Module
from lms.content.parse_module import parse_module
from lms.content.twins import Lag, lagging
from lms.publishing.expiring import Ending, broken_by_withdrawal, expiring
from lms.web.author.courses import course_number
from lms.web.author.draft_words import file_name
from lms.web.author.folder import Folder
from lms.web.author.guard import is_closed
from lms.web.author.pages import State, counted, printable, title_of
from lms.web.author.start_rows import (
    Action,
    Desk,
    FileRow,
    Group,
    draft_action,
    draft_note,
    draft_state_of,
    file_state,
    is_waiting_for_review,
    state_note,
)
from lms.web.db import reader
from lms.web.frame import NATIVE_NAMES
from lms.web.request import LANGUAGES, actor, language
from lms.web.words import _, day_text

_TESTIMONIES = "content/testimonies/"


@dataclass(frozen=True, slots=True)
class Work:
    """An open draft: what it is of, where it stands and the way on."""

    name: str
    state: State
    note: str
    action: Action


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody has to see to: drafts, then sentences with the page where it is done."""

    reviews: tuple[Work, ...]
    approved: tuple[Work, ...]
    writing: tuple[Work, ...]
    conflicts: tuple[Action, ...]
    consents: tuple[Action, ...]
    facts: tuple[str, ...]
    lags: tuple[Action, ...]


def waiting(folder: Folder, desk: Desk) -> Waiting:
    """Give what waits for somebody; a list is empty when there is nothing."""
    groups: dict[str, list[Work]] = {"reviews": [], "approved": [], "writing": []}
    for path, draft in desk.drafts.items():
        if is_closed(path):
            continue
        name = _draft_name(folder, path, draft.text)
        work = Work(name, draft_state_of(draft), draft_note(desk, path), draft_action(desk, path))
        groups[_group(desk, path)].append(work)
    due = due_facts(folder.content, folder.today, actor().login)
    return Waiting(
        reviews=tuple(groups["reviews"]),
        approved=tuple(groups["approved"]),
        writing=tuple(groups["writing"]),
        conflicts=tuple(_conflicts(folder)),
        consents=(
            *(_broken(name) for name in broken_by_withdrawal(reader())),
            *(_consent(one) for one in expiring(reader(), folder.today)),
        ),
        facts=tuple(fact.id for fact in due),
        lags=tuple(_lags(folder)),
    )


def _group(desk: Desk, path: str) -> str:
    if is_waiting_for_review(desk, path):
        return "reviews"
    return "approved" if desk.is_approved(path) else "writing"


def _draft_name(folder: Folder, path: str, text: str) -> str:
    """Name a draft by its file; one of a new module by the title that it has."""
    if path not in folder.numbers and path.startswith("content/modules/"):
        module, _problems = parse_module(path, text)
        if module is not None:
            return f"{module.title} ({NATIVE_NAMES.get(module.language, module.language)})"
    return file_name(folder.content, path)


def _conflicts(folder: Folder) -> Iterator[Action]:
    for path in folder.workspace.conflicts:
        url = url_for("author.conflicts")
        yield Action(file_name(folder.content, path), url)


def _broken(testimony_id: str) -> Action:
    """Say that a course does not hold since a testimony was taken back."""
    name, url = printable(testimony_id), url_for("author.consent", testimony_id=testimony_id)
    return Action(_("Testimony “%(name)s” is taken back: a course does not hold without its "
                    "questions.", name=name), url)  # fmt: skip


def _consent(ending: Ending) -> Action:
    """Say when the consent for a testimony ends, or that it is over."""
    name, day = printable(ending.testimony_id), day_text(ending.until)
    url = url_for("author.consent", testimony_id=ending.testimony_id)
    if ending.notice == 0:
        return Action(_("Testimony “%(name)s”: its consent ended on %(day)s.",
                        name=name, day=day), url)  # fmt: skip
    return Action(_("Testimony “%(name)s”: its consent ends on %(day)s.", name=name, day=day), url)


def _lags(folder: Folder) -> Iterator[Action]:
    """Say which languages are behind; a language that has no file says so in its row."""
    lags = lagging(folder.content, folder.today, folder.changes)
    for (module_id, lang), lag in lags.items():
        module = folder.content.modules.get((module_id, lang))
        if module is not None and not lag.is_missing:
            number = folder.numbers.get(module.place.path, 0)
            url = url_for("author.languages", number=number) if number else ""
            yield Action(_lag_text(file_name(folder.content, module.place.path), lag), url)


def _lag_text(name: str, lag: Lag) -> str:
    words = {"name": name, "twin": NATIVE_NAMES.get(lag.twin, lag.twin), "day": day_text(lag.since)}
    if lag.is_late:
        return _("%(name)s is older than %(twin)s since %(day)s: the term is over.", **words)
    return _("%(name)s is older than %(twin)s since %(day)s.", **words)


def module_groups(folder: Folder, desk: Desk) -> tuple[Group, ...]:
    """Give every module with a row for each language."""
    return tuple(_module_group(folder, desk, n) for n in range(1, folder.count + 1))


def _module_group(folder: Folder, desk: Desk, number: int) -> Group:
    title, lang = title_of(folder, number, LANGUAGES[0])
    rows = (_module_row(folder, desk, number, one) for one in LANGUAGES)
    here = (language(), *LANGUAGES)
    written = next((one for one in here if folder.path(number, one)), LANGUAGES[0])
    questions = url_for("author.questions", number=number, in_language=written)
    more = (
        Action(_("Both languages side by side"), url_for("author.languages", number=number)),
        Action(_("Bring questions in, take them out"), questions),
        Action(_("Quality at a glance"), url_for("author.quality", number=number)),
        Action(_("What answers say"), url_for("author.answers", number=number)),
    )
    return Group(f"{number}. {title}", lang, tuple(rows), tuple(one for one in more if one.url))


def _module_row(folder: Folder, desk: Desk, number: int, lang: str) -> FileRow:
    path = folder.path(number, lang)
    label = NATIVE_NAMES[lang]
    title = title_of(folder, number, lang)[0]
    name = f"{title}, {label}"
    if not path:
        note = _("Nobody reads this module in this language yet.")
        return FileRow(label, name, State(_("No file in this language"), "neutral"), note, None)
    module = folder.module(number, lang)
    row = _row(folder, desk, path, (label, name), is_readable=module is not None)
    if module is not None and path not in desk.drafts and not _is_in_a_course(folder, module):
        note = _("No course names this module, so nobody reads it yet.")
        row = replace(row, state=State(_("In no course"), "neutral"), note=note)
    preview = Action(_("Preview"), url_for("author.preview", lang=lang, number=number))
    return row.with_links(
        counted(folder.problems_of(number, lang)),
        url_for("author.problems", number=number, in_language=lang),
        (preview,) if module else (),
    )


def _is_in_a_course(folder: Folder, module: Module) -> bool:
    return any(module.id in course.modules for course in folder.content.courses.values())


def _row(
    folder: Folder, desk: Desk, path: str, named: tuple[str, str], *, is_readable: bool
) -> FileRow:
    """Give the row of a file that stands."""
    if is_closed(path):
        note = _("The consent is not in force, so its text is shown to nobody.")
        return FileRow(*named, State(_("Not shown"), "stop"), note, None)
    state = file_state(desk, path, is_readable=is_readable)
    row = FileRow(*named, state, state_note(desk, path, state), _action(folder, desk, path))
    edition = desk.editions.get(path)
    if edition is None:
        return row
    history = Action(_("History"), url_for("author.history", revision_id=edition))
    return row.with_links(more=(history,))


def _action(folder: Folder, desk: Desk, path: str) -> Action:
    """Give the one thing to do next with a file that stands."""
    if folder.workspace.meetings.get(path) is Meeting.BOTH:
        return Action(_("Decide"), url_for("author.conflicts"))
    if path in desk.drafts:
        return draft_action(desk, path)
    if path == "content/facts.yml":
        return Action(_("Open the register"), url_for("author.facts"))
    return Action(_("Edit"), path=path)


def testimony_groups(folder: Folder, desk: Desk) -> tuple[Group, ...]:
    """Give every testimony with a row for each language that it has."""
    texts = folder.workspace.files.texts
    paths = sorted((one for one in texts if one.startswith(_TESTIMONIES)), key=_by_language)
    names = list(dict.fromkeys(path.split("/")[2] for path in paths))
    return tuple(
        Group(
            _("Testimony “%(name)s”", name=printable(name)),
            "",
            tuple(
                _other_row(folder, desk, path) for path in paths if path.split("/")[2] == name
            ),
        )
        for name in names
    )  # fmt: skip


def _by_language(path: str) -> tuple[str, int]:
    """Give what sorts files by folder and, within one, by language: the first one first."""
    folder, _slash, file = path.rpartition("/")
    known = [f"{one}.md" for one in LANGUAGES]
    return folder, known.index(file) if file in known else len(known)


def other_rows(folder: Folder, desk: Desk) -> tuple[FileRow, ...]:
    """Give the register of facts and the courses."""
    texts = folder.workspace.files.texts
    paths = [
        one for one in texts if one == "content/facts.yml" or one.startswith("content/courses/")
    ]
    return tuple(_other_row(folder, desk, path) for path in sorted(paths, reverse=True))


def _other_row(folder: Folder, desk: Desk, path: str) -> FileRow:
    name = file_name(folder.content, path)
    language = NATIVE_NAMES.get(path.rsplit("/", 1)[-1].removesuffix(".md"), "")
    problems = [one for one in folder.problems if one.place.path == path]
    row = _row(folder, desk, path, (language or name, name), is_readable=_is_readable(folder, path))
    return row.with_links(
        counted(problems), url_for("author.other_problems"), tuple(_course_pages(folder, path))
    )


def _course_pages(folder: Folder, path: str) -> Iterator[Action]:
    """Yield what can be done with a course, if the file is a course's that can be read."""
    number = course_number(folder, path) if path.startswith("content/courses/") else 0
    if number:
        walk = url_for("author.course_preview", number=number)
        yield Action(_("View as participant"), walk)
        packages = url_for("author.packages", number=number)
        yield Action(_("Package for another learning system"), packages)


def _is_readable(folder: Folder, path: str) -> bool:
    """Whether something of a file could be read."""
    content = folder.content
    shelves: Iterable[Iterable[object]] = (
        (one.place.path for one in content.testimonies.values()),
        (one.place.path for one in content.courses.values()),
        (one.place.path for one in content.facts.values()),
    )
    return any(path in shelf for shelf in shelves)
