"""An operator upgrades a site: he gets the old schema or the new one, nothing between."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, inspect, text

from lms.kernel.database import Database, open_database
from lms.kernel.migrate import (
    BrokenReferenceError,
    UnknownRevisionError,
    downgrade,
    upgrade,
)
from lms.kernel.schema import HEAD_FILE, MIGRATIONS, status
from lms.kernel.table import Base
from tests.factories import attest, make_learner, pass_course

_fork = multiprocessing.get_context("fork")
_COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE '%alembic%'
"""
_INDEXES = """
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND indexname NOT LIKE '%alembic%'
"""
_TRIGGERS = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
_FUNCTIONS = """
    SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""
_SCHEMA = {
    "sqlite": ("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%'",),
    "postgresql": (_COLUMNS, _CONSTRAINTS, _INDEXES, _TRIGGERS, _FUNCTIONS),
}


def _schema(url: str) -> list[tuple[str, ...]]:
    engine = open_database(url).engine
    with engine.connect() as connection:
        rows = [
            tuple(map(str, row))
            for query in _SCHEMA[engine.dialect.name]
            for row in connection.execute(text(query))
        ]
    engine.dispose()
    return sorted(rows)


def _revision(url: str) -> str | None:
    engine = open_database(url).engine
    found = status(engine)
    engine.dispose()
    return found.current


def _apart(act: Callable[..., None], *given: object) -> BaseProcess:
    process = _fork.Process(target=act, args=given)
    process.start()
    return process


def test_a_new_site_gets_every_table_and_may_start(empty_url: str) -> None:
    engine = open_database(empty_url).engine
    assert not status(engine).at_head
    upgrade(empty_url)
    assert status(engine).at_head
    assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    engine.dispose()


def test_down_and_up_again_gives_the_same_schema(empty_url: str) -> None:
    upgrade(empty_url)
    first = _schema(empty_url)
    downgrade(empty_url, "base")
    assert _schema(empty_url) == []
    upgrade(empty_url)
    assert _schema(empty_url) == first


def test_a_second_upgrade_changes_nothing_that_people_did(real_database: Database) -> None:
    with real_database.write() as db:
        learner = make_learner(db)
        pass_course(db, learner)
        attest(db, learner)
        db.commit()
    url = real_database.engine.url.render_as_string(hide_password=False)
    before = _counts(real_database.engine)
    upgrade(url)
    assert _counts(real_database.engine) == before
    assert before["certificate"] == 1


def test_a_site_with_evidence_can_be_taken_down_to_nothing(real_database: Database) -> None:
    with real_database.write() as db:
        learner = make_learner(db)
        pass_course(db, learner)
        attest(db, learner)
        db.commit()
    url = real_database.engine.url.render_as_string(hide_password=False)
    real_database.engine.dispose()
    downgrade(url, "base")
    assert _schema(url) == []


def test_what_was_read_is_there_after_going_down_and_up_again(real_database: Database) -> None:
    with real_database.write() as db:
        learner = make_learner(db)
        pass_course(db, learner)
        db.commit()
    url = real_database.engine.url.render_as_string(hide_password=False)
    read = _sections_read(real_database.engine, "seat_time")
    assert len(read) == 3
    real_database.engine.dispose()
    downgrade(url, "0001")
    assert _sections_read(open_database(url).engine, "section_read") == read
    upgrade(url)
    assert _sections_read(open_database(url).engine, "seat_time") == read


def _sections_read(engine: Engine, table: str) -> set[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(
            text(f"SELECT module_id, section_id FROM {table} WHERE read_at IS NOT NULL")  # noqa: S608
        )
        found = {(row[0], row[1]) for row in rows}
    engine.dispose()
    return found


def test_the_models_are_what_the_migrations_make(real_database: Database) -> None:
    with real_database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_the_head_file_names_the_only_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    heads = ScriptDirectory.from_config(config).get_heads()
    assert HEAD_FILE.read_text(encoding="ascii") == f"{heads[0]}\n"
    assert len(heads) == 1


def test_revisions_are_numbered_in_their_order() -> None:
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:5] for name in names] == [f"{at:04}_" for at in range(1, len(names) + 1)]


def test_a_killed_upgrade_leaves_the_old_schema_and_can_be_run_again(empty_url: str) -> None:
    last = _statements_of_an_upgrade(empty_url)
    for point in (1, last // 3, last * 2 // 3, last - 1, last):
        killed = _apart(_upgrade_and_die, empty_url, point)
        killed.join(30)
        assert killed.exitcode == -signal.SIGKILL
        assert _revision(empty_url) is None
        assert _schema(empty_url) == []
    upgrade(empty_url)
    assert _revision(empty_url) is not None


def test_a_killed_downgrade_leaves_the_schema_that_was_there(empty_url: str) -> None:
    upgrade(empty_url)
    before = _schema(empty_url)
    killed = _apart(_downgrade_and_die, empty_url, 20)
    killed.join(30)
    assert killed.exitcode == -signal.SIGKILL
    assert _schema(empty_url) == before


def test_two_upgrades_at_once_wait_for_each_other(empty_url: str) -> None:
    both = [_apart(upgrade, empty_url) for _ in range(2)]
    for process in both:
        process.join(30)
    assert [process.exitcode for process in both] == [0, 0]
    assert _revision(empty_url) is not None


def test_old_code_refuses_a_database_that_newer_code_migrated(empty_url: str) -> None:
    upgrade(empty_url)
    engine = open_database(empty_url).engine
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not status(engine).at_head
    engine.dispose()
    with pytest.raises(UnknownRevisionError, match="9999"):
        upgrade(empty_url)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_upgrade_that_finds_a_broken_reference_is_undone(empty_url: str) -> None:
    upgrade(empty_url)
    engine = open_database(empty_url).engine
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
    _orphan(engine)
    engine.dispose()
    with pytest.raises(BrokenReferenceError, match="a row of cohort "):
        upgrade(empty_url)


def _orphan(engine: Engine) -> None:
    event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys=OFF"))
    engine.dispose()
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO cohort (id, programme_id, course_id, name, created_at)"
            " VALUES ('1', '2', 'x', 'y', '2026-01-01')"
        )


def _counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0  # noqa: S608
            for name in Base.metadata.tables
        }


def _statements_of_an_upgrade(url: str) -> int:
    """Count the statements of an upgrade, on a database that is empty again afterwards."""
    seen: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    upgrade(url)
    event.remove(Engine, "before_cursor_execute", note)
    downgrade(url, "base")
    engine = open_database(url).engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()
    return len(seen)


def _die_at(number: int) -> None:
    left = [number]

    def count(*_given: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)


def _upgrade_and_die(url: str, number: int) -> None:
    _die_at(number)
    upgrade(url)


def _downgrade_and_die(url: str, number: int) -> None:
    _die_at(number)
    downgrade(url, "base")
