"""HTML in a text: where it ends, and what of it a reader is shown."""

import re

from lms.publishing.markdown.starts import CLOSE_TAG, OPEN_TAG

_TAG = re.compile(rf"{OPEN_TAG}|{CLOSE_TAG}", re.ASCII)
_DECLARATION = re.compile(r"<![A-Z]+\s", re.ASCII)
_COMMENT, _COMMENT_END = "<!--", "-->"


class RawReader:
    """Finds where raw HTML ends; an end that is not there is looked for once only."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._absent: set[str] = set()

    def end(self, at: int) -> int | None:
        """Tell where the HTML that begins here ends, or None if it is not HTML."""
        text = self._text
        if text.startswith(_COMMENT, at):
            return self._comment_end(at)
        if text.startswith("<?", at):
            return self._find("?>", at + 2)
        if text.startswith("<![CDATA[", at):
            return self._find("]]>", at + 9)
        if _DECLARATION.match(text, at):
            return self._find(">", at)
        found = _TAG.match(text, at)
        return found.end() if found else None

    def _comment_end(self, at: int) -> int | None:
        start = at + len(_COMMENT)
        if self._text.startswith((">", "->"), start):
            return None
        end = self._find("--", start)
        return end + 1 if end is not None and self._text.startswith(">", end) else None

    def _find(self, what: str, at: int) -> int | None:
        if what in self._absent:
            return None
        place = self._text.find(what, at)
        if place < 0:
            self._absent.add(what)
            return None
        return place + len(what)

    def shown(self, at: int, end: int) -> str:
        """Give what a reader sees of it: the HTML as typed, of a comment nothing."""
        return "" if self._text.startswith(_COMMENT, at) else self._text[at:end]


def without_comments(text: str) -> str:
    """Give a block of HTML without its comments, which GitHub does not show either."""
    parts, at = [], 0
    while (start := text.find(_COMMENT, at)) >= 0:
        end = text.find(_COMMENT_END, start + len(_COMMENT))
        if end < 0:
            break
        parts.append(text[at:start])
        at = end + len(_COMMENT_END)
    return "".join([*parts, text[at:]]).strip()
