"""What the three-way pages show: each place in which two sides differ, with its lines."""

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from lms.accounts.queries import logins_of
from lms.authoring.catching_up import Behind
from lms.authoring.conflict import Conflict
from lms.authoring.models import Draft
from lms.authoring.three_way import Changed, Hunk, Span
from lms.content.model import Content
from lms.web.author.draft_words import file_name, language_of, when
from lms.web.author.pages import printable
from lms.web.db import reader
from lms.web.words import _, plural

MOST_PLACES = 200  # on one page
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a place: whose it is, which lines, and the lines."""

    name: str
    place: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place in which the sides differ; `number` is the hunk's, which a decision names."""

    number: int
    title: str
    is_open: bool
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One file that both doors have changed."""

    name: str
    path: str
    lang: str
    who: str
    mark: str
    is_media: bool
    is_closed: bool
    places: tuple[PlaceRow, ...]
    left_out: int
    draft_url: str


@dataclass(frozen=True, slots=True)
class BehindPage:
    """A draft beside what is published, and the places that somebody must decide."""

    draft_id: uuid.UUID
    name: str
    path: str
    lang: str
    who: str
    mark: str
    places: tuple[PlaceRow, ...]
    left_out: int
    undecided: tuple[int, ...]
    has_rest: bool  # some of them are not on the page


def conflict_row(conflict: Conflict, content: Content, draft: Draft | None) -> ConflictRow:
    """Give a file in conflict; `draft` is the open one of this file, if there is one."""
    names = (_("In the folder"), _("The published text"), _("Before both"))
    titles = {
        Changed.OURS: _("Changed in the folder only"),
        Changed.THEIRS: _("Changed in the browser only"),
        Changed.ALIKE: _("Changed alike on both sides"),
        Changed.BOTH: _("Changed differently on both sides"),
    }
    places, left_out = _places(conflict.hunks, names, titles)
    return ConflictRow(
        name=file_name(content, conflict.path),
        path=printable(conflict.path),
        lang=language_of(conflict.path),
        who=_("Published by %(login)s, %(when)s.", login=conflict.by, when=when(conflict.at)),
        mark=conflict.mark,
        is_media=not conflict.hunks and not conflict.is_closed,
        is_closed=conflict.is_closed,
        places=places,
        left_out=left_out,
        draft_url=url_for("author.edit_draft", draft_id=draft.id) if draft else "",
    )


def behind_page(behind: Behind, draft: Draft, content: Content) -> BehindPage:
    """Give a draft that something was published past."""
    names = (_("Your draft"), _("The published text"), _("Before both"))
    titles = {
        Changed.OURS: _("Changed in the draft only: the draft's lines stay"),
        Changed.THEIRS: _("Published since: these lines come into the draft"),
        Changed.ALIKE: _("Changed alike on both sides"),
        Changed.BOTH: _("Changed differently on both sides: choose"),
    }
    places, left_out = _places(behind.hunks, names, titles)
    undecided = {n for n, hunk in enumerate(behind.hunks) if hunk.changed is Changed.BOTH}
    login = logins_of(reader(), {draft.updated_by})[draft.updated_by]
    return BehindPage(
        draft_id=draft.id,
        name=file_name(content, draft.path),
        path=printable(draft.path),
        lang=language_of(draft.path),
        who=_("The draft was last written by %(login)s, %(when)s.",
              login=login, when=when(draft.updated_at)),
        mark=behind.mark,
        places=places,
        left_out=left_out,
        undecided=tuple(sorted(undecided)),
        has_rest=not undecided <= {place.number for place in places},
    )  # fmt: skip


def _places(
    hunks: Sequence[Hunk], names: tuple[str, str, str], titles: dict[Changed, str]
) -> tuple[tuple[PlaceRow, ...], int]:
    """Give the places that differ, those to decide first of all that a page has no room for."""
    found = [(place, hunk) for place, hunk in enumerate(hunks) if hunk.changed in titles]
    kept = sorted(found, key=lambda one: one[1].changed is not Changed.BOTH)[:MOST_PLACES]
    rows = tuple(
        PlaceRow(
            number=place,
            title=titles[hunk.changed],
            is_open=hunk.changed is Changed.BOTH,
            columns=tuple(
                Column(name, _lines_text(span), tuple(map(_shown, span.lines)))
                for name, span in zip(names, (hunk.ours, hunk.theirs, hunk.base), strict=True)
            ),
        )
        for place, hunk in sorted(kept)
    )
    return rows, len(found) - len(rows)


def _lines_text(span: Span) -> str:
    if not span.lines:
        return _("Nothing here (before line %(line)s)", line=span.first)
    if len(span.lines) == 1:
        return _("Line %(line)s", line=span.first)
    return _("Lines %(first)s to %(last)s", first=span.first, last=span.last)


def _shown(line: str) -> str:
    """Give a line whose signs are all seen: one that turns the order of reading has its number."""
    bare = line.rstrip("\r\n")
    return "".join(
        f"[U+{ord(sign):04X}]" if sign != "\t" and unicodedata.category(sign) in _UNSEEN else sign
        for sign in bare
    )


def done_text(count: int) -> str:
    """Say how many conflicts are left."""
    if not count:
        return _("No file is changed on both sides any more.")
    return plural("%(num)s file is left.", "%(num)s files are left.", count)
