"""What a coordinator does with groups and codes, and what the pages keep from her."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.enrolment.codes import code_hash
from lms.enrolment.models import Cohort, CohortInstructor, EnrolmentCode, Programme
from lms.enrolment.queries import code_counts
from lms.enrolment.service import issue_codes
from lms.kernel.database import Database
from tests.clocks import FixedClock
from tests.factories import (
    NOW,
    learner_of,
    make_cohort,
    make_enrolment,
    make_user,
    pass_course,
    published_course,
    read_module,
    take_quiz,
)
from tests.web.author.browsing import Browser, sign_in

_CODE = re.compile(r"\b(?:[0-9A-Z]{4}-){4}[0-9A-Z*~$=]\b|\b(?:[0-9A-Z]{4}-){4}[*~$=]")


def _codes_in(text: str) -> set[str]:
    return {code for code in _CODE.findall(text) if code_hash(code)}


def test_a_coordinator_makes_a_group_with_its_course_and_instructors(
    coordinator: Browser, db: Session
) -> None:
    published_course(db)
    teacher = make_user(db, "teacher", role=Role.INSTRUCTOR)
    make_user(db, "somebody-else", role=Role.INSTRUCTOR)
    db.commit()
    page = coordinator.read("/en/coordinator/groups/new")
    assert "Small seminar" in page
    assert "teacher" in page
    answer = coordinator.post(
        "/en/coordinator/groups/new",
        name="  Printemps\u00a02027 ",
        course="seminar",
        instructors=[str(teacher.id)],
    )
    assert answer.status_code == 303
    made = db.scalars(select(Cohort)).one()
    assert made.name == "Printemps 2027"
    seen_by = db.scalars(select(CohortInstructor.user_id)).all()
    assert seen_by == [teacher.id]
    group = coordinator.read(answer.location)
    assert "Printemps 2027" in group
    assert "teacher" in group
    assert "somebody-else" not in group


def test_the_first_group_of_a_site_makes_its_programme_and_the_next_one_shares_it(
    coordinator: Browser, db: Session
) -> None:
    published_course(db)
    db.commit()
    for name in ("One", "Two"):
        coordinator.post("/en/coordinator/groups/new", name=name, course="seminar")
    assert db.scalars(select(Programme.name)).all() == ["Programme"]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "Enter a name for the group."),
        ({"name": "   ", "course": "seminar"}, "Enter a name for the group."),
        ({"name": "x" * 121, "course": "seminar"}, "Shorten this to 120 characters or fewer."),
        ({"name": "x" * 400_000, "course": "seminar"}, "Shorten this to 120"),
        ({"name": "a\x00b", "course": "seminar"}, "Write the name without hidden characters."),
        ({"name": "a\u202eb", "course": "seminar"}, "Write the name without hidden characters."),
        ({"name": ["a", "b"], "course": "seminar"}, "Write the name without hidden characters."),
        ({"name": "Kept"}, "Choose a course."),
        ({"name": "Kept", "course": "nothing"}, "Choose one of the courses shown."),
        ({"name": "Kept", "course": ["seminar", "x"]}, "Choose one of the courses shown."),
        (
            {"name": "Kept", "course": "seminar", "instructors": "nobody"},
            "Choose among the instructors shown.",
        ),
        ({"name": "Taken", "course": "seminar"}, "Another group has this name."),
    ],
)
def test_a_group_that_cannot_be_made_is_said_beside_its_field_and_the_form_is_kept(
    coordinator: Browser, db: Session, fields: dict[str, str | list[str]], fault: str
) -> None:
    make_cohort(db, "Taken")
    db.commit()
    answer = coordinator.post("/en/coordinator/groups/new", **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert fault in page
    assert "There is a problem" in page
    assert db.scalar(select(func.count()).select_from(Cohort)) == 1
    if fields.get("name") == "Kept":
        assert 'value="Kept"' in page


def test_without_a_published_course_the_page_says_who_can_help(coordinator: Browser) -> None:
    assert "No course is published yet." in coordinator.read("/en/coordinator/groups/new")
    answer = coordinator.post("/en/coordinator/groups/new", name="Kept", course="seminar")
    assert answer.status_code == 422


def test_codes_are_shown_once_in_the_answer_and_nowhere_else(
    coordinator: Browser, db: Session
) -> None:
    cohort = make_cohort(db, "Automne")
    db.commit()
    address = f"/en/coordinator/groups/{cohort.id}"
    answer = coordinator.post(f"{address}/codes", number="12")
    page = answer.get_data(as_text=True)
    codes = _codes_in(page)
    assert answer.status_code == 200
    assert len(codes) == 12
    assert "will not be shown again" in page
    kept = {row.code_hash for row in db.scalars(select(EnrolmentCode))}
    assert kept == {code_hash(code) for code in codes}
    headers = str(answer.headers) + str(coordinator.get(address).headers)
    later = coordinator.read(address) + coordinator.read("/en/coordinator")
    assert not any(code in headers + later for code in codes)


def test_codes_are_good_for_as_many_days_as_the_site_says(
    coordinator: Browser, db: Session
) -> None:
    cohort = make_cohort(db)
    db.commit()
    coordinator.post(f"/en/coordinator/groups/{cohort.id}/codes", number="1")
    assert db.scalars(select(EnrolmentCode.expires_at)).one() == NOW + timedelta(days=90)


@pytest.mark.parametrize(
    "number", ["", "0", "201", "-1", "1.5", "ten", "٣", "1e2", "9" * 5000, "1\x00", ["3", "4"]]
)
def test_a_number_of_codes_that_cannot_be_issued_issues_none(
    coordinator: Browser, db: Session, number: str | list[str]
) -> None:
    cohort = make_cohort(db)
    db.commit()
    answer = coordinator.post(f"/en/coordinator/groups/{cohort.id}/codes", number=number)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Enter a number from 1 to 200." in page or "Enter how many codes you need." in page
    assert db.scalar(select(func.count()).select_from(EnrolmentCode)) == 0


def test_the_list_counts_codes_enrolled_and_completed_of_each_group(
    coordinator: Browser, db: Session, clock: FixedClock
) -> None:
    first, second = make_cohort(db, "First"), make_cohort(db, "Second")
    done = make_enrolment(db, cohort=first)
    make_enrolment(db, cohort=first)
    pass_course(db, learner_of(db, done))
    issue_codes(db, first.id, 3, valid=timedelta(days=1), now=NOW - timedelta(days=2))
    issue_codes(db, second.id, 4, valid=timedelta(days=90), now=NOW)
    db.commit()
    rows = coordinator.read("/en/coordinator").split("<tr>")
    numbers = {
        name: re.findall(r'class="number">(\d+)<', row)
        for row in rows
        for name in re.findall(r">(First|Second)<", row)
    }
    assert numbers["First"] == ["5", "2", "3", "2", "1"]
    assert numbers["Second"] == ["4", "0", "0", "0", "0"]
    assert code_counts(db, [first.id], now=clock.now)[first.id].free == 0


def test_a_coordinator_sees_a_pseudonym_and_one_word_and_no_result(
    coordinator: Browser, db: Session
) -> None:
    cohort = make_cohort(db, "Groupe")
    new, busy, done = (make_enrolment(db, cohort=cohort) for _ in range(3))
    read_module(db, learner_of(db, busy), 1)
    take_quiz(db, learner_of(db, busy), 1, right=False)
    pass_course(db, learner_of(db, done))
    db.commit()
    page = coordinator.read(f"/en/coordinator/groups/{cohort.id}")
    people = page.split('id="people"')[1]
    rows = dict(re.findall(r'scope="row">(P-\w+)</th>\s*<td><strong[^>]*>([^<]+)<', people))
    assert rows == {
        new.pseudonym: "Not started",
        busy.pseudonym: "Under way",
        done.pseudonym: "Completed",
    }
    assert "November 21, 2026" in people
    assert "February 19, 2027" in people
    assert "%" not in people
    assert "participant-" not in page


def test_a_large_group_comes_in_pages_of_a_hundred(
    coordinator: Browser, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.web.paging.MOST_ROWS", 2)
    cohort = make_cohort(db)
    names = [
        make_enrolment(db, cohort=cohort, now=NOW - timedelta(hours=hours)).pseudonym
        for hours in (3, 2, 1)
    ]
    db.commit()
    address = f"/en/coordinator/groups/{cohort.id}"
    shown = [
        [name for name in names if name in coordinator.read(f"{address}?page={page}")]
        for page in ("1", "2", "99", "x", "-1", "9" * 5000)
    ]
    assert shown == [names[:2], names[2:], names[2:], names[:2], names[:2], names[:2]]


def test_a_group_that_is_not_there_is_not_found(coordinator: Browser) -> None:
    nowhere = "/en/coordinator/groups/018f0000-0000-7000-8000-000000000000"
    assert coordinator.get(nowhere).status_code == 404
    assert coordinator.post(f"{nowhere}/codes", number="3").status_code == 404


def test_a_page_made_by_a_form_leads_to_its_place_in_the_other_language(
    coordinator: Browser, db: Session
) -> None:
    cohort = make_cohort(db)
    db.commit()
    answer = coordinator.post(f"/en/coordinator/groups/{cohort.id}/codes", number="1")
    assert f'href="/fr/coordinator/groups/{cohort.id}"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_nobody_else_may_issue_codes(
    database: Database, db: Session, clock: FixedClock, tmp_path: Path, role: Role
) -> None:
    cohort = make_cohort(db)
    db.commit()
    browser = sign_in(database, clock, tmp_path, role)
    address = f"/en/coordinator/groups/{cohort.id}"
    assert browser.get(address).status_code == 403
    assert browser.post(f"{address}/codes", number="1").status_code == 403
    assert db.scalar(select(func.count()).select_from(EnrolmentCode)) == 0
