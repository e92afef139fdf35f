"""Previews of drafts: a text goes out, a ticket comes back, the answer is fetched later.

Nothing is rendered or checked in this process (docs/adr/0022-editor.md). An answer is looked at
again each time it is shown: what may not be shown any more is taken out of it then.
"""

import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from sqlalchemy import select

from lms.authoring.models import Draft, MediaFile, PublishedFile
from lms.authoring.workspace import read_workspace
from lms.content.model import Item, ItemKind, Module, Place
from lms.journey.read import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.consent_register import closed_for, closed_testimonies
from lms.publishing.instead import without
from lms.publishing.markdown.request import Refusal
from lms.publishing.media import Shown
from lms.publishing.media_kinds import FORMATS, MediaKind, extension_of, is_playable
from lms.publishing.media_uses import MediaUse
from lms.publishing.preview import start
from lms.publishing.preview.job import QUIZ, Job, Stage, Standing, language_of
from lms.publishing.preview.spool import Spool
from lms.publishing.withheld import withheld_key, withheld_shown
from lms.web.author.folder import listing_numbers
from lms.web.author.media_shown import preview_media
from lms.web.author.preview import Preview
from lms.web.db import reader
from lms.web.request import LANGUAGES, actor, now, settings
from lms.web.words import content_words

PATIENCE = 30.0  # seconds; whoever makes previews answers before, or is gone
AGAIN = 1.0  # seconds after which the bell is rung once more
_TALK = "fr"  # the words of a file without a language


@dataclass(frozen=True, slots=True)
class Wish:
    """What to show of a draft: its text as it is in the box, the caret's line, or a part by name.

    `part` 0 is the one where the caret is.
    """

    text: str
    line: int = 1
    part: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a ticket so far; None is not yet."""

    ticket: uuid.UUID
    draft_id: uuid.UUID
    path: str
    page: Mapping[str, Any] | None
    problems: Mapping[str, Any] | None

    @property
    def is_over(self) -> bool:
        """Whether a newer text has taken its place."""
        return any(one is not None and one["kind"] == "over" for one in (self.page, self.problems))

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come."""
        return self.page is not None and self.problems is not None


def spool() -> Spool:
    """Give the folder where previews wait and stand."""
    return Spool(settings().instance / "previews")


def wait_your_turn() -> None:
    """Raise TooOftenError for whoever asks for previews without a pause."""
    spool().wait_your_turn(actor().user_id.hex)


def ask(draft: Draft, wish: Wish) -> uuid.UUID:
    """Ask for a preview of a text in the place of a draft's; gives its ticket at once."""
    place = spool()
    place.make()
    owner = actor().user_id.hex
    words = content_words()
    job = Job(
        about=draft.id.hex,
        path=draft.path,
        text=wish.text,
        standing=place.keep_standing(_mark(), _standing),
        today=today_in_programme(now()),
        words=words.get(language_of(draft.path), words[_TALK]),
        part=wish.part,
        line=wish.line,
        closed=closed_testimonies(reader(), today_in_programme(now())),
    )
    ticket = place.submit(owner, job)
    start.wake(place)
    return uuid.UUID(ticket)


def look(ticket: uuid.UUID) -> Seen:
    """Give what came of one's own ticket; raise NotFoundError for any other."""
    place, owner, name = spool(), actor().user_id.hex, ticket.hex
    job = place.job(owner, name, with_text=False)
    if job is None:
        raise NotFoundError("preview")
    page = place.answer(owner, name, Stage.PAGE)
    problems = place.answer(owner, name, Stage.PROBLEMS)
    if problems is None:
        late = {"kind": "refused", "reason": Refusal.TOO_SLOW.name, "where": ""}
        age = place.age(owner, name)
        if age > PATIENCE:
            page, problems = page or late, late
        elif age > AGAIN:
            start.wake(place)
    if page is not None and page["kind"] == "page":
        page = _shown_today(page, language_of(job.path))
    return Seen(ticket, uuid.UUID(job.about), job.path, page, problems)


