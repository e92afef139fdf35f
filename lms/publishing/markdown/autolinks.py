"""Addresses that become links without any sign around them, as GitHub makes them."""

import re
import unicodedata
from collections.abc import Iterator

from lms.publishing.markdown.targets import encoded

_BARE = re.compile(r"(www\.)|((?:https?|ftp)://)", re.IGNORECASE)
_UNTIL_SPACE = re.compile(r"[^\s<]*", re.ASCII)
_TRAILING = "?!.,:*_~'\""
_ENTITY_END = re.compile(r"&[a-zA-Z]+;$")
_MAIL = re.compile(r"((?<![a-zA-Z])mailto:)?[a-zA-Z0-9.+_-]+@[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)+")
_ONLY_DOMAIN_PARTS = 10  # a name this long is a link whatever its last two parts hold


def read_bare(text: str, at: int) -> tuple[str, str, int] | None:
    """Read a bare web address: its words, the address, and where it ends."""
    found = _BARE.match(text, at)
    if not found or not _may_begin(text, at, www=bool(found[1])):
        return None
    host = at if found[1] else found.end()
    domain = _domain_end(text, host, short=not found[1])
    if domain == host:
        return None
    rest = _UNTIL_SPACE.match(text, domain)
    end = _trimmed(text, at, rest.end() if rest else domain)
    words = text[at:end]
    return words, encoded(("http://" if found[1] else "") + words), end


def _may_begin(text: str, at: int, *, www: bool) -> bool:
    before = text[at - 1] if at else " "
    if www:
        return before in "*_~(" or before.isspace()
    return not (before.isascii() and before.isalpha())


def _domain_end(text: str, at: int, *, short: bool) -> int:
    """Tell where a valid domain ends; `at` itself if there is none."""
    end, dots, scores = at, 0, [0, 0]
    while end < len(text):
        char = text[end]
        if char == "_":
            scores[1] += 1
        elif char == ".":
            dots += end + 1 < len(text)
            scores = [scores[1], 0]
        elif char != "-" and (char.isspace() or unicodedata.category(char)[0] in "PS"):
            break
        end += 1
    bad = any(scores) and dots <= _ONLY_DOMAIN_PARTS
    return at if bad or not (dots or short) else end


def _trimmed(text: str, at: int, end: int) -> int:
    """Leave out the punctuation at the end that belongs to the sentence."""
    surplus = text.count(")", at, end) - text.count("(", at, end)
    while end > at:
        last = text[end - 1]
        if last == ")" and surplus > 0:
            surplus -= 1
            end -= 1
        elif last == ";":
            found = _ENTITY_END.search(text, max(at, end - 40), end)
            end = found.start() if found else end - 1
        elif last in _TRAILING:
            end -= 1
        else:
            break
    return end


def split_mail(text: str) -> Iterator[tuple[str, str]]:
    """Cut a text at its mail addresses: each part with its address, or with none."""
    at = 0
    for found in _MAIL.finditer(text) if "@" in text else ():
        words = found[0].rstrip(".")
        if words[-1] in "-_" or text[found.end() : found.end() + 1] == "@":
            continue
        yield text[at : found.start()], ""
        yield words, words if found[1] else f"mailto:{words}"
        at = found.start() + len(words)
    yield text[at:], ""
