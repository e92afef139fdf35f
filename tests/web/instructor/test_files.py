"""An instructor takes his group's tables home as files: short ones at once, long ones soon."""

import csv
import io
import re
import uuid
from zipfile import ZipFile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.exports import jobs
from lms.exports.jobs import make_waiting
from lms.exports.models import ExportJob
from lms.exports.tables import Kind
from lms.exports.write import Form
from lms.kernel.database import Database
from lms.settings import Settings
from lms.web.instructor import exports
from tests.factories import NOW, learner_of, make_cohort, make_user, pass_course
from tests.web.instructor.conftest import Room


def _url(room: Room) -> str:
    return f"/en/instructor/groups/{room.cohort.id}/files"


def _token(room: Room) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', room.text(_url(room)))
    assert found is not None
    return found[1]


def _wish(room: Room, kind: Kind, form: Form) -> dict[str, str]:
    return {"csrf_token": _token(room), "kind": kind.value, "form": form.value}


@pytest.fixture
def passed(room: Room, db: Session) -> str:
    """Give the pseudonym of somebody in the group who has passed."""
    enrolment = room.enrol(db, "P-AAA111")
    pass_course(db, learner_of(db, enrolment))
    db.commit()
    return enrolment.pseudonym


def test_a_short_table_is_the_answer_itself(room: Room, passed: str) -> None:
    for kind in (Kind.PEOPLE, Kind.ATTEMPTS, Kind.RESPONSES):
        response = room.client.post(_url(room), data=_wish(room, kind, Form.CSV))
        assert response.status_code == 200
        read = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))
        assert {one["pseudonym"] for one in read} == {passed}
        name = response.headers["Content-Disposition"]
        assert name == f"attachment; filename={exports.NAMES[kind]['en']}-1.csv"
        assert response.headers["Cache-Control"] == "no-store"
    response = room.client.post(_url(room), data=_wish(room, Kind.PEOPLE, Form.XLSX))
    with ZipFile(io.BytesIO(response.get_data())) as book:
        assert book.testzip() is None
        assert passed in book.read("xl/worksheets/sheet1.xml").decode()


def test_a_long_table_is_made_by_the_job_with_a_bar_and_fetched_later(
    room: Room, passed: str, database: Database, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.MOST_AT_ONCE, Form.CSV, 1)
    response = room.client.post(_url(room), data=_wish(room, Kind.ATTEMPTS, Form.CSV))
    assert response.status_code == 303
    page = room.text(_url(room))
    assert "<progress" in page
    assert "Look how far they are" in page
    assert "0 of 2 rows" in page
    settings: Settings = room.app.extensions["virage_settings"]
    make_waiting(database, settings.instance, now=NOW)
    page = room.text(_url(room))
    job = db.scalars(select(ExportJob.id)).one()
    assert f"/en/instructor/files/{job}" in page
    assert "<progress" not in page
    assert "Look how far they are" not in page
    response = room.client.get(f"/en/instructor/files/{job}", buffered=True)
    assert passed in response.get_data(as_text=True)
    (settings.instance / "exports" / f"{job}.csv").unlink()
    assert room.client.get(f"/en/instructor/files/{job}").status_code == 404
    stranger = room.client_of(db, make_user(db, role=Role.INSTRUCTOR))
    assert stranger.get(f"/en/instructor/files/{job}").status_code == 404


def test_a_group_of_others_is_not_exported(room: Room, passed: str, db: Session) -> None:
    assert passed
    other = make_cohort(db)
    db.commit()
    wish = _wish(room, Kind.PEOPLE, Form.CSV)
    url = f"/en/instructor/groups/{other.id}/files"
    assert room.client.get(url).status_code == 404
    assert room.client.post(url, data=wish).status_code == 404
    assert room.client.get(f"/en/instructor/files/{uuid.uuid4()}").status_code == 404


def test_a_wish_without_a_table_is_told_what_is_missing(room: Room) -> None:
    token = _token(room)
    response = room.client.post(_url(room), data={"csrf_token": token, "form": "csv"})
    assert response.status_code == 422
    assert "error-summary" in response.get_data(as_text=True)
