"""Fixtures of the author's pages: a site whose content folder is the small course."""

from pathlib import Path

import pytest

from lms.accounts.roles import Role
from lms.kernel.database import Database
from tests.clocks import FixedClock
from tests.sample_course import write_course
from tests.web.author.browsing import Browser, sign_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the small course; gives the content folder."""
    return write_course(tmp_path)


@pytest.fixture
def author(database: Database, clock: FixedClock, tmp_path: Path, folder: Path) -> Browser:
    """Sign an author in."""
    return sign_in(database, clock, tmp_path, Role.AUTHOR, folder)
