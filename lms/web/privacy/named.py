"""Lists with references that coordinators ask for: the privacy officer can be the second person."""

import uuid
from http import HTTPStatus

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.web.named_wishes import decide_wish, waiting_rows
from lms.web.privacy.surface import bp

Page = Response | str | tuple[str, int]


@bp.get("/privacy-office/lists")
def named_wishes() -> Page:
    """List what coordinators have asked for and nobody has decided on."""
    return render_template("privacy/named_wishes.html", wishes=waiting_rows())


@bp.post("/privacy-office/lists/<uuid:export_id>")
def decide_on_wish(export_id: uuid.UUID) -> Page:
    """Accept or refuse what a coordinator asked for."""
    status = decide_wish(export_id)
    if status is HTTPStatus.SEE_OTHER:
        return redirect(url_for(".named_wishes"), status)
    return render_template("privacy/named_wishes.html", wishes=waiting_rows()), status
