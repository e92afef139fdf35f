"""Publishing renders while others write, and never over what somebody else published meanwhile."""

from pathlib import Path

import pytest
from sqlalchemy import text

from lms.content.read import read_content
from lms.kernel.database import Database
from lms.publishing.media import Keeper
from lms.publishing.originals import Sources
from lms.publishing.service import (
    Press,
    PublishedMeanwhileError,
    append_pressed,
    press_content,
)
from tests.factories import NOW, WORDS
from tests.sample_course import write_course


def test_rendering_waits_for_no_writer_and_keeps_none_waiting(
    real_database: Database, tmp_path: Path
) -> None:
    source = write_course(tmp_path)
    content, _problems = read_content(source)
    press = Press(WORDS, Keeper(Sources(source), tmp_path / "media"))
    with real_database.write() as other:
        other.execute(text("UPDATE programme SET name = name"))
        with real_database.read() as looking:
            pressed = press_content(looking, content, press)
        other.commit()
    with real_database.write() as db:
        assert len(append_pressed(db, pressed, by="one", now=NOW)) == 3
        db.commit()


def test_what_somebody_published_meanwhile_is_not_published_over(
    real_database: Database, tmp_path: Path
) -> None:
    source = write_course(tmp_path)
    content, _problems = read_content(source)
    press = Press(WORDS, Keeper(Sources(source), tmp_path / "media"))
    with real_database.read() as looking:
        mine, theirs = (press_content(looking, content, press) for _ in range(2))
    with real_database.write() as db:
        append_pressed(db, theirs, by="two", now=NOW)
        db.commit()
    with real_database.write() as db, pytest.raises(PublishedMeanwhileError):
        append_pressed(db, mine, by="one", now=NOW)
