"""Take many files in at once: first what stands against each row, then the good ones."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import BadInputError
from lms.kernel.keys import Keys
from lms.referrals.eligibility import reference_mark
from lms.referrals.models import Referral
from lms.referrals.service import NoAgreementError, ReferenceUsedError, Source, refer
from lms.referrals.spreadsheet import Column, Fault, Row, Wrong, with_fault

USED = Fault(Column.REFERENCE, Wrong.USED)
REPEATED = Fault(Column.REFERENCE, Wrong.REPEATED)


def judge_rows(
    db: Session, agency_id: uuid.UUID, rows: Sequence[Row], keys: Keys
) -> tuple[Row, ...]:
    """Say which references this agency has used before, and which stand in the file twice.

    Of two rows with the same reference neither is taken: nobody here knows which one is meant.
    """
    marks = [_mark(row, agency_id, keys) for row in rows]
    named = {mark for mark in marks if mark}
    used = set(
        db.scalars(select(Referral.reference_mark).where(Referral.reference_mark.in_(named)))
    )
    judged = []
    for row, mark in zip(rows, marks, strict=True):
        one = with_fault(row, USED) if mark in used else row
        judged.append(with_fault(one, REPEATED) if mark and marks.count(mark) > 1 else one)
    return tuple(judged)


def take_rows(  # noqa: PLR0913 - as `refer`, for each row
    db: Session,
    agency_id: uuid.UUID,
    rows: Sequence[Row],
    *,
    by: uuid.UUID | None,
    keys: Keys,
    now: datetime,
    today: date,
) -> tuple[tuple[Referral, ...], tuple[Row, ...]]:  # fmt: skip
    """Take in every row that is a referral; gives the files, and the rows that were not taken.

    Raises NoAgreementError before the first one.
    """
    taken, refused = [], [row for row in rows if row.referral is None]
    for row in rows:
        if row.referral is None:
            continue
        try:
            taken.append(
                refer(
                    db,
                    agency_id,
                    row.referral,
                    source=Source.CSV,
                    by=by,
                    keys=keys,
                    now=now,
                    today=today,
                )
            )
        except NoAgreementError:
            raise
        except ReferenceUsedError:  # since the preview
            refused.append(with_fault(row, USED))
        except BadInputError:  # the day has changed since the preview
            refused.append(with_fault(row, Fault(Column.DEADLINE, Wrong.PAST)))
    return tuple(taken), tuple(sorted(refused, key=lambda row: row.line))


def _mark(row: Row, agency_id: uuid.UUID, keys: Keys) -> str:
    try:
        return reference_mark(keys, agency_id, row.cells[Column.REFERENCE])
    except BadInputError:  # told already
        return ""
