"""Which files need a second person, and the approval itself."""

import uuid
from datetime import datetime
from itertools import chain

from sqlalchemy.orm import Session

from lms.authoring.drafts import act_on, senders
from lms.authoring.models import Draft
from lms.authoring.states import DraftAct
from lms.content.model import APPROVAL, Content
from lms.kernel.errors import NotAllowedError


class SecondPersonError(NotAllowedError):
    """Whoever began, wrote or sent this draft cannot approve it: a second person does."""


def needs_second_person(content: Content, path: str) -> bool:
    """Whether a file is published only once a second person has approved it.

    The courses that stand, without the draft, say for which modules (`approval:`). A testimony
    always needs one; a course and the facts do wherever any module does, since they decide what it
    says, and so does a module that is new or cannot be read.
    """
    courses = content.courses.values()
    asked = frozenset(chain.from_iterable(one.approval for one in courses) if courses else APPROVAL)
    match path.split("/")[1:]:
        case ["testimonies", *_]:
            return True
        case ["courses", *_] | ["facts.yml"]:
            return bool(asked)
        case ["modules", folder, *_]:
            known = _module_id(content, folder)
            return known in asked if known else bool(asked)
        case _:
            return False


def _module_id(content: Content, folder: str) -> str:
    """Give the id of the module whose files are in this folder; empty where none can be read."""
    found = (one.id for one in content.modules.values() if one.place.path.split("/")[2] == folder)
    return next(found, "")


def approve(
    db: Session, draft_id: uuid.UUID, *, needs_second: bool, by: uuid.UUID, now: datetime
) -> Draft:
    """Approve a draft in review; SecondPersonError for whoever had a hand in it, where it counts.

    ActRefusedError for a draft that is not in review.
    """
    if needs_second and by in senders(db, draft_id):
        raise SecondPersonError
    return act_on(db, draft_id, DraftAct.APPROVE, by=by, now=now)
