"""The address of mail that somebody may leave: sealed with his own key, taken away at any time."""

import uuid

from sqlalchemy.orm import Session

from lms.enrolment.models import Enrolment
from lms.kernel.keys import Keys
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import Place, UnreadableFieldError
from lms.notices.mail import clean_address, drop_mail


def leave_address(db: Session, enrolment_id: uuid.UUID, typed: str, keys: Keys) -> None:
    """Keep an address for notices, in the place of another one; raises AddressError."""
    address = clean_address(typed)
    place = address_place(enrolment_id)
    db.get_one(Enrolment, enrolment_id).address = keys.seal_for(enrolment_id, address, place)
    db.flush()


def remove_address(db: Session, enrolment_id: uuid.UUID) -> None:
    """Forget an address, and what waits to be sent to it."""
    db.get_one(Enrolment, enrolment_id).address = None
    drop_mail(db, enrolment_id)
    db.flush()


def address_of(enrolment_id: uuid.UUID, sealed: bytes | None, keys: Keys) -> str | None:
    """Give the address that somebody left; None when there is none, or his key is gone."""
    if sealed is None:
        return None
    try:
        return keys.unseal_of(enrolment_id, sealed, address_place(enrolment_id))
    except (KeyDestroyedError, UnreadableFieldError):
        return None


def address_place(enrolment_id: uuid.UUID) -> Place:
    """Say where an address stands."""
    return Place("enrolment", "address", str(enrolment_id))
