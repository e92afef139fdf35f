"""Authors, and drafts of one small file, for tests of the workshop."""

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.authoring.approval import approve
from lms.authoring.drafts import act_on, begin, save, send
from lms.authoring.models import Draft
from lms.authoring.states import DraftAct
from tests.factories import NOW, make_user

PATH = "content/modules/01-first/fr.md"
OLD, NEW = "An old text.\n", "A new text.\n"
LATER = NOW + timedelta(minutes=5)


def author(db: Session) -> User:
    """Make an author's account."""
    return make_user(db, role=Role.AUTHOR)


def begun(db: Session, by: uuid.UUID, text: str = OLD, path: str = PATH) -> Draft:
    """Begin a draft, or give the open one."""
    return begin(db, path, text, by=by, now=NOW)


def written(db: Session, by: uuid.UUID, text: str = NEW) -> Draft:
    """Give a draft with a changed text."""
    draft = begun(db, by)
    return save(db, draft.id, text, known=draft.digest, by=by, now=LATER)


def sent(db: Session, by: User, text: str = NEW) -> Draft:
    """Give a draft in review."""
    draft = written(db, by.id, text)
    return send(db, draft.id, by=by.id, login=by.login, note="Please read it.", now=LATER)


def approved(db: Session, by: User, second: User) -> Draft:
    """Give a draft that a second person approved."""
    draft = sent(db, by)
    return approve(db, draft.id, needs_second=True, by=second.id, now=LATER)


def taken_back(db: Session, by: User) -> Draft:
    """Give a draft that was closed."""
    draft = written(db, by.id)
    return act_on(db, draft.id, DraftAct.WITHDRAW, by=by.id, now=LATER)
