"""`lms serve`: the site's own server, and its jobs in a process beside it."""

import logging
import multiprocessing
import os
from importlib import import_module

import click
from granian import Granian
from granian.constants import Interfaces

from lms.cli.edge import ready_database
from lms.settings import check_production, load_settings, site_keys
from lms.wsgi import make


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; default: LMS_WORKERS.")
@click.option("--jobs/--no-jobs", default=True, help="Also run the jobs; on one host of many.")
def serve(host: str, port: int, workers: int | None, *, jobs: bool) -> None:
    """Serve the site with granian, or say why it cannot start."""
    settings = load_settings()
    check_production(settings)
    site_keys(settings)
    ready_database(settings).engine.dispose()
    logging.getLogger("granian").setLevel(logging.WARNING)
    if jobs:
        _work_beside()
    Granian(
        f"{make.__module__}:{make.__name__}",  # imported here: the workers share its memory
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or settings.workers,
        blocking_threads=1,
        backpressure=64,
        respawn_failed_workers=True,
        websockets=False,
    ).serve()


def _work_beside() -> None:
    """Start the jobs in a process of their own; it ends with this one."""
    context = multiprocessing.get_context("spawn")
    context.Process(target=_work, args=(os.getpid(),), daemon=True).start()


def _work(parent: int) -> None:
    import_module("lms.cli.jobs").work_until_alone(parent)  # what jobs need, the server does not
