"""Between password and second factor: a mark in the browser for five minutes, and no session.

The mark names an account and holds for the password that was entered: with another password, or
once the second factor is off, it is worth nothing.
"""

import hashlib
import hmac
import uuid
from datetime import timedelta

from flask import current_app, g, session
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.web.request import now

MOST = timedelta(minutes=5)
_KEY = "half_way"


def go_half_way(user: User) -> None:
    """Note that the password was right; whatever the browser's session held before is gone."""
    at = int(now().timestamp())
    session.clear()
    g.pop("actor", None)  # this page belongs to nobody
    session[_KEY] = [str(user.id), at, _seal(user, at)]


def leave_half_way() -> None:
    """Forget the mark."""
    session.pop(_KEY, None)


def who_is_half_way(db: Session) -> User | None:
    """Give the account whose password was entered in this browser, within the last minutes."""
    try:
        name, moment, seal = session[_KEY]
        user_id, at = uuid.UUID(str(name)), int(moment)
    except (KeyError, TypeError, ValueError):
        return None
    age = int(now().timestamp()) - at
    user = db.get(User, user_id)
    if user is None or not 0 <= age <= MOST.total_seconds():
        return None
    is_open = user.disabled_at is None and user.totp_since is not None
    return user if is_open and hmac.compare_digest(_seal(user, at), str(seal)) else None


def _seal(user: User, at: int) -> str:
    """Bind the mark to the account, its password and its second factor, and to the moment."""
    key = str(current_app.secret_key).encode()
    bound = f"half-way:{user.id}:{user.password_hash}:{user.totp_since}:{at}"
    return hmac.new(key, bound.encode(), hashlib.sha256).hexdigest()[:32]
