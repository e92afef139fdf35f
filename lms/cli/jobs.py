"""`lms jobs run | work`: what has to be done by the clock and no request asks for.

`lms serve` starts a process of its own for it (`work_beside`), so that no page waits for a job.
"""

import logging
import multiprocessing
import os

import click
from huey import MemoryHuey, crontab
from sqlalchemy.exc import SQLAlchemyError

from lms.cli.edge import transaction
from lms.journey.end_attempts import end_due_attempts
from lms.kernel.clock import system_clock
from lms.kernel.keys import read_keys
from lms.settings import Settings, load_settings
from lms.web.logs import write_json_logs

EVERY_MINUTES = 5
logger = logging.getLogger("lms.jobs")


@click.group()
def jobs() -> None:
    """Do what is due by the clock."""


@jobs.command()
def run() -> None:
    """Do all that is due now, once; for a cron job, where `lms serve` does not run."""
    settings = load_settings()
    click.echo(f"attempts ended: {end_attempts(settings)}")


@jobs.command()
def work() -> None:
    """Do what is due, every few minutes, until stopped; `lms serve` runs this by itself."""
    _work(os.getppid())


def work_beside() -> None:
    """Start the jobs in a process of their own; it ends with this one."""
    context = multiprocessing.get_context("spawn")
    context.Process(target=_work, args=(os.getpid(),), daemon=True).start()


def end_attempts(settings: Settings) -> int:
    """End the attempts that nobody hands in, in short transactions; gives how many ended."""
    keys = read_keys(settings.keys_folder)
    ended = 0
    while True:
        with transaction(settings) as session:
            batch = end_due_attempts(session, keys=keys, now=system_clock())
        ended += len(batch)
        if not batch:
            return ended


def _work(parent: int) -> None:
    """Run the jobs until the parent is gone: a server that was killed leaves nothing behind."""
    write_json_logs()
    logging.getLogger("huey").setLevel(logging.WARNING)
    settings = load_settings()
    queue = MemoryHuey("virage", results=False)
    consumer = queue.create_consumer(workers=1)

    @queue.periodic_task(crontab(minute=f"*/{EVERY_MINUTES}"))  # type: ignore[untyped-decorator]  # huey ships no types
    def end_due() -> None:
        try:
            logger.info("jobs", extra={"ended": end_attempts(settings)})
        except SQLAlchemyError as error:  # the database is away: the next turn tries again
            logger.warning("database", extra={"fault": type(error).__name__})

    @queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]  # huey ships no types
    def stop_alone() -> None:
        if os.getppid() != parent:
            consumer.stop(graceful=True)

    consumer.run()
