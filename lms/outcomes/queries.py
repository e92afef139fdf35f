"""Read what the year's page is made of: files, reports of agencies, messages, costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.enrolment.models import Cohort, Enrolment
from lms.exchange.models import ExchangeMessage
from lms.kernel.days import LOCAL_ZONE, today_in_programme
from lms.outcomes.models import FollowUp, ProgrammeCost
from lms.outcomes.way import NO_COHORT, FileView
from lms.referrals.models import Referral
from lms.referrals.states import Outcome


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the programme's zone, both included."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> "Period":
        """Give a calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        start = datetime.combine(self.first, time(0), LOCAL_ZONE)
        end = datetime.combine(self.last + timedelta(days=1), time(0), LOCAL_ZONE)
        return start, end


@dataclass(frozen=True, slots=True)
class Report:
    """What an agency said about one completed file at one term; `mark` tells files apart."""

    mark: str
    outcome_on: date
    months: int
    known_again: bool
    known_on: date | None


def files_of(db: Session, period: Period) -> tuple[FileView, ...]:
    """Give the files that were referred in a period."""
    start, end = period.moments
    rows = db.execute(
        select(Referral, Enrolment.enrolled_at)
        .outerjoin(Enrolment, Enrolment.id == Referral.enrolment_id)
        .where(Referral.referred_at >= start, Referral.referred_at < end)
        .order_by(Referral.referred_at, Referral.id)
    )
    return tuple(_view(file, enrolled_at) for file, enrolled_at in rows)


def _view(file: Referral, enrolled_at: datetime | None) -> FileView:
    return FileView(
        referred_on=today_in_programme(file.referred_at),
        cohort=str(file.cohort_id) if file.cohort_id else NO_COHORT,
        is_eligible=file.first_time and file.no_minor and file.accepts and file.lawyer_told,
        enrolled_on=None if enrolled_at is None else today_in_programme(enrolled_at),
        state=file.state,
        outcome=file.outcome,
        outcome_on=file.outcome_on,
    )


def cohort_names(db: Session) -> Mapping[str, str]:
    """Give the name of each group by its id."""
    rows = db.execute(select(Cohort.id, Cohort.name).order_by(Cohort.created_at, Cohort.id))
    return {str(row[0]): row[1] for row in rows}


def message_counts(db: Session, period: Period) -> Mapping[str, int]:
    """Count the messages of a period by kind, both directions and all agencies together."""
    start, end = period.moments
    rows = db.execute(
        select(ExchangeMessage.kind, func.count())
        .where(ExchangeMessage.at >= start, ExchangeMessage.at < end)
        .group_by(ExchangeMessage.kind)
    )
    return {row[0]: row[1] for row in rows}


def reports_of_completed(db: Session, until: date) -> tuple[Report, ...]:
    """Give all reports about files that were completed by a day."""
    rows = db.execute(
        select(FollowUp, Referral.outcome_on)
        .join(Referral, Referral.id == FollowUp.referral_id)
        .where(Referral.outcome == Outcome.COMPLETED.value, Referral.outcome_on <= until)
        .order_by(FollowUp.referral_id, FollowUp.months)
    )
    return tuple(
        Report(str(one.referral_id), outcome_on, one.months, one.known_again, one.known_on)
        for one, outcome_on in rows
        if outcome_on is not None
    )


def costs_of(db: Session, period: Period) -> Sequence[ProgrammeCost]:
    """Give the costs whose period meets this one, in the order in which they begin."""
    return db.scalars(
        select(ProgrammeCost)
        .where(ProgrammeCost.from_day <= period.last, ProgrammeCost.until_day >= period.first)
        .order_by(ProgrammeCost.from_day, ProgrammeCost.entered_at, ProgrammeCost.id)
    ).all()


def years_of(db: Session, today: date) -> tuple[int, ...]:
    """Give the years that a page can be made of: from the first referral to now, newest first."""
    first = db.scalar(select(func.min(Referral.referred_at)))
    start = today.year if first is None else min(today_in_programme(first).year, today.year)
    return tuple(range(today.year, start - 1, -1))


def all_costs(db: Session) -> Sequence[ProgrammeCost]:
    """Give all costs, those that were entered last first."""
    newest = (ProgrammeCost.entered_at.desc(), ProgrammeCost.id.desc())
    return db.scalars(select(ProgrammeCost).order_by(*newest)).all()
