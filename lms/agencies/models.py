"""Tables of agencies: members have accounts of their own, and nothing is exchanged unagreed."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class Agency(Base):
    """An agency that refers people. Signed messages go to `webhook_url`, where it has one."""

    __tablename__ = "agency"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str] = mapped_column(String(120), unique=True)
    language: Mapped[str] = mapped_column(String(5))
    webhook_url: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class AgencyMember(Base):
    """Somebody who works at an agency; a lead sees all its referrals, others their own."""

    __tablename__ = "agency_member"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    is_lead: Mapped[bool] = mapped_column(default=False)


class Agreement(Base):
    """A written agreement on an exchange, with what Quebec's A-2.1, s. 68 asks it to name."""

    __tablename__ = "agreement"
    __table_args__ = (Index(None, "agency_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"))
    purpose: Mapped[str] = mapped_column(String(500))
    nature: Mapped[str] = mapped_column(String(500))
    method: Mapped[str] = mapped_column(String(500))
    security: Mapped[str] = mapped_column(String(500))
    frequency: Mapped[str] = mapped_column(String(500))
    duration: Mapped[str] = mapped_column(String(500))
    in_force_from: Mapped[date]
    in_force_until: Mapped[date]  # both days included
    ended_on: Mapped[date | None]  # earlier than agreed; from that day on nothing is exchanged
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


class AgencyKey(Base):
    """A public key (Ed25519, 32 bytes in hex) that an agency signs its messages with."""

    __tablename__ = "agency_key"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    public_key: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiClient(Base):
    """A machine of an agency that may use the API (OAuth client credentials); secret hashed."""

    __tablename__ = "api_client"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    client_id: Mapped[str] = mapped_column(String(40), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(Base):
    """An access token of the API; only its hash is kept."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    api_client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_client.id"), index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
