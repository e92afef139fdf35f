"""What the lives of the demonstration share: the site, its staff, its agency and its groups."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import Agency
from lms.agencies.service import NewAgreement, add_member, make_agency, record_agreement
from lms.corrections.kinds import Desk, Staff
from lms.enrolment.models import Programme
from lms.exchange.agency_keys import add_key
from lms.kernel.audit import Act, append_audit
from lms.kernel.days import today_in_programme
from lms.kernel.keys import Keys
from lms.kernel.signing import public_key
from lms.referrals.states import Party
from lms.referrals.steps import Mover

AGENCY = "Organisme de démonstration"
# The agency's private key: known to everybody, so that a visitor can sign messages himself.
AGENCY_KEY = hashlib.sha256(b"Virage, demonstration: the agency's key").digest()
SINCE = timedelta(days=730)
UNTIL = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups that files are assigned to."""

    now: uuid.UUID
    to_come: uuid.UUID
    last_year: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The site as the lives find it; `codes` are those that nobody has used."""

    db: Session
    keys: Keys
    review: bool
    now: datetime
    staff: Mapping[str, User]
    agency_id: uuid.UUID
    groups: Groups
    codes: list[str] = field(default_factory=list)

    def officer(self, *, is_lead: bool = False) -> User:
        """Give who refers at the agency."""
        return self.staff["responsable-organisme.demo" if is_lead else "agente.demo"]

    def coordinator(self) -> User:
        """Give who runs the programme."""
        return self.staff["coordination.demo"]

    def instructor(self) -> User:
        """Give who leads the groups."""
        return self.staff["formatrice.demo"]

    def coordinator_moves(self) -> Mover:
        """Give the coordinator as somebody who moves a file."""
        return Mover(Party.COORDINATOR, str(self.coordinator().id), self.keys.audit)

    def desk(self, now: datetime) -> Desk:
        """Give the instructor as somebody who decides, at this moment."""
        return Desk(Staff(self.instructor().id, Role.INSTRUCTOR), self.keys, now)


def find_agency(db: Session) -> Agency | None:
    """Give the demonstration's agency; None in one that was made before there were agencies."""
    return db.scalar(select(Agency).where(Agency.name == AGENCY))


def open_agency(
    db: Session, programme: Programme, staff: Mapping[str, User], *, keys: Keys, now: datetime
) -> Agency:
    """Make the agency, with an agreement in force, two people and a key to sign with."""
    began = now - SINCE
    agency = make_agency(db, programme.id, AGENCY, "fr", began)
    days = (today_in_programme(began), today_in_programme(now + UNTIL))
    by = staff["coordination.demo"].id
    made = record_agreement(db, agency.id, _agreement(*days), by, began)
    append_audit(
        db, keys.audit, Act(str(by), "record-agreement", f"agreement:{made.id}"), now=began
    )
    add_member(db, agency.id, staff["agente.demo"], is_lead=False)
    add_member(db, agency.id, staff["responsable-organisme.demo"], is_lead=True)
    add_key(db, agency.id, public_key(AGENCY_KEY), keys=keys, now=began)
    return agency


def _agreement(first: date, last: date) -> NewAgreement:
    return NewAgreement(
        purpose="Démonstration : savoir qui a terminé la formation.",
        nature="Une référence, un mot, une date, un numéro d’attestation.",
        method="Messages numérotés : fichier signé, ou interface de programmation.",
        security="Signature Ed25519, connexion chiffrée, deux facteurs pour l’accès.",
        frequency="Dans les 24 heures qui suivent chaque résultat.",
        duration="Trois ans, pour la démonstration seulement.",
        in_force_from=first,
        in_force_until=last,
    )
