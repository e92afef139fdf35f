"""Two editions of a file as they are rendered, with what changed between them marked.

Only what changed is rendered. A testimony that a module calls is named and not shown: its text is
its own file's. Pictures, sound and film are named by their captions in the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lms.authoring.alignment import Budget
from lms.authoring.html_diff import Fate, Labels, Shown, diff_pages
from lms.authoring.word_diff import Mark
from lms.content.model import Content
from lms.publishing.markdown import RenderRefusedError, render_markdown
from lms.web.author.editor_pages import refusal_text
from lms.web.author.piece_html import Part, make_desk
from lms.web.author.pieces import FilePieces, Piece, Shape, paired
from lms.web.html import shown
from lms.web.request import LANGUAGES, language
from lms.web.words import _

_BESIDE = 1  # unchanged boxes that are shown before and after a change
_MOST_BOXES = 3000  # on one page


@dataclass(frozen=True, slots=True)
class Fold:
    """Boxes one after the other; those that did not change are folded."""

    boxes: tuple[Markup, ...]
    is_folded: bool


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A piece that changed: its title, what became of it in words, its page with marks."""

    title: str
    fate: str
    parts: tuple[Fold, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Both editions side by side as rendered, or why they cannot be; `same` pieces are left out."""

    pieces: tuple[ShownPiece, ...] = ()
    same: int = 0
    is_coarse: bool = False
    is_cut: bool = False
    fault: str = ""


def render_comparison(path: str, old: FilePieces, new: FilePieces, content: Content) -> Rendered:
    """Give what changed between two editions as it is rendered; `content` has today's facts."""
    for pieces, fault in (
        (old, _("The earlier text cannot be read, so it is compared as text alone.")),
        (new, _("The later text cannot be read, so it is compared as text alone.")),
    ):
        if not pieces.is_read:
            return Rendered(fault=fault)
    pairs = list(paired(old, new))
    changed = [pair for pair in pairs if _shape(pair[0]) != _shape(pair[1])]
    desk = make_desk(content, path, _language_of(path))
    drafts = [
        (pair, desk.parts(pair[0], old.module), desk.parts(pair[1], new.module)) for pair in changed
    ]
    try:
        html = render_markdown(desk.requests)
    except RenderRefusedError as error:
        why = refusal_text({"reason": error.reason.name})
        return Rendered(fault=f"{_('One of the two pages cannot be shown.')} {why}")
    return _compared(drafts, html, same=len(pairs) - len(changed))


_Draft = tuple[tuple[Piece | None, Piece | None], Sequence[Part], Sequence[Part]]


def _compared(drafts: Sequence[_Draft], html: Sequence[str], *, same: int) -> Rendered:
    budget, labels = Budget(), _labels()
    pieces: list[ShownPiece] = []
    left = _MOST_BOXES
    for pair, before, after in drafts:
        diff = diff_pages(_filled(before, html), _filled(after, html), labels, budget)
        pieces.append(_shown_piece(pair, diff.boxes[:left]))
        left = max(left - len(diff.boxes), 0)
    is_cut = not left
    return Rendered(tuple(pieces), same, is_coarse=budget.is_spent, is_cut=is_cut)


def _labels() -> Labels:
    said = {Mark.DELETED: _("deleted:"), Mark.INSERTED: _("inserted:")}
    return Labels(said, language())


def _shape(piece: Piece | None) -> Shape | None:
    return piece.shape if piece else None


def _language_of(path: str) -> str:
    """Give the language that a file's name says; the page's for a file of all languages."""
    stem = path.rsplit("/", 1)[-1].partition(".")[0]
    return stem if stem in LANGUAGES else language()


def _shown_piece(pair: tuple[Piece | None, Piece | None], boxes: Sequence[Shown]) -> ShownPiece:
    old, new = pair
    fate = _("changed") if old and new else _("new") if new else _("removed")
    piece = new or old
    return ShownPiece(piece.title if piece else "", fate, tuple(_folded(boxes)))


def _folded(boxes: Sequence[Shown]) -> Iterator[Fold]:
    """Yield the boxes; runs of unchanged ones are folded, those beside a change excepted."""
    near = {
        at + step
        for at, one in enumerate(boxes)
        if one.fate is not Fate.SAME
        for step in range(-_BESIDE, _BESIDE + 1)
    }
    run: list[Markup] = []
    is_folded = False
    for at, one in enumerate(boxes):
        if run and is_folded != (at not in near):
            yield Fold(tuple(run), is_folded)
            run = []
        is_folded = at not in near
        run.append(_safe(one.html))
    if run:
        yield Fold(tuple(run), is_folded)


def _safe(html: str) -> Markup:
    # bleach, which that module also loads, is slow to load: only these pages need it.
    from lms.publishing.markdown.sanitise import sanitise_marked  # noqa: PLC0415

    return shown(sanitise_marked(html))


def _filled(parts: Sequence[Part], html: Sequence[str]) -> str:
    return "".join(part if isinstance(part, str) else html[part] for part in parts)
