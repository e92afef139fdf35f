"""First: all tables, and the triggers that keep evidence as it was written.

Longer than other files, because the whole schema begins here and a migration imports no model.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.Uuid()
_MOMENT = sa.DateTime(timezone=True)
_NAME = sa.String(120)
_PART_ID = sa.String(64)  # of a course, module, section, item; and a hash in hex
_LANGUAGE = sa.String(5)

APPEND_ONLY = (
    "attempt",
    "certificate",
    "completion_record",
    "course_revision",
    "item_text",
    "module_revision",
    "result",
    "section_text",
)


def upgrade() -> None:
    _accounts()
    _publishing()
    _enrolment()
    _assessment()
    _progress_and_completion()
    if op.get_bind().dialect.name == "sqlite":
        _triggers_on_sqlite()
    else:
        _triggers_on_postgresql()


def downgrade() -> None:
    for table in (  # each before what it refers to; its triggers go with it
        "certificate",
        "completion_record",
        "section_read",
        "standing",
        "result",
        "response",
        "attempt",
        "enrolment",
        "enrolment_code",
        "cohort_instructor",
        "cohort",
        "programme",
        "published_course",
        "published_module",
        "item_text",
        "section_text",
        "module_revision",
        "course_revision",
        "throttle",
        "sign_in_session",
        "user_account",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for function in ("refuse_closed", "refuse_change"):
            op.execute(f"DROP FUNCTION virage_{function}()")


def _field(name: str, kind: sa.types.TypeEngine[Any], *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=empty)


def _table(
    name: str,
    *fields: sa.Column[Any],
    key: tuple[str, ...] = ("id",),
    unique: tuple[tuple[str, ...], ...] = (),
    to: Mapping[str, str] | None = None,
) -> None:
    op.create_table(
        name,
        *fields,
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        *(sa.UniqueConstraint(*one, name=f"uq_{name}_{'_'.join(one)}") for one in unique),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{name}_{column}")
            for column, table in (to or {}).items()
        ),
    )


def _accounts() -> None:
    _table(
        "user_account",
        _field("id", _ID),
        _field("login", sa.String(64)),
        _field("password_hash", sa.String(200)),
        _field("role", sa.String(20)),
        _field("language", _LANGUAGE),
        _field("created_at", _MOMENT),
        _field("disabled_at", _MOMENT, empty=True),
        unique=(("login",),),
    )
    _table(
        "sign_in_session",
        _field("token_hash", _PART_ID),
        _field("user_id", _ID),
        _field("created_at", _MOMENT),
        _field("seen_at", _MOMENT),
        _field("ended_at", _MOMENT, empty=True),
        key=("token_hash",),
        to={"user_id": "user_account"},
    )
    op.create_index("ix_sign_in_session_user_id", "sign_in_session", ["user_id"])
    _table(
        "throttle",
        _field("subject", _PART_ID),
        _field("window_started_at", _MOMENT),
        _field("failures", sa.Integer()),
        key=("subject",),
    )


def _publishing() -> None:
    origin = ("published_at", _MOMENT), ("published_by", sa.String(64))
    _table(
        "course_revision",
        _field("id", _ID),
        _field("course_id", _PART_ID),
        _field("number", sa.Integer()),
        _field("digest", _PART_ID),
        _field("document", sa.JSON()),
        *(_field(*one) for one in origin),
        unique=(("course_id", "number"),),
    )
    _table(
        "module_revision",
        _field("id", _ID),
        _field("module_id", _PART_ID),
        _field("number", sa.Integer()),
        _field("digest", _PART_ID),
        *(_field(name, sa.JSON()) for name in ("source", "outline", "quiz")),
        *(_field(*one) for one in origin),
        unique=(("module_id", "number"),),
    )
    _table(
        "section_text",
        _field("module_revision_id", _ID),
        _field("language", _LANGUAGE),
        _field("position", sa.Integer()),
        _field("section_id", _PART_ID),
        _field("blocks", sa.JSON()),
        _field("shown_until", sa.Date(), empty=True),
        _field("blocks_after", sa.JSON(), empty=True),
        key=("module_revision_id", "language", "position"),
        to={"module_revision_id": "module_revision"},
    )
    _table(
        "item_text",
        _field("module_revision_id", _ID),
        _field("item_id", _PART_ID),
        _field("language", _LANGUAGE),
        _field("shown", sa.JSON()),
        _field("key", sa.JSON()),
        key=("module_revision_id", "item_id", "language"),
        to={"module_revision_id": "module_revision"},
    )
    for kind in ("module", "course"):
        _table(
            f"published_{kind}",
            _field(f"{kind}_id", _PART_ID),
            _field("revision_id", _ID),
            key=(f"{kind}_id",),
            to={"revision_id": f"{kind}_revision"},
        )


def _enrolment() -> None:
    _table(
        "programme",
        _field("id", _ID),
        _field("name", _NAME),
        _field("created_at", _MOMENT),
        unique=(("name",),),
    )
    _table(
        "cohort",
        _field("id", _ID),
        _field("programme_id", _ID),
        _field("course_id", _PART_ID),
        _field("name", _NAME),
        _field("created_at", _MOMENT),
        unique=(("name",),),
        to={"programme_id": "programme"},
    )
    _table(
        "cohort_instructor",
        _field("cohort_id", _ID),
        _field("user_id", _ID),
        key=("cohort_id", "user_id"),
        to={"cohort_id": "cohort", "user_id": "user_account"},
    )
    _table(
        "enrolment_code",
        *(_field(name, _ID) for name in ("id", "programme_id", "cohort_id")),
        _field("code_hash", _PART_ID),
        _field("issued_at", _MOMENT),
        _field("expires_at", _MOMENT),
        _field("redeemed_at", _MOMENT, empty=True),
        unique=(("code_hash",),),
        to={"programme_id": "programme", "cohort_id": "cohort"},
    )
    op.create_index("ix_enrolment_code_cohort_id", "enrolment_code", ["cohort_id"])
    links = {
        "programme_id": "programme",
        "cohort_id": "cohort",
        "code_id": "enrolment_code",
        "user_id": "user_account",
        "course_revision_id": "course_revision",
    }
    _table(
        "enrolment",
        *(_field(name, _ID) for name in ("id", *links)),
        _field("pseudonym", sa.String(20)),
        _field("enrolled_at", _MOMENT),
        _field("deadline", sa.Date(), empty=True),
        _field("notice_version", sa.String(20), empty=True),
        _field("agreed_at", _MOMENT, empty=True),
        unique=(("code_id",), ("pseudonym",), ("user_id",)),
        to=links,
    )
    op.create_index("ix_enrolment_cohort_id", "enrolment", ["cohort_id"])


def _assessment() -> None:
    _table(
        "attempt",
        *(_field(name, _ID) for name in ("id", "programme_id", "enrolment_id")),
        _field("module_id", _PART_ID),
        _field("module_revision_id", _ID),
        _field("number", sa.Integer()),
        _field("seed", sa.Integer()),
        _field("shown", sa.JSON()),
        _field("language", _LANGUAGE),
        _field("started_at", _MOMENT),
        unique=(("enrolment_id", "module_id", "number"),),
        to={
            "programme_id": "programme",
            "enrolment_id": "enrolment",
            "module_revision_id": "module_revision",
        },
    )
    _table(
        "response",
        _field("attempt_id", _ID),
        _field("item_id", _PART_ID),
        _field("answer", sa.JSON()),
        _field("sealed_text", sa.LargeBinary(), empty=True),
        _field("language", _LANGUAGE),
        _field("version", sa.Integer()),
        _field("saved_at", _MOMENT),
        key=("attempt_id", "item_id"),
        to={"attempt_id": "attempt"},
    )
    _table(
        "result",
        _field("attempt_id", _ID),
        _field("programme_id", _ID),
        _field("submitted_at", _MOMENT),
        _field("language", _LANGUAGE),
        _field("raw_numerator", sa.BigInteger()),
        _field("raw_denominator", sa.BigInteger()),
        _field("maximum", sa.Integer()),
        _field("passing_percent", sa.Integer()),
        _field("passed", sa.Boolean()),
        _field("items", sa.JSON()),
        key=("attempt_id",),
        to={"attempt_id": "attempt", "programme_id": "programme"},
    )
    _table(
        "standing",
        _field("enrolment_id", _ID),
        _field("module_id", _PART_ID),
        _field("attempts", sa.Integer()),
        _field("best_percent", sa.Integer()),
        _field("last_submitted_at", _MOMENT),
        _field("passed_at", _MOMENT, empty=True),
        _field("passed_attempt_id", _ID, empty=True),
        key=("enrolment_id", "module_id"),
        to={"enrolment_id": "enrolment", "passed_attempt_id": "attempt"},
    )
    op.create_index("ix_standing_module_id_passed_at", "standing", ["module_id", "passed_at"])


def _progress_and_completion() -> None:
    _table(
        "section_read",
        _field("enrolment_id", _ID),
        _field("module_id", _PART_ID),
        _field("section_id", _PART_ID),
        _field("programme_id", _ID),
        _field("module_revision_id", _ID),
        _field("language", _LANGUAGE),
        _field("read_at", _MOMENT),
        key=("enrolment_id", "module_id", "section_id"),
        to={
            "enrolment_id": "enrolment",
            "programme_id": "programme",
            "module_revision_id": "module_revision",
        },
    )
    links = {
        "programme_id": "programme",
        "enrolment_id": "enrolment",
        "course_revision_id": "course_revision",
    }
    _table(
        "completion_record",
        *(_field(name, _ID) for name in ("id", *links)),
        _field("completion_status", sa.String(20)),
        _field("success_status", sa.String(20)),
        _field("recorded_at", _MOMENT),
        _field("document", sa.JSON()),
        _field("digest", _PART_ID),
        unique=(("enrolment_id",),),
        to=links,
    )
    _table(
        "certificate",
        *(_field(name, _ID) for name in ("id", "programme_id", "completion_id")),
        _field("register_number", sa.Integer()),
        _field("number", sa.String(20)),
        _field("issued_at", _MOMENT),
        unique=(("completion_id",), ("number",), ("register_number",)),
        to={"programme_id": "programme", "completion_id": "completion_record"},
    )


def _triggers_on_sqlite() -> None:
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN"
                f" SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    touched = {
        "INSERT": "NEW.attempt_id",
        "UPDATE": "OLD.attempt_id, NEW.attempt_id",
        "DELETE": "OLD.attempt_id",
    }
    for act, attempts in touched.items():
        closed = f"SELECT 1 FROM result WHERE attempt_id IN ({attempts})"  # noqa: S608 - constants
        op.execute(
            f"CREATE TRIGGER response_closed_{act.lower()} BEFORE {act} ON response"
            f" WHEN EXISTS ({closed}) BEGIN"
            " SELECT RAISE(ABORT, 'the attempt of this response is closed'); END"
        )


def _triggers_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION virage_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION '% is append-only', TG_TABLE_NAME"
        " USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION virage_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION virage_refuse_change()"
        )
    # The lock makes a save that races with the submission wait for it, and then be refused.
    op.execute(
        "CREATE FUNCTION virage_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE touched uuid[];"
        " BEGIN"
        "  IF TG_OP <> 'INSERT' THEN touched := touched || OLD.attempt_id; END IF;"
        "  IF TG_OP <> 'DELETE' THEN touched := touched || NEW.attempt_id; END IF;"
        "  PERFORM 1 FROM attempt WHERE id = ANY (touched) FOR SHARE;"
        "  IF EXISTS (SELECT 1 FROM result WHERE attempt_id = ANY (touched)) THEN"
        "   RAISE EXCEPTION 'the attempt of this response is closed'"
        "   USING ERRCODE = 'restrict_violation';"
        "  END IF;"
        "  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"
        "  RETURN NEW;"
        " END $$"
    )
    op.execute(
        "CREATE TRIGGER response_closed BEFORE INSERT OR UPDATE OR DELETE ON response"
        " FOR EACH ROW EXECUTE FUNCTION virage_refuse_closed()"
    )
