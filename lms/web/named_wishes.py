"""Wishes for a group's list with references: who asked for what, and a second person's decision.

Coordinators and the privacy officer decide; their surfaces share this.
"""

import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import flash, request

from lms.accounts.models import User
from lms.exports.models import NamedExport
from lms.exports.named import GOOD_FOR, DecidedError, SamePersonError, decide_named, open_wishes
from lms.web.db import db
from lms.web.request import actor, keys, now
from lms.web.words import _, moment_text


def waiting_rows() -> list[dict[str, Any]]:
    """List what nobody has decided on yet; of one's own it says so."""
    return [
        wish_row(wish) | {"group": name, "own": wish.asked_by == actor().user_id}
        for wish, name in open_wishes(db())
    ]


def wish_row(wish: NamedExport) -> dict[str, Any]:
    """Give a wish as the lists show it."""
    return {
        "id": wish.id,
        "who": db().get_one(User, wish.asked_by).login,
        "asked": moment_text(wish.asked_at),
        "reason": wish.reason,
        "state": _state(wish, now()),
        "ready": wish.asked_by == actor().user_id and _is_good(wish, now()),
    }


def decide_wish(export_id: uuid.UUID) -> HTTPStatus:
    """Accept or refuse what somebody else asked for, as the form says; tells what came of it."""
    word = request.form.get("decision", "")
    if word not in {"accept", "refuse"}:
        return HTTPStatus.UNPROCESSABLE_ENTITY
    accepted = word == "accept"
    try:
        decide_named(
            db(), export_id, actor().user_id, accepted=accepted, key=keys().audit, now=now()
        )
    except SamePersonError:
        flash(_("Somebody else must decide on what you asked for."), "error")
    except DecidedError:
        flash(_("Somebody has decided on it before."), "error")
    else:
        flash(_("The list is allowed.") if accepted else _("The list is refused."), "success")
    return HTTPStatus.SEE_OTHER


def _is_good(wish: NamedExport, moment: datetime) -> bool:
    fresh = wish.decided_at is not None and wish.decided_at > moment - GOOD_FOR
    return bool(wish.accepted) and wish.fetched_at is None and fresh


def _state(wish: NamedExport, moment: datetime) -> str:
    if wish.decided_at is None:
        return _("Waits for a second person")
    if not wish.accepted:
        return _("Refused")
    if wish.fetched_at is not None:
        return _("Downloaded on %(moment)s", moment=moment_text(wish.fetched_at))
    return _("Allowed") if _is_good(wish, moment) else _("Allowed, but its week is over")
