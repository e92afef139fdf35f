"""Who looked at my file, and a copy of all that is kept: for the person himself."""

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.privacy.person import person_of
from lms.privacy.queries import own_views
from lms.web.db import db
from lms.web.participant.guard import bp, stays_open
from lms.web.participant.own_file import own_file_zip
from lms.web.request import keys, learner, now
from lms.web.view_words import purpose_text, role_text, what_text
from lms.web.words import _, day_text, plural


@bp.get("/my-privacy")
@stays_open
def my_privacy() -> str:
    """Show who looked at one's file, at what, what for and when; a role, never a name."""
    views = own_views(db(), learner().enrolment_id)
    return render_template(
        "participant/privacy.html",
        rows=[
            [
                day_text(one.day),
                role_text(one.role),
                what_text(one.what),
                purpose_text(one.what, one.purpose),
                plural("%(num)s time", "%(num)s times", one.count),
            ]
            for one in views
        ],
    )


@bp.get("/my-privacy/file.zip")
@stays_open
def own_file() -> Response:
    """Give all that is kept about oneself: for machines (JSON), and to be read (HTML)."""
    person = person_of(db(), enrolment_id=learner().enrolment_id)
    response = make_response(own_file_zip(db(), person, keys(), now()))
    response.headers["Content-Type"] = "application/zip"
    name = _("my-file")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response
