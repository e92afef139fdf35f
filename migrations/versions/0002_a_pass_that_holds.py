"""A pass that holds: seat time, corrections, regrades, the audit chain, what a record is bound to.

Which sections were read moves into seat_time: round 1, with no time credited.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.Uuid()
_MOMENT = sa.DateTime(timezone=True)
_PART_ID = sa.String(64)
_LANGUAGE = sa.String(5)
_REASON = sa.String(500)

APPEND_ONLY = (
    "attestation",
    "audit_entry",
    "correction",
    "correction_decision",
    "regrade",
    "reprint",
    "revocation",
    "waiver",
)
ADDED = {
    "enrolment": ("time_credit_percent", "no_pause", "read_aloud"),
    "result": ("ended_by",),
    "standing": ("review", "extra_attempts", "pause_lifted_at"),
    "completion_record": ("signature", "key_id"),
}


def upgrade() -> None:
    _seat_time()
    _corrections()
    _records()
    _columns()
    for table in APPEND_ONLY:
        _keep(table)


def downgrade() -> None:
    op.create_table(
        "section_read",
        sa.Column("enrolment_id", _ID, nullable=False),
        sa.Column("module_id", _PART_ID, nullable=False),
        sa.Column("section_id", _PART_ID, nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("module_revision_id", _ID, nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("read_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("enrolment_id", "module_id", "section_id", name="pk_section_read"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_section_read_{column}")
            for column, table in (
                ("enrolment_id", "enrolment"),
                ("programme_id", "programme"),
                ("module_revision_id", "module_revision"),
            )
        ),
    )
    op.execute(
        "INSERT INTO section_read (enrolment_id, module_id, section_id, programme_id,"
        " module_revision_id, language, read_at)"
        " SELECT enrolment_id, module_id, section_id, programme_id, module_revision_id,"
        " language, read_at FROM seat_time"
        " WHERE kind = 'instruction' AND round = 1 AND read_at IS NOT NULL"
    )
    for table, columns in ADDED.items():
        for column in columns:
            op.drop_column(table, column)
    for table in (*APPEND_ONLY[::-1], "seat_clock", "seat_time"):
        if table != "correction":
            op.drop_table(table)
    op.drop_table("correction")


def _field(name: str, kind: sa.types.TypeEngine[Any], *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=empty)


def _table(name: str, *fields: sa.Column[Any], key: tuple[str, ...], **to: str) -> None:
    """Make a table; `to` maps a column to the table that it refers to."""
    op.create_table(
        name,
        *fields,
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{name}_{column}")
            for column, table in to.items()
        ),
    )


def _seat_time() -> None:
    _table(
        "seat_time",
        _field("enrolment_id", _ID),
        _field("module_id", _PART_ID),
        _field("kind", sa.String(20)),
        _field("section_id", _PART_ID),
        _field("round", sa.Integer()),
        _field("programme_id", _ID),
        _field("module_revision_id", _ID, empty=True),
        _field("language", _LANGUAGE),
        _field("credited_ms", sa.BigInteger()),
        _field("first_at", _MOMENT),
        _field("last_at", _MOMENT),
        _field("read_at", _MOMENT, empty=True),
        key=("enrolment_id", "module_id", "kind", "section_id", "round"),
        enrolment_id="enrolment",
        programme_id="programme",
        module_revision_id="module_revision",
    )
    op.execute(
        "INSERT INTO seat_time (enrolment_id, module_id, kind, section_id, round, programme_id,"
        " module_revision_id, language, credited_ms, first_at, last_at, read_at)"
        " SELECT enrolment_id, module_id, 'instruction', section_id, 1, programme_id,"
        " module_revision_id, language, 0, read_at, read_at, read_at FROM section_read"
    )
    op.drop_table("section_read")
    _table(
        "seat_clock",
        _field("enrolment_id", _ID),
        _field("until", _MOMENT),
        _field("view", sa.String(32)),
        _field("view_ms", sa.BigInteger()),
        _field("before_until", _MOMENT, empty=True),
        _field("before_view", sa.String(32)),
        _field("before_view_ms", sa.BigInteger()),
        key=("enrolment_id",),
        enrolment_id="enrolment",
    )
    _table(
        "waiver",
        _field("enrolment_id", _ID),
        _field("module_id", _PART_ID),
        _field("programme_id", _ID),
        _field("correction_id", _ID),
        _field("waived_at", _MOMENT),
        key=("enrolment_id", "module_id"),
        enrolment_id="enrolment",
        programme_id="programme",
    )


def _corrections() -> None:
    _table(
        "correction",
        _field("id", _ID),
        _field("programme_id", _ID),
        _field("enrolment_id", _ID, empty=True),
        _field("kind", sa.String(30)),
        _field("module_id", _PART_ID),
        _field("detail", sa.JSON()),
        _field("reason", _REASON),
        _field("proposed_by", _ID),
        _field("proposed_at", _MOMENT),
        key=("id",),
        programme_id="programme",
        enrolment_id="enrolment",
        proposed_by="user_account",
    )
    op.create_index("ix_correction_enrolment_id", "correction", ["enrolment_id"])
    op.create_table(
        "correction_decision",
        _field("correction_id", _ID),
        _field("proposed_by", _ID),
        _field("decided_by", _ID),
        _field("decided_at", _MOMENT),
        _field("accepted", sa.Boolean()),
        sa.PrimaryKeyConstraint("correction_id", name="pk_correction_decision"),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_correction_decision_{column}"
            )
            for column, table in (
                ("correction_id", "correction"),
                ("proposed_by", "user_account"),
                ("decided_by", "user_account"),
            )
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name="ck_correction_decision_two_people"),
    )
    _table(
        "regrade",
        _field("attempt_id", _ID),
        _field("number", sa.Integer()),
        _field("programme_id", _ID),
        _field("correction_id", _ID),
        _field("raw_numerator", sa.BigInteger()),
        _field("raw_denominator", sa.BigInteger()),
        _field("maximum", sa.Integer()),
        _field("passed", sa.Boolean()),
        _field("items", sa.JSON()),
        _field("graded_at", _MOMENT),
        key=("attempt_id", "number"),
        attempt_id="attempt",
        programme_id="programme",
    )


def _records() -> None:
    _table(
        "audit_entry",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        _field("at", _MOMENT),
        _field("actor", _PART_ID),
        _field("act", sa.String(40)),
        _field("subject", sa.String(120)),
        _field("reason", _REASON),
        _field("before", sa.JSON()),
        _field("after", sa.JSON()),
        _field("mac", _PART_ID),
        key=("number",),
    )
    _table(
        "attestation",
        _field("enrolment_id", _ID),
        _field("programme_id", _ID),
        _field("text_version", sa.String(20)),
        _field("language", _LANGUAGE),
        _field("attested_at", _MOMENT),
        key=("enrolment_id",),
        enrolment_id="enrolment",
        programme_id="programme",
    )
    _table(
        "revocation",
        _field("completion_id", _ID),
        _field("programme_id", _ID),
        _field("correction_id", _ID),
        _field("reason", _REASON),
        _field("revoked_at", _MOMENT),
        key=("completion_id",),
        completion_id="completion_record",
        programme_id="programme",
    )
    _table(
        "reprint",
        _field("id", _ID),
        _field("programme_id", _ID),
        _field("certificate_id", _ID),
        _field("reason", _REASON),
        _field("reprinted_by", _ID),
        _field("reprinted_at", _MOMENT),
        key=("id",),
        programme_id="programme",
        certificate_id="certificate",
        reprinted_by="user_account",
    )
    op.create_index("ix_reprint_certificate_id", "reprint", ["certificate_id"])


def _columns() -> None:
    """Add columns; what stood there gets the value that was true of it."""
    kinds: dict[str, tuple[sa.types.TypeEngine[Any], Any]] = {
        "time_credit_percent": (sa.Integer(), "0"),
        "no_pause": (sa.Boolean(), sa.false()),
        "read_aloud": (sa.Boolean(), sa.false()),
        "ended_by": (sa.String(20), "submitted"),
        "review": (sa.JSON(), "[]"),
        "extra_attempts": (sa.Integer(), "0"),
        "pause_lifted_at": (_MOMENT, None),
        "signature": (sa.String(128), ""),
        "key_id": (sa.String(16), ""),
    }
    for table, columns in ADDED.items():
        for column in columns:
            kind, default = kinds[column]
            op.add_column(
                table,
                sa.Column(column, kind, nullable=default is None, server_default=default),
            )


def _keep(table: str) -> None:
    """Let nobody change or delete what was appended."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION virage_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION virage_refuse_change()"
    )
