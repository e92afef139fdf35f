"""A role of the database that reads the agencies' view: every other table refuses it."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.cli.agency_role import VIEW, RoleReachesMoreError
from lms.kernel.errors import VirageError
from lms.kernel.table import Base
from tests.cli.conftest import Run
from tests.databases import Cluster
from tests.factories import make_agency, make_enrolment, make_referral

INNER = (
    "attempt",
    "audit_entry",
    "enrolment",
    "exchange_message",
    "message",
    "referral",
    "response",
    "result",
    "seat_time",
    "survey_answer",
    "user_account",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """A migrated database of PostgreSQL's, and the name of a role that nobody else has."""

    url: str
    engine: Engine
    role: str


@pytest.fixture
def ground(cluster: Cluster) -> Iterator[Ground]:
    """Make a database; a role belongs to the whole cluster, so it is taken away by hand."""
    name = f"agency_role_{uuid4().hex}"
    url = cluster.create(name)
    engine = create_engine(url)
    ground = Ground(url, engine, f"r_{uuid4().hex}")
    yield ground
    with engine.begin() as connection:
        known = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
        if connection.scalar(known, {"role": ground.role}):
            connection.exec_driver_sql(f'DROP OWNED BY "{ground.role}"')
            connection.exec_driver_sql(f'DROP ROLE "{ground.role}"')
    engine.dispose()
    cluster.drop(name)


def apply(run: Run, ground: Ground, *more: str) -> None:
    """Make the role by the command."""
    done = run("db", "agency-role", ground.role, "--apply", *more, LMS_DATABASE_URL=ground.url)
    assert done.exit_code == 0, done.exception
    assert "nothing else" in done.stdout


def refused(connection: Connection, statement: str) -> str:
    """Try a statement that must fail; gives what PostgreSQL said."""
    with pytest.raises(DBAPIError) as fault, connection.begin_nested():
        connection.exec_driver_sql(statement)
    return str(fault.value.orig)


def test_the_role_reads_the_five_fields(run: Run, ground: Ground) -> None:
    with Session(ground.engine) as db:
        make_referral(db, agency=make_agency(db), reference="AA-1")
        db.commit()
    apply(run, ground)
    with ground.engine.connect() as connection:
        connection.exec_driver_sql(f'SET ROLE "{ground.role}"')
        row = connection.exec_driver_sql(f"TABLE {VIEW}").one()
        assert (row.reference, row.status, row.code_state) == ("AA-1", "referred", "none")
        assert set(row._fields) == {
            "agency_id", "referred_by", "reference", "status", "status_on", "deadline",
            "code_state",
        }  # fmt: skip


def test_every_other_table_refuses_the_role(run: Run, ground: Ground) -> None:
    with Session(ground.engine) as db:
        make_enrolment(db)
        db.commit()
    apply(run, ground)
    tables = sorted({table.name for table in Base.metadata.tables.values()})
    assert set(INNER) <= set(tables)
    with ground.engine.connect() as connection:
        connection.exec_driver_sql(f'SET ROLE "{ground.role}"')
        for table in (*tables, "alembic_version"):
            said = refused(connection, f'SELECT * FROM "{table}"')  # noqa: S608 - our own names
            assert "permission denied" in said, table
            said = refused(connection, f'DELETE FROM "{table}"')  # noqa: S608 - our own names
            assert "permission denied" in said, table
        for statement in (
            "DELETE FROM agency_view",
            "UPDATE agency_view SET reference = 'x'",
            "CREATE TABLE mine (x int)",
            f"ALTER VIEW {VIEW} SET (security_barrier = false)",
            f"CREATE OR REPLACE VIEW {VIEW} AS SELECT 1",
        ):
            said = refused(connection, statement)
            words = ("permission denied", "must be owner", "cannot delete", "cannot update")
            assert any(one in said for one in words), statement


def options_of_the_view(ground: Ground) -> list[str] | None:
    """Give what the view was told to be."""
    query = text("SELECT reloptions FROM pg_class WHERE relname = :view")
    with ground.engine.connect() as connection:
        found: list[str] | None = connection.scalar(query, {"view": VIEW})
    return found


def test_the_view_becomes_a_barrier_to_conditions_of_the_readers_own(
    run: Run, ground: Ground
) -> None:
    """Today's planner asks `purged_at IS NULL` first anyway; that is no promise of PostgreSQL's."""
    assert options_of_the_view(ground) is None
    apply(run, ground)
    assert options_of_the_view(ground) == ["security_barrier=true"]


def test_to_make_it_again_leads_to_the_same(run: Run, ground: Ground) -> None:
    apply(run, ground)
    apply(run, ground)
    with ground.engine.connect() as connection:
        can = connection.exec_driver_sql(
            f"SELECT rolcanlogin OR rolsuper FROM pg_roles WHERE rolname = '{ground.role}'"  # noqa: S608 - our own names
        )
        assert can.scalar() is False


@pytest.mark.parametrize(
    "more",
    [
        "GRANT SELECT ON enrolment TO PUBLIC",
        'CREATE ROLE "{role}"; GRANT SELECT ON result TO "{role}"; GRANT "{role}_up" TO "{role}"',
        "GRANT SELECT (pseudonym) ON enrolment TO PUBLIC",
        'CREATE ROLE "{role}" SUPERUSER',
    ],
)
def test_a_role_that_could_reach_more_is_not_made(run: Run, ground: Ground, more: str) -> None:
    upper = f'"{ground.role}_up"'
    with ground.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {upper}")
        connection.exec_driver_sql(f"GRANT SELECT ON response TO {upper}")
        connection.exec_driver_sql(more.format(role=ground.role))
    try:
        words = ("db", "agency-role", ground.role, "--apply")
        done = run(*words, LMS_DATABASE_URL=ground.url)
        assert done.exit_code == 1
        assert isinstance(done.exception, RoleReachesMoreError)
        assert options_of_the_view(ground) is None  # all of it was undone
    finally:
        with ground.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {upper}")
            connection.exec_driver_sql(f"DROP ROLE {upper}")


def test_without_apply_it_prints_the_statements_and_does_nothing(run: Run, ground: Ground) -> None:
    shown = run("db", "agency-role", ground.role, LMS_DATABASE_URL=ground.url).stdout
    assert f'GRANT SELECT ON {VIEW} TO "{ground.role}";' in shown
    with ground.engine.connect() as connection:
        known = text("SELECT count(*) FROM pg_roles WHERE rolname = :role")
        assert connection.scalar(known, {"role": ground.role}) == 0
    with ground.engine.begin() as connection:
        connection.exec_driver_sql(shown)  # what is printed is what can be run
        assert connection.scalar(known, {"role": ground.role}) == 1


@pytest.mark.parametrize("name", ["", "Agency", 'a"; DROP TABLE result; --', "pg_agency", "a" * 64])
def test_a_name_that_is_no_plain_word_is_refused(run: Run, name: str) -> None:
    done = run("db", "agency-role", name)
    assert isinstance(done.exception, VirageError)
    assert "DROP" not in done.stdout


def test_on_sqlite_there_are_no_roles(site: Run) -> None:
    done = site("db", "agency-role", "agency", "--apply")
    assert isinstance(done.exception, VirageError)
    assert "PostgreSQL" in str(done.exception)
