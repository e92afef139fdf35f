"""A page as what it says: elements, attributes and words, so that two writings may be compared."""

import re
from html.parser import HTMLParser
from typing import TypeAlias

Event: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]

_BLOCKS = frozenset(
    ["blockquote", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"]
) | {"section", "table", "tbody", "td", "th", "thead", "tr", "ul"}
_VOID = frozenset({"br", "img", "hr", "input"})
_COMPARED = frozenset(
    ["href", "src", "alt", "title", "start", "align", "class", "type", "checked", "disabled"]
)
# cmark's safe mode empties these; here they are judged after the reading.
_UNSAFE = re.compile(r"(?:javascript|vbscript|file|data):", re.IGNORECASE)
SOURCES = "§sources§"  # the title that only our list of footnotes has


def events(html: str) -> list[Event]:
    """Give a page's beginnings, ends and words, without what differs on purpose."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return _without_title(
        [event for event in map(reader.trimmed, range(len(reader.found))) if event is not None]
    )


def _without_title(found: list[Event]) -> list[Event]:
    title = ("words", SOURCES, ())
    if title not in found:
        return found
    at = found.index(title)
    return found[: at - 1] + found[at + 2 :]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Event] = []
        self._verbatim: list[bool] = []
        self._skipped = 0  # depth within a link back from a footnote
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._skipped or given.get("class") in ("back", "footnote-backref"):
            self._skipped += tag not in _VOID
            return
        self._pre += tag == "pre"
        self._add("begin", tag, tuple(sorted(_compared(given).items())))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        self._pre -= tag == "pre"
        self._add("end", tag)

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self.found and self.found[-1][0] == "words":
            data = self.found.pop()[1] + data
            self._verbatim.pop()
        self._add("words", data if self._pre else re.sub(r"[ \t\n]+", " ", data))

    def _add(self, what: str, text: str, more: tuple[tuple[str, str], ...] = ()) -> None:
        self.found.append((what, text, more))
        self._verbatim.append(bool(self._pre))

    def trimmed(self, at: int) -> Event | None:
        """Give one event without the white space that no browser shows; None if that was all."""
        what, text, more = self.found[at]
        if what != "words" or self._verbatim[at]:
            return self.found[at]
        if at == 0 or self.found[at - 1][1] in _BLOCKS:
            text = text.lstrip()
        if at + 1 == len(self.found) or self.found[at + 1][1] in _BLOCKS:
            text = text.rstrip()
        return (what, text, more) if text else None


def _compared(given: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in given.items() if name in _COMPARED}
    if not kept.get("class", "language-").startswith("language-"):
        del kept["class"]
    if kept.get("href", "").startswith(("#fn-", "#c-fn-")):
        del kept["href"]
    return {
        name: "" if name in ("href", "src") and _UNSAFE.match(value) else value
        for name, value in kept.items()
    }
