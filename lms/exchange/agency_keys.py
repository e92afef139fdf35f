"""The public keys that an agency signs its messages with: added, ended, never changed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.agencies.models import AgencyKey
from lms.kernel.audit import SITE, Act, append_audit
from lms.kernel.errors import BadInputError, NotFoundError
from lms.kernel.keys import Keys
from lms.kernel.signing import key_id


class KeyKnownError(BadInputError):
    """The key was added before; a key is one agency's, and never comes back once it ended."""


def keys_in_force(db: Session, agency_id: uuid.UUID, at: datetime) -> tuple[bytes, ...]:
    """Give the keys that an agency could sign with at a moment."""
    found = db.scalars(
        select(AgencyKey.public_key)
        .where(
            AgencyKey.agency_id == agency_id,
            AgencyKey.added_at <= at,
            or_(AgencyKey.ended_at.is_(None), AgencyKey.ended_at > at),
        )
        .order_by(AgencyKey.added_at)
    )
    return tuple(bytes.fromhex(one) for one in found)


def agency_keys(db: Session, agency_id: uuid.UUID) -> Sequence[AgencyKey]:
    """Give all keys of an agency, ended ones too, in the order they came."""
    query = select(AgencyKey).where(AgencyKey.agency_id == agency_id)
    return db.scalars(query.order_by(AgencyKey.added_at, AgencyKey.key_id)).all()


def add_key(
    db: Session, agency_id: uuid.UUID, public: bytes, *, keys: Keys, now: datetime
) -> AgencyKey:
    """Let an agency sign with a key from now on; KeyKnownError where it was ever added."""
    name = key_id(public)
    if db.get(AgencyKey, name) is not None:
        raise KeyKnownError
    added = AgencyKey(key_id=name, agency_id=agency_id, public_key=public.hex(), added_at=now)
    db.add(added)
    db.flush()
    act = Act(SITE, "agency.add-key", f"agency:{agency_id}", after={"key": name})
    append_audit(db, keys.audit, act, now=now)
    return added


def end_key(db: Session, agency_id: uuid.UUID, name: str, *, keys: Keys, now: datetime) -> None:
    """Take nothing more that is signed with this key."""
    found = db.get(AgencyKey, name)
    if found is None or found.agency_id != agency_id or found.ended_at is not None:
        raise NotFoundError("this agency has no such key in force")
    found.ended_at = now
    db.flush()
    act = Act(SITE, "agency.end-key", f"agency:{agency_id}", before={"key": name})
    append_audit(db, keys.audit, act, now=now)
