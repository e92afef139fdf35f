"""The `lms` command. Exit codes: 0 done, 1 refused or with errors, 2 wrong usage."""

import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from lms.cli.agencies import agency
from lms.cli.agency_role import agency_role
from lms.cli.audit import audit
from lms.cli.awareness import awareness
from lms.cli.completion import completion
from lms.cli.content import content
from lms.cli.corrections import corrections
from lms.cli.course import course
from lms.cli.exchange import exchange
from lms.cli.exports import export
from lms.cli.groups import code, cohort
from lms.cli.jobs import jobs
from lms.cli.outcomes import outcomes
from lms.cli.privacy import privacy
from lms.cli.referrals import referral
from lms.cli.regrade import regrade
from lms.cli.results import results
from lms.cli.site import config, db, demo, init, serve
from lms.cli.testimony import testimony
from lms.cli.users import user
from lms.kernel.errors import VirageError
from lms.kernel.keys import KeyFileError
from lms.settings import SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="virage")
def lms() -> None:
    """Virage: the e-learning platform of a diversion seminar."""


for command in (
    init,
    serve,
    demo,
    config,
    db,
    content,
    course,
    user,
    cohort,
    code,
    referral,
    jobs,
    audit,
    completion,
    corrections,
    regrade,
    privacy,
    testimony,
    results,
    outcomes,
    awareness,
    exchange,
    agency,
):
    lms.add_command(command)
db.add_command(agency_role)
results.add_command(export)


def main() -> None:
    """Run the command; what the product refuses is one sentence, never a trace."""
    try:
        lms()
    except (SettingsError, KeyFileError, VirageError) as error:
        click.echo(f"lms: {str(error) or type(error).__doc__}", err=True)
        sys.exit(1)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or type(error).__name__).splitlines()[0]
        click.echo(f"lms: the database refused: {reason}", err=True)
        sys.exit(1)
