"""The editor: a draft is begun, written, saved; nobody's text replaces another's unseen.

A text that cannot be saved comes back in the box of the page that says why. These addresses alone
take bodies that are longer than any file may be, so that such a text comes back too.
"""

import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import (
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from lms.authoring.drafts import (
    ActRefusedError,
    DraftChangedError,
    begin,
    find_draft,
    open_draft,
    save,
)
from lms.authoring.models import Draft
from lms.authoring.revisions import text_digest
from lms.authoring.workspace import Workspace, read_workspace
from lms.kernel.errors import NotFoundError
from lms.web.author import rendering
from lms.web.author.draft_words import when
from lms.web.author.editor_forms import Do, Sent, TextForm, file_text, number_in, read_sent
from lms.web.author.editor_lines import diff_lines, listing_of
from lms.web.author.editor_pages import Box, box_of, who
from lms.web.author.editor_references import references
from lms.web.author.editor_snippets import quiz_heading
from lms.web.author.guard import guard_testimony
from lms.web.author.place import keep_place
from lms.web.author.surface import bp
from lms.web.db import db, reader
from lms.web.kept import is_own_form
from lms.web.request import actor, now, settings
from lms.web.words import _

MOST_BYTES = 16_000_000  # of a body that comes from the box
Page = Response | str | tuple[str, int]
_PATH = re.compile(
    r"content/(?:(?:modules|testimonies|surveys)/[a-z0-9][a-z0-9-]{0,99}/[a-z]{2}\.md"
    r"|courses/[a-z0-9][a-z0-9-]{0,99}\.yml)"
)
_FACTS = "content/facts.yml"
_LONG = frozenset({"author.save_draft", "author.begin_draft"})


@bp.url_value_preprocessor
def allow_long_texts(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Read a body of any text that somebody may paste, for whoever has had a session here."""
    is_parts = request.mimetype == "multipart/form-data"  # another form takes long to be read
    if endpoint in _LONG and is_parts and "_user_id" in session:
        request.max_content_length = request.max_form_memory_size = MOST_BYTES


@bp.post("/author/drafts")
def begin_draft() -> Page:
    """Open the draft of a file, begun from what stands if there is none; with a text, try it."""
    path = request.form.get("path", "")
    if path == _FACTS:
        return redirect(url_for(".facts"), HTTPStatus.SEE_OTHER)
    if not _PATH.fullmatch(path):
        raise NotFoundError(path)
    guard_testimony(path)
    standing = read_workspace(reader(), settings().content).files.texts.get(path)
    if standing is None and open_draft(reader(), path) is None:
        raise NotFoundError(path)
    text = (standing or b"").decode("utf-8", "replace")
    if "text" in request.form:
        return _begin_with(path, text)
    draft = begin(db(), path, text, by=actor().user_id, now=now())
    return redirect(_place(draft), HTTPStatus.SEE_OTHER)


@bp.get("/author/drafts/<uuid:draft_id>")
def edit_draft(draft_id: UUID) -> Page:
    """Show a draft in its box."""
    return _editor(box_of(_find(draft_id)))


@bp.post("/author/drafts/<uuid:draft_id>")
def save_draft(draft_id: UUID) -> Page:
    """Save the text in the box, unless somebody else has saved another since."""
    draft = _find(draft_id)
    sent = read_sent()
    if sent is None:
        box = box_of(draft, fault=_("Nothing was saved: the form came without its text."))
        return _refused(box, HTTPStatus.UNPROCESSABLE_ENTITY)
    if sent.do is Do.EDIT:
        box = box_of(draft, text=sent.text)
        return _editor(replace(box, hold=True, other_text=file_text(draft.text)))
    if sent.fault:
        box = box_of(draft, text=sent.text, known=sent.known, fault=sent.fault)
        return _refused(box, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _save(draft, sent)


@bp.get("/author/drafts/<uuid:draft_id>/lines")
def draft_lines(draft_id: UUID) -> Page:
    """Show the saved text with the numbers of its lines, one of them marked."""
    draft = _find(draft_id)
    line = number_in(request.args.get("line", ""), MOST_BYTES)
    return render_template(
        "author/editor_lines.html", box=box_of(draft), listing=listing_of(draft.text, line)
    )


@bp.errorhandler(HTTPStatus.FORBIDDEN)
def keep_text(error: Any) -> Page:  # noqa: ANN401 - what Flask hands over
    """Give the text back to whoever lost the right to save it while he wrote it."""
    is_his = request.endpoint in _LONG and request.method == "POST" and is_own_form()
    text = TextForm(request.form).text.data if is_his else ""
    page = render_template("author/editor_kept.html", text=file_text(str(text or "")))
    return page, error.code


def _find(draft_id: UUID) -> Draft:
    """Give a draft whose text may be seen today."""
    draft = find_draft(reader(), draft_id)
    guard_testimony(draft.path)
    return draft


def _save(draft: Draft, sent: Sent) -> Page:
    try:
        if sent.text != file_text(draft.text):  # else only the ends of its lines differ, if at all
            draft = save(db(), draft.id, sent.text, known=sent.known, by=actor().user_id, now=now())
    except DraftChangedError as changed:
        return _conflict(changed.draft, sent)
    except ActRefusedError as refused:
        return _closed(refused.draft, sent)
    return _go_on(draft, sent) if draft.open_path else _closed(draft, sent)


def _go_on(draft: Draft, sent: Sent) -> Page:
    """Answer for a text that is saved, with what its button asked for."""
    if _wants_json():
        return _saved(draft)
    if sent.do is Do.PREVIEW:
        ticket = rendering.ask(draft, rendering.Wish(sent.text, sent.line, sent.part))
        return redirect(url_for(".look_at_preview", ticket=ticket), HTTPStatus.SEE_OTHER)
    if sent.do is Do.REVIEW:
        return redirect(url_for(".review", draft_id=draft.id), HTTPStatus.SEE_OTHER)
    flash(_("Saved."), "success")
    return redirect(_place(draft), HTTPStatus.SEE_OTHER)


def _begin_with(path: str, standing: str) -> Page:
    """Begin a draft with a text that another draft does not take any more."""
    text = file_text(str(TextForm(request.form).text.data or ""))
    sent = Sent(text, text_digest(standing), Do.SAVE, 0, 0)
    draft = begin(db(), path, standing, by=actor().user_id, now=now())
    if sent.fault:
        box = box_of(draft, text=sent.text, fault=sent.fault)
        return _refused(box, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _save(draft, sent)


def _editor(box: Box) -> str:
    """Give the editor's page."""
    workspace: Workspace = read_workspace(reader(), settings().content)
    return render_template(
        "author/editor.html",
        box=box,
        lists=references(workspace.files, box.path, box.text),
        quiz_heading=quiz_heading(box.lang),
        do=Do,
    )


def _refused(box: Box, status: HTTPStatus) -> Page:
    if _wants_json():
        return make_response(jsonify(fault=box.fault), status)
    keep_place("author.edit_draft", draft_id=box.draft_id)
    return _editor(box), status


def _conflict(draft: Draft, sent: Sent) -> Page:
    """Show both texts to the second of two: his own, and the one that was saved in between."""
    theirs = file_text(draft.text)
    if _wants_json():
        told = {"changed_by": who(draft.updated_by), "at": when(draft.updated_at)}
        return make_response(jsonify(told), HTTPStatus.CONFLICT)
    keep_place("author.edit_draft", draft_id=draft.id)
    page = render_template(
        "author/editor_conflict.html",
        box=box_of(draft, text=sent.text),
        theirs=theirs,
        lines=diff_lines(theirs, sent.text),
        do=Do,
    )
    return page, HTTPStatus.CONFLICT


def _closed(draft: Draft, sent: Sent) -> Page:
    """Say that a draft takes no more changes, and offer a new one with the text in the box."""
    box = box_of(draft, text=sent.text)
    if _wants_json():
        return make_response(jsonify(closed=box.notice), HTTPStatus.CONFLICT)
    keep_place("author.edit_draft", draft_id=draft.id)
    return _editor(box), HTTPStatus.CONFLICT


def _saved(draft: Draft) -> Response:
    state = box_of(draft).state
    return jsonify(known=draft.digest, at=now().isoformat(), state=state.text, kind=state.kind)


def _place(draft: Draft) -> str:
    return url_for(".edit_draft", draft_id=draft.id)


def _wants_json() -> bool:
    return request.headers.get("Accept") == "application/json"
