"""The first name that somebody may leave for the live session: sealed with his own key."""

import uuid

from sqlalchemy.orm import Session

from lms.enrolment.models import Enrolment
from lms.kernel.errors import BadInputError
from lms.kernel.keys import Keys
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import Place, UnreadableFieldError

LONGEST_FIRST_NAME = 40


class FirstNameError(BadInputError):
    """A first name has 1 to 40 characters, on one line."""


def leave_first_name(db: Session, enrolment_id: uuid.UUID, typed: str, keys: Keys) -> None:
    """Keep a first name, in the place of another one; raises FirstNameError."""
    name = " ".join(typed.split())
    if not 1 <= len(name) <= LONGEST_FIRST_NAME or not name.isprintable():
        raise FirstNameError
    sealed = keys.seal_for(enrolment_id, name, first_name_place(enrolment_id))
    db.get_one(Enrolment, enrolment_id).first_name = sealed
    db.flush()


def remove_first_name(db: Session, enrolment_id: uuid.UUID) -> None:
    """Forget a first name."""
    db.get_one(Enrolment, enrolment_id).first_name = None
    db.flush()


def first_name_of(enrolment_id: uuid.UUID, sealed: bytes | None, keys: Keys) -> str | None:
    """Give the first name that somebody left; None when there is none, or his key is gone."""
    if sealed is None:
        return None
    try:
        return keys.unseal_of(enrolment_id, sealed, first_name_place(enrolment_id))
    except (KeyDestroyedError, UnreadableFieldError):
        return None


def first_name_place(enrolment_id: uuid.UUID) -> Place:
    """Say where a first name stands."""
    return Place("enrolment", "first_name", str(enrolment_id))
