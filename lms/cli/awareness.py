"""`lms awareness`: classes of the awareness track."""

import click

from lms.awareness.service import CourseKindError, make_class
from lms.cli.edge import transaction
from lms.kernel.clock import system_clock
from lms.kernel.errors import VirageError


@click.group()
def awareness() -> None:
    """Make classes of the awareness track."""


@awareness.command("class")
@click.option("--course", default="awareness", show_default=True)
def class_(course: str) -> None:
    """Make a class and print its two codes: they are shown this once."""
    with transaction() as db:
        try:
            made = make_class(db, course, now=system_clock())
        except CourseKindError as fault:
            raise VirageError(f"no awareness course {course!r} is published") from fault
    click.echo(f"for the class:          {made.class_code}")
    click.echo(f"for whoever leads it:   {made.leader_code}")
    click.echo(f"open until:             {made.expires_at:%Y-%m-%d}")
