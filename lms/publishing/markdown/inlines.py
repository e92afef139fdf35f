"""A paragraph's text into tokens: code, links, pictures, breaks, references, entities."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from lms.publishing.markdown.autolinks import read_bare
from lms.publishing.markdown.emphasis import Runs, make_run
from lms.publishing.markdown.raw import RawReader
from lms.publishing.markdown.targets import (
    ENTITY,
    PUNCTUATION,
    Target,
    encoded,
    entity,
    gap_end,
    label_key,
    read_destination,
    read_label,
    read_title,
)
from lms.publishing.markdown.tokens import (
    FOOTNOTE,
    Builder,
    Close,
    Open,
    Raw,
    Run,
    Token,
    plain_text,
)

_SPECIAL = re.compile(r"[\n\\`*_~\[\]!<&]|(?:https?|ftp)://|www\.", re.IGNORECASE)
_SIGNS = re.compile(r"\*+|_+|~+")
_TICKS = re.compile(r"`+")
_ESCAPE = re.compile(rf"\\([{PUNCTUATION}])")
_WEB = re.compile(r"<([a-zA-Z][a-zA-Z0-9.+-]{1,31}:[^\s<>\x00-\x1f]*)>", re.ASCII)
_MAIL = re.compile(
    r"<([a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*)>"
)


@dataclass(slots=True)
class _Bracket:
    """A `[` or `![` that may turn out to begin a link or a picture."""

    token: int  # its place among the tokens
    at: int  # where the words after it begin
    run: Run | None  # the last run before it
    image: bool
    active: bool = True
    followed: bool = False  # another bracket stands within


def read_inlines(
    parent: Element, text: str, references: Mapping[str, Target], notes: frozenset[str]
) -> None:
    """Read a text into an element; `notes` are the keys that a footnote may have."""
    reader = _Inlines(text, references, notes)
    reader.read()
    builder = Builder(parent)
    for token in reader.tokens:
        builder.add(token)
    builder.flush()


class _Inlines:
    def __init__(self, text: str, references: Mapping[str, Target], notes: frozenset[str]) -> None:
        self.text = text
        self.at = 0
        self.tokens: list[Token] = []
        self._references = references
        self._notes = notes
        self._runs = Runs()
        self._brackets: list[_Bracket] = []
        self._ticks: dict[int, list[int]] | None = None
        self._raw = RawReader(text)

    def read(self) -> None:
        """Read the whole text."""
        steps = {
            "\n": self._line_end,
            "\\": self._backslash,
            "`": self._code,
            "*": self._signs,
            "_": self._signs,
            "~": self._signs,
            "[": self._bracket,
            "]": self._link,
            "!": self._bang,
            "<": self._angle,
            "&": self._entity,
        }
        while found := _SPECIAL.search(self.text, self.at):
            if found.start() > self.at:
                self.tokens.append(self.text[self.at : found.start()])
            self.at = found.start()
            steps.get(found[0], self._bare)()
        self.tokens.append(self.text[self.at :])
        self._runs.match(None)

    def _take(self, count: int = 1) -> None:
        """Let that many characters stand for themselves."""
        self.tokens.append(self.text[self.at : self.at + count])
        self.at += count

    def _line_end(self) -> None:
        before = self.tokens[-1] if self.tokens else ""
        if isinstance(before, str) and not isinstance(before, Raw):
            self.tokens[-1] = before.rstrip(" ")
            if before.endswith("  "):
                self.tokens.append(Element("br"))
        self.tokens.append("\n")
        self.at += 1
        self._skip_spaces()

    def _skip_spaces(self) -> None:
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1

    def _backslash(self) -> None:
        found = _ESCAPE.match(self.text, self.at)
        if found:
            self.tokens.append(found[1])
            self.at = found.end()
        elif self.text.startswith("\n", self.at + 1):
            self.tokens.append(Element("br"))
            self.at += 1
        else:
            self._take()

    def _code(self) -> None:
        found = _TICKS.match(self.text, self.at)
        width = len(found[0]) if found else 1
        start = self.at + width
        end = self._closing_ticks(width, start)
        if end is None:
            self._take(width)
            return
        words = self.text[start:end].replace("\n", " ")
        if words.startswith(" ") and words.endswith(" ") and words.strip(" "):
            words = words[1:-1]
        code = Element("code")
        code.text = words
        self.tokens.append(code)
        self.at = end + width

    def _closing_ticks(self, width: int, start: int) -> int | None:
        """Find the next run of as many backticks; each run is looked for once only."""
        if self._ticks is None:
            self._ticks = {}
            for found in _TICKS.finditer(self.text):
                self._ticks.setdefault(len(found[0]), []).append(found.start())
        places = self._ticks.get(width, [])
        while places and places[0] < start:
            places.pop(0)
        return places[0] if places else None

    def _signs(self) -> None:
        found = _SIGNS.match(self.text, self.at)
        end = found.end() if found else self.at + 1
        run = make_run(self.text, self.at, end)
        if run is None:
            self._take(end - self.at)
            return
        self._runs.add(run)
        self.tokens.append(run)
        self.at = end

    def _entity(self) -> None:
        found = ENTITY.match(self.text, self.at)
        if not found:
            self._take()
            return
        self.tokens.append(entity(found[0]))
        self.at = found.end()

    def _bare(self) -> None:
        found = None if self._brackets else read_bare(self.text, self.at)
        if found is None:
            self._take()
            return
        words, address, self.at = found
        self._add_link(words, address)

    def _angle(self) -> None:
        web, mail = _WEB.match(self.text, self.at), _MAIL.match(self.text, self.at)
        if web:
            self._add_link(web[1], encoded(web[1]))
            self.at = web.end()
        elif mail:
            self._add_link(mail[1], encoded(f"mailto:{mail[1]}"))
            self.at = mail.end()
        elif end := self._raw.end(self.at):
            self.tokens.append(Raw(self._raw.shown(self.at, end)))
            self.at = end
        else:
            self._take()

    def _add_link(self, words: str, address: str) -> None:
        self.tokens += [Open("a", (("href", address),)), words, Close()]

    def _bang(self) -> None:
        if self.text.startswith("[", self.at + 1):
            self._bracket()
        else:
            self._take()

    def _bracket(self) -> None:
        image = self.text[self.at] == "!"
        if self._brackets:
            self._brackets[-1].followed = True
        place, last = len(self.tokens), self._runs.last
        self._take(2 if image else 1)
        self._brackets.append(_Bracket(place, self.at, last, image))

    def _link(self) -> None:
        opener = self._brackets.pop() if self._brackets else None
        if opener is None or not opener.active:
            self._take()
            return
        found = self._inline_target() or self._named_target(opener)
        if found is None:
            self._footnote(opener)
            return
        target, self.at = found
        attributes = (
            ("href", target.address),
            *([("title", target.title)] if target.title else []),
        )
        if opener.image:
            self._picture(opener, target)
            return
        self._runs.match(opener.run)
        self.tokens[opener.token] = Open("a", attributes)
        self.tokens.append(Close())
        for bracket in self._brackets:
            bracket.active = bracket.active and bracket.image

    def _picture(self, opener: _Bracket, target: Target) -> None:
        self._runs.match(opener.run)
        attributes = {"src": target.address, "alt": plain_text(self.tokens[opener.token + 1 :])}
        if target.title:
            attributes["title"] = target.title
        self.tokens[opener.token :] = [Element("img", attributes)]

    def _inline_target(self) -> tuple[Target, int] | None:
        """Read `(address "title")` after a `]`."""
        if not self.text.startswith("(", self.at + 1):
            return None
        found = read_destination(self.text, gap_end(self.text, self.at + 2))
        if found is None:
            return None
        address, end = found
        after = gap_end(self.text, end)
        title = read_title(self.text, after) if after > end else None
        words, after = (title[0], gap_end(self.text, title[1])) if title else ("", after)
        if not self.text.startswith(")", after):
            return None
        return Target(address, words), after + 1

    def _named_target(self, opener: _Bracket) -> tuple[Target, int] | None:
        """Find what `[words][label]`, `[label][]` or `[label]` refers to."""
        label = read_label(self.text, self.at + 1)
        end = self.at + 1
        if label is not None:
            key, end = label_key(label[0]), label[1]
        elif opener.followed:
            return None
        else:
            key = label_key(self.text[opener.at : self.at])
            end += 2 if self.text.startswith("[]", end) else 0
        target = self._references.get(key)
        return (target, end) if target else None

    def _footnote(self, opener: _Bracket) -> None:
        words = self.text[opener.at : self.at]
        key = label_key(words[1:])
        if words[:1] != "^" or key not in self._notes:
            self._take()
            return
        del self.tokens[opener.token + (1 if opener.image else 0) :]
        if opener.image:
            self.tokens[-1] = "!"
        self.tokens.append(Element(FOOTNOTE, {"key": key}))
        self._runs.match(opener.run)
        self.at += 1
