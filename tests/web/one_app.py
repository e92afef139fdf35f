"""Applications that several tests share: to put one together takes longer than most tests."""

from functools import cache
from pathlib import Path

from flask import Flask

from lms.app import create_app
from lms.kernel.clock import Clock
from lms.kernel.database import Database
from lms.settings import Settings
from tests.factories import KEYS


def app_on(database: Database, settings: Settings, clock: Clock) -> Flask:
    """Give this process's application on this database; what it stood on is another test's."""
    app = _app()
    app.testing = False
    put_on(app, database, settings, clock)
    return app


def put_on(app: Flask, database: Database, settings: Settings, clock: Clock) -> None:
    """Let an application stand on another database, other settings, another clock."""
    app.extensions["virage_database"] = database
    app.extensions["virage_settings"] = settings
    app.extensions["virage_clock"] = clock


@cache
def _app() -> Flask:
    """Put it together, on a database that nobody opens."""
    settings = Settings(instance=Path("none"), database_url="sqlite:///none/virage.db")
    return create_app(settings, keys=KEYS)
