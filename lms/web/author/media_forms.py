"""Forms of the media library. A file itself is not among the fields: a page cannot fill it in."""

from collections.abc import Sequence

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields import FileField
from wtforms.validators import ValidationError

from lms.authoring.uploads import LONGEST_ALT, LONGEST_NAME, safe_name
from lms.web.form import AtMost, BaseForm, Required
from lms.web.request import LANGUAGES
from lms.web.words import _, lazy

MOST_TRANSCRIPT = 150_000  # characters; a file of text has 200 kB at most


class WordsForm(BaseForm):
    """What a picture shows, or what a recording is called, in both languages."""

    alt_fr = StringField(
        lazy("What it shows, in French"),
        [Required(lambda: _("Say in French what it shows.")), AtMost(LONGEST_ALT)],
    )
    alt_en = StringField(
        lazy("What it shows, in English"),
        [Required(lambda: _("Say in English what it shows.")), AtMost(LONGEST_ALT)],
    )

    @property
    def alt(self) -> dict[str, str]:
        """The words by language, on one line each."""
        typed = {"fr": self.alt_fr.data, "en": self.alt_en.data}
        return {lang: " ".join(str(words).split()) for lang, words in typed.items()}

    def validate_alt_fr(self, field: StringField) -> None:
        """Take what can stand between the brackets of a mark."""
        _refuse_hidden(str(field.data))

    def validate_alt_en(self, field: StringField) -> None:
        """Take what can stand between the brackets of a mark."""
        _refuse_hidden(str(field.data))


def _refuse_hidden(text: str) -> None:
    if not text.isprintable() or set(text) & set("[]\\"):
        raise ValidationError(_("Leave out brackets, backslashes and hidden characters."))


class CompanionForm(BaseForm):
    """What a film or a sound needs for those who do not hear or see it."""

    captions_fr = FileField(lazy("Captions in French (.vtt)"))
    transcript_fr = TextAreaField(lazy("Transcript in French"), [AtMost(MOST_TRANSCRIPT)])
    captions_en = FileField(lazy("Captions in English (.vtt)"))
    transcript_en = TextAreaField(lazy("Transcript in English"), [AtMost(MOST_TRANSCRIPT)])

    def transcripts(self) -> dict[str, str]:
        """Give the transcripts that were typed, by language."""
        typed = {lang: str(self[f"transcript_{lang}"].data or "") for lang in LANGUAGES}
        return {lang: text for lang, text in typed.items() if text.strip()}


class RecordingForm(WordsForm, CompanionForm):
    """What a recording is called, its captions and its transcripts."""


class UploadForm(RecordingForm):
    """A new file: where it belongs, its name, its words."""

    file = FileField(lazy("File"))
    folder = SelectField(
        lazy("Where it belongs"), [Required(lambda: _("Choose where it belongs."))]
    )
    name = StringField(
        lazy("Name"), [Required(lambda: _("Give the file a name.")), AtMost(LONGEST_NAME)]
    )
    replace = BooleanField(lazy("Replace the file that is there"))

    def offer(self, folders: Sequence[tuple[str, str]]) -> None:
        """Set the folders that can be chosen: (path, label)."""
        self.folder.choices = [("", _("Choose…")), *folders]

    def validate_name(self, field: StringField) -> None:
        """Take a name of which something is left in small letters without accents."""
        if not safe_name(str(field.data)):
            raise ValidationError(_("Use letters or digits."))
