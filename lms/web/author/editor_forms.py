"""What the editor sends, read once: the text as a file would hold it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from flask import request
from wtforms import HiddenField, StringField, TextAreaField

from lms.authoring.states import DraftState
from lms.content.files import MOST_BYTES
from lms.content.words import as_id
from lms.publishing.preview.job import QUIZ
from lms.web.form import AtMost, BaseForm, Required
from lms.web.words import _, lazy

_ENDS = re.compile(r"\r\n?")
_MOST_LINE = 1_000_000
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Do(StrEnum):
    """What the button that was pressed asks for."""

    SAVE = "save"
    PREVIEW = "preview"  # saved, then shown and checked
    REVIEW = "review"  # saved, then on to the review
    EDIT = "edit"  # not saved: back to the box with this text


class TextForm(BaseForm):
    """The box, and what the page knew of the draft when it was drawn."""

    text = TextAreaField()
    known = HiddenField()
    do = HiddenField()


@dataclass(frozen=True, slots=True)
class Sent:
    """A text that came from the editor; `line` is the caret's, `part` a part asked for by name."""

    text: str
    known: str
    do: Do
    line: int
    part: int

    @property
    def fault(self) -> str:
        """Say why this text cannot be saved as a draft; empty when it can."""
        size = len(self.text.encode("utf-8", "surrogatepass"))
        if size > MOST_BYTES:
            return _(
                "This text is too long: %(size)s kB. A file has %(most)s kB at the most. Nothing "
                "was saved: cut the text in two.", size=size // 1000, most=MOST_BYTES // 1000,
            )  # fmt: skip
        if not self.text.strip("\ufeff \t\n"):
            return _("There is no text. Nothing was saved: write something first.")
        return ""


def read_sent() -> Sent | None:
    """Read what the editor sent; None for a request that did not come from it."""
    form = TextForm(request.form)
    known = str(form.known.data or "")
    if "text" not in request.form or not _DIGEST.fullmatch(known):
        return None
    do = str(form.do.data or "")
    return Sent(
        text=file_text(str(form.text.data or "")),
        known=known,
        do=Do(do) if do in set(Do) else Do.SAVE,
        line=number_in(request.form.get("line", ""), _MOST_LINE),
        part=number_in(request.form.get("part", ""), QUIZ),
    )


def read_bare() -> Sent | None:
    """Read a text that came alone, as the script sends it; None for anything else."""
    if request.mimetype != "text/plain":
        return None
    text = request.get_data(cache=False).decode("utf-8", "replace").replace("\x00", "\ufffd")
    line = number_in(request.args.get("line", ""), _MOST_LINE)
    return Sent(
        file_text(text), "", Do.PREVIEW, line, number_in(request.args.get("part", ""), QUIZ)
    )


def file_text(typed: str) -> str:
    """Give what was typed with the ends of lines that files have; a browser sends its own."""
    return _ENDS.sub("\n", typed)


def holds(state: DraftState) -> bool:
    """Whether a draft waits for others: then a change is saved only when somebody says so."""
    return state in {DraftState.IN_REVIEW, DraftState.APPROVED}


def number_in(given: str, most: int) -> int:
    """Read a number from 0 to the most that it can be; 0 for anything else."""
    is_number = given.isascii() and given.isdecimal() and len(given) <= len(str(most))
    return int(given) if is_number and int(given) <= most else 0


class NewModuleForm(BaseForm):
    """A new module: its id, and its title in both languages."""

    name = StringField(lazy("Short name"), [Required(lambda: _("Enter a short name.")), AtMost(60)])
    title_fr = StringField(
        lazy("Title in French"), [Required(lambda: _("Enter the title in French.")), AtMost(150)]
    )
    title_en = StringField(
        lazy("Title in English"),
        [Required(lambda: _("Enter the title in English.")), AtMost(150)],
    )

    def titles(self) -> dict[str, str]:
        """Give the titles by language, each on one line."""
        fields = {"fr": self.title_fr, "en": self.title_en}
        return {lang: " ".join(str(field.data).split()) for lang, field in fields.items()}


class NewTestimonyForm(BaseForm):
    """A new testimony: its id."""

    name = StringField(lazy("Short name"), [Required(lambda: _("Enter a short name.")), AtMost(60)])


def named(form: NewModuleForm | NewTestimonyForm, taken: frozenset[str]) -> str:
    """Give the id that a form asks for; empty, with the fault at its field, if it cannot be."""
    name = str(form.name.data or "").strip()
    if form.errors:
        return ""
    if as_id(name) is None:
        form.name.errors = [_("Use small letters, digits and hyphens alone, such as first-steps.")]
        return ""
    if name in taken:
        form.name.errors = [_("This short name is taken. Choose another.")]
        return ""
    return name
