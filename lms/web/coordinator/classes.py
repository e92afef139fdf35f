"""Classes of the awareness track: made here, their codes shown once, their answers never."""

from http import HTTPStatus

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.awareness.figures import classes
from lms.awareness.service import CourseKindError, make_class
from lms.content.model import CourseKind
from lms.publishing.queries import course_ids
from lms.web.coordinator.pages import course_title
from lms.web.coordinator.surface import bp
from lms.web.db import db
from lms.web.request import LANGUAGES, language, now
from lms.web.words import day_text

MOST_CLASSES = 100
Page = Response | str | tuple[str, int]


@bp.get("/coordinator/classes")
def school_classes() -> Page:
    """List the classes that were made, and offer to make one."""
    return _page()


@bp.post("/coordinator/classes")
def new_class() -> Page:
    """Make a class and show its two codes, this once."""
    _keep_place()
    try:
        made = make_class(db(), request.form.get("course", ""), now=now())
    except CourseKindError:
        return _page(), HTTPStatus.UNPROCESSABLE_ENTITY
    return render_template(
        "coordinator/class_codes.html", made=made, until=day_text(made.expires_at)
    )


def _page() -> str:
    courses = [(one, course_title(db(), one)) for one in course_ids(db(), CourseKind.AWARENESS)]
    rows = [
        (course_title(db(), one.course_id), day_text(one.created_at), day_text(one.expires_at))
        for one in classes(db(), limit=MOST_CLASSES)
    ]
    return render_template("coordinator/classes.html", courses=courses, rows=rows)


def _keep_place() -> None:
    """Let the link to the other language lead to the list: the codes are not shown again."""
    other = next(one for one in LANGUAGES if one != language())
    g.place_url = url_for(".school_classes", lang=other)
