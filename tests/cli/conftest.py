"""A site of its own for each test, driven by the command line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lms.cli import lms
from tests.sample_course import write_course

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a small content folder that passes the check."""
    return write_course(tmp_path / "authors")


@pytest.fixture
def run(tmp_path: Path, folder: Path) -> Run:
    """Run a command on a site in a folder of its own."""

    def command(*words: str, typed: str | None = None, **environ: str) -> Result:
        env = {"LMS_INSTANCE": str(tmp_path / "site"), "LMS_CONTENT": str(folder), **environ}
        return CliRunner().invoke(lms, list(words), env=env, input=typed)

    return command


@pytest.fixture
def site(run: Run, tmp_path: Path, sqlite_template: Path) -> Run:
    """Give the same, with keys and database made; the tables are copied, not made each time."""
    (tmp_path / "site").mkdir(mode=0o700)
    shutil.copy(sqlite_template, tmp_path / "site" / "virage.db")
    assert run("init").exit_code == 0
    return run


def document(result: Result) -> Any:  # noqa: ANN401 - JSON
    """Read what a command printed as JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
