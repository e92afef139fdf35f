"""One person as ids, and the rows of all tables that are about him.

Derived from the columns, so that a table that is added later is exported, purged and tested with
the others, or the tests ask what it is.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import ColumnElement, Select, Table, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assessment.models import Attempt
from lms.completion.models import Certificate, CompletionRecord
from lms.corrections.models import Correction
from lms.enrolment.models import Enrolment
from lms.exchange.models import ExchangeMessage
from lms.kernel.errors import NotFoundError
from lms.kernel.table import Base
from lms.referrals.models import Referral

Ids = tuple[uuid.UUID, ...]
# Whose row it is, by the first of these columns that a table has.
LINKS = (
    "enrolment_id",
    "attempt_id",
    "referral_id",
    "completion_id",
    "certificate_id",
    "message_id",
    "correction_id",
    "subject_id",
    "user_id",
)
OWN_IDS = MappingProxyType(
    {  # tables whose own id is meant
        "enrolment": "enrolment_id",
        "referral": "referral_id",
        "user_account": "user_id",
        "enrolment_code": "code_id",
    }
)
NOT_HIS = frozenset({"cohort_instructor", "agency_member"})  # accounts of those who work here


@dataclass(frozen=True, slots=True)
class PersonIds:
    """Every id that a person has here, by the name of the column that holds it."""

    enrolment_id: uuid.UUID | None
    referral_id: uuid.UUID | None
    by_column: Mapping[str, Ids]


def person_of(
    db: Session, *, enrolment_id: uuid.UUID | None = None, referral_id: uuid.UUID | None = None
) -> PersonIds:
    """Gather the ids of a person, from his enrolment or from his file; NotFoundError."""
    enrolment = None if enrolment_id is None else db.get(Enrolment, enrolment_id)
    if enrolment is not None:
        referral = db.scalar(select(Referral).where(Referral.enrolment_id == enrolment.id))
    else:
        referral = None if referral_id is None else db.get(Referral, referral_id)
    if referral is not None and enrolment is None and referral.enrolment_id is not None:
        enrolment = db.get(Enrolment, referral.enrolment_id)
    if enrolment is None and referral is None:
        raise NotFoundError("nobody has this id")
    return _gathered(db, enrolment, referral)


def person_by_login(db: Session, login: str) -> PersonIds:
    """Gather the ids of the participant who signs in with this; NotFoundError."""
    found = db.scalar(
        select(Enrolment.id).join(User, User.id == Enrolment.user_id).where(User.login == login)
    )
    if found is None:
        raise NotFoundError(f"no participant has the login {login!r}")
    return person_of(db, enrolment_id=found)


def tables_about_people() -> Iterator[tuple[Table, str]]:
    """Give each table whose rows are about one person, with the column that says whose."""
    for table in Base.metadata.sorted_tables:
        if table.name in OWN_IDS:
            yield table, "id"
        elif table.name not in NOT_HIS:
            link = next((name for name in LINKS if name in table.columns), None)
            if link is not None:
                yield table, link


def rows_of(table: Table, link: str, person: PersonIds) -> ColumnElement[bool]:
    """Say which rows of a table are about this person."""
    name = OWN_IDS.get(table.name, link)
    return table.c[link].in_(person.by_column.get(name, ()))


def _gathered(db: Session, enrolment: Enrolment | None, referral: Referral | None) -> PersonIds:
    own: Ids = () if enrolment is None else (enrolment.id,)
    file: Ids = () if referral is None else (referral.id,)
    codes = {one.code_id for one in (enrolment, referral) if one is not None} - {None}
    records = _all(db, select(CompletionRecord.id).where(CompletionRecord.enrolment_id.in_(own)))
    papers = _all(db, select(Certificate.id).where(Certificate.completion_id.in_(records)))
    exchanged = select(ExchangeMessage.id).where(ExchangeMessage.referral_id.in_(file))
    return PersonIds(
        enrolment_id=enrolment.id if enrolment else None,
        referral_id=referral.id if referral else None,
        by_column={
            "enrolment_id": own,
            "referral_id": file,
            "subject_id": (*own, *file),
            "user_id": () if enrolment is None else (enrolment.user_id,),
            "code_id": tuple(one for one in codes if one is not None),
            "attempt_id": _all(db, select(Attempt.id).where(Attempt.enrolment_id.in_(own))),
            "completion_id": records,
            "certificate_id": papers,
            "message_id": _all(db, exchanged),
            "correction_id": _all(
                db, select(Correction.id).where(Correction.enrolment_id.in_(own))
            ),
        },
    )


def _all(db: Session, query: Select[uuid.UUID]) -> Ids:
    return tuple(db.scalars(query))
