"""Tables of privacy: who viewed whose page, incidents, and what was purged."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.ids import new_id
from lms.kernel.table import Base


class ViewEntry(Base):
    """Somebody of the staff or of an agency looked at a person's page or file; append-only."""

    __tablename__ = "view_entry"
    __table_args__ = (Index(None, "subject_id", "at"), Index(None, "at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    viewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(20))  # enrolment, referral
    subject_id: Mapped[uuid.UUID]
    what: Mapped[str] = mapped_column(String(40))  # the class of fields: person, attempt, status…
    purpose: Mapped[str] = mapped_column(String(200))


class Incident(Base):
    """One confidentiality incident with the fields of A-2.1, r. 3.1, s. 7; a change is a new row.

    `number` stays the same over its versions; the newest version counts.
    """

    __tablename__ = "incident"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    information: Mapped[str] = mapped_column(Text)
    circumstances: Mapped[str] = mapped_column(Text)
    happened: Mapped[str] = mapped_column(String(200))  # a day or a period, as far as known
    known_on: Mapped[date]
    people: Mapped[str] = mapped_column(String(200))  # how many, or an estimate
    risk: Mapped[str] = mapped_column(Text)  # why a serious injury is to be feared, or not
    notices: Mapped[str] = mapped_column(Text)  # when the Commission and the people were told
    measures: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


class PurgeEntry(Base):
    """What was purged, when: ids alone. Applied again after a backup is restored."""

    __tablename__ = "purge_entry"
    __table_args__ = (Index(None, "subject_id"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    rule: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    row_count: Mapped[int]


class RetentionReport(Base):
    """What one night's run did, or would have done: counts by rule."""

    __tablename__ = "retention_report"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    is_dry_run: Mapped[bool]
    counts: Mapped[dict[str, Any]]


class PurgePermit(Base):
    """While a row is here, inside one transaction, appended evidence may be deleted; never else.

    The job puts it in and takes it out before it commits, so no other transaction ever sees it.
    """

    __tablename__ = "purge_permit"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
