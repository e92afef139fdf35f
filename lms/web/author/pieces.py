"""A file of the content in pieces that a page shows apart: its head, sections, questions, facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lms.authoring.workspace import ROOT
from lms.content.files import Files
from lms.content.model import Content, Fact, Item, Module, Place, Section, Survey, Testimony
from lms.content.read import read
from lms.web.words import _

_NOWHERE = Place("")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the first section of a module."""

    title: str
    warning: str
    objectives: tuple[str, ...]
    minutes: int


Shape = Head | Section | Item | Fact | str  # a text alone is Markdown


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: the same key names it in every edition; places are left out, they only move."""

    key: str
    title: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class FilePieces:
    """A file's pieces, and the module that it holds, if it does; `is_read` if it could be read."""

    pieces: tuple[Piece, ...]
    module: Module | None
    is_read: bool


def read_pieces(path: str, text: str) -> FilePieces:
    """Read one file by itself; an empty text is a file that is not there."""
    if not text:
        return FilePieces((), None, is_read=True)
    files = Files(ROOT, {path: text.encode("utf-8", "replace")}, frozenset({path}))
    content = read(files).content
    pieces = tuple(_pieces(content))
    module = next(iter(content.modules.values()), None)
    return FilePieces(pieces, module, is_read=bool(pieces) or bool(content.courses))


def _pieces(content: Content) -> Iterator[Piece]:
    for module in content.modules.values():
        yield from _of_module(module)
    for testimony in content.testimonies.values():
        yield from _of_testimony(testimony)
    for survey in content.surveys.values():
        yield from _of_survey(survey)
    for fact in content.facts.values():
        yield Piece(f"fact {fact.id}", fact.id, replace(fact, place=_NOWHERE))


def _of_module(module: Module) -> Iterator[Piece]:
    head = Head(module.title, module.warning, module.objectives, module.minutes)
    yield Piece("head", _("Title and introduction"), head)
    for section in module.sections:
        yield Piece(f"section {section.id}", section.title, _placeless(section))
    yield from map(_of_item, module.items)


def _of_survey(survey: Survey) -> Iterator[Piece]:
    yield Piece("head", survey.title, survey.intro)
    yield from map(_of_item, survey.items)


def _of_testimony(testimony: Testimony) -> Iterator[Piece]:
    text = "\n\n".join(filter(None, (testimony.warning, testimony.markdown)))
    yield Piece("text", _("Testimony"), text)


def _of_item(item: Item) -> Piece:
    return Piece(f"item {item.id}", _("Question %(id)s", id=item.id), replace(item, place=_NOWHERE))


def _placeless(section: Section) -> Section:
    blocks = tuple(replace(block, place=_NOWHERE) for block in section.blocks)
    return replace(section, blocks=blocks, place=_NOWHERE)


def paired(
    old: FilePieces, new: FilePieces
) -> Iterator[tuple[Piece | None, Piece | None]]:  # fmt: skip
    """Yield the pieces of both, in the new order; what is gone follows what it stood after."""
    after: dict[str, list[Piece]] = {}
    known = {piece.key for piece in new.pieces}
    last = ""
    for piece in old.pieces:
        if piece.key in known:
            last = piece.key
        else:
            after.setdefault(last, []).append(piece)
    before: Mapping[str, Piece] = {piece.key: piece for piece in old.pieces}
    yield from ((piece, None) for piece in after.get("", ()))
    for piece in new.pieces:
        yield before.get(piece.key), piece
        yield from ((gone, None) for gone in after.get(piece.key, ()))
