"""The parts that links and their definitions are made of: labels, destinations, titles."""

import html
import html.entities
import re
from dataclasses import dataclass
from urllib.parse import quote

PUNCTUATION = r"!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~"
LONGEST_LABEL = 999
_MOST_PARENTHESES = 32
ENTITY = re.compile(r"&(?:#[xX][0-9a-fA-F]{1,8}|#[0-9]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ESCAPED = re.compile(rf"\\([{PUNCTUATION}])|({ENTITY.pattern})")
_LABEL = re.compile(r"\[((?:[^\\\[\]]|\\.){1,1999})\]", re.DOTALL)
_ANGLE = re.compile(r"<((?:[^<>\\\n]|\\.)*)>")
_BARE = re.compile(r"(?:\\[^\s\x00-\x1f\x7f]|[^\s\x00-\x1f\x7f()\\]|\\)+|[()]", re.ASCII)
_TITLE = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|\(((?:[^()\\]|\\.)*)\)", re.DOTALL)
_GAP = re.compile(r"[ \t]*\n?[ \t]*")
_REST = re.compile(r"[ \t]*(?:\n|$)")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads, ready for an attribute, and its title."""

    address: str
    title: str = ""


def entity(text: str) -> str:
    """Give the character that an entity stands for, or the entity itself if there is none."""
    if text[1] != "#":
        return html.unescape(text) if text[1:] in html.entities.html5 else text
    code = int(text[3:-1], 16) if text[2] in "xX" else int(text[2:-1])
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"  # noqa: PLR2004 - the bounds of Unicode


def plain(text: str) -> str:
    """Resolve backslashes and entities."""
    return _ESCAPED.sub(lambda found: found[1] or entity(found[2]), text)


def encoded(address: str) -> str:
    """Write an address in the characters that an address may have."""
    return quote(address, safe="%!#$&'()*+,-./:;=?@_~", errors="replace")


def label_key(label: str) -> str:
    """Give what two labels that mean the same have in common."""
    return " ".join(label.split()).casefold()


def read_label(text: str, at: int) -> tuple[str, int] | None:
    """Read `[label]`: its words, and where it ends."""
    found = _LABEL.match(text, at)
    if not found or len(found[1]) > LONGEST_LABEL or not found[1].strip():
        return None
    return found[1], found.end()


def read_destination(text: str, at: int) -> tuple[str, int] | None:
    """Read an address, in angle brackets or bare: itself, and where it ends."""
    if text.startswith("<", at):
        found = _ANGLE.match(text, at)
        return (encoded(plain(found[1])), found.end()) if found else None
    end = _bare_end(text, at)
    return None if end is None else (encoded(plain(text[at:end])), end)


def _bare_end(text: str, at: int) -> int | None:
    depth, end = 0, at
    while found := _BARE.match(text, end):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth < 0:
            return end
        if depth > _MOST_PARENTHESES:
            return None
        end = found.end()
    return None if depth else end


def read_title(text: str, at: int) -> tuple[str, int] | None:
    """Read a title in its quotation marks: its words, and where it ends."""
    found = _TITLE.match(text, at)
    return (
        (plain(next(part for part in found.groups() if part is not None)), found.end())
        if (found)
        else None
    )


def gap_end(text: str, at: int) -> int:
    """Tell where white space with at most one line end in it ends."""
    found = _GAP.match(text, at)
    return found.end() if found else at


def read_definition(text: str) -> tuple[str, Target, int] | None:
    """Read `[label]: address "title"` at the start: key, target, and where the next line begins."""
    label = read_label(text, 0)
    if label is None or not text.startswith(":", label[1]):
        return None
    at = gap_end(text, label[1] + 1)
    destination = read_destination(text, at)
    if destination is None or destination[1] == at:
        return None
    address, end = destination
    title, after = _definition_title(text, end)
    rest = _REST.match(text, after)
    if rest is None and title:
        title, rest = "", _REST.match(text, end)
    return (label_key(label[0]), Target(address, title), rest.end()) if rest else None


def _definition_title(text: str, end: int) -> tuple[str, int]:
    start = gap_end(text, end)
    title = read_title(text, start) if start > end else None
    return title or ("", end)