def text_of(ticket: uuid.UUID) -> str:
    """Give the text that one's own ticket was asked for."""
    job = spool().job(actor().user_id.hex, ticket.hex)
    if job is None:
        raise NotFoundError("preview")
    return job.text


def preview_of(page: Mapping[str, Any]) -> Preview:
    """Give a page as the other previews have it, to be shown and to be answered."""
    texts = {one["id"]: (one["shown"], one["key"]) for one in page["items"]}
    return Preview(page["blocks"], texts, page["has_media"])


def module_of(page: Mapping[str, Any], path: str) -> Module:
    """Give a stand-in for the module: its questions, without what the page does not need."""
    day, place = today_in_programme(now()), Place(path)
    kinds = {one["id"]: ItemKind(one["shown"]["kind"]) for one in page["items"]}
    items = tuple(
        Item(one["id"], kinds[one["id"]], "", place, points=one["points"], must=one["must"],
             pool=one["pool"])
        for one in page["asked"]
    )  # fmt: skip
    return Module("", language_of(path), page["title"], 1, day, day, (), items, place, "")


def is_quiz(page: Mapping[str, Any]) -> bool:
    """Whether the part that is shown is the questions of the quiz."""
    return bool(page["part"] == QUIZ)


def _shown_today(page: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """Take out of an answer what may not be shown at this moment."""
    today = today_in_programme(now())
    if not page["testimonies"] and not any(one["testimony"] for one in page["items"]):
        return page
    closed = closed_testimonies(reader(), today)
    if not page["is_testimony"]:
        closed = closed_for(reader(), page["courses"], language, today)
    blocks = page["blocks"]
    if set(page["testimonies"]) & closed:
        blocks = without(page["instead"] or blocks, closed)
    return {**page, "blocks": blocks, "items": [_item(one, closed) for one in page["items"]]}


def _item(item: Mapping[str, Any], closed: frozenset[str]) -> Mapping[str, Any]:
    if item["testimony"] not in closed:
        return item
    return {**item, "shown": withheld_shown(item["shown"]), "key": withheld_key(item["key"])}


def _standing() -> Standing:
    workspace = read_workspace(reader(), settings().content)
    published = {
        path: one.text for path, one in workspace.published.items() if one.text is not None
    }
    files = workspace.files
    numbers = listing_numbers(files.paths)
    links = {path: _base(language_of(path), number) for path, number in numbers.items()}
    return Standing(files.texts, files.paths, published, links, _media(files.paths))


def _media(paths: Iterable[str]) -> Shown:
    """Give the addresses of all media; a film's name begins with the language that it is for."""
    return preview_media(use for path in sorted(paths) for use in _uses(path.partition("/")[2]))


def _uses(path: str) -> Iterable[MediaUse]:
    form = FORMATS.get(extension_of(path))
    stem = path.rpartition(".")[0]
    if form is not None and form.kind is MediaKind.PICTURE:
        yield MediaUse(path, (path,))
    elif is_playable(path):
        for lang in LANGUAGES:
            yield MediaUse(f"{lang}:{path}", (path, f"{stem}.{lang}.vtt", f"{stem}.{lang}.md"))


def _base(lang: str, number: int) -> str:
    url: str = url_for("author.preview_section", lang=lang, number=number, page=1)
    return url.rpartition("/")[0]


def _mark() -> str:
    """Give what changes whenever a file that stands does: of the folder, or a published one."""
    rows = [
        *reader().execute(
            select(PublishedFile.path, PublishedFile.revision_id, PublishedFile.met_digest)
        ),
        *reader().execute(select(MediaFile.path, MediaFile.digest)),
    ]
    parts = [" ".join(map(str, row)) for row in rows]
    for base, _, names in os.walk(settings().content):
        for name in names:
            path = os.path.join(base, name)  # noqa: PTH118 - a Path for each file costs more
            try:
                stat = os.stat(path)  # noqa: PTH116 - likewise
            except OSError:
                continue
            parts.append(f"{path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}")
    prefix = current_app.config.get("APPLICATION_ROOT", "")
    return "\n".join([str(settings().content), str(prefix), *sorted(parts)])
