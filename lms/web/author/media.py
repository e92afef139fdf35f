"""The media library: what there is and where it is used; adding, describing, deleting, seeing."""

from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path

from flask import after_this_request, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from lms.authoring.media_library import (
    MediaEntry,
    Places,
    find_shown,
    media_folders,
    media_listing,
    upload_rows,
)
from lms.authoring.uploads import (
    Deed,
    StillUsedError,
    check_name,
    companion_paths,
    delete_upload,
    describe_upload,
    forget,
    place_upload,
)
from lms.authoring.workspace import Workspace, read_workspace
from lms.content.read import read
from lms.journey.read import today_in_programme
from lms.kernel.audit import Act, append_audit
from lms.kernel.errors import NotFoundError
from lms.publishing.media import originals_folder
from lms.publishing.media_kinds import FORMATS, MediaRefusedError, extension_of, is_playable
from lms.publishing.media_seen import seen_file, seen_folder
from lms.web.author.media_forms import CompanionForm, RecordingForm, UploadForm, WordsForm
from lms.web.author.media_pages import folder_labels, library, module_titles
from lms.web.author.media_take import Basket, take_companions, take_upload
from lms.web.author.pages import printable
from lms.web.author.surface import bp
from lms.web.db import database, db, reader
from lms.web.request import LANGUAGES, actor, keys, now, settings
from lms.web.words import _

Page = Response | str | tuple[str, int]
_MOST_BYTES = 206_000_000  # a film of 200 MB, captions, transcripts and the form around them
_REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
bp.most_bytes |= dict.fromkeys(("author.media_receive", "author.media_describe"), _MOST_BYTES)


def places() -> Places:
    """Give where this site's media are looked for."""
    return Places(settings().content, originals_folder(settings()))


@bp.get("/author/media")
def media_library() -> Page:
    """Show every file: where it stands, what it is, which texts show it; the unused apart."""
    return render_template("author/media.html", library=library(_entries(_workspace())))


@bp.get("/author/media/new")
def media_new() -> Page:
    """Ask for a file, where it belongs, its name and its words."""
    form = UploadForm(folder=request.args.get("folder", ""))
    form.offer(_folders(_workspace()))
    return render_template("author/media_new.html", form=form, basket=None)


@bp.post("/author/media/new")
def media_receive() -> Page:
    """Take a file that is what it should be, under a name that is free."""
    workspace = _workspace()
    form = UploadForm(request.form)
    form.offer(_folders(workspace))
    basket = Basket(workspace, places())
    if form.validate():
        take_upload(basket, form)
    if form.errors or basket.faults:
        page = render_template("author/media_new.html", form=form, basket=basket)
        return page, _REFUSED
    _write_down(basket)
    flash(_("The file was added. It can be used now in a text."), "success")
    return redirect(url_for(".media_library"), HTTPStatus.SEE_OTHER)


@bp.get("/author/media/words")
def media_words() -> Page:
    """Show what a file is called, and what a recording lacks."""
    entry = _entry(_workspace())
    return _words_page(entry, _words_form(entry, is_sent=False))


@bp.post("/author/media/words")
def media_describe() -> Page:
    """Give a file other words; a recording its captions and transcripts."""
    workspace = _workspace()
    entry = _entry(workspace)
    form = _words_form(entry, is_sent=True)
    basket = Basket(workspace, places())
    basket.may_replace = True
    if form.validate() and isinstance(form, CompanionForm):
        take_companions(basket, form, entry.path)
    if form.errors or basket.faults:
        return _words_page(entry, form), _REFUSED
    if isinstance(form, WordsForm):
        describe_upload(db(), entry.path, form.alt, deed=_deed())
    _write_down(basket)
    flash(_("The words were saved."), "success")
    return redirect(url_for(".media_library"), HTTPStatus.SEE_OTHER)


@bp.post("/author/media/delete")
def media_delete() -> Page:
    """Delete a file that no text shows."""
    path = request.form.get("file", "")
    workspace = read_workspace(db(), settings().content)
    try:
        digests = delete_upload(db(), workspace.files, path)
    except StillUsedError:
        flash(_("The file is used by a text and was not deleted."), "error")
        return redirect(url_for(".media_library"), HTTPStatus.SEE_OTHER)
    _note("media-delete", path, digests[0])
    _forget_later(digests)
    flash(_("The file was deleted."), "success")
    return redirect(url_for(".media_library"), HTTPStatus.SEE_OTHER)


