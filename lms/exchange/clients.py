"""Machines of an agency that use the API: OAuth 2.0 client credentials (RFC 6749, section 4.4).

A machine acts for a member who leads at the agency and answers for it: it sees all the agency's
files, and what it looked at stands under his account in the log of views. Secrets and tokens are
256 random bits; only their hashes are kept.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.accounts.throttle import count_a_try, count_failure, refuse_if_too_often
from lms.agencies.models import Agency, AgencyMember, ApiClient, ApiToken
from lms.kernel.audit import SITE, Act, append_audit
from lms.kernel.errors import BadInputError, NotFoundError
from lms.kernel.keys import Keys

TOKEN_LIFE = timedelta(minutes=15)
MOST_REQUESTS = 600  # of one client in a quarter of an hour
MOST_REFUSALS = 60  # of one network address at the token's door in a quarter of an hour
_SECRET_BYTES = 32
_NO_HASH = "0" * 64


class NotALeadError(BadInputError):
    """The account that is to answer for the machine does not lead at this agency."""


class WrongClientError(BadInputError):
    """No machine has this id and secret."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A machine that showed a token: which it is, its agency, and who answers for it."""

    client_id: str
    agency_id: uuid.UUID
    member_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class NewClient:
    """What a machine is given, this once."""

    client_id: str
    secret: str


def add_client(
    db: Session, agency_id: uuid.UUID, member: User, *, keys: Keys, now: datetime
) -> NewClient:
    """Let a machine of an agency use the API; its secret is told this once."""
    works_at = db.get(AgencyMember, member.id)
    leads = works_at is not None and works_at.agency_id == agency_id and works_at.is_lead
    if not leads or member.disabled_at is not None:
        raise NotALeadError
    made = NewClient(f"agency-{secrets.token_hex(8)}", secrets.token_urlsafe(_SECRET_BYTES))
    db.add(
        ApiClient(
            agency_id=agency_id,
            client_id=made.client_id,
            secret_hash=_hash(made.secret),
            created_by=member.id,
            created_at=now,
        )
    )
    db.flush()
    act = Act(SITE, "agency.add-client", f"agency:{agency_id}", after={"client": made.client_id})
    append_audit(db, keys.audit, act, now=now)
    return made


def end_client(db: Session, client_id: str, *, keys: Keys, now: datetime) -> None:
    """Let a machine in no more; its tokens are worth nothing from now on."""
    found = db.scalar(
        select(ApiClient).where(ApiClient.client_id == client_id, ApiClient.ended_at.is_(None))
    )
    if found is None:
        raise NotFoundError(f"no machine that may use the API has the id {client_id!r}")
    found.ended_at = now
    db.execute(delete(ApiToken).where(ApiToken.api_client_id == found.id))
    db.flush()
    act = Act(SITE, "agency.end-client", f"agency:{found.agency_id}", before={"client": client_id})
    append_audit(db, keys.audit, act, now=now)


def clients_of(db: Session, agency_id: uuid.UUID) -> Sequence[ApiClient]:
    """Give the machines of an agency, those that ended too, in the order they came."""
    query = select(ApiClient).where(ApiClient.agency_id == agency_id)
    return db.scalars(query.order_by(ApiClient.created_at, ApiClient.client_id)).all()


def check_client(db: Session, client_id: str, secret: str) -> uuid.UUID:
    """Give the machine that both belong to (the key of its row); else WrongClientError.

    Nothing is told about an id that does not exist, not even by the time that the answer takes.
    """
    row = db.execute(
        select(ApiClient.id, ApiClient.secret_hash).where(ApiClient.client_id == client_id)
    ).one_or_none()
    known = row.secret_hash if row else _NO_HASH
    is_right = hmac.compare_digest(known, _hash(secret))
    if row is None or not is_right or not db.scalar(select(_may_ask(row.id))):
        raise WrongClientError
    return cast("uuid.UUID", row.id)


def issue_token(db: Session, api_client_id: uuid.UUID, *, now: datetime) -> str:
    """Give a machine that was checked a token that opens the API for a quarter of an hour."""
    db.execute(delete(ApiToken).where(ApiToken.expires_at <= now))
    token = secrets.token_urlsafe(_SECRET_BYTES)
    db.add(
        ApiToken(
            token_hash=_hash(token),
            api_client_id=api_client_id,
            issued_at=now,
            expires_at=now + TOKEN_LIFE,
        )
    )
    db.flush()
    return token


def caller_of(db: Session, token: str, *, now: datetime) -> Caller | None:
    """Give the machine that a token was issued to; None when it opens nothing (any more)."""
    row = db.execute(
        select(ApiClient.client_id, ApiClient.agency_id, AgencyMember.user_id)
        .join(ApiToken, ApiToken.api_client_id == ApiClient.id)
        .join(AgencyMember, AgencyMember.user_id == ApiClient.created_by)
        .where(
            ApiToken.token_hash == _hash(token),
            ApiToken.expires_at > now,
            _may_ask(ApiClient.id),
        )
    ).one_or_none()
    return None if row is None else Caller(row[0], row[1], row[2])


def _may_ask(api_client_id: object) -> ColumnElement[bool]:
    """Whether a machine is in use, its agency open, and who answers for it still leads there."""
    machine = aliased(ApiClient)
    return (
        exists()
        .where(machine.id == api_client_id, machine.ended_at.is_(None))
        .where(Agency.id == machine.agency_id, Agency.closed_at.is_(None))
        .where(User.id == machine.created_by, User.disabled_at.is_(None))
        .where(AgencyMember.user_id == User.id, AgencyMember.is_lead)
        .where(AgencyMember.agency_id == machine.agency_id)
    )


def count_request(db: Session, caller: Caller, *, now: datetime) -> None:
    """Count one request of a machine; TooOftenError past the limit."""
    subject = f"api:{caller.client_id}"
    count_a_try(db, subject, limit=MOST_REQUESTS, now=now)


def refuse_address(db: Session, address: str, *, now: datetime) -> None:
    """Raise TooOftenError for an address from which too many wrong secrets came.

    By the address and not by the id: who knows an id must not lock its machine out.
    """
    refuse_if_too_often(db, f"api-token:{address}", limit=MOST_REFUSALS, now=now)


def count_wrong_secret(db: Session, address: str, *, now: datetime) -> None:
    """Count a wrong secret against the address that sent it."""
    count_failure(db, f"api-token:{address}", now=now)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
