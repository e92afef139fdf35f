"""The one place where a text becomes HTML that a template does not escape."""

from markupsafe import Markup

from lms.publishing.safe_html import SafeHtml


def shown(html: SafeHtml | str) -> Markup:
    """Hand published HTML to a template; it was made safe by nh3 when it was published."""
    return Markup(html)  # noqa: S704 - the only call; a test knows it
