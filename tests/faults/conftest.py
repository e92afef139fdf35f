"""Fixtures for faults: grounds on the database that a test is for."""

from pathlib import Path

import pytest

from tests.faults.grounds import POSTGRESQL, Grounds


@pytest.fixture
def grounds(engine_name: str, sqlite_template: Path, request: pytest.FixtureRequest) -> Grounds:
    """Give what databases are made from."""
    if engine_name == POSTGRESQL:
        return Grounds(sqlite_template, request.getfixturevalue("cluster"))
    return Grounds(sqlite_template)
