"""Which media the texts of a module show: found in the Markdown, judged before anything is read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import dirname, normpath
from urllib.parse import unquote

from lms.content.inline import Mark, marks, paragraphs
from lms.content.model import Content, Item, Module, Prose, TestimonyCall, TestimonyKind
from lms.content.source import Line, scan, split_lines
from lms.publishing.item_document import key_texts, shown_texts
from lms.publishing.media_kinds import FORMATS, MediaKind, extension_of, is_playable
from lms.publishing.originals import Sources, file_digest

_ALONE = re.compile(r" {0,3}!\[([^\[\]]*)\]\([ \t]*(?:<([^<>]*)>|([^\s()<>]+))[ \t]*\)[ \t]*")
_HOME = re.compile(r"(?:modules|testimonies)/[^/]+/media/.+")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|[/#]")


@dataclass(frozen=True, slots=True, order=True)
class MediaUse:
    """One address of media in a text: as typed, and the files that stand behind it.

    Paths are relative to the content folder; the first is the file itself, a film's captions and
    transcript follow. `fault` says why it cannot be published.
    """

    typed: str
    paths: tuple[str, ...]
    apart: bool = False
    fault: str = ""
    source: str = ""  # the text's own path, for messages


def film_line(line: Line) -> tuple[str, str] | None:
    """Give the caption and the address of a film or sound that is all of a line, if one is."""
    found = _ALONE.fullmatch(line.text) if line.plain else None
    address = (found[2] or found[3] or "") if found else ""
    return (found[1].strip(), address) if found and is_playable(_bare(address)) else None


def find_media(content: Content, module: Module) -> tuple[MediaUse, ...]:
    """Give all media that the texts of a module in its language show, faults included."""
    found: set[MediaUse] = set()
    for text, source, where in _texts(content, module):
        found |= set(_uses(text, source, where, module.language))
    return tuple(sorted(found))


def text_media(text: str, source: str) -> Iterator[MediaUse]:
    """Give the media that one file's text shows, in whichever part of it; faults included.

    `source` is the file's path, beginning with the content folder's name.
    """
    language = source.rpartition("/")[2].removesuffix(".md")
    return _uses(text, source, _Where(is_prose=True), language)


@dataclass(frozen=True, slots=True)
class _Where:
    """In what kind of text media stand."""

    is_prose: bool  # where a film may stand; a question has no place for one
    apart: bool = False


def _texts(content: Content, module: Module) -> Iterator[tuple[str, str, _Where]]:
    here = module.place.path
    for section in module.sections:
        for block in section.blocks:
            match block:
                case Prose():
                    yield block.markdown, here, _Where(is_prose=True)
                case TestimonyCall():
                    yield from _testimony_texts(content, block.testimony_id, module.language)
                case Item():
                    yield from _item_texts(block, here)
    for item in module.items:
        yield from _item_texts(item, here)


def _testimony_texts(
    content: Content, testimony_id: str, language: str
) -> Iterator[tuple[str, str, _Where]]:
    """Give the text of a testimony, and of what can stand in its place."""
    found = content.testimonies.get((testimony_id, language))
    if found is not None:
        apart = found.kind is TestimonyKind.ORIGINAL
        yield found.markdown, found.place.path, _Where(is_prose=True, apart=apart)
        instead = content.testimonies.get((found.equivalent, language))
        if instead is not None:
            yield instead.markdown, instead.place.path, _Where(is_prose=True)


def _item_texts(item: Item, path: str) -> Iterator[tuple[str, str, _Where]]:
    for group in (*shown_texts(item).values(), *key_texts(item).values()):
        for text in group:
            yield text, path, _Where(is_prose=False)


def _uses(text: str, source: str, where: _Where, language: str) -> Iterator[MediaUse]:
    lines, _ = scan(split_lines(text))
    alone = {line.number for line in lines if where.is_prose and film_line(line)}
    for paragraph in paragraphs(lines):
        for mark in marks(paragraph):
            if _is_media(mark):
                is_alone = paragraph.position(mark.start)[0] in alone
                yield _use(mark.target, source, language, apart=where.apart, is_alone=is_alone)


def _is_media(mark: Mark) -> bool:
    """Whether a mark shows a file of the folder; a definition does when it names a picture."""
    found = FORMATS.get(extension_of(_bare(mark.target)))
    is_named = found is not None and found.kind is MediaKind.PICTURE
    return not _ELSEWHERE.match(mark.target) and (mark.picture or is_named)


def _use(typed: str, source: str, language: str, *, apart: bool, is_alone: bool) -> MediaUse:
    path = normpath(f"{dirname(source)}/{unquote(_bare(typed))}").partition("/")[2]
    paths: tuple[str, ...] = (path,)
    fault = ""
    if is_playable(path):
        stem = path.rpartition(".")[0]
        paths = (path, f"{stem}.{language}.vtt", f"{stem}.{language}.md")
        fault = "" if is_alone else "a film or a sound stands alone on a line of a page's text"
    if not _HOME.fullmatch(path) or not path.isprintable():
        fault = "it is not in media/"
    return MediaUse(typed, paths, apart, fault, source)


def _bare(address: str) -> str:
    return address.partition("#")[0].partition("?")[0]


def media_prints(uses: Sequence[MediaUse], sources: Sources) -> list[list[str]]:
    """Give what a module's digest takes from its media: addresses, and the digests of the files."""
    return [
        [use.typed, str(use.apart), *(file_digest(sources.find(path)) for path in use.paths)]
        for use in uses
    ]
