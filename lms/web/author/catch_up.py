"""A draft whose file was published since it was begun: what changed, and who decides what stays."""

import uuid
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.authoring import catching_up
from lms.authoring.catching_up import Decision, UndecidedError, look_behind
from lms.authoring.drafts import ActRefusedError, DraftChangedError, find_draft
from lms.authoring.models import Draft
from lms.authoring.states import OPEN
from lms.authoring.three_way import Keep
from lms.authoring.workspace import read_workspace
from lms.content.read import read
from lms.kernel.errors import NotFoundError
from lms.publishing.service import PublishedMeanwhileError
from lms.web.author.conflict_pages import behind_page
from lms.web.author.guard import guard_testimony
from lms.web.author.place import keep_place
from lms.web.author.surface import bp
from lms.web.db import db, reader
from lms.web.request import actor, now, settings
from lms.web.words import _

Page = Response | str | tuple[str, int]


@bp.get("/author/publish/drafts/<uuid:draft_id>")
def catch_up(draft_id: uuid.UUID) -> Page:
    """Show a draft beside what was published since it was begun."""
    return _page(_find(draft_id))


@bp.post("/author/publish/drafts/<uuid:draft_id>")
def catch_up_now(draft_id: uuid.UUID) -> Page:
    """Bring what was published into the draft, as was decided for each place."""
    keep_place("author.catch_up", draft_id=draft_id)
    draft = _find(draft_id)
    rest = Keep.BOTH if request.form.get("rest") == Keep.BOTH else None
    decision = Decision(_decided(), rest)
    mark = request.form.get("mark", "")
    try:
        catching_up.catch_up(
            db(), draft_id, decision, mark=mark or "-", by=actor().user_id, now=now()
        )
    except UndecidedError:
        fault = _("Choose what stays at each place that both have changed.")
        return _page(draft, decision, fault), HTTPStatus.UNPROCESSABLE_ENTITY
    except (PublishedMeanwhileError, DraftChangedError, ActRefusedError):
        fault = _("The draft or the published text has changed since you opened this page. "
                  "Read it again, then decide.")  # fmt: skip
        return _page(draft, decision, fault), HTTPStatus.CONFLICT
    flash(_("The draft is up to date with what is published."), "success")
    place = url_for("author.edit_draft", draft_id=draft_id)
    return redirect(place, HTTPStatus.SEE_OTHER)


def _find(draft_id: uuid.UUID) -> Draft:
    """Give an open draft whose text may be seen today."""
    draft = find_draft(reader(), draft_id)
    if draft.state not in OPEN:
        raise NotFoundError("draft")
    guard_testimony(draft.path)
    return draft


def _decided() -> dict[int, Keep]:
    """Read what was decided, by the place of each hunk; what is no decision is left out."""
    found = {}
    for name, value in request.form.items():
        place = name.removeprefix("place-")
        is_place = name.startswith("place-") and place.isascii() and place.isdecimal()
        if is_place and len(place) < len("1000000") and value in set(Keep):
            found[int(place)] = Keep(value)
    return found


def _page(draft: Draft, decision: Decision | None = None, fault: str = "") -> str:
    behind = look_behind(reader(), draft.id)
    content = read(read_workspace(reader(), settings().content).files).content
    return render_template(
        "author/catch_up.html",
        page=behind_page(behind, find_draft(reader(), draft.id), content),
        kept=decision.keep if decision else {},
        fault=fault,
        edit_url=url_for("author.edit_draft", draft_id=draft.id),
    )
