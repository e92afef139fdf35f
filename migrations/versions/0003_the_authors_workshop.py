"""The authors' workshop: revisions of files, drafts, media, and the register of living consent.

A section keeps what stands in the place of its testimonies (`blocks_instead`) whether or not an
original is among them. Whether an original may be shown is asked of the register at each page;
until the next publication, a section that showed one shows what stands in its place.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.Uuid()
_MOMENT = sa.DateTime(timezone=True)
_PART_ID = sa.String(64)
_LANGUAGE = sa.String(5)
_REASON = sa.String(500)
_DIGEST = sa.String(64)
_PATH = sa.String(200)
_LOGIN = sa.String(64)

APPEND_ONLY = ("file_revision", "draft_event", "testimony_event", "testimony_use")


def upgrade() -> None:
    _files()
    _drafts()
    _consent()
    _open("section_text")
    op.execute("ALTER TABLE section_text RENAME COLUMN blocks_after TO blocks_instead")
    op.execute(
        "UPDATE section_text SET blocks = blocks_instead"
        " WHERE shown_until IS NOT NULL AND blocks_instead IS NOT NULL"
    )
    op.drop_column("section_text", "shown_until")
    _keep("section_text")
    op.add_column("item_text", sa.Column("testimony_id", _PART_ID, nullable=True))
    for table in APPEND_ONLY:
        _keep(table)


def downgrade() -> None:
    """Go back; a section that shows an original shows what stands in its place from then on."""
    op.drop_column("item_text", "testimony_id")
    _open("section_text")
    op.execute(
        "UPDATE section_text SET blocks = blocks_instead WHERE blocks_instead IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM testimony_use WHERE"
        " testimony_use.module_revision_id = section_text.module_revision_id"
        " AND testimony_use.language = section_text.language"
        " AND testimony_use.position = section_text.position)"
    )
    op.execute("ALTER TABLE section_text RENAME COLUMN blocks_instead TO blocks_after")
    op.add_column("section_text", sa.Column("shown_until", sa.Date(), nullable=True))
    _keep("section_text")
    for table in (
        "testimony_use",
        "testimony_window",
        "testimony_event",
        "media_file",
        "draft_event",
        "draft",
        "published_file",
        "file_revision",
    ):
        op.drop_table(table)


def _field(name: str, kind: sa.types.TypeEngine[Any], *, empty: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=empty)


def _table(
    name: str,
    *fields: sa.Column[Any],
    key: tuple[str, ...],
    unique: tuple[str, ...] = (),
    **to: str,
) -> None:
    """Make a table; `to` maps a column to the table that it refers to."""
    uniques = [sa.UniqueConstraint(*unique, name=f"uq_{name}_{'_'.join(unique)}")] if unique else []
    op.create_table(
        name,
        *fields,
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_{name}_{column}")
            for column, table in to.items()
        ),
        *uniques,
    )


def _files() -> None:
    _table(
        "file_revision",
        _field("id", _ID),
        _field("path", _PATH),
        _field("number", sa.Integer()),
        _field("digest", _DIGEST),
        _field("text", sa.Text(), empty=True),
        _field("origin", sa.String(10)),
        _field("reason", _REASON),
        _field("made_at", _MOMENT),
        _field("made_by", _LOGIN),
        key=("id",),
        unique=("path", "number"),
    )
    _table(
        "published_file",
        _field("path", _PATH),
        _field("revision_id", _ID),
        _field("met_digest", _DIGEST),
        key=("path",),
        revision_id="file_revision",
    )
    _table(
        "media_file",
        _field("path", _PATH),
        _field("digest", _DIGEST),
        _field("size", sa.BigInteger()),
        _field("alt", sa.JSON()),
        _field("uploaded_at", _MOMENT),
        _field("uploaded_by", _ID),
        key=("path",),
        uploaded_by="user_account",
    )


def _drafts() -> None:
    _table(
        "draft",
        _field("id", _ID),
        _field("path", _PATH),
        _field("open_path", _PATH, empty=True),
        _field("state", sa.String(20)),
        _field("text", sa.Text()),
        _field("digest", _DIGEST),
        _field("base_text", sa.Text()),
        _field("created_at", _MOMENT),
        _field("created_by", _ID),
        _field("updated_at", _MOMENT),
        _field("updated_by", _ID),
        key=("id",),
        unique=("open_path",),
        created_by="user_account",
        updated_by="user_account",
    )
    _table(
        "draft_event",
        _field("id", _ID),
        _field("draft_id", _ID),
        _field("number", sa.Integer()),
        _field("act", sa.String(20)),
        _field("reason", _REASON),
        _field("digest", _DIGEST),
        _field("revision_id", _ID, empty=True),
        _field("at", _MOMENT),
        _field("by", _ID),
        key=("id",),
        unique=("draft_id", "number"),
        draft_id="draft",
        revision_id="file_revision",
        by="user_account",
    )


def _consent() -> None:
    _table(
        "testimony_event",
        _field("id", _ID),
        _field("testimony_id", _PART_ID),
        _field("number", sa.Integer()),
        _field("act", sa.String(20)),
        _field("terms", sa.JSON()),
        _field("reason", _REASON),
        _field("at", _MOMENT),
        _field("by", _LOGIN),
        key=("id",),
        unique=("testimony_id", "number"),
    )
    _table(
        "testimony_window",
        _field("testimony_id", _PART_ID),
        _field("module_id", _PART_ID),
        _field("language", _LANGUAGE),
        _field("from_day", sa.Date()),
        _field("until_day", sa.Date()),
        key=("testimony_id", "module_id", "language"),
    )
    _table(
        "testimony_use",
        _field("module_revision_id", _ID),
        _field("language", _LANGUAGE),
        _field("position", sa.Integer()),
        _field("testimony_id", _PART_ID),
        key=("module_revision_id", "language", "position", "testimony_id"),
        module_revision_id="module_revision",
    )


def _open(table: str) -> None:
    """Let a migration change what was appended; `_keep` shuts it again."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{act}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")


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
