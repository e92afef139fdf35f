"""Fixtures of the web: the whole application on a database of the test's own."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts import service
from lms.app import create_app
from lms.kernel.database import Database, open_database
from lms.settings import Settings
from tests.clocks import FixedClock
from tests.factories import KEYS, PASSWORD
from tests.previews import eager_previews  # noqa: F401 - a fixture
from tests.sample_course import write_course
from tests.web.one_app import put_on
from tests.web.site import Site


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give the application, its templates compiled once a run; `site` hands it a database."""
    folder = tmp_path_factory.mktemp("instance")
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'none.db'}",
        content=write_course(folder),
    )
    database = open_database(settings.database_url)
    app = create_app(settings, database=database, keys=KEYS)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as in production: an error is a page
    yield app
    database.engine.dispose()


def _site(app: Flask, database: Database, clock: FixedClock) -> Iterator[Site]:
    kept = dict(app.extensions)
    put_on(app, database, dataclasses.replace(kept["virage_settings"]), clock)
    yield Site(app, database, clock)
    app.extensions.clear()
    app.extensions.update(kept)


@pytest.fixture
def site(shared_app: Flask, database: Database, clock: FixedClock) -> Iterator[Site]:
    """Give the site; whatever happens there is rolled back."""
    yield from _site(shared_app, database, clock)


@pytest.fixture
def real_site(shared_app: Flask, real_database: Database, clock: FixedClock) -> Iterator[Site]:
    """Give the site on a database of its own, for threads, and for writes beside a GET."""
    yield from _site(shared_app, real_database, clock)


@pytest.fixture
def content_folder(shared_app: Flask) -> Path:
    """Give the folder that authors write in."""
    settings: Settings = shared_app.extensions["virage_settings"]
    return settings.content


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the passwords that were really compared; right is PASSWORD, and no time is spent."""
    seen: list[str] = []

    def compare(password: str, hashed: str | None) -> bool:
        seen.append(password)
        return hashed is not None and password == PASSWORD

    monkeypatch.setattr(service, "password_matches", compare)
    return seen
