"""No page shows the words of somebody who has taken them back, or whose consent is over."""

from http import HTTPStatus

from flask import g, render_template

from lms.journey.read import today_in_programme
from lms.kernel.errors import NotAllowedError
from lms.publishing.consent_register import closed_testimonies
from lms.web.author.surface import bp
from lms.web.db import reader
from lms.web.request import now


class TestimonyClosedError(NotAllowedError):
    """The consent for this testimony is not in force: its text is shown to nobody."""

    __test__ = False  # the name starts with Test; pytest is not to collect it


def guard_testimony(path: str) -> None:
    """Raise TestimonyClosedError for the file of a testimony whose consent is not in force.

    Whoever shows the text of a file, in whatever edition or form, asks here first.
    """
    if is_closed(path):
        raise TestimonyClosedError(path)


def is_closed(path: str) -> bool:
    """Whether a file holds a testimony whose consent is not in force; asked once a request."""
    match path.split("/"):
        case ["content", "testimonies", name, *_]:
            return name in _closed_now()
        case _:
            return False


def _closed_now() -> frozenset[str]:
    if "closed_testimonies" not in g:
        g.closed_testimonies = closed_testimonies(reader(), today_in_programme(now()))
    closed: frozenset[str] = g.closed_testimonies
    return closed


@bp.errorhandler(TestimonyClosedError)
def _closed(_error: TestimonyClosedError) -> tuple[str, int]:
    return render_template("author/drafts_closed.html"), HTTPStatus.CONFLICT
