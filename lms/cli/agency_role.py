"""`lms db agency-role`: a role of PostgreSQL that reads the agencies' view, and nothing else.

The same limits as the agency's pages, below the application: whoever connects with this role, or
is let down to it by SET ROLE, gets `permission denied` for every other table.
"""

import re

import click
from sqlalchemy import Connection, text

from lms.cli.edge import ready_database
from lms.kernel.errors import VirageError
from lms.settings import load_settings

VIEW = "agency_view"
_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")  # stands between quotes in the statements
_STATEMENTS = (
    """DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE "{role}" NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
END $$""",
    'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{role}"',
    'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM "{role}"',
    'REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM "{role}"',
    'REVOKE ALL ON SCHEMA public FROM "{role}"',
    # Without it a function of the reader's own, in a condition, could see rows that are left out.
    "ALTER VIEW {view} SET (security_barrier = true)",
    'GRANT USAGE ON SCHEMA public TO "{role}"',
    'GRANT SELECT ON {view} TO "{role}"',
)
# What it may touch in the end, by whatever way: its own rights, those of PUBLIC, of other roles.
_REACHED = text("""
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
        AND (has_table_privilege(:role, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
            OR has_any_column_privilege(:role, oid, 'SELECT, INSERT, UPDATE'))
    ORDER BY relname
""")
_WRITES = text("""
    SELECT has_table_privilege(:role, :view, 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_schema_privilege(:role, 'public', 'CREATE')
""")


class RoleReachesMoreError(VirageError):
    """The role could touch more than the view; nothing was changed."""


@click.command("agency-role")
@click.argument("name")
@click.option("--apply", "is_applied", is_flag=True, help="Do it; without this, only print.")
def agency_role(name: str, *, is_applied: bool) -> None:
    """Print the SQL that makes a role which reads the agencies' view alone, or apply it."""
    statements = statements_for(name)
    if not is_applied:
        for statement in statements:
            click.echo(f"{statement};")
        return
    engine = ready_database(load_settings()).engine
    try:
        if engine.dialect.name != "postgresql":
            raise VirageError("roles exist on PostgreSQL alone; this database is SQLite")
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            refuse_more(connection, name)
    finally:
        engine.dispose()
    click.echo(f"{name}: may read {VIEW}, and nothing else")


def statements_for(name: str) -> tuple[str, ...]:
    """Give the SQL for a role of this name; run again, it leads to the same."""
    if not _NAME.fullmatch(name):
        raise VirageError("a role's name has 1 to 63 of a-z, 0-9 and _, and no pg_ before it")
    return tuple(one.format(role=name, view=VIEW) for one in _STATEMENTS)


def refuse_more(connection: Connection, name: str) -> None:
    """Raise RoleReachesMoreError unless the view is all that the role can read."""
    reached = list(connection.scalars(_REACHED, {"role": name}))
    if reached != [VIEW]:
        shown = ", ".join([one for one in reached if one != VIEW][:5])
        raise RoleReachesMoreError(
            f"{name} could also touch {shown}: it is a superuser, a member of another role, "
            "or something was granted to PUBLIC; nothing was changed"
        )
    if connection.scalar(_WRITES, {"role": name, "view": VIEW}):
        raise RoleReachesMoreError(f"{name} could also write; nothing was changed")
