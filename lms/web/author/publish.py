"""Publication in the browser: the folder, or approved drafts; seen first, then all or nothing."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.authoring.drafts import ActRefusedError, DraftChangedError
from lms.authoring.plan import FolderFirstError, plan_drafts, plan_folder
from lms.authoring.publication import House, Publication, Publisher, append, house_of, press
from lms.journey.read import today_in_programme
from lms.kernel.errors import NotFoundError
from lms.publishing.markdown import RenderRefusedError
from lms.publishing.media_kinds import MediaRefusedError
from lms.publishing.service import PublishedMeanwhileError
from lms.web.author.pages import printable, problem_list
from lms.web.author.place import keep_place
from lms.web.author.publish_pages import (
    changes_in,
    chosen_by_default,
    draft_choices,
    plan_view,
    with_choice,
)
from lms.web.author.surface import bp
from lms.web.db import db, reader
from lms.web.request import actor, keys, now, settings
from lms.web.words import _, content_words, plural

Page = Response | str | tuple[str, int]
_MOST_DRAFTS = 200  # chosen at once


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was published: a sentence, and the text that was refused if it was one."""

    sentence: str
    fault: str = ""


@bp.get("/author/publish")
def publish() -> Page:
    """Show what publishing would change, before it is done."""
    return _page(None)


@bp.post("/author/publish")
def publish_now() -> Page:
    """Publish the folder as it was shown."""
    keep_place("author.publish")
    plan = plan_folder(reader(), house(), today_in_programme(now()))
    stale = _(
        "The folder has changed since you opened this page. Read the list again, then publish."
    )
    return _publish(plan, None, stale)


@bp.post("/author/publish/drafts")
def publish_drafts() -> Page:
    """Publish approved drafts as they were shown; or show what the chosen ones would change."""
    keep_place("author.publish")
    chosen = _chosen()
    stale = _("These drafts or what is published have changed since you opened this page. Read the "
              "list again, then publish.")  # fmt: skip
    if not chosen:
        return _refused(chosen, Refusal(_("Choose a draft first.")))
    if "look" in request.form:
        return _page(chosen)
    try:
        plan = plan_drafts(reader(), house(), today_in_programme(now()), chosen)
    except (ActRefusedError, FolderFirstError, NotFoundError):
        return _refused(chosen, Refusal(stale))
    return _publish(plan, chosen, stale)


def house() -> House:
    """Give where this site's publications come from and go to."""
    return house_of(settings(), content_words())


def _publish(plan: Publication, chosen: Collection[uuid.UUID] | None, stale: str) -> Page:
    why = _why_not(plan)
    if why or request.form.getlist("plan") != [plan.mark]:
        return _refused(chosen, Refusal(why or stale))
    publisher = Publisher(actor().login, actor().user_id, keys().audit)
    try:
        append(db(), press(reader(), plan, house()), publisher, now=now())
    except (RenderRefusedError, MediaRefusedError) as error:
        refusal = Refusal(_("One text was refused:"), printable(str(error)))
        return _refused(chosen, refusal)
    except (PublishedMeanwhileError, ActRefusedError, DraftChangedError):
        refusal = Refusal(_("Somebody else published, or changed a draft, in the meantime. Read "
                            "the list again, then publish."))  # fmt: skip
        return _refused(chosen, refusal, HTTPStatus.CONFLICT)
    done = changes_in(plan)
    flash(plural("Published: %(num)s change.", "Published: %(num)s changes.", done), "success")
    return redirect(url_for("author.start"), HTTPStatus.SEE_OTHER)


def _why_not(plan: Publication) -> str:
    """Say why a plan cannot be published; empty where it can."""
    if plan.conflicts:
        return _("The folder and the browser have both changed a file.")
    if plan.behind:
        return _("A file was published since its draft was begun.")
    if plan.errors:
        return _("The check found errors.")
    return _("Nothing has changed since the last publication.") if plan.is_idle else ""


def _chosen() -> frozenset[uuid.UUID]:
    """Read which drafts were chosen; what is no id of any is left out."""
    found = set()
    for text in request.form.getlist("draft")[:_MOST_DRAFTS]:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return frozenset(found)


def _refused(
    chosen: Collection[uuid.UUID] | None,
    refusal: Refusal,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Page:
    return _page(chosen, refusal), status


def _page(chosen: Collection[uuid.UUID] | None, refusal: Refusal | None = None) -> str:
    """Show both doors; without a choice every draft is chosen that can be published."""
    today = today_in_programme(now())
    folder = plan_folder(reader(), house(), today)
    drafts = draft_choices(folder.content)
    wanted = chosen_by_default(drafts)
    if chosen is not None:
        wanted = tuple(one for one in wanted if one in chosen)
    plan, folder_first = None, False
    try:
        plan = plan_drafts(reader(), house(), today, wanted) if wanted else None
    except FolderFirstError:
        folder_first = True
    return render_template(
        "author/publish.html",
        folder=plan_view(folder),
        drafts=with_choice(drafts, wanted),
        chosen=plan_view(plan) if plan else None,
        problems=problem_list(plan.errors) if plan else None,
        folder_first=folder_first,
        refusal=refusal,
    )
