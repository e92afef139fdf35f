"""Fixtures of a walk: an author on a site whose content folder is the small course."""

from pathlib import Path

import pytest

from lms.accounts.roles import Role
from lms.kernel.database import Database
from tests.clocks import FixedClock
from tests.sample_course import write_course
from tests.web.author.browsing import Browser, edit, sign_in
from tests.web.course_preview.walking import Walker


@pytest.fixture
def engine_name() -> str:
    """Give one database: these pages read the folder, and the database next to never."""
    return "sqlite"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the small course; gives the content folder."""
    return write_course(tmp_path)


@pytest.fixture
def author(database: Database, clock: FixedClock, tmp_path: Path, folder: Path) -> Browser:
    """Sign an author in."""
    return sign_in(database, clock, tmp_path, Role.AUTHOR, folder)


@pytest.fixture
def walker(author: Browser) -> Walker:
    """Give an author who has opened the course."""
    return Walker(author).begin()


@pytest.fixture
def free(author: Browser, folder: Path) -> Walker:
    """Give a walk through the course in free order."""
    edit(folder / "courses/seminar.yml", "sequence: in-order", "sequence: free")
    return Walker(author).begin()