@bp.get("/author/media/<string(length=64):digest>")
def media_shown(digest: str) -> Response:
    """Give a file, or the part of it that is asked for, as participants will get it."""
    today = today_in_programme(now())
    entry = find_shown(reader(), _workspace(), places(), digest, today=today)
    if entry is None:
        raise NotFoundError(digest)
    try:
        file = _clean_file(entry)
    except MediaRefusedError as error:
        raise NotFoundError(digest) from error
    extension = extension_of(entry.path)
    return send_file(
        file,
        mimetype=FORMATS[extension].content_type,
        as_attachment=False,
        download_name=f"media.{extension}",
        conditional=True,
        etag=digest,
        last_modified=None,
        max_age=0,
    )


def _clean_file(entry: MediaEntry) -> Path:
    """Give a file without metadata: what the browser brought in was cleaned when it came."""
    if entry.upload is not None and entry.upload.digest == entry.digest:
        return entry.file
    folder = seen_folder(settings())
    return seen_file(entry.path, entry.file, entry.digest, folder, now=now())


def _workspace() -> Workspace:
    return read_workspace(reader(), settings().content)


def _entries(workspace: Workspace) -> tuple[MediaEntry, ...]:
    today = today_in_programme(now())
    return media_listing(reader(), workspace, places(), today=today)


def _folders(workspace: Workspace) -> list[tuple[str, str]]:
    today = today_in_programme(now())
    modules = read(workspace.files).content.modules.values()
    titles = module_titles((one.place.path, one.language, one.title) for one in modules)
    return folder_labels(media_folders(reader(), workspace.files, today=today), titles)


def _entry(workspace: Workspace) -> MediaEntry:
    """Give the file that the address names, if its words can be changed here."""
    path = request.args.get("file", "")
    found = next((one for one in _entries(workspace) if one.path == path), None)
    if found is None or found.is_closed or not (found.upload or is_playable(path)):
        raise NotFoundError("media")
    return found


def _words_form(entry: MediaEntry, *, is_sent: bool) -> WordsForm | CompanionForm:
    """Give the form that fits a file; what is in the folder has no words here."""
    sent = request.form if is_sent else None
    alt = entry.upload.alt if entry.upload else {}
    before = {f"alt_{lang}": alt.get(lang, "") for lang in LANGUAGES}
    if not is_playable(entry.path):
        return WordsForm(sent, data=before)
    before |= _transcripts(entry.path)
    return RecordingForm(sent, data=before) if entry.upload else CompanionForm(sent, data=before)


def _transcripts(path: str) -> dict[str, str]:
    """Give the transcripts that came in by the browser, by the name of their field."""
    rows = upload_rows(reader())
    found: dict[str, str] = {}
    for lang in LANGUAGES:
        row = rows.get(companion_paths(path, lang)[1])
        if row is not None:
            file = places().originals / row.digest
            found[f"transcript_{lang}"] = file.read_text(encoding="utf-8")
    return found


def _words_page(entry: MediaEntry, form: WordsForm | CompanionForm) -> str:
    return render_template(
        "author/media_words.html",
        form=form,
        path=printable(entry.path),
        file=entry.path,
        has_words=isinstance(form, WordsForm),
        is_recording=isinstance(form, CompanionForm),
    )


def _write_down(basket: Basket) -> None:
    """Let everything stand at its path; what it replaces is forgotten once that is committed."""
    old = []
    for path, (received, alt) in basket.taken.items():
        check_name(db(), basket.workspace.files, path, replace=basket.may_replace)
        old.append(place_upload(db(), path, received, alt, deed=_deed()))
        _note("media-upload", path, received.digest)
    _forget_later(old)


def _deed() -> Deed:
    return Deed(actor().user_id, now())


def _note(act: str, path: str, digest: str) -> None:
    subject = f"media:{digest[:16]}"
    done = Act(str(actor().user_id), act, subject, after={"path": path, "digest": digest})
    append_audit(db(), keys().audit, done, now=now())


def _forget_later(digests: Iterable[str]) -> None:
    """Delete bytes that nothing names any more, once the request has been committed."""
    gone = tuple(filter(None, digests))
    if not gone:
        return

    @after_this_request
    def delete(response: Response) -> Response:
        with database().read() as session:
            forget(session, places().originals, gone)
        return response
