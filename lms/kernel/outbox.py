"""The outbox: what is to leave the site, written in the transaction that wants it, sent by a job.

So nothing is sent for an act that was undone, and nothing is lost while the other side is away.
"""

import uuid
from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class OutboxEntry(Base):
    """One thing to send; its payload is sealed. `mark` keeps one wish from being sent twice."""

    __tablename__ = "outbox_entry"
    __table_args__ = (Index(None, "due_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))  # mail, webhook
    mark: Mapped[str] = mapped_column(String(120), unique=True)
    sealed_payload: Mapped[bytes | None] = mapped_column(LargeBinary)  # emptied when it is over
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # empty: sent, or given up
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
