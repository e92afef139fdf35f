"""Fixtures of the coordinator's pages."""

from pathlib import Path

import pytest

from lms.accounts.roles import Role
from lms.kernel.database import Database
from tests.clocks import FixedClock
from tests.web.author.browsing import Browser, sign_in


@pytest.fixture
def coordinator(database: Database, clock: FixedClock, tmp_path: Path) -> Browser:
    """Sign a coordinator in."""
    return sign_in(database, clock, tmp_path, Role.COORDINATOR)
