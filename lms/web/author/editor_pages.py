"""What the editor's templates show: words and addresses, decided here and not there."""

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from sqlalchemy import select

from lms.accounts.queries import logins_of
from lms.authoring.models import Draft, FileRevision, MediaFile, PublishedFile
from lms.authoring.states import OPEN, DraftState
from lms.content.model import Severity
from lms.content.rules import RULES
from lms.publishing.markdown.request import Refusal
from lms.publishing.preview.job import QUIZ, language_of
from lms.web.author.draft_words import draft_state, when
from lms.web.author.editor_forms import file_text, holds
from lms.web.author.editor_snippets import Snippet, snippets, testimony_snippets
from lms.web.author.pages import State
from lms.web.author.rendering import Seen
from lms.web.db import reader
from lms.web.frame import NATIVE_NAMES
from lms.web.words import _, plural

_TITLE = re.compile(r"^title:[ ]*(.+)$|^# +(.+)$", re.MULTILINE)
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SUMMARIES = {rule.name: rule.summary for rule in RULES}


@dataclass(frozen=True, slots=True)
class Box:
    """The editor's page: the draft, the text in the box, and what is said about it.

    `known` is the digest of the text that this one was begun from. `hold`: nothing is saved until
    somebody says so.
    """

    draft_id: uuid.UUID
    path: str
    lang: str
    language: str
    title: str
    text: str
    known: str
    state: State
    is_open: bool
    hold: bool
    is_saved: bool
    is_behind: bool
    saved_by: str
    saved_at: str
    fault: str = ""
    notice: str = ""
    other_text: str = ""
    snippets: tuple[Snippet, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem of the text, with the address of its line."""

    severity: State
    line: int
    column: int
    message: str
    cure: str
    rule: str
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a module that a preview can show."""

    number: int
    title: str
    is_shown: bool


def box_of(draft: Draft, *, text: str | None = None, known: str = "", fault: str = "") -> Box:
    """Give the editor of a draft; with `text`, that one stands in the box and not the saved one."""
    lang = language_of(draft.path)
    shown = file_text(draft.text) if text is None else text
    state = DraftState(draft.state)
    return Box(
        draft_id=draft.id,
        path=draft.path,
        lang=lang,
        language=NATIVE_NAMES.get(lang, ""),
        title=title_in(shown, draft.path),
        text=shown,
        known=known or draft.digest,
        state=draft_state(state),
        is_open=state in OPEN,
        hold=holds(state),
        is_saved=text is None,
        saved_by=who(draft.updated_by),
        saved_at=when(draft.updated_at),
        is_behind=is_behind(draft),
        fault=fault,
        notice=_notice(state),
        snippets=helpers_of(draft.path, shown),
        links=links_of(draft),
    )


def title_in(text: str, path: str) -> str:
    """Give the title that a text has; without one, the path of its file."""
    found = _TITLE.search(text[:4000])
    title = (found[1] or found[2]).strip().strip("'\"") if found else ""
    return visible(title) or path


def visible(text: str) -> str:
    """Give a text in which marks that turn the direction of writing can be seen."""
    return _DIRECTION.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def _notice(state: DraftState) -> str:
    match state:
        case DraftState.IN_REVIEW:
            return _("This text is in review. Saving a change takes it out of the review.")
        case DraftState.APPROVED:
            return _("This text is approved. Saving a change takes its approval away.")
        case DraftState.PUBLISHED:
            return _("This draft was published. It takes no more changes.")
        case DraftState.WITHDRAWN:
            return _("This draft was taken back. It takes no more changes.")
        case _:
            return ""


def who(user_id: uuid.UUID) -> str:
    """Give the login of an account."""
    return logins_of(reader(), [user_id]).get(user_id, "")


def links_of(draft: Draft) -> dict[str, str]:
    """Give the addresses of the pages around the editor; one that is not there is empty."""
    behind = is_behind(draft)
    return {
        "review": url_for("author.review", draft_id=draft.id),
        "media": url_for("author.media_library"),
        "facts": url_for("author.facts"),
        "catch_up": url_for("author.catch_up", draft_id=draft.id) if behind else "",
    }


def is_behind(draft: Draft) -> bool:
    """Whether the file was published anew since the draft was begun from it."""
    if draft.state not in OPEN:
        return False
    row = reader().execute(
        select(FileRevision.text, FileRevision.made_at)
        .join(PublishedFile, PublishedFile.revision_id == FileRevision.id)
        .where(PublishedFile.path == draft.path)
    ).one_or_none()  # fmt: skip
    return row is not None and row[1] >= draft.created_at and row[0] not in {
        draft.base_text, draft.text,
    }  # fmt: skip


def helpers_of(path: str, text: str) -> tuple[Snippet, ...]:
    """Give what can be inserted into a file."""
    lang = language_of(path)
    if path.startswith("content/modules/"):
        return snippets(text, lang)
    return testimony_snippets(lang) if path.startswith("content/testimonies/") else ()


def alternative_texts(language: str) -> dict[str, str]:
    """Give what uploaded pictures show, by path, in a language."""
    rows = reader().execute(select(MediaFile.path, MediaFile.alt))
    return {path: str(alt.get(language, "")) for path, alt in rows}


def parts_of(page: Mapping[str, Any]) -> tuple[Part, ...]:
    """Give the parts of a module, the one that is shown among them."""
    titles = list(enumerate(page["parts"], start=1))
    parts = [Part(number, visible(title), number == page["part"]) for number, title in titles]
    if page["has_quiz"]:
        parts.append(Part(QUIZ, _("Questions"), page["part"] == QUIZ))
    return tuple(parts)


def refusal_text(answer: Mapping[str, Any]) -> str:
    """Say in whole sentences why a text could not be shown or checked."""
    match Refusal[answer["reason"]]:
        case Refusal.TOO_LONG:
            return _("This text is too long to be shown. Cut it in two.")
        case Refusal.TOO_DEEP:
            return _("Lists, quotations or emphasis are nested too deeply. Take some levels out.")
        case Refusal.TOO_SLOW:
            return _("This takes too long, and was stopped. Look for a long run of the same signs.")
        case Refusal.TOO_BIG:
            return _("This takes too much memory, and was stopped. Cut the text in two.")
        case Refusal.UNSTABLE:
            return _("This page cannot be made safe. Look for HTML, and take it out.")
        case Refusal.BROKEN:
            return _("This could not be shown. Your text is safe; try again.")


def problem_lines(seen: Seen) -> tuple[ProblemLine, ...]:
    """Give the problems of a text, errors first, each with the address of its line."""
    rows: Iterable[Mapping[str, Any]] = (seen.problems or {}).get("rows", ())
    return tuple(_problem_line(seen.draft_id, row) for row in rows)


def _problem_line(draft_id: uuid.UUID, row: Mapping[str, Any]) -> ProblemLine:
    is_error = row["severity"] == Severity.ERROR
    return ProblemLine(
        severity=State(_("Error"), "error") if is_error else State(_("Warning"), "warning"),
        line=row["line"],
        column=row["column"],
        message=visible(row["message"]),
        cure=visible(row["help"]),
        rule=row["rule"],
        summary=_SUMMARIES[row["rule"]],
        url=url_for(
            "author.draft_lines", draft_id=draft_id, line=row["line"],
            _anchor=f"line-{row['line']}",
        ),
    )  # fmt: skip


def counted(seen: Seen) -> str:
    """Say how many problems a text has."""
    found = seen.problems or {}
    if found.get("kind") != "problems":
        return ""
    errors, warnings = found["errors"], found["warnings"]
    parts = [plural("%(num)s error", "%(num)s errors", errors)] if errors else []
    parts += [plural("%(num)s warning", "%(num)s warnings", warnings)] if warnings else []
    return ", ".join(parts) or _("The check finds nothing to mend here.")
