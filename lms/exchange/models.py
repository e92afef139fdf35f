"""Tables of the exchange: each message kept as it was signed; appended, never changed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class ExchangeMessage(Base):
    """One message to (`out`) or from (`in`) an agency, numbered without gaps each way from 1.

    `body` is the signed document, `digest` the SHA-256 of its canonical JSON, in hex.
    """

    __tablename__ = "exchange_message"
    __table_args__ = (
        UniqueConstraint("agency_id", "direction", "number"),
        Index(None, "referral_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agency.id"))
    referral_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("referral.id"))
    direction: Mapped[str] = mapped_column(String(3))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    body: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    key_id: Mapped[str] = mapped_column(String(16))
    carrier: Mapped[str] = mapped_column(String(10))  # file, api, webhook, form
    at: Mapped[datetime]


class ExchangeDelivery(Base):
    """One try to hand a message over, and what came of it; append-only."""

    __tablename__ = "exchange_delivery"
    __table_args__ = (Index(None, "message_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exchange_message.id"))
    carrier: Mapped[str] = mapped_column(String(10))
    is_delivered: Mapped[bool]
    fault: Mapped[str] = mapped_column(String(60))  # "" or a word: timeout, refused, status-500
    at: Mapped[datetime]
