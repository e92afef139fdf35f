"""Drafts and files in words: where they stand, what was done to them, what they are called."""

from datetime import datetime
from typing import assert_never

from flask_babel import format_datetime

from lms.authoring.revisions import Origin
from lms.authoring.states import DraftAct, DraftState
from lms.content.model import Content
from lms.web.author.pages import State, course_title, printable
from lms.web.frame import NATIVE_NAMES
from lms.web.words import _, day_text


def draft_state(state: DraftState) -> State:
    """Say where a draft stands."""
    match state:
        case DraftState.DRAFT:
            return State(_("Draft"), "busy")
        case DraftState.IN_REVIEW:
            return State(_("In review"), "wait")
        case DraftState.APPROVED:
            return State(_("Approved"), "good")
        case DraftState.PUBLISHED:
            return State(_("Draft published"), "good")
        case DraftState.WITHDRAWN:
            return State(_("Taken back"), "neutral")
        case _:
            assert_never(state)


def act_text(act: DraftAct) -> str:
    """Say what somebody did to a draft."""
    words = {
        DraftAct.START: _("Begun"),
        DraftAct.EDIT: _("Written"),
        DraftAct.SEND: _("Sent to review"),
        DraftAct.RETURN: _("Changes asked for"),
        DraftAct.APPROVE: _("Approved"),
        DraftAct.PUBLISH: _("Draft published"),
        DraftAct.WITHDRAW: _("Taken back"),
    }
    return words[act]


def door_text(origin: str) -> str:
    """Say through which door an edition came."""
    return _("Browser") if origin == Origin.BROWSER else _("Folder")


def when(moment: datetime) -> str:
    """Write a day and a time of day, with the year."""
    clock = _("HH:mm")
    return _("%(day)s at %(time)s", day=day_text(moment), time=format_datetime(moment, clock))


def file_name(content: Content, path: str) -> str:
    """Give what people call a file: a module's title, a testimony's name, and the language."""
    language = NATIVE_NAMES.get(path.rsplit("/", 1)[-1].removesuffix(".md"), "")
    name = _name(content, path)
    return f"{name} ({language})" if language else name


def _name(content: Content, path: str) -> str:
    match path.split("/")[1:]:
        case ["modules", folder, *_rest]:
            return _title(content, path, folder)
        case ["testimonies", name, *_rest]:
            return _("Testimony “%(name)s”", name=printable(name))
        case ["courses", file]:
            found = content.courses.get(file.removesuffix(".yml"))
            return _("Course “%(title)s”", title=course_title(found) if found else printable(file))
        case ["facts.yml"]:
            return _("Facts")
        case _:
            return printable(path)


def _title(content: Content, path: str, folder: str) -> str:
    """Give a module's title in the language of the file, or else in any that can be read."""
    modules = [one for one in content.modules.values() if one.place.path.split("/")[2] == folder]
    here = [one for one in modules if one.place.path == path]
    return next((one.title for one in (*here, *modules)), printable(folder))


def language_of(path: str) -> str:
    """Give the language that a file's name says; empty for a file of all languages."""
    stem = path.rsplit("/", 1)[-1].removesuffix(".md")
    return stem if stem in NATIVE_NAMES else ""
