"""Tables of accounts. A participant's account holds a login that he chose, and no name."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.accounts.roles import Role
from lms.kernel.ids import new_id
from lms.kernel.table import Base


class User(Base):
    """Somebody who may sign in."""

    __tablename__ = "user_account"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    # The second factor (RFC 6238), for those whose role asks for it; the secret is sealed.
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_since: Mapped[datetime | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)  # a code opens once


class RecoveryCode(Base):
    """A code that stands in for a lost second factor, once; only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index(None, "user_id"),)

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    used_at: Mapped[datetime | None]


class SignInSession(Base):
    """One signed-in browser. Only the hash of its token is kept; a row ends, it is not deleted."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index(None, "user_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Throttle(Base):
    """How many tries failed for one subject in the running window; the subject is a hash."""

    __tablename__ = "throttle"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_started_at: Mapped[datetime]
    failures: Mapped[int]
