"""Pictures, sound and film of published modules: for people who are signed in, kept by nobody else.

Addresses say a digest and nothing more; so does the name that a browser would save a file under.
"""

from flask import Flask, send_file
from werkzeug.wrappers import Response

from lms.accounts.roles import Role
from lms.journey.read import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.media import kept_file, media_folder
from lms.publishing.section_queries import is_shown
from lms.web.db import db
from lms.web.request import now, settings
from lms.web.surface import Surface

bp = Surface("media", __name__, roles=frozenset(Role))


def register(app: Flask) -> None:
    """Add the address of media; it is the same in every language."""
    app.register_blueprint(bp, url_prefix="/media")


@bp.get("/<name>")
def media_file(name: str) -> Response:
    """Give a file or the part of it that is asked for."""
    kept = kept_file(media_folder(settings()), name)
    if kept is None:
        raise NotFoundError(name)
    if kept.apart and not is_shown(db(), f"/media/{name}", today_in_programme(now())):
        raise NotFoundError(name)
    return send_file(
        kept.path,
        mimetype=kept.content_type,
        as_attachment=False,
        download_name=f"media{kept.path.suffix}",
        conditional=True,
        etag=kept.path.stem,
        last_modified=None,
        max_age=0,
    )
