"""Files in tests: taken in and moved through the product's own acts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.models import Agency
from lms.enrolment.models import Cohort, Enrolment
from lms.journey.redeem import redeem_code
from lms.kernel.audit import AuditEntry, latest_entries
from lms.kernel.days import today_in_programme
from lms.referrals.eligibility import DecidedBy, NewReferral
from lms.referrals.models import Referral
from lms.referrals.places import assign, issue_code
from lms.referrals.queries import events_of
from lms.referrals.service import FeeState, Mover, refer, settle_fee
from lms.referrals.states import Party
from tests.factories import KEYS, NOW, make_agency, make_cohort, make_user

TODAY = today_in_programme(NOW)
LAST_DAY = TODAY + timedelta(days=90)
CODE_LASTS = timedelta(days=30)
SAID = NewReferral(
    reference="R-0001",
    language="fr",
    deadline=LAST_DAY,
    arrangement=False,
    decided_by=DecidedBy.PROSECUTOR,
    decided_on=TODAY - timedelta(days=10),
    first_time=True,
    no_minor=True,
    accepts=True,
    lawyer_told=True,
    committed_on=TODAY - timedelta(days=5),
    commitment_version="2026-1",
)
_ROLES: Mapping[Party, Role] = MappingProxyType({
    Party.COORDINATOR: Role.COORDINATOR,
    Party.INSTRUCTOR: Role.INSTRUCTOR,
    Party.AGENCY: Role.AGENCY,
})  # fmt: skip


def take_in(db: Session, agency: Agency | None = None, **changes: Any) -> Referral:  # noqa: ANN401 - of the referral
    """Take in a file as a member of its agency types it."""
    agency = agency or make_agency(db)
    by = make_user(db, role=Role.AGENCY).id
    said = replace(SAID, **changes)
    return refer(db, agency.id, said, source="form", by=by, keys=KEYS, now=NOW, today=TODAY)


def mover(db: Session, party: Party = Party.COORDINATOR) -> Mover:
    """Give somebody of a party, with an account."""
    return Mover(party, str(make_user(db, role=_ROLES[party]).id), KEYS.audit)


def ready_file(db: Session, cohort: Cohort | None = None, **changes: Any) -> Referral:  # noqa: ANN401 - of the referral
    """Give a file whose fee is waived, with a place in a group."""
    referral = take_in(db, **changes)
    coordinator = mover(db)
    settle_fee(db, referral, FeeState.WAIVED, "", coordinator, now=NOW)
    assign(db, referral, (cohort or make_cohort(db)).id, coordinator, now=NOW)
    return referral


def enrolled_file(db: Session, cohort: Cohort | None = None, **changes: Any) -> Referral:  # noqa: ANN401 - of the referral
    """Give a file whose person used his code today."""
    referral = ready_file(db, cohort, **changes)
    issue_code(db, referral, mover(db), valid=CODE_LASTS, now=NOW)
    use_code(db, referral)
    return referral


def use_code(db: Session, referral: Referral) -> None:
    """Redeem the code of a file, and agree to the notice."""
    assert referral.code_id is not None
    who = (f"somebody-{referral.id.hex[-8:]}", "phrase longue et bonne")
    redeem_code(db, referral.code_id, who, language="fr", now=NOW, today=TODAY)
    enrolment_of(db, referral).agreed_at = NOW
    db.flush()


def enrolment_of(db: Session, referral: Referral) -> Enrolment:
    """Give the enrolment of a file that has one."""
    assert referral.enrolment_id is not None
    return db.get_one(Enrolment, referral.enrolment_id)


def steps(db: Session, referral: Referral) -> list[str]:
    """Give what was done with a file, in order."""
    return [one.act for one in events_of(db, referral.id)]


def audited(db: Session, referral: Referral) -> list[AuditEntry]:
    """Give what the audit chain says of a file."""
    return list(latest_entries(db, subject=f"referral:{referral.id}", limit=50))


def day(number: int) -> date:
    """Give a day so many days from today."""
    return TODAY + timedelta(days=number)
