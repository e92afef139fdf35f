"""Do: make and close agencies, record their agreements, say who works there."""

import uuid
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import Agency, AgencyMember, Agreement
from lms.agencies.queries import agreement_in_force
from lms.kernel.days import today_in_programme
from lms.kernel.errors import BadInputError, NotAllowedError, NotFoundError

LONGEST_NAME = 120
LONGEST_WORDS = 500


class AgencyNameError(BadInputError):
    """The name is empty or too long."""


class AgencyNameTakenError(BadInputError):
    """Another agency has this name."""


class AgreementError(BadInputError):
    """An agreement names all six things that the law asks for, and ends after it begins."""


class AgreementEndedError(NotAllowedError):
    """The agreement was ended before."""


class NoAgreementError(BadInputError):
    """No agreement with this agency is in force: nothing is exchanged."""


class MemberElsewhereError(BadInputError):
    """The account works at another agency, or is not an agency's account."""


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """What a written agreement names (A-2.1, s. 68), and both days of its period."""

    purpose: str
    nature: str
    method: str
    security: str
    frequency: str
    duration: str
    in_force_from: date
    in_force_until: date


def make_agency(
    db: Session, programme_id: uuid.UUID, name: str, language: str, now: datetime
) -> Agency:
    """Make an agency; nothing is exchanged with it before an agreement is recorded."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise AgencyNameError
    if db.scalar(select(Agency.id).where(Agency.name == name)) is not None:
        raise AgencyNameTakenError
    agency = Agency(programme_id=programme_id, name=name, language=language, created_at=now)
    db.add(agency)
    db.flush()
    return agency


def close_agency(db: Session, agency_id: uuid.UUID, now: datetime) -> Agency:
    """Close an agency: no agreement with it is in force any more. What was exchanged stays."""
    agency = _agency(db, agency_id)
    agency.closed_at = agency.closed_at or now
    db.flush()
    return agency


def record_agreement(
    db: Session, agency_id: uuid.UUID, new: NewAgreement, by: uuid.UUID, now: datetime
) -> Agreement:
    """Record a written agreement; several may stand side by side, one in force is enough."""
    agency = _agency(db, agency_id)
    words = {
        field.name: " ".join(str(getattr(new, field.name)).split())
        for field in fields(NewAgreement)
        if field.type is str
    }
    if not all(1 <= len(text) <= LONGEST_WORDS for text in words.values()):
        raise AgreementError("each of the six is named in 1 to 500 characters")
    if new.in_force_until < new.in_force_from:
        raise AgreementError("an agreement ends after it begins")
    agreement = Agreement(
        agency_id=agency.id,
        in_force_from=new.in_force_from,
        in_force_until=new.in_force_until,
        recorded_by=by,
        recorded_at=now,
        **words,
    )
    db.add(agreement)
    db.flush()
    return agreement


def end_agreement(db: Session, agreement_id: uuid.UUID, now: datetime) -> Agreement:
    """End an agreement today, earlier than agreed: from today on nothing is exchanged by it."""
    agreement = db.get(Agreement, agreement_id)
    if agreement is None:
        raise NotFoundError("agreement")
    if agreement.ended_on is not None:
        raise AgreementEndedError
    agreement.ended_on = today_in_programme(now)
    db.flush()
    return agreement


def require_agreement(db: Session, agency_id: uuid.UUID, today: date) -> Agreement:
    """Give the agreement in force, or raise NoAgreementError."""
    found = agreement_in_force(db, agency_id, today)
    if found is None:
        raise NoAgreementError
    return found


def add_member(db: Session, agency_id: uuid.UUID, user: User, is_lead: bool) -> AgencyMember:
    """Say that an account works at an agency; a lead sees all its files, others their own.

    Again, it sets whether the account leads. Nobody works at two agencies.
    """
    agency = _agency(db, agency_id)
    known = db.get(AgencyMember, user.id)
    if user.role != Role.AGENCY or (known is not None and known.agency_id != agency.id):
        raise MemberElsewhereError
    member = known or AgencyMember(user_id=user.id, agency_id=agency.id)
    member.is_lead = is_lead
    db.add(member)
    db.flush()
    return member


def _agency(db: Session, agency_id: uuid.UUID) -> Agency:
    agency = db.get(Agency, agency_id)
    if agency is None:
        raise NotFoundError("agency")
    return agency
