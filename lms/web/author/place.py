"""Where the link to the other language leads from a page that answers a form."""

from typing import Any

from flask import g, url_for

from lms.web.request import LANGUAGES, language


def keep_place(endpoint: str, **values: Any) -> None:  # noqa: ANN401 - parts of an address
    """Let the link to the other language lead to the page that this answer stands on."""
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(endpoint, lang=other, **values)
