"""`lms cohort` and `lms code`: groups and enrolment codes, as the coordinator's pages do."""

from datetime import timedelta

import click
from sqlalchemy import select

from lms.accounts.service import find_user
from lms.cli.edge import transaction
from lms.enrolment.models import Cohort
from lms.enrolment.service import (
    CourseUnknownError,
    NameTakenError,
    issue_codes,
    make_cohort,
    make_programme,
)
from lms.kernel.clock import system_clock
from lms.kernel.errors import NotFoundError, VirageError
from lms.settings import load_settings


@click.group()
def cohort() -> None:
    """Make groups."""


@cohort.command("add")
@click.argument("name")
@click.option("--course", default="seminar", show_default=True)
@click.option("--instructor", "instructors", multiple=True, help="A login; may be repeated.")
@click.option("--programme", default="Programme", show_default=True)
def add_cohort(name: str, course: str, instructors: tuple[str, ...], programme: str) -> None:
    """Make a group that takes a published course."""
    now = system_clock()
    with transaction() as db:
        people = [find_user(db, login) for login in instructors]
        home = make_programme(db, programme, now=now)
        try:
            make_cohort(db, home, name, course_id=course, instructors=people, now=now)
        except CourseUnknownError as fault:
            raise VirageError(f"no course {course!r} is published") from fault
        except NameTakenError as fault:
            raise VirageError(f"there is a group named {name!r}") from fault
    click.echo(name)


@click.group()
def code() -> None:
    """Issue enrolment codes."""


@code.command("issue")
@click.argument("cohort_name")
@click.option("--count", type=click.IntRange(1, 200), default=1, show_default=True)
def issue(cohort_name: str, count: int) -> None:
    """Print new codes for a group: they are shown this once."""
    settings = load_settings()
    with transaction(settings) as db:
        cohort_id = db.scalar(select(Cohort.id).where(Cohort.name == cohort_name))
        if cohort_id is None:
            raise NotFoundError(f"there is no group named {cohort_name!r}")
        valid = timedelta(days=settings.code_days)
        codes = issue_codes(db, cohort_id, count, valid=valid, now=system_clock())
    for one in codes:
        click.echo(one)
