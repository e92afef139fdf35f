"""What the pages of the media library show: words and addresses."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import format_datetime, format_decimal

from lms.accounts.queries import logins_of
from lms.authoring.media_library import MediaEntry
from lms.authoring.uploads import companion_paths, usable_in
from lms.publishing.media_kinds import MediaKind, MediaRefusedError, Why, is_playable
from lms.publishing.pictures import MOST_PIXELS, picture_size
from lms.web.author.pages import printable
from lms.web.db import reader
from lms.web.frame import NATIVE_NAMES
from lms.web.request import LANGUAGES, language
from lms.web.words import _

_MEGA = 1_000_000
_LINE = re.compile(r"line (\d+):")


@dataclass(frozen=True, slots=True)
class Look:
    """How a file is seen on the page: a picture, a player, or nothing."""

    picture: str = ""
    player: str = ""
    captions: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class MediaRow:
    """One file of the library, with what belongs to it."""

    path: str
    look: Look
    facts: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    words_url: str = ""
    delete: str = ""  # the path, where it can be deleted


@dataclass(frozen=True, slots=True)
class Library:
    """The files that texts show, and those that none does."""

    used: tuple[MediaRow, ...]
    unused: tuple[MediaRow, ...]


def library(entries: Sequence[MediaEntry]) -> Library:
    """Give the library; captions and transcripts stand with their recording."""
    by_path = {one.path: one for one in entries}
    beside = {
        path
        for one in entries
        if is_playable(one.path)
        for lang in LANGUAGES
        for path in companion_paths(one.path, lang)
    }
    shown = [one for one in entries if one.path not in beside]
    ids = {one.upload.uploaded_by for one in entries if one.upload}
    makers = {str(one): login for one, login in logins_of(reader(), ids).items()}
    rows = {one.path: _row(one, by_path, makers) for one in shown}
    return Library(
        tuple(rows[one.path] for one in shown if one.used_in),
        tuple(rows[one.path] for one in shown if not one.used_in),
    )


def _row(
    entry: MediaEntry, by_path: Mapping[str, MediaEntry], makers: Mapping[str, str]
) -> MediaRow:
    can_change = entry.upload is not None and not entry.is_closed
    url = url_for("author.media_words", file=entry.path)
    return MediaRow(
        path=printable(entry.path),
        look=Look() if entry.is_closed else _look(entry, by_path),
        facts=tuple(_facts(entry, makers)),
        notes=tuple(_notes(entry, by_path)),
        words_url=url if can_change or (is_playable(entry.path) and not entry.is_closed) else "",
        delete=entry.path if can_change and not entry.used_in else "",
    )


def _look(entry: MediaEntry, by_path: Mapping[str, MediaEntry]) -> Look:
    alt = str(entry.upload.alt.get(language(), "")) if entry.upload else ""
    if entry.kind is MediaKind.PICTURE:
        return Look(picture=shown_url(entry.digest), alt=alt)
    if not is_playable(entry.path):
        return Look()
    captions = by_path.get(companion_paths(entry.path, language())[0])
    track = shown_url(captions.digest) if captions else ""
    return Look(player=shown_url(entry.digest), captions=track, alt=alt or entry.path)


def shown_url(digest: str) -> str:
    """Give the address under which an author sees a file."""
    return url_for("author.media_shown", digest=digest)


def _facts(entry: MediaEntry, makers: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    yield _fact(_("Kind"), kind_text(entry.kind))
    yield _fact(_("Size"), _size_text(entry))
    if entry.upload:
        for lang in LANGUAGES:
            words = str(entry.upload.alt.get(lang, ""))
            if words:
                yield _fact(_("Words (%(language)s)", language=NATIVE_NAMES[lang]), words)
        when = format_datetime(entry.upload.uploaded_at, _("d MMM y, HH:mm"))
        who = makers.get(str(entry.upload.uploaded_by), "")
        yield _fact(_("Added"), _("%(when)s, by %(who)s", when=when, who=who))
    else:
        yield _fact(_("Added"), _("In the content folder, or published before"))
    if entry.used_in:
        yield _fact(_("Used in"), [printable(path) for path in entry.used_in])


def _fact(key: str, value: str | list[str]) -> dict[str, Any]:
    return {"key": key, "value": value}


def kind_text(kind: MediaKind | None) -> str:
    """Name what a file is."""
    match kind:
        case MediaKind.PICTURE:
            return _("Picture")
        case MediaKind.FILM:
            return _("Film")
        case MediaKind.SOUND:
            return _("Sound")
        case MediaKind.CAPTIONS:
            return _("Captions")
        case None:
            return _("Transcript or other file")


def _size_text(entry: MediaEntry) -> str:
    megabytes = format_decimal(max(round(entry.file.stat().st_size / _MEGA, 2), 0.01))
    size = picture_size(entry.file) if entry.kind is MediaKind.PICTURE else None
    if size is None:
        return _("%(size)s MB", size=megabytes)
    return _(
        "%(size)s MB, %(across)s × %(down)s points", size=megabytes, across=size[0], down=size[1]
    )


def _notes(entry: MediaEntry, by_path: Mapping[str, MediaEntry]) -> Iterable[str]:
    if entry.is_closed:
        yield _("It belongs to a testimony that is not shown any more: nobody sees it.")
        return
    usable = usable_in(entry.path, by_path)
    for lang in LANGUAGES:
        if lang not in usable:
            yield _(
                "It cannot be shown yet in texts in this language: %(language)s. Captions and a "
                "transcript are missing.",
                language=NATIVE_NAMES[lang],
            )


def folder_labels(folders: Iterable[str], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give the folders that can be chosen, each with the title of its module."""
    return [
        (one, f"{titles[one]} ({printable(one)})" if one in titles else printable(one))
        for one in folders
    ]


