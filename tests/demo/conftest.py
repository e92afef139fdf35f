"""The demonstration, made once for all tests here, on both databases."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.demo.make import Demo, make_demo
from lms.kernel.database import Database, open_database
from lms.kernel.keys import Keys, make_keys
from lms.kernel.migrate import upgrade
from lms.settings import Settings, site_keys
from lms.web.words import content_words
from tests.databases import Cluster

CONTENT = Path(__file__).parents[2] / "content"


@dataclass(frozen=True, slots=True)
class Shown:
    """A demonstration as a visitor finds it."""

    settings: Settings
    database: Database
    keys: Keys
    demo: Demo


def show(folder: Path, database_url: str, first: Callable[[Session], None] | None = None) -> Shown:
    """Make a demonstration; `first` does what is to be there before."""
    upgrade(database_url)
    make_keys(folder / "keys")
    settings = Settings(instance=folder, database_url=database_url, content=CONTENT, demo=True)
    database = open_database(database_url)
    with create_app(settings).app_context():
        words = content_words()
    if first is not None:
        with database.write() as db:
            first(db)
            db.commit()
    with database.write() as db:
        demo = make_demo(db, settings, words)
        db.commit()
    return Shown(settings, database, site_keys(settings), demo)


@pytest.fixture(scope="session")
def shown_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Make it on SQLite."""
    folder = tmp_path_factory.mktemp("demo")
    made = show(folder, f"sqlite:///{folder / 'virage.db'}")
    yield made
    made.database.engine.dispose()


@pytest.fixture(scope="session")
def shown_on_postgresql(
    tmp_path_factory: pytest.TempPathFactory, cluster: Cluster
) -> Iterator[Shown]:
    """Make it on PostgreSQL."""
    made = show(tmp_path_factory.mktemp("demo"), cluster.create(f"demo_{uuid4().hex}", "template1"))
    yield made
    made.database.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def shown(request: pytest.FixtureRequest) -> Shown:
    """Give it on each database."""
    made: Shown = request.getfixturevalue(f"shown_on_{request.param}")
    return made


@pytest.fixture
def db(shown: Shown) -> Iterator[Session]:
    """Look at it; what a test writes is gone after it."""
    with shown.database.write() as session:
        yield session
        session.rollback()
