"""The `lms` command. Exit codes: 0 done, 1 refused or with errors, 2 wrong usage."""

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

import click
from sqlalchemy.exc import SQLAlchemyError

from lms.kernel.errors import VirageError
from lms.kernel.keys import KeyFileError
from lms.settings import SettingsError

# In the order in which a site needs them: where each is, below lms.cli.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "init": "site",
        "serve": "serve",
        "demo": "demo",
        "config": "site",
        "db": "site",
        "content": "content",
        "course": "course",
        "user": "users",
        "cohort": "groups",
        "code": "groups",
        "referral": "referrals",
        "jobs": "jobs",
        "audit": "audit",
        "completion": "completion",
        "corrections": "corrections",
        "regrade": "regrade",
        "privacy": "privacy",
        "testimony": "testimony",
        "results": "results",
        "outcomes": "outcomes",
        "awareness": "awareness",
        "exchange": "exchange",
        "agency": "agencies",
    }
)


class OnDemand(click.Group):
    """A group that imports a command when it is asked for: most need little of the product."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, None where there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        gc.disable()  # what is imported stays: to look for garbage in it takes a sixth of the time
        module = import_module(f"lms.cli.{COMMANDS[cmd_name]}")
        gc.enable()
        found: click.Command = getattr(module, cmd_name)
        return found


@click.group(cls=OnDemand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="virage")
def lms() -> None:
    """Virage: the e-learning platform of a diversion seminar."""


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
