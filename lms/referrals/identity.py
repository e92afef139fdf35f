"""Who somebody is: name, telephone, file number. Only where the site turned it on.

Each field is sealed with the person's own key, so that they go when the key goes. This is the only
module that opens them (a test knows it), and whoever calls it says why: that is logged.
"""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from lms.kernel.errors import BadInputError, NotFoundError
from lms.kernel.person_keys import PersonKeys
from lms.kernel.sealing import PERSON_KEY, Place, seal, unseal
from lms.referrals.models import Identity, Referral

LONGEST = {"name": 120, "telephone": 40, "file_number": 40}


class IdentityFormError(BadInputError):
    """A field is too long, or holds what cannot be seen."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of who somebody is; an empty field is not known. Its repr tells nothing."""

    name: str = ""
    telephone: str = ""
    file_number: str = ""

    def __repr__(self) -> str:
        return "Known(…)"


def has_identity(db: Session, referral_id: uuid.UUID) -> bool:
    """Whether anything is kept, without opening it."""
    kept = db.get(Identity, referral_id)
    return kept is not None and any(getattr(kept, name) is not None for name in LONGEST)


def keep_identity(
    db: Session,
    referral: Referral,
    known: Known,
    people: PersonKeys,
    *,
    by: uuid.UUID,
    now: datetime,
) -> None:
    """Seal what is known in place of what was kept before; an empty field empties it."""
    for name, longest in LONGEST.items():
        text = getattr(known, name)
        if len(text) > longest or not text.isprintable():
            raise IdentityFormError(name)
    key = people.find_or_make(referral.id)
    kept = db.get(Identity, referral.id) or Identity(referral_id=referral.id)
    for name in LONGEST:
        text = getattr(known, name).strip()
        sealed = seal(key, text, _place(name, referral.id), PERSON_KEY) if text else None
        setattr(kept, name, sealed)
    kept.recorded_at, kept.recorded_by = now, by
    db.add(kept)
    db.flush()


def open_identity(db: Session, referral_id: uuid.UUID, people: PersonKeys) -> Known:
    """Open what is kept, for one look.

    Raises NotFoundError where nothing is, KeyDestroyedError and UnreadableFieldError where it is
    kept no longer.
    """
    kept = db.get(Identity, referral_id)
    if kept is None:
        raise NotFoundError("identity")
    key = people.find(referral_id)
    opened = {}
    for one in fields(Known):
        sealed = getattr(kept, one.name)
        opened[one.name] = (
            "" if sealed is None else unseal(key, sealed, _place(one.name, kept.referral_id))
        )
    return Known(**opened)


def _place(column: str, referral_id: uuid.UUID) -> Place:
    return Place("identity", column, str(referral_id))
