"""Nobody's consent is known to a site of before the register: an upgrade shows no original."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, Table, Uuid, insert, select, text
from sqlalchemy.exc import DBAPIError

from lms.kernel.database import Database, open_database
from lms.kernel.migrate import downgrade, upgrade


def test_an_original_stays_out_of_sight_on_the_way_up_and_down(real_database: Database) -> None:
    url = real_database.engine.url.render_as_string(hide_password=False)
    real_database.engine.dispose()
    downgrade(url, "0002")
    engine = open_database(url).engine
    _add(engine, "module_revision", **_REVISION)
    _add(engine, "section_text", **_PAGE, shown_until=date(2028, 5, 1), blocks_after=["instead"])
    engine.dispose()
    upgrade(url)
    assert _section(url) == (["instead"], ["instead"])
    with engine.begin() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("UPDATE section_text SET section_id = 'x'"))
    engine.dispose()
    edition = _REVISION | {"id": uuid.uuid4(), "number": 2}
    page = _PAGE | {"module_revision_id": edition["id"]}
    _add(engine, "module_revision", **edition)
    _add(engine, "section_text", **page, blocks_instead=["instead"])
    use = {name: page[name] for name in ("module_revision_id", "language", "position")}
    _add(engine, "testimony_use", **use, testimony_id="told")
    engine.dispose()
    downgrade(url, "0002")
    assert [_section(url, column="blocks_after", number=n) for n in (1, 2)] == [
        (["instead"], ["instead"])
    ] * 2


_REVISION: dict[str, Any] = {
    "id": uuid.uuid4(),
    "module_id": "told",
    "number": 1,
    "digest": "0" * 64,
    "source": {},
    "outline": {},
    "quiz": {},
    "published_at": datetime(2026, 5, 1, tzinfo=UTC),
    "published_by": "tests",
}
_PAGE: dict[str, Any] = {
    "module_revision_id": _REVISION["id"],
    "language": "fr",
    "position": 1,
    "section_id": "told",
    "blocks": ["an original"],
}


def _add(engine: Engine, table: str, **row: object) -> None:
    with engine.begin() as connection:
        found = Table(table, MetaData(), autoload_with=connection)
        for column in found.columns:
            if column.name.endswith("_id") or column.name == "id":
                given = row.get(column.name)
                column.type = Uuid() if isinstance(given, uuid.UUID) else column.type
        connection.execute(insert(found).values(**row))


def _section(url: str, *, column: str = "blocks_instead", number: int = 1) -> tuple[Any, Any]:
    engine = open_database(url).engine
    with engine.connect() as connection:
        found = Table("section_text", MetaData(), autoload_with=connection)
        of = Table("module_revision", MetaData(), autoload_with=connection)
        query = select(found.c.blocks, found.c[column]).join(
            of, of.c.id == found.c.module_revision_id
        )
        row = connection.execute(query.where(of.c.number == number)).one()
    engine.dispose()
    return row[0], row[1]
