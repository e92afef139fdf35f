"""Tables of referrals. A reference of the agency's, never a name, a ground or a deed."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class Referral(Base):
    """The file of one referred person; `state` is a word of `states.py` and moves only there.

    `reference` is emptied when the file is purged; its mark (an HMAC of agency and reference)
    stays, so that a reference that was used is refused for good.
    """

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("reference_mark"),
        Index(None, "agency_id", "state"),
        Index(None, "cohort_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"))
    referred_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    source: Mapped[str] = mapped_column(String(10))  # form, csv, api, file
    reference: Mapped[str | None] = mapped_column(String(40))
    reference_mark: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(5))
    deadline: Mapped[date]
    arrangement: Mapped[bool] = mapped_column(default=False)  # that there is one, never why
    # Eligibility: yes to each of four, who decided (an office, not a name), when. Never why.
    decided_by: Mapped[str] = mapped_column(String(20))
    decided_on: Mapped[date]
    first_time: Mapped[bool]
    no_minor: Mapped[bool]
    accepts: Mapped[bool]
    lawyer_told: Mapped[bool]
    committed_on: Mapped[date | None]
    commitment_version: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(30))
    state_since: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(20))  # completed, not_completed, withdrawn
    outcome_on: Mapped[date | None]
    suspended_from: Mapped[str | None] = mapped_column(String(30))
    fee_state: Mapped[str] = mapped_column(String(10))  # due, paid, waived
    fee_receipt: Mapped[str | None] = mapped_column(String(40))
    fee_at: Mapped[datetime | None]
    fee_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    cohort_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cohort.id"))
    code_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("enrolment_code.id"), unique=True)
    enrolment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    referred_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]


class ReferralEvent(Base):
    """One step of a file, or one change of what it says; numbered from 1; append-only."""

    __tablename__ = "referral_event"
    __table_args__ = (UniqueConstraint("referral_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(30))
    before: Mapped[str] = mapped_column(String(30))  # state; "" before the first
    after: Mapped[str] = mapped_column(String(30))
    detail: Mapped[dict[str, Any]]  # {"deadline": [before, after]}; never free text
    reason: Mapped[str] = mapped_column(String(500))  # stays here: no message carries it
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))  # the id of an account, "site" or "agency"


class Identity(Base):
    """Who somebody is, only where the site turned it on; each field sealed with his own key."""

    __tablename__ = "identity"

    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    telephone: Mapped[bytes | None] = mapped_column(LargeBinary)
    file_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
