"""What was sent, judged and kept, before anything is written down; faults stand at their fields."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import Field

from lms.authoring.media_library import Places
from lms.authoring.uploads import (
    InFolderError,
    NameTakenError,
    Received,
    check_name,
    companion_paths,
    receive,
    receive_captions,
    receive_transcript,
    safe_name,
)
from lms.authoring.workspace import Workspace
from lms.publishing.media_kinds import MediaRefusedError, is_playable
from lms.web.author.media_forms import CompanionForm, UploadForm
from lms.web.author.media_pages import refusal_text
from lms.web.db import reader
from lms.web.request import LANGUAGES
from lms.web.words import _


@dataclass(slots=True)
class Basket:
    """What can be written down, by path, each with its words; `faults` says that something cannot.

    `used_in` is where the file is shown that would be replaced.
    """

    workspace: Workspace
    places: Places
    taken: dict[str, tuple[Received, dict[str, str]]] = field(default_factory=dict)
    faults: int = 0
    used_in: tuple[str, ...] = ()
    is_taken: bool = False
    may_replace: bool = False

    def refuse(self, at: Field, fault: str) -> None:
        """Say at a field why what was sent cannot be taken."""
        at.errors = [*at.errors, fault]
        self.faults += 1

    def keep(self, at: Field, act: Callable[[], Received]) -> Received | None:
        """Judge and keep; gives nothing where it is refused."""
        try:
            return act()
        except MediaRefusedError as error:
            self.refuse(at, refusal_text(error))
            return None

    def put(self, path: str, at: Field, received: Received, alt: dict[str, str]) -> None:
        """Put something that was kept under a path, if the path is free."""
        try:
            check_name(reader(), self.workspace.files, path, replace=self.may_replace)
        except InFolderError:
            fault = _("The content folder has a file of this name, or the name is too long: "
                      "choose another name, or change the file in the folder.")  # fmt: skip
            self.refuse(at, fault)
            return
        except NameTakenError as error:
            self.is_taken, self.used_in = True, error.used_in
            self.refuse(at, _("A file of this name is here already. Choose another name, or tick "
                              "the box that replaces it."))  # fmt: skip
            return
        self.taken[path] = (received, alt)


def take_upload(basket: Basket, form: UploadForm) -> None:
    """Take a new file with all that came with it."""
    sent = sent_file("file")
    if form.replace.data:
        basket.may_replace = True
    if sent is None:
        basket.refuse(form.file, _("Choose a file."))
        return
    found = basket.keep(form.file, partial(receive, sent.stream, basket.places.originals))
    if found is None:
        return
    stem = f"{form.folder.data}/media/{safe_name(str(form.name.data))}"
    path = f"{stem}.{found.extension}"
    basket.put(path, form.name, found, form.alt)
    if is_playable(path):
        take_companions(basket, form, path)
    elif any(sent_file(f"captions_{lang}") for lang in LANGUAGES) or form.transcripts():
        basket.refuse(form.file, _("A picture has no captions and no transcript: take them out, or "
                                   "send the film or the sound."))  # fmt: skip


def take_companions(basket: Basket, form: CompanionForm, recording: str) -> None:
    """Take the captions and the transcripts that came for a recording."""
    originals = basket.places.originals
    for lang in LANGUAGES:
        captions_path, transcript_path = companion_paths(recording, lang)
        captions, at = sent_file(f"captions_{lang}"), form[f"captions_{lang}"]
        if captions is not None:
            found = basket.keep(at, partial(receive_captions, captions.stream, originals))
            if found is not None:
                basket.put(captions_path, at, found, {})
        text, at = form.transcripts().get(lang), form[f"transcript_{lang}"]
        if text:
            found = basket.keep(at, partial(receive_transcript, text, originals))
            if found is not None:
                basket.put(transcript_path, at, found, {})


def sent_file(name: str) -> FileStorage | None:
    """Give a file of the form; None where none was chosen."""
    found = request.files.get(name)
    return found if found is not None and found.filename else None
