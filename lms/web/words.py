"""Words in the reader's language: Flask-Babel's functions, typed, and the words of rendering."""

from datetime import date, datetime
from typing import Any

import flask_babel
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from lms.publishing.markdown.request import Words
from lms.web.html import shown
from lms.web.request import LANGUAGES, language

_known: dict[tuple[str, str], str] = {}  # what the catalogues say never changes while we run


def _(text: str, **values: Any) -> str:  # noqa: ANN401 - what a sentence holds
    """Give a sentence in the language of the page."""
    place = (str(flask_babel.get_locale()), text)
    if place not in _known:
        _known[place] = str(flask_babel.gettext(text))
    return _known[place] % values if values else _known[place]


def lazy(text: str) -> Any:  # noqa: ANN401 - a lazy string, which WTForms takes as a label
    """Give a sentence whose language is decided when it is shown."""
    return flask_babel.lazy_gettext(text)


def plural(one: str, many: str, count: int, **values: Any) -> str:  # noqa: ANN401 - as for `_`
    """Give the sentence for this count; `%(num)s` in it stands for the count."""
    return str(flask_babel.ngettext(one, many, count, **values))


def give_words(app: Flask) -> None:
    """Give templates their words from memory: a page has some twenty, and Babel looks each up.

    Values are escaped when they are put into a sentence; `%%` stands for a percent sign.
    """
    known: dict[tuple[str, str], tuple[Markup, Markup]] = {}  # to be filled in, and as it stands

    def in_template(text: str, **values: Any) -> Markup:  # noqa: ANN401 - what a sentence holds
        place = (language(), text)
        if place not in known:
            sentence = shown(flask_babel.gettext(text))  # our own catalogue
            known[place] = sentence, shown(sentence.replace("%%", "%"))
        sentence, as_it_stands = known[place]
        return sentence % values if values else as_it_stands

    app.jinja_env.globals["_"] = in_template


def content_words() -> dict[str, Words]:
    """Give the words that the renderer adds, for each language of content."""
    words = {}
    for code in LANGUAGES:
        with force_locale(f"{code}_CA"):
            words[code] = Words(
                sources=_("Sources"),
                source=_("Source"),
                back=_("Back to the text"),
                table=_("Table"),
                done=_("Done"),
                to_do=_("To do"),
                alerts={
                    "NOTE": _("Note"),
                    "TIP": _("Tip"),
                    "IMPORTANT": _("Important"),
                    "WARNING": _("Warning"),
                    "CAUTION": _("Caution"),
                },
            )
    return words


def hours_text(minutes: int) -> str:
    """Say a length in hours, in halves rounded up."""
    halves = max(-(-minutes // 30), 1)
    hours = flask_babel.format_decimal(halves / 2)
    # In French 1.5 is singular, in English plural: the catalogue's rule decides by halves / 2.
    return _("%(hours)s hours", hours=hours) if halves > 2 else _("%(hours)s hour", hours=hours)  # noqa: PLR2004 - two halves


def day_text(day: date | datetime | None) -> str:
    """Write a day as it is written in the language of the page; empty for none."""
    if day is None:
        return ""
    written = str(flask_babel.format_date(day, "long"))
    # CLDR's French has no ordinal: the first of a month is "1er".
    return f"1er{written[1:]}" if language() == "fr" and written.startswith("1 ") else written


def moment_text(moment: datetime | None) -> str:
    """Write a day and a time of day, without the year."""
    return str(flask_babel.format_datetime(moment, _("d MMMM, HH:mm"))) if moment else ""


def clock_text(moment: datetime) -> str:
    """Write a time of day to the second."""
    return str(flask_babel.format_time(moment, _("HH:mm:ss")))
