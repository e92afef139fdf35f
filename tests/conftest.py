"""Fixtures for all tests: both databases, a clock that stands still."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from lms.kernel.database import WRITES, Database, open_database
from lms.kernel.migrate import upgrade
from tests.chromium import browser  # noqa: F401 - a fixture for all tests
from tests.clocks import FixedClock
from tests.databases import Cluster, NoPostgresError, OwnedCluster, start_cluster

hypothesis.settings.register_profile("virage", deadline=None, derandomize=True)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=5000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("VIRAGE_HYPOTHESIS", "virage"))
SLOW_FOLDERS = {"journeys", "faults", "proof", "demo"}
SLOW_FILES = {"test_fuzz.py", "test_access_matrix.py", "test_site.py"}
_owned: list[OwnedCluster] = []  # what this process started and will stop


def pytest_configure() -> None:
    """Search nothing for garbage while the tests are imported: all of it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Search for garbage from now on, but not among the tests themselves."""
    gc.enable()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first: nobody waits for one of them at the end."""
    items.sort(key=lambda item: _is_quick(item.path))


def _is_quick(path: Path) -> bool:
    return path.name not in SLOW_FILES and not SLOW_FOLDERS & set(path.parts)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Item) -> None:
    """Share one cluster among the workers of a run on several processes."""
    try:
        if not _owned:
            _owned.append(start_cluster())
        node.workerinput["postgres"] = str(_owned[0].cluster.folder)  # type: ignore[attr-defined]  # xdist's
    except NoPostgresError as error:
        node.workerinput["no_postgres"] = str(error)  # type: ignore[attr-defined]  # xdist's


def pytest_unconfigure() -> None:
    """Stop the cluster that this process started."""
    while _owned:
        _owned.pop().stop()


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """Give this run's PostgreSQL cluster, or skip with the reason; in CI that is a failure."""
    given: dict[str, str] = getattr(request.config, "workerinput", {})
    try:
        if "no_postgres" in given:
            raise NoPostgresError(given["no_postgres"])  # noqa: TRY301 - one place says what follows
        if "postgres" in given:
            return Cluster(Path(given["postgres"]))
        if not _owned:
            _owned.append(start_cluster())
        return _owned[0].cluster
    except NoPostgresError as error:
        reason = f"PostgreSQL could not be started: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Run the test once on each database."""
    return str(request.param)


@pytest.fixture
def empty_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of a fresh database without tables."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    postgres: Cluster = request.getfixturevalue("cluster")
    name = f"empty_{uuid4().hex}"
    yield postgres.create(name, "template1")
    postgres.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SQLite file, to copy."""
    path = tmp_path_factory.mktemp("template") / "virage.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def real_database(
    engine_name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """Give a migrated database of the test's own, for threads and commits."""
    drop = None
    if engine_name == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "virage.db")
        url = f"sqlite:///{tmp_path / 'virage.db'}"
    else:
        postgres: Cluster = request.getfixturevalue("cluster")
        name = f"real_{uuid4().hex}"
        url, drop = postgres.create(name), name
    database = open_database(url, pool_size=8)
    yield database
    database.engine.dispose()
    if drop:
        postgres.drop(drop)


@pytest.fixture(scope="session")
def shared_engines() -> Iterator[dict[str, Engine]]:
    """Keep one engine a database over all tests that are rolled back."""
    engines: dict[str, Engine] = {}
    yield engines
    for engine in engines.values():
        engine.dispose()


@pytest.fixture
def database(
    engine_name: str, shared_engines: dict[str, Engine], request: pytest.FixtureRequest
) -> Iterator[Database]:
    """Give a migrated database; whatever the test and its requests write is rolled back."""
    if engine_name not in shared_engines:
        if engine_name == "sqlite":
            url = f"sqlite:///{request.getfixturevalue('sqlite_template')}"
        else:
            url = request.getfixturevalue("cluster").create(f"shared_{uuid4().hex}")
        shared_engines[engine_name] = open_database(url).engine
    engine = shared_engines[engine_name].execution_options(**WRITES)
    with engine.connect() as connection, connection.begin() as transaction:
        write = sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        # A reader has no savepoint: to close it would undo what a writer did in the meantime.
        read = sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="rollback_only"
        )
        yield Database(engine=shared_engines[engine_name], read=read, write=write)
        transaction.rollback()


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """Give a session that writes, rolled back at the end."""
    with database.write() as session:
        yield session


@pytest.fixture
def clock() -> FixedClock:
    """Give a clock that stands at 2026-11-21 14:00 UTC."""
    return FixedClock()
