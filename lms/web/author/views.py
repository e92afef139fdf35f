"""The author's pages: the state of the folder, its problems, its preview, its publication.

Nothing is edited here, and nothing that is answered here is recorded. Addresses name a module by
its place in the folder's listing.
"""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, render_template, request
from werkzeug.wrappers import Response

from lms.content.model import Module, Severity
from lms.kernel.errors import NotAllowedError, NotFoundError
from lms.publishing.markdown import RenderRefusedError
from lms.web.author import (  # noqa: F401 - each adds its pages to the surface
    answers,
    catch_up,
    conflicts,
    consent,
    course_preview,
    editor,
    editor_new,
    editor_previews,
    facts,
    history,
    languages,
    media,
    packages,
    publish,
    quality,
    questions,
    review,
    start,
)
from lms.web.author.facts_pages import due_on_page
from lms.web.author.folder import Folder, read_folder
from lms.web.author.pages import (
    printable,
    problem_list,
    quiz_lines,
    rules_in_order,
    title_of,
)
from lms.web.author.place import keep_place
from lms.web.author.preview import quiz_preview, section_preview
from lms.web.author.surface import bp
from lms.web.author.trial import (
    is_refused,
    practice_count,
    quiz_trials,
    score_text,
    section_trial,
)
from lms.web.frame import NATIVE_NAMES
from lms.web.request import language

Page = Response | str | tuple[str, int]
_MOST = 9999  # no folder and no module has more


class NoPreviewError(NotAllowedError):
    """The module cannot be shown in the language of the page."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A module that can be previewed, with its place in the listing."""

    folder: Folder
    number: int
    module: Module

    @property
    def errors(self) -> int:
        """How many errors its file has."""
        problems = self.folder.problems_of(self.number, language())
        return sum(one.severity is Severity.ERROR for one in problems)


def register(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(bp)


@bp.get("/author/problems")
def other_problems() -> Page:
    """Show what is wrong with courses, testimonies, facts and files that nothing reads."""
    problems = problem_list(read_folder().other_problems())
    return render_template("author/problems.html", problems=problems, title="", lang="", number=0)


@bp.get(f"/author/modules/<int(max={_MOST}):number>/<any(fr, en):in_language>")
def problems(number: int, in_language: str) -> Page:
    """Show what is wrong with one module in one language: line, fault, cure, rule."""
    folder = read_folder()
    if not folder.path(number, in_language):
        raise NotFoundError(f"module {number}")
    title, lang = title_of(folder, number, in_language)
    return render_template(
        "author/problems.html",
        problems=problem_list(folder.problems_of(number, in_language)),
        title=title,
        lang=lang,
        number=number,
        language=NATIVE_NAMES[in_language],
        in_language=in_language,
        path=printable(folder.path(number, in_language)),
        can_preview=folder.module(number, in_language) is not None,
    )


@bp.get("/author/rules")
def rules() -> Page:
    """Show every rule of the check with what it asks for."""
    return render_template("author/rules.html", rules=rules_in_order())


@bp.get(f"/author/modules/<int(max={_MOST}):number>/preview")
def preview(number: int) -> Page:
    """Show a module of the folder before its first page."""
    opened = _open(number)
    return render_template("author/preview.html", **_frame(opened))


@bp.get(f"/author/modules/<int(max={_MOST}):number>/preview/<int(max={_MOST}):page>")
def preview_section(number: int, page: int) -> Page:
    """Show one section of a module of the folder."""
    opened = _open(number)
    return _section_page(opened, page, answered=0)


@bp.post(
    f"/author/modules/<int(max={_MOST}):number>/preview/<int(max={_MOST}):page>"
    f"/practice/<int(max={_MOST}):place>"
)
def try_practice(number: int, page: int, place: int) -> Page:
    """Answer a practice question as a participant would: feedback and key, nothing recorded."""
    opened = _open(number)
    keep_place("author.preview_section", number=number, page=page)
    return _section_page(opened, page, answered=place)


@bp.get(f"/author/modules/<int(max={_MOST}):number>/preview/quiz")
def preview_quiz(number: int) -> Page:
    """Show all questions of a quiz on one page, in the author's order."""
    return _quiz_page(_open(number), answered=False)


@bp.post(f"/author/modules/<int(max={_MOST}):number>/preview/quiz")
def try_quiz(number: int) -> Page:
    """Grade what was answered, with key and feedback; nothing is recorded."""
    keep_place("author.preview_quiz", number=number)
    return _quiz_page(_open(number), answered=True)


@bp.errorhandler(NoPreviewError)
def _no_preview(_error: NoPreviewError) -> Page:
    return _refused_page("")


@bp.errorhandler(RenderRefusedError)
def _not_rendered(error: RenderRefusedError) -> Page:
    return _refused_page(printable(str(error)))


def _refused_page(fault: str) -> Page:
    """Say why a module cannot be shown, and lead to its problems."""
    number = int((request.view_args or {}).get("number", 0))
    page = render_template("author/no_preview.html", number=number, fault=fault)
    return page, HTTPStatus.CONFLICT


def _open(number: int) -> Opened:
    folder = read_folder()
    if not 1 <= number <= folder.count:
        raise NotFoundError(f"module {number}")
    module = folder.module(number, language())
    if module is None:
        raise NoPreviewError(f"module {number}")
    return Opened(folder, number, module)


def _frame(opened: Opened, page: int | None = None) -> dict[str, object]:
    return {
        "number": opened.number,
        "module": opened.module,
        "errors": opened.errors,
        "facts_due": due_on_page(opened.folder, opened.module, page),
    }


def _section_page(opened: Opened, page: int, *, answered: int) -> Page:
    if not 1 <= page <= len(opened.module.sections):
        raise NotFoundError(f"section {page}")
    found = section_preview(opened.folder, opened.module, page)
    if answered and answered > practice_count(found):
        raise NotFoundError(f"practice {answered}")
    trial = section_trial(found, answered=answered)
    html = render_template(
        "author/preview_section.html",
        **_frame(opened, page),
        page=page,
        blocks=trial.blocks,
        has_media=found.has_media,
    )
    return html, HTTPStatus.UNPROCESSABLE_ENTITY if trial.is_refused else HTTPStatus.OK


def _quiz_page(opened: Opened, *, answered: bool) -> Page:
    found = quiz_preview(opened.folder, opened.module)
    trials = quiz_trials(opened.module, found, answered=answered)
    refused = is_refused(trials)
    html = render_template(
        "author/preview_quiz.html",
        **_frame(opened, 0),
        trials=trials,
        refused=refused,
        score=score_text(trials, found) if answered and not refused else "",
        rules=quiz_lines(opened.folder, opened.module),
    )
    return html, HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
