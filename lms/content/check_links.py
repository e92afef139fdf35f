"""Rules about what a text points to: links, pictures, sound, film; and HTML."""

import re
from collections.abc import Iterator, Sequence
from posixpath import normpath
from urllib.parse import unquote

from lms.content.front_matter import short
from lms.content.inline import Mark, marks, tags
from lms.content.model import Place, Problem
from lms.content.read import Reading
from lms.content.rules import fault
from lms.content.source import Line, heading
from lms.content.texts import Body
from lms.content.words import slug

_FILM = (".mp4", ".webm", ".ogv", ".mp3", ".m4a", ".ogg", ".wav")
_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]*:|//)")
_FOLLOWED = ("https:", "http:", "mailto:", "tel:", "sms:")
_SECTION = 2


def check_links(reading: Reading, texts: Sequence[Body]) -> Iterator[Problem]:
    """Find links and media that lead nowhere, what lacks words for some readers, and HTML."""
    anchors = {body.path: _anchors(body.lines) for body in texts}
    for body in texts:
        yield from _check_blocks(body.path, body.lines)
        for paragraph in body.paragraphs:
            for at in tags(paragraph):
                yield _html(Place(body.path, *paragraph.position(at)))
            for mark in marks(paragraph):
                place = Place(body.path, *paragraph.position(mark.start))
                if mark.picture:
                    yield from _check_media(reading, mark, place)
                else:
                    yield from _check_link(reading, mark.target, place, anchors)


def _html(place: Place) -> Problem:
    cure = "use Markdown; to show a sign as it is put it between ` signs"
    return fault("raw-html", place, "HTML is shown as text", cure)


def _check_blocks(path: str, lines: tuple[Line, ...]) -> Iterator[Problem]:
    """Find comments and HTML that span lines, at the line where they begin."""
    was = False
    for line in lines:
        if line.html and not was:
            yield _html(Place(path, line.number))
        was = line.html


def _anchors(lines: tuple[Line, ...]) -> frozenset[str]:
    """Return the ids of the sections in a file."""
    heads = [head for line in lines if (head := heading(line)) and head.level == _SECTION]
    return frozenset(head.id if head.stated else slug(head.text) for head in heads)


def _target(path: str, address: str) -> str:
    """Return the path that an address leads to from a file."""
    return normpath(f"{path.rsplit('/', 1)[0]}/{unquote(address)}")


def _check_media(reading: Reading, mark: Mark, place: Place) -> Iterator[Problem]:
    """Find pictures, sound and film without words, or that are not there."""
    address = mark.target.partition("#")[0].partition("?")[0]
    if not mark.text.strip():
        message = "this has no text for those who do not see it"
        cure = "write `![What it shows](…)`; for film and sound, their title"
        yield fault("picture-alt", place, message, cure)
    if _SCHEME.match(address) or address.startswith("/"):
        message = f"`{short(address)}` is not in the folder"
        cure = "put the file in media/ and write `![…](media/name)`"
        yield fault("media-outside", place, message, cure)
        return
    path = _target(place.path, address)
    if path not in reading.paths:
        message = f"`{short(address)}` does not exist"
        yield fault("media-missing", place, message, "check the name; capitals count")
    elif path.lower().endswith(_FILM):
        yield from _check_film(reading, path, place)


def _check_film(reading: Reading, path: str, place: Place) -> Iterator[Problem]:
    """Find sound and film without captions or transcript in the language of the file."""
    stem = path.rsplit(".", 1)[0]
    language = place.path.rsplit("/", 1)[-1].removesuffix(".md")
    for rule, ending, what in (("captions", "vtt", "captions"), ("transcript", "md", "transcript")):
        wanted = f"{stem}.{language}.{ending}"
        if wanted not in reading.paths:
            name = wanted.rsplit("/", 1)[-1]
            yield fault(
                rule, place, f"the {what} `{short(name)}` do not exist", f"add media/{name}"
            )


def _check_link(
    reading: Reading, target: str, place: Place, anchors: dict[str, frozenset[str]]
) -> Iterator[Problem]:
    """Find links that cannot be followed."""
    if _SCHEME.match(target):
        if not target.lower().startswith((*_FOLLOWED, "//")):
            message = f"`{short(target)}` cannot be followed"
            yield fault("dead-link", place, message, "links begin with https:, mailto: or tel:")
        return
    address, _, anchor = target.partition("#")
    path = _target(place.path, address) if address else place.path
    if not target or path not in reading.paths:
        message = f"`{short(address)}` does not exist"
        cure = "write `../04-law/en.md#minors` for a section of another module"
        yield fault("dead-link", place, message, cure)
    elif anchor and anchor not in anchors.get(path, frozenset()):
        known = ", ".join(sorted(anchors.get(path, frozenset()))) or "none"
        message = f"no section there has the id `{short(anchor)}`"
        yield fault("dead-link", place, message, f"sections: {known}")
