"""The one place where a text becomes HTML that a template does not escape."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from lms.publishing.safe_html import SafeHtml


def shown(html: SafeHtml | str) -> Markup:
    """Hand published HTML to a template; it was made safe by nh3 when it was published."""
    return Markup(html)  # noqa: S704 - the only call; a test knows it


def shown_block(block: Mapping[str, Any]) -> dict[str, Any]:
    """Hand a published block to a template: its text, its transcript, and those of its parts."""
    given = dict(block)
    for key in ("html", "transcript"):
        if key in block:
            given[key] = shown(block[key])
    if "parts" in block:
        given["parts"] = [shown_block(part) for part in block["parts"]]
    return given
