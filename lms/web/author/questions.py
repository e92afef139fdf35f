"""Questions in and out of a module's quiz: brought in as Markdown to look at, taken out as files.

Nothing that is brought in is kept before its author has seen it with all that it lost.
"""

from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, TextAreaField
from wtforms.fields import FileField

from lms.authoring.drafts import ActRefusedError, DraftChangedError, begin, open_draft, save
from lms.authoring.revisions import text_digest
from lms.authoring.workspace import read_workspace
from lms.content.files import MOST_BYTES as MOST_TEXT
from lms.content.model import Module
from lms.content.parse_module import parse_module
from lms.interchange.decode import MOST_BYTES
from lms.interchange.formats import READERS, SUFFIXES, WRITERS, bring_in, guess, take_out
from lms.interchange.loss import BadFileError, Report
from lms.interchange.put import home_of, items_of, put_questions
from lms.interchange.questions import Brought
from lms.interchange.written import Written
from lms.kernel.errors import NotFoundError
from lms.web.author.folder import listing_numbers
from lms.web.author.guard import is_closed
from lms.web.author.place import keep_place
from lms.web.author.surface import bp
from lms.web.db import db, reader
from lms.web.form import BaseForm
from lms.web.frame import NATIVE_NAMES
from lms.web.request import actor, now, settings
from lms.web.words import _, lazy, plural

Page = Response | str | tuple[str, int]
NAMES = {"gift": "GIFT", "aiken": "Aiken", "qti21": "QTI 2.1", "qti30": "QTI 3.0",
         "text2qti": "text2qti", "moodle-xml": "Moodle XML", "csv": "CSV"}  # fmt: skip
_ADDRESS = "/author/modules/<int(max=9999):number>/<any(fr, en):in_language>/questions"
_FORMS = ", ".join(f'"{form}"' for form in WRITERS)
_REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
bp.most_bytes["author.questions_read"] = MOST_BYTES + 100_000  # the file, and the form around it


class FileForm(BaseForm):
    """A file of questions and its format."""

    file = FileField(lazy("The file"))
    form = SelectField(lazy("Its format"), choices=[])

    def offer(self) -> "FileForm":
        """Give the form with the formats that come in, a guess first."""
        self.form.choices = [
            ("", _("Guess from the file")),
            *((one, NAMES[one]) for one in READERS),
        ]
        return self


class TextForm(BaseForm):
    """The questions as Markdown, as they will stand in the draft."""

    markdown = TextAreaField(lazy("The questions as they will stand in the draft"))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A module's text: of its open draft, or else as it stands."""

    number: int
    language: str
    path: str
    text: str
    twin: str
    is_draft: bool

    @property
    def module(self) -> Module | None:
        """What the text says; None where its front matter cannot be read."""
        return parse_module(self.path, self.text)[0]


@bp.get(_ADDRESS)
def questions(number: int, in_language: str) -> Page:
    """Show how questions come in, and each format that they go out by with what it loses."""
    return _page(_open(number, in_language), FileForm().offer())


@bp.post(_ADDRESS)
def questions_read(number: int, in_language: str) -> Page:
    """Show what a file would add to the quiz, and what of it is lost; nothing is kept."""
    opened = _open(number, in_language)
    form = FileForm(request.form).offer()
    data = _sent()
    if data is None:
        form.file.errors = [_("Choose a file.")]
        return _page(opened, form), _REFUSED
    if form.form.data not in {"", None, *READERS}:
        form.form.errors = [_("Choose a format from the list.")]
        return _page(opened, form), _REFUSED
    try:
        used = form.form.data or guess(data)
        brought = bring_in(data, used, home_of(opened.text, in_language, opened.twin))
        put_questions(opened.text, brought.markdown, in_language)
    except BadFileError as error:
        form.file.errors = [_("This file was not taken: %(why)s", why=str(error))]
        return _page(opened, form), _REFUSED
    return _shown(opened, brought, used)