def module_titles(found: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Give the title of each module's folder, in the language of the page where there is one."""
    titles: dict[str, str] = {}
    for path, lang, title in found:
        folder = path.rpartition("/")[0]
        if folder not in titles or lang == language():
            titles[folder] = title
    return titles


def refusal_text(error: MediaRefusedError) -> str:
    """Say why a file is not taken, and what to do."""
    line = _LINE.search(str(error))
    if error.why is Why.CAPTIONS and line:
        return _("The captions cannot be used: see their line %(line)s. A file of captions begins "
                 "with WEBVTT; each caption has its times, 00:01.000 --> 00:04.000, and under them "
                 "its words.", line=line[1])  # fmt: skip
    return _refusals().get(error.why) or _(
        "The file cannot be read. Open it, save it again, and send that."
    )


def _refusals() -> dict[Why, str]:
    return {
        Why.TOO_LARGE: _("The file is too large: a picture has 5 MB at most, a film or a sound "
                         "200 MB, captions 1 MB."),
        Why.TOO_MANY_POINTS: _("The picture has too many points: make it smaller. It may have "
                               "%(most)s million.", most=MOST_PIXELS // _MEGA),
        Why.MOVES: _("The picture moves and cannot be paused: make it a film."),
        Why.HEIC: _("This is a HEIC or AVIF picture, as telephones make them; many browsers do "
                    "not show it. Open it on the telephone or the computer, choose “Export” or "
                    "“Save as”, and take JPEG."),
        Why.QUICKTIME: _("This is a QuickTime film (MOV), which many browsers do not play. Export "
                         "it as MP4 (H.264)."),
        Why.DRAWING: _("SVG drawings and web pages can hold programs and are not taken. Save the "
                       "drawing as PNG."),
        Why.DATA_TRACK: _("Beside picture and sound this film carries data, such as the places "
                          "where it was taken, or subtitles. Export it again without them."),
        Why.NOT_KNOWN: _("By its content this is none of the files that can be used: pictures "
                         "JPEG, PNG, WebP, GIF; films MP4, WebM; sound MP3, M4A, Ogg."),
        Why.TRANSCRIPT: _("The transcript is too long, or holds hidden characters."),
    }  # fmt: skip
