"""The command prints the figures of the page, as one document or line by line."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from lms.cli import lms
from lms.kernel.database import Database
from lms.outcomes.export import HEADER, figure_lines
from lms.outcomes.report import year_figures
from tests.outcomes.samples import FORTY, TODAY, make_files


def test_every_line_has_four_cells_and_a_place_of_its_own(db: Session) -> None:
    make_files(db, FORTY)
    head, *lines = figure_lines(year_figures(db, 2026, TODAY))
    assert head == HEADER
    assert all(len(line) == 4 for line in lines)
    places = [line[:3] for line in lines]
    assert len(set(places)) == len(places)
    assert ("files", "", "completed", "36") in lines
    assert ("files", "", "withdrawn", "") in lines


@pytest.fixture
def instance(real_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Point the command at a database with forty files."""
    with real_database.write() as db:
        make_files(db, FORTY)
        db.commit()
    url = real_database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("LMS_DATABASE_URL", url)
    return real_database


@pytest.mark.usefixtures("instance")
def test_the_command_prints_json_and_csv() -> None:
    done = CliRunner().invoke(lms, ["outcomes", "report", "--year", "2026"])
    assert done.exit_code == 0, done.output
    cells = json.loads(done.output)["way"]["total"]["cells"]
    assert (cells["completed"], cells["withdrawn"]) == (36, None)
    done = CliRunner().invoke(lms, ["outcomes", "report", "--year", "2026", "--format", "csv"])
    assert done.exit_code == 0, done.output
    rows = list(csv.reader(io.StringIO(done.output)))
    assert ["files", "", "completed", "36"] in rows
    assert CliRunner().invoke(lms, ["outcomes", "report", "--format", "xml"]).exit_code == 2
