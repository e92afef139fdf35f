"""`lms jobs run | work`: what has to be done by the clock and no request asks for.

`lms serve` starts a process of its own for it, so that no page waits for a job.
A new job is one line of `JOBS` and one function: in short transactions, and safe to run again.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass

import click
from huey import MemoryHuey, crontab
from huey.exceptions import TaskLockedException
from sqlalchemy.exc import SQLAlchemyError

from lms.assessment.statistics import take_in
from lms.cli.edge import ready_database, transaction
from lms.cli.mail import complete_what_was_read, queue_due_reminders, send_mail
from lms.cli.privacy import purge_nightly
from lms.exchange.deliver import deliver_due, poster
from lms.exports.jobs import make_waiting, remove_expired
from lms.journey.due_files import advance_files, due_files
from lms.journey.end_attempts import end_due_attempts
from lms.journey.files import Run
from lms.kernel.clock import system_clock
from lms.outcomes.follow_up import take_follow_ups
from lms.settings import Environment, Settings, load_settings, site_keys
from lms.web.logs import write_json_logs

logger = logging.getLogger("lms.jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to do by the clock; `act` gives how many it did."""

    name: str  # for the log and for `lms jobs run`: "attempts ended"
    act: Callable[[Settings], int]
    minute: str = "*/5"
    hour: str = "*"


def end_attempts(settings: Settings) -> int:
    """End the attempts that nobody hands in, in short transactions; gives how many ended."""
    keys = site_keys(settings)
    ended = 0
    while True:
        with transaction(settings) as session:
            batch = end_due_attempts(session, keys=keys, now=system_clock())
        ended += len(batch)
        if not batch:
            return ended


def move_files(settings: Settings) -> int:
    """Move the files that are due, each in a transaction of its own; gives how many moved.

    Two files in one transaction could wait for a person's act that waits for them.
    """
    keys, moved, last = site_keys(settings), 0, None
    database, review = ready_database(settings), settings.completion_review
    try:
        while True:
            with database.read() as session:
                ids = due_files(session, review=review, now=system_clock(), after=last)
            for one in ids:
                with database.write.begin() as session:
                    moved += advance_files(session, (one,), Run(keys, review, system_clock()))
            if not ids:
                return moved
            last = ids[-1]
    finally:
        database.engine.dispose()


def count_answers(settings: Settings) -> int:
    """Add the answers that wait to the counters of the questions; gives how many attempts."""
    database = ready_database(settings)
    counted = 0
    try:
        while True:
            with database.write.begin() as session:
                batch = take_in(session)
            counted += batch
            if not batch:
                return counted
    finally:
        database.engine.dispose()


def make_exports(settings: Settings) -> int:
    """Make the files that somebody waits for, and remove those whose day is over."""
    database = ready_database(settings)
    try:
        remove_expired(database, settings.instance, now=system_clock())
        return make_waiting(database, settings.instance, now=system_clock())
    finally:
        database.engine.dispose()


def deliver_messages(settings: Settings) -> int:
    """Hand signed messages to the agencies that have an address; gives how many arrived."""
    return deliver_due(
        lambda: transaction(settings),
        keys=site_keys(settings),
        clock=system_clock,
        post=poster(loopback=settings.environment is Environment.DEVELOPMENT),
    )


def take_reports(settings: Settings) -> int:
    """Keep what agencies reported by message about completed files; gives how many reports."""
    with transaction(settings) as session:
        return take_follow_ups(session)


JOBS = (
    Job("attempts ended", end_attempts),
    Job("files moved", move_files),
    Job("attempts counted", count_answers),
    Job("export files made", make_exports, minute="*"),
    Job("messages delivered", deliver_messages, minute="*"),
    Job("completions after reading", complete_what_was_read),
    Job("reminders queued", queue_due_reminders, minute="20"),
    Job("follow-ups taken", take_reports, minute="50"),
    Job("mails sent", send_mail, minute="*"),
    Job("files purged", purge_nightly, minute="40", hour="3"),
)


@click.group()
def jobs() -> None:
    """Do what is due by the clock."""


@jobs.command()
def run() -> None:
    """Do all that is due now, once; for a cron job, where `lms serve` does not run."""
    settings = load_settings()
    for job in JOBS:
        click.echo(f"{job.name}: {job.act(settings)}")


@jobs.command()
def work() -> None:
    """Do what is due, every few minutes, until stopped; `lms serve` runs this by itself."""
    work_until_alone(os.getppid())


def work_until_alone(parent: int) -> None:
    """Run the jobs until the parent is gone: a server that was killed leaves nothing behind."""
    write_json_logs()
    logging.getLogger("huey").setLevel(logging.WARNING)
    settings = load_settings()
    queue = MemoryHuey("virage", results=False)
    consumer = queue.create_consumer(workers=2)  # a long export must not hold up the others
    for job in JOBS:
        when = crontab(minute=job.minute, hour=job.hour)
        queue.periodic_task(when, name=job.name.replace(" ", "_"))(_task(queue, job, settings))

    @queue.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]  # huey ships no types
    def stop_alone() -> None:
        if os.getppid() != parent:
            consumer.stop(graceful=True)

    consumer.run()


def _task(queue: MemoryHuey, job: Job, settings: Settings) -> Callable[[], None]:
    """Give a job as the queue takes it: never twice at once, and a fault ends no other job."""

    def act() -> None:
        try:
            with queue.lock_task(job.name):
                logger.info("job", extra={"job": job.name, "done": job.act(settings)})
        except TaskLockedException:
            logger.info("job still running", extra={"job": job.name})
        except (SQLAlchemyError, OSError) as error:  # the next turn tries again
            logger.warning("job", extra={"job": job.name, "fault": type(error).__name__})

    return act
