"""What answers say about a module's questions, for those who write them: groups of ten only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for

from lms.kernel.errors import NotFoundError
from lms.publishing.queries import item_texts
from lms.reporting.item_figures import ModuleFigures, module_figures
from lms.web.author.folder import Folder, read_folder
from lms.web.author.pages import title_of
from lms.web.author.surface import bp
from lms.web.db import reader
from lms.web.frame import NATIVE_NAMES
from lms.web.item_pages import (
    Texts,
    module_page,
    question_page,
    slice_address,
    wanted_slice,
)
from lms.web.request import LANGUAGES, language

_ADDRESS = "/author/modules/<int(max=9999):number>/answers"


@dataclass(frozen=True, slots=True)
class _Opened:
    """A module of the listing with the figures of what is published of it; None: nothing is."""

    folder: Folder
    number: int
    figures: ModuleFigures | None

    @property
    def files(self) -> list[tuple[str, str]]:
        """The module's files with the names of their languages: where the editor opens."""
        paths = [(self.folder.path(self.number, one), NATIVE_NAMES[one]) for one in LANGUAGES]
        return [one for one in paths if one[0]]


@bp.get(_ADDRESS)
def answers(number: int) -> str:
    """Show the figures of a module's quiz: over all, three questions to look at, every question."""
    opened = _open(number)
    title, lang = title_of(opened.folder, number, language())
    here = {"number": number, "title": title, "lang": lang}
    figures = opened.figures
    if figures is None:
        return render_template("author/answers_none.html", **here)
    texts = _texts(opened.folder, figures, [one.item.id for one in figures.questions])
    url_of = _url_of(number, slice_address(figures.chosen))
    return render_template(
        "author/answers.html",
        **here,
        **module_page(figures, texts, url_of),
    )


@bp.get(f"{_ADDRESS}/<int:place>")
def answers_to(number: int, place: int) -> str:
    """Show one question as it stands, what was chosen, and the way to the editor."""
    opened = _open(number)
    figures = opened.figures
    asked = figures.questions if figures else ()
    found = next((one for one in asked if one.place == place), None)
    if figures is None or found is None:
        raise NotFoundError(f"question {place}")
    shown = _texts(opened.folder, figures, [found.item.id])[found.item.id]
    return render_template(
        "author/answers_to.html",
        number=number,
        place=place,
        chosen=slice_address(figures.chosen),
        files=opened.files,
        question=question_page(found, shown),
    )


def _open(number: int) -> _Opened:
    folder = read_folder()
    if not 1 <= number <= folder.count:
        raise NotFoundError(f"module {number}")
    modules = (folder.module(number, one) for one in LANGUAGES)
    module_id = next((one.id for one in modules if one is not None), "")
    try:
        figures = module_figures(reader(), module_id, wanted_slice(), guarded=True)
    except NotFoundError:
        figures = None
    return _Opened(folder, number, figures)


def _texts(folder: Folder, figures: ModuleFigures, items: list[str]) -> Texts:
    return item_texts(reader(), figures.edition.id, items, language(), folder.today)


def _url_of(number: int, chosen: dict[str, Any]) -> Callable[[int], str]:
    def url_of(place: int) -> str:
        return url_for("author.answers_to", number=number, place=place, **chosen)

    return url_of
