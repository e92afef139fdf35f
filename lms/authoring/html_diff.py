"""What changed between two rendered pages, box by box and word by word.

The boxes of both pages are laid side by side; one that became another is looked into, down to its
words. So a deleted list item is a list item, and the marks stand where text may stand. Whoever
leaves out `<ins>` reads the old page, whoever leaves out `<del>` the new one. Words whose form
alone changed (bold, another link) are deleted and inserted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from itertools import groupby

from lms.authoring.alignment import Budget, Stretch, align, mended
from lms.authoring.html_tree import Box, Node, Piece, Tag, Words, read_html
from lms.authoring.word_diff import Mark, pair_alike

_ELEMENTS = {Mark.DELETED: "del", Mark.INSERTED: "ins"}
_EMPTY = frozenset({"br", "img", "input"})


class Fate(StrEnum):
    """What became of a box of the page."""

    SAME = "same"
    CHANGED = "changed"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Shown:
    """A box of the page with its marks; `html` is not safe until it has been made so."""

    fate: Fate
    html: str


@dataclass(frozen=True, slots=True)
class PageDiff:
    """Two pages laid side by side; `is_coarse` where they differ too much to be told finely."""

    boxes: tuple[Shown, ...]
    is_coarse: bool


@dataclass(frozen=True, slots=True)
class Labels:
    """What a screen reader says where marked words begin, in the page's language; or nothing."""

    said: Mapping[Mark, str] = field(default_factory=dict)
    language: str = "en"

    def around(self, mark: Mark, html: str) -> str:
        """Put marked words between their label and its end."""
        words = self.said.get(mark)
        if words:
            hidden = f'<span class="visually-hidden" lang="{escape(self.language)}">'
            before = f"{hidden}[{escape(words)} </span>"
            html = f'{before}{html}<span class="visually-hidden">]</span>'
        name = _ELEMENTS[mark]
        return f"<{name}>{html}</{name}>"


def diff_pages(
    old: str, new: str, labels: Labels | None = None, budget: Budget | None = None
) -> PageDiff:
    """Compare two rendered pages; the work is bounded, whatever they hold."""
    comparison = _Comparison(labels or Labels(), budget or Budget())
    boxes = tuple(comparison.nodes(read_html(old), read_html(new)))
    return PageDiff(boxes, comparison.budget.is_spent)


@dataclass(frozen=True, slots=True)
class _Comparison:
    labels: Labels
    budget: Budget

    def nodes(self, old: Sequence[Node], new: Sequence[Node]) -> Iterator[Shown]:
        """Yield what became of the nodes of one box."""
        for stretch in align(old, new, self.budget):
            left, right = old[stretch.old : stretch.old_end], new[stretch.new : stretch.new_end]
            if stretch.is_same:
                yield from (Shown(Fate.SAME, self._whole(node, Mark.SAME)) for node in left)
            else:
                yield from self._replaced(left, right)

    def _replaced(self, old: Sequence[Node], new: Sequence[Node]) -> Iterator[Shown]:
        """Yield replaced nodes: those that became another one are looked into."""
        at, to = 0, 0
        for place, other in self._pairs(old, new):
            yield from self._apart(old[at:place], new[to:other])
            html = self._changed(old[place], new[other])
            yield Shown(Fate.CHANGED, html)
            at, to = place + 1, other + 1
        yield from self._apart(old[at:], new[to:])

    def _pairs(self, old: Sequence[Node], new: Sequence[Node]) -> list[tuple[int, int]]:
        pairs = pair_alike([one.text for one in old], [one.text for one in new], self.budget)
        return [(at, to) for at, to in pairs if _kind(old[at]) == _kind(new[to])]

    def _apart(self, old: Sequence[Node], new: Sequence[Node]) -> Iterator[Shown]:
        yield from (Shown(Fate.DELETED, self._whole(node, Mark.DELETED)) for node in old)
        yield from (Shown(Fate.INSERTED, self._whole(node, Mark.INSERTED)) for node in new)

    def _changed(self, old: Node, new: Node) -> str:
        if isinstance(old, Words) and isinstance(new, Words):
            return self._words(old, new)
        if isinstance(old, Box) and isinstance(new, Box):
            return _boxed(new.tag, "".join(one.html for one in self.nodes(old.kids, new.kids)))
        raise TypeError("a box is never paired with words")

    def _words(self, old: Words, new: Words) -> str:
        left, right = old.pieces, new.pieces

        def is_told(at: int) -> bool:
            return left[at].empty is not None or left[at].text.isalnum()

        stretches: Iterator[Stretch] = mended(align(left, right, self.budget), is_told)
        parts: list[str] = []
        for one in stretches:
            before = left[one.old : one.old_end]
            if one.is_same:
                parts.append(self._run(before, Mark.SAME))
            else:
                parts.append(self._run(before, Mark.DELETED))
                parts.append(self._run(right[one.new : one.new_end], Mark.INSERTED))
        return "".join(parts)

    def _whole(self, node: Node, mark: Mark) -> str:
        if isinstance(node, Words):
            return self._run(node.pieces, mark)
        return _boxed(node.tag, "".join(self._whole(kid, mark) for kid in node.kids))

    def _run(self, pieces: Sequence[Piece], mark: Mark) -> str:
        """Write pieces with one mark; a mark stands inside the elements of its words."""
        parts: list[str] = []
        for within, found in groupby(pieces, lambda piece: piece.within):
            html = "".join(_open(one.empty) if one.empty else escape(one.text) for one in found)
            if mark is not Mark.SAME:
                html = self.labels.around(mark, html)
            for tag in reversed(within):
                html = _boxed(tag, html)
            parts.append(html)
        return "".join(parts)


def _kind(node: Node) -> Tag | None:
    """Give what two nodes must have in common to be the same one, changed."""
    return node.tag if isinstance(node, Box) else None


def _boxed(tag: Tag, html: str) -> str:
    return f"{_open(tag)}{html}" if tag[0] in _EMPTY else f"{_open(tag)}{html}</{tag[0]}>"


def _open(tag: Tag) -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in tag[1])
    return f"<{tag[0]}{attributes}>"
