"""Files that folder and browser have both changed: seen from three sides, and settled."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.authoring.conflict import (
    DraftOpenError,
    LookedAt,
    draft_with_both,
    find_conflicts,
    settle,
)
from lms.authoring.drafts import open_drafts
from lms.authoring.sides import Side
from lms.authoring.workspace import read_workspace
from lms.content.read import read
from lms.journey.read import today_in_programme
from lms.kernel.errors import NotAllowedError
from lms.publishing.service import PublishedMeanwhileError
from lms.web.author.conflict_pages import conflict_row, done_text
from lms.web.author.place import keep_place
from lms.web.author.publish import house
from lms.web.author.surface import bp
from lms.web.db import db, reader
from lms.web.request import actor, now, settings
from lms.web.words import _

Page = Response | str | tuple[str, int]
_BOTH = "both"


@bp.get("/author/publish/conflicts")
def conflicts() -> Page:
    """Show every file that both doors have changed, from three sides."""
    return _conflicts_page()


@bp.post("/author/publish/conflicts")
def settle_conflict() -> Page:
    """Keep one side of a file, or begin a draft that holds both."""
    keep_place("author.conflicts")
    looked = LookedAt(request.form.get("path", ""), request.form.get("mark", ""))
    act = request.form.get("act", "")
    if act not in {_BOTH, *Side}:
        return _conflicts_page(_("Choose what is to be kept.")), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        if act == _BOTH:
            return _begin_with_both(looked)
        settle(db(), house(), looked, Side(act), by=actor().login, now=now())
    except DraftOpenError:
        fault = _("A draft of this file is open already: bring it to its end first.")
        return _conflicts_page(fault), HTTPStatus.CONFLICT
    except PublishedMeanwhileError:
        fault = _("This file has changed since you opened this page. Read it again, then decide.")
        return _conflicts_page(fault), HTTPStatus.CONFLICT
    except NotAllowedError:
        fault = _("These files have no lines that could be put together.")
        return _conflicts_page(fault), HTTPStatus.UNPROCESSABLE_ENTITY
    found = find_conflicts(db(), settings().content, today_in_programme(now()))
    flash(done_text(len(found)), "success")
    return redirect(
        url_for("author.conflicts" if found else "author.publish"), HTTPStatus.SEE_OTHER
    )


def _begin_with_both(looked: LookedAt) -> Page:
    by = actor().user_id, actor().login
    draft = draft_with_both(db(), house(), looked, by=by, now=now())
    flash(_("The draft holds the lines of both sides. Take out what is not to stay."), "success")
    place = url_for("author.edit_draft", draft_id=draft.id)
    return redirect(place, HTTPStatus.SEE_OTHER)


def _conflicts_page(fault: str = "") -> str:
    found = find_conflicts(reader(), settings().content, today_in_programme(now()))
    content = read(read_workspace(reader(), settings().content).files).content if found else None
    drafts = {draft.path: draft for draft in open_drafts(reader())} if found else {}
    rows = [conflict_row(one, content, drafts.get(one.path)) for one in found if content]
    return render_template("author/conflicts.html", rows=rows, fault=fault)
