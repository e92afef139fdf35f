"""Read agencies: who they are, who works there, and whether an agreement is in force."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.agencies.models import Agency, AgencyMember, Agreement


def agencies(db: Session) -> tuple[Agency, ...]:
    """List the agencies by name, closed ones too."""
    return tuple(db.scalars(select(Agency).order_by(func.lower(Agency.name), Agency.id)))


def find_agency(db: Session, agency_id: uuid.UUID) -> Agency | None:
    """Give an agency; None if there is no such agency."""
    return db.get(Agency, agency_id)


def agency_of(db: Session, user_id: uuid.UUID) -> AgencyMember | None:
    """Give where an account works and whether it leads there; None if at no agency."""
    return db.get(AgencyMember, user_id)


def members_of(db: Session, agency_id: uuid.UUID) -> Sequence[tuple[User, AgencyMember]]:
    """List who works at an agency, with their accounts, by login."""
    rows = db.execute(
        select(User, AgencyMember)
        .join(AgencyMember, AgencyMember.user_id == User.id)
        .where(AgencyMember.agency_id == agency_id)
        .order_by(User.login)
    )
    return [(row[0], row[1]) for row in rows]


def agreements_of(db: Session, agency_id: uuid.UUID) -> tuple[Agreement, ...]:
    """List all agreements with an agency, ended ones too, the newest first."""
    found = db.scalars(
        select(Agreement)
        .where(Agreement.agency_id == agency_id)
        .order_by(Agreement.in_force_from.desc(), Agreement.id.desc())
    )
    return tuple(found)


def agreement_in_force(db: Session, agency_id: uuid.UUID, today: date) -> Agreement | None:
    """Give the agreement by which something may be exchanged today; None: nothing may.

    Both days of its period are within it; on the day that it was ended it is over.
    """
    return db.scalar(
        select(Agreement)
        .join(Agency, Agency.id == Agreement.agency_id)
        .where(
            Agreement.agency_id == agency_id,
            Agency.closed_at.is_(None),
            Agreement.in_force_from <= today,
            Agreement.in_force_until >= today,
            or_(Agreement.ended_on.is_(None), Agreement.ended_on > today),
        )
        .order_by(Agreement.in_force_until.desc(), Agreement.id)
        .limit(1)
    )
