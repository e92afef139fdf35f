"""Packages of a published course: what they leave to who plays them, and the files themselves."""

from http import HTTPStatus
from tempfile import TemporaryFile

from flask import render_template, send_file, url_for
from werkzeug.wrappers import Response

from lms.interchange.packages.notice import notice_lines
from lms.interchange.packages.package import (
    Package,
    PackageKind,
    Wish,
    make_package,
    write_package,
)
from lms.publishing.media import media_folder
from lms.publishing.queries import current_course, in_language
from lms.web.author.courses import MOST_COURSES, course_at
from lms.web.author.folder import read_folder
from lms.web.author.surface import bp
from lms.web.db import reader
from lms.web.package_words import package_words
from lms.web.request import language, settings

Page = Response | str | tuple[str, int]
_COURSE = f"/author/courses/<int(max={MOST_COURSES}):number>/packages"
_KINDS = ((PackageKind.SCORM12, "SCORM 1.2"), (PackageKind.CMI5, "cmi5"))


@bp.get(_COURSE)
def packages(number: int) -> Page:
    """Say what a package of this course is and is not, and link to both."""
    course_id = course_at(read_folder(), number)
    found = current_course(reader(), course_id)
    if found is None or language() not in found[1].languages:
        page = render_template("author/packages.html", title="", lines=(), links=())
        return page, HTTPStatus.OK
    made = _make(course_id, PackageKind.SCORM12)
    return render_template(
        "author/packages.html",
        title=in_language(found[1].title, language()),
        lines=notice_lines(made.left, package_words(language()).notice),
        links=[
            {"label": label, "url": url_for(".package", number=number, standard=kind.value)}
            for kind, label in _KINDS
        ],
    )


@bp.get(f"{_COURSE}/<any(scorm12, cmi5):standard>")
def package(number: int, standard: str) -> Response:
    """Give a package in the language of the page, as it is published at this moment."""
    made = _make(course_at(read_folder(), number), PackageKind(standard))
    stream = TemporaryFile()  # noqa: SIM115 - it is closed, and gone, when the answer is sent
    write_package(made, stream)
    stream.seek(0)
    return send_file(
        stream,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"course-{number}-{language()}-{standard}.zip",
        max_age=0,
    )


def _make(course_id: str, kind: PackageKind) -> Package:
    site = settings()
    wish = Wish(course_id, kind, language(), site.base_url.rstrip("/"))
    words = {language(): package_words(language())}
    return make_package(reader(), wish, media_folder(site), words)
