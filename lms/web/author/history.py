"""The editions of a file: who, when, why; any two side by side; the way back to an earlier one."""

import uuid
from dataclasses import dataclass
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from lms.authoring.conflict import DraftOpenError
from lms.authoring.drafts import open_draft
from lms.authoring.editions import Edition, editions_of, find_revision, go_back
from lms.authoring.models import Draft, FileRevision
from lms.authoring.workspace import read_workspace
from lms.content.model import Content
from lms.content.read import read
from lms.kernel.errors import NotFoundError
from lms.web.author.compared import Compared, compare
from lms.web.author.draft_words import door_text, file_name, language_of, when
from lms.web.author.guard import guard_testimony
from lms.web.author.pieces import read_pieces
from lms.web.author.place import keep_place
from lms.web.author.rendered import Rendered, render_comparison
from lms.web.author.surface import bp
from lms.web.db import db, reader
from lms.web.form import AtMost, BaseForm, Required
from lms.web.request import actor, now, settings
from lms.web.words import _, lazy

Page = Response | str | tuple[str, int]
LONGEST_REASON = 500


class BackForm(BaseForm):
    """Why an earlier text is right after all."""

    reason = TextAreaField(
        lazy("Why does this text come back?"),
        [Required(lambda: _("Say why this text comes back.")), AtMost(LONGEST_REASON)],
    )


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One edition in the list; `by` and `why` are as they were typed."""

    id: uuid.UUID
    number: int
    by: str
    at: str
    door: str
    why: str
    is_text: bool
    is_published: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A file as it stands: its name, its text, the content around it, and its open draft."""

    name: str
    text: str
    content: Content
    draft: Draft | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts of a file side by side, in text and as rendered."""

    text: Compared
    rendered: Rendered
    lang: str


@bp.get("/author/history/<uuid:revision_id>")
def history(revision_id: uuid.UUID) -> Page:
    """List every edition of the file that this one is of."""
    revision = _open(revision_id)
    standing = _standing(revision.path)
    rows = tuple(_row(one) for one in editions_of(reader(), revision.path))
    texts = [row for row in rows if row.is_text]
    return render_template(
        "author/history.html",
        name=standing.name,
        lang=language_of(revision.path),
        rows=rows,
        draft=standing.draft,
        first=texts[1].id if len(texts) > 1 else None,
        second=texts[0].id if texts else None,
    )


@bp.get("/author/compare")
def compare_editions() -> Page:
    """Show two editions of one file side by side."""
    old, new = (_edition(request.args.get(name, "")) for name in ("from", "to"))
    if old.path != new.path:
        raise NotFoundError("two editions of one file")
    standing = _standing(new.path)
    return render_template(
        "author/compare.html",
        name=standing.name,
        old=_row_of(old),
        new=_row_of(new),
        comparison=_comparison(new.path, old.text or "", new.text or "", standing.content),
    )


@bp.get("/author/history/<uuid:revision_id>/back")
def back(revision_id: uuid.UUID) -> Page:
    """Show what going back to an edition would change."""
    return _back_page(_open_text(revision_id), BackForm())


@bp.post("/author/history/<uuid:revision_id>/back")
def back_now(revision_id: uuid.UUID) -> Page:
    """Begin a draft with an earlier text; it goes through review as any other."""
    revision = _open_text(revision_id)
    keep_place("author.back", revision_id=revision_id)
    form = BackForm(request.form)
    standing = _standing(revision.path)
    if not form.validate():
        return _back_page(revision, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if standing.text == revision.text:
        return _back_page(revision, form), HTTPStatus.CONFLICT
    try:
        draft = go_back(
            db(), revision, standing.text,
            by=actor().user_id, reason=form.reason.data or "", now=now(),
        )  # fmt: skip
    except DraftOpenError:
        return _back_page(revision, form), HTTPStatus.CONFLICT
    flash(_("A draft holds this text now. Send it to review."), "success")
    return redirect(url_for("author.review", draft_id=draft.id), HTTPStatus.SEE_OTHER)


def _back_page(revision: FileRevision, form: BackForm) -> str:
    standing = _standing(revision.path)
    return render_template(
        "author/history_back.html",
        name=standing.name,
        row=_row_of(revision),
        draft=standing.draft,
        form=form,
        comparison=_comparison(revision.path, standing.text, revision.text or "", standing.content),
    )


def _open(revision_id: uuid.UUID) -> FileRevision:
    revision = find_revision(reader(), revision_id)
    guard_testimony(revision.path)
    return revision


def _edition(given: str) -> FileRevision:
    """Give the edition that a form names, if it has a text."""
    try:
        return _open_text(uuid.UUID(given))
    except ValueError:
        raise NotFoundError("edition") from None


def _open_text(revision_id: uuid.UUID) -> FileRevision:
    """Give an edition that has a text: of media none is kept."""
    revision = _open(revision_id)
    if revision.text is None:
        raise NotFoundError("edition with a text")
    return revision


def _standing(path: str) -> Standing:
    files = read_workspace(reader(), settings().content).files
    content = read(files).content
    text = files.texts.get(path, b"").decode("utf-8", "replace")
    return Standing(file_name(content, path), text, content, open_draft(reader(), path))


def _comparison(path: str, old: str, new: str, content: Content) -> Comparison:
    rendered = render_comparison(path, read_pieces(path, old), read_pieces(path, new), content)
    return Comparison(compare(old, new), rendered, language_of(path))


def _row(one: Edition) -> EditionRow:
    return EditionRow(
        id=one.id,
        number=one.number,
        by=one.by,
        at=when(one.at),
        door=door_text(one.origin),
        why=one.reason,
        is_text=one.is_text,
        is_published=one.is_published,
    )


def _row_of(revision: FileRevision) -> EditionRow:
    found = editions_of(reader(), revision.path)
    return _row(next(one for one in found if one.id == revision.id))