@bp.post(f"{_ADDRESS}/draft")
def questions_put(number: int, in_language: str) -> Page:
    """Put questions at the end of the quiz in the module's draft, which is begun if need be."""
    opened = _open(number, in_language)
    keep_place("author.questions", number=number, in_language=in_language)
    form = TextForm(request.form)
    text = (form.markdown.data or "").replace("\r\n", "\n").replace("\r", "\n")
    try:
        _check(text)
        whole = put_questions(opened.text, text, in_language)
    except BadFileError as error:
        form.markdown.errors = [_("Nothing was put into the draft: %(why)s", why=str(error))]
        page = render_template("author/questions_brought.html", **_frame(opened), form=form)
        return page, _REFUSED
    draft = begin(db(), opened.path, opened.text, by=actor().user_id, now=now())
    try:
        save(db(), draft.id, whole, known=text_digest(opened.text), by=actor().user_id, now=now())
    except (ActRefusedError, DraftChangedError):
        form.markdown.errors = [_("Somebody changed the draft in between. Put the questions in "
                                  "once more.")]  # fmt: skip
        page = render_template("author/questions_brought.html", **_frame(opened), form=form)
        return page, HTTPStatus.CONFLICT
    flash(_("The questions stand at the end of the quiz, in the draft."), "success")
    there = url_for("author.edit_draft", draft_id=draft.id)
    return redirect(there, HTTPStatus.SEE_OTHER)


@bp.get(f"{_ADDRESS}/<any({_FORMS}):form>")
def questions_file(number: int, in_language: str, form: str) -> Response:
    """Give the questions of a module as a file."""
    opened = _open(number, in_language)
    module = opened.module
    if module is None:
        raise NotFoundError(opened.path)
    return send_file(
        BytesIO(_written(module, form, in_language).data),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=f"module-{number}-{in_language}.{SUFFIXES[form]}",
        max_age=0,
    )


def _sent() -> bytes | None:
    """Give what the file holds that was sent; None without one."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    with sent.stream as stream:
        return stream.read(MOST_BYTES + 1)


def _open(number: int, in_language: str) -> _Opened:
    workspace = read_workspace(reader(), settings().content)
    numbers = listing_numbers(workspace.files.paths)
    paths = {path.rpartition("/")[2]: path for path, place in numbers.items() if place == number}
    path = paths.get(f"{in_language}.md", "")
    if not path:
        raise NotFoundError(f"module {number}")
    draft = open_draft(reader(), path)
    standing = {
        name: workspace.files.texts[one].decode("utf-8", "replace")
        for name, one in paths.items()
        if one in workspace.files.texts
    }
    text = draft.text if draft else standing.get(f"{in_language}.md", "")
    twin = next((one for name, one in standing.items() if name != f"{in_language}.md"), "")
    return _Opened(number, in_language, path, text, twin, draft is not None)


def _frame(opened: _Opened) -> dict[str, object]:
    module = opened.module
    return {
        "number": opened.number,
        "in_language": opened.language,
        "language": NATIVE_NAMES[opened.language],
        "title": module.title if module else "",
        "is_draft": opened.is_draft,
        "most": MOST_BYTES // 1_000_000,
    }


def _page(opened: _Opened, form: FileForm) -> str:
    module = opened.module
    outs = [] if module is None else [_out(opened, module, name) for name in WRITERS]
    return render_template("author/questions.html", **_frame(opened), form=form, outs=outs)


def _out(opened: _Opened, module: Module, form: str) -> dict[str, object]:
    """Give one format to take questions out by, with what it loses."""
    report = _written(module, form, opened.language).report
    lost = sum(len(fate.losses) for fate in report.fates) + len(report.losses)
    return {
        "name": NAMES[form],
        "url": url_for(".questions_file", number=opened.number, in_language=opened.language,
                       form=form),
        "report": report,
        "sum": plural("%(num)s thing does not survive whole", "%(num)s things do not survive whole",
                      lost + len(report.refused)),
    }  # fmt: skip


def _written(module: Module, form: str, in_language: str) -> Written:
    items = items_of(module)
    named = {item.testimony for item in items if item.testimony}
    closed = {name for name in named if is_closed(f"content/testimonies/{name}/{in_language}.md")}
    return take_out(items, form, in_language, closed)


def _shown(opened: _Opened, brought: Brought, used: str) -> str:
    """Show what a file would add, and its report."""
    report: Report = brought.report
    return render_template(
        "author/questions_brought.html",
        **_frame(opened),
        form=TextForm(data={"markdown": brought.markdown}),
        report=report,
        name=NAMES[used],
        sums=(
            plural("%(num)s question comes in.", "%(num)s questions come in.", len(report.taken)),
            plural("%(num)s question is refused.", "%(num)s questions are refused.",
                   len(report.refused)) if report.refused else "",
        ),
    )  # fmt: skip


def _check(text: str) -> None:
    """Raise BadFileError for a text that is none, or too long for any file."""
    if not text.strip():
        raise BadFileError("there is no question in the box")
    if len(text.encode()) > MOST_TEXT:
        raise BadFileError(f"the text has more than {MOST_TEXT // 1000} kB")
