"""`lms serve`: the site's own server, and its jobs in a process beside it."""

import gc
import logging

import click
from granian import Granian
from granian.constants import Interfaces

from lms.cli.beside import work_beside
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
        work_beside()
    gc.freeze()  # what is imported by now is never collected: the workers go on sharing its pages
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
