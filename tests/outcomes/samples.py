"""Files of a year, as the programme would have them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.agencies.models import Agency
from lms.enrolment.models import Cohort
from lms.referrals.models import Referral
from tests.factories import make_agency, make_cohort, make_enrolment, make_referral

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
ENDS = {
    "completed": ("reported", "completed"),
    "returned": ("returned_to_prosecutor", "not_completed"),
    "withdrawn": ("returned_to_prosecutor", "withdrawn"),
    "under_way": ("in_progress", None),
}


def make_files(
    db: Session,
    counts: dict[str, int],
    *,
    cohort: Cohort | None = None,
    agency: Agency | None = None,
    start: datetime = START,
) -> list[Referral]:
    """Make so many enrolled files of each end; enrolled a week later, ended a month after that."""
    cohort, agency = cohort or make_cohort(db), agency or make_agency(db)
    made = []
    for end, count in counts.items():
        state, outcome = ENDS[end]
        for _ in range(count):
            enrolment = make_enrolment(db, cohort=cohort, now=start + timedelta(days=7))
            file = make_file(db, agency, start, cohort=cohort, state=state)
            file.enrolment_id = enrolment.id
            file.outcome = outcome
            file.outcome_on = start.date() + timedelta(days=37) if outcome else None
            made.append(file)
    db.flush()
    return made


def make_file(db: Session, agency: Agency, start: datetime, **fields: Any) -> Referral:  # noqa: ANN401 - of the row
    """Make one file that was referred at a moment."""
    file = make_referral(db, agency=agency, **fields)
    file.referred_at = start
    return file


FORTY = {"completed": 36, "returned": 2, "withdrawn": 2}
TODAY = date(2026, 11, 21)
