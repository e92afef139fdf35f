"""An instructor finds the bad question: what is odd, who chose what, in words and in pictures."""

import re
from datetime import timedelta

from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.assessment.statistics import take_in
from lms.enrolment.models import Enrolment
from tests.assessment.sitting import Chooser, sit_quiz
from tests.factories import (
    NOW,
    learner_of,
    make_cohort,
    make_user,
    pass_module,
    right_answer,
)
from tests.reporting.test_item_figures import chooses, wrong_at
from tests.web.instructor.conftest import Room, statements
from tests.web.markup import Element, Html
from tests.web.wellmade import page_faults

DAY = timedelta(days=1)


def sit_group(db: Session, room: Room, *groups: tuple[int, Chooser, str]) -> list[Enrolment]:
    """Let so many people of the group sit the first quiz in each way, and count their answers."""
    people: list[Enrolment] = []
    for many, choose, language in groups:
        for _ in range(many):
            person = room.enrol(db, f"P-{len(people):05}")
            sit_quiz(db, person, "first", choose, language=language)
            people.append(person)
    while take_in(db):
        pass
    db.commit()
    return people


def questions_url(room: Room, place: str = "", more: str = "") -> str:
    """Give the address of the first module's questions, or of one of them."""
    return f"{room.table_url}/questions/1{place}{more}"


def words(page: str) -> str:
    """Give the words of a page."""
    return Html.of(page).text


def drawings(page: str) -> list[Element]:
    """Give the drawings that say something."""
    return [one for one in Html.of(page).all("svg") if one["role"] == "img"]


def test_a_wrong_key_is_found_in_three_clicks_and_named_in_one_sentence(
    db: Session, room: Room
) -> None:
    sit_group(db, room, (16, chooses(0), "fr"), (8, chooses(1, "text", "order", "match"), "fr"))
    assert f"{room.table_url}/figures" in Html.of(room.text(room.table_url)).links()
    assert questions_url(room) in Html.of(room.text(f"{room.table_url}/figures")).links()
    page = room.text(questions_url(room))
    first = words(page).split("Questions to look at first")[1].split("Every question")[0]
    assert "Question 2 – Which answer is right?Most who passed chose A." in first
    assert questions_url(room, "/2") in Html.of(page).links()
    found = words(room.text(questions_url(room, "/2")))
    assert "Most who passed chose A." in found
    assert "tell the author: module 1, question 2, edition 1" in found
    row = found.split("A. A1")[1].split("B. B1")
    assert row[0].split()[:2] == ["16", "67%"]
    assert "Right answer 8 33%" in row[1]


def test_what_is_drawn_is_named_and_stands_in_a_table_too(db: Session, room: Room) -> None:
    sit_group(db, room, (20, right_answer, "fr"), (12, chooses(0, "text", "match"), "en"))
    for url in (questions_url(room), questions_url(room, "/2"), f"{room.table_url}/figures"):
        page = room.text(url)
        assert list(page_faults(room.client.get(url), "en")) == []
        parsed = Html.of(page)
        ids = {one["id"]: one for one in parsed.elements if one["id"]}
        assert drawings(page)
        for one in drawings(page):
            title, description = (ids[name] for name in one["aria-labelledby"].split())
            assert (title.name, description.name) == ("title", "desc")
            assert title.text.strip()
            assert description.text.strip()
        assert parsed.all("table")
        assert not [one for one in parsed.elements if "style" in one.attributes]
        for hatched in (one for one in parsed.all("rect") if one["class"] == "plot-hatched"):
            assert hatched["fill"].removeprefix("url(#").rstrip(")") in ids


def test_bars_and_table_of_a_question_tell_the_same(db: Session, room: Room) -> None:
    sit_group(db, room, (30, right_answer, "fr"), (20, chooses(2, "text", "match", "order"), "fr"))
    page = room.text(questions_url(room, "/2"))
    drawn = [one.text.strip() for one in Html.of(page).all("text")]
    assert drawn == ["A", "0%", "0%", "B, right", "100%", "0%", "C", "0%", "100%"]
    assert "Those who did best" in page
    rows = [one.text.split() for one in Html.of(page).all("tr")]
    assert rows[2] == ["B.", "B1", "Right", "answer", "30", "60%", "(46", "to", "72)",
                       "0%", "(0", "to", "16)", "100%", "(89", "to", "100)"]  # fmt: skip


def test_the_filter_shows_one_language_or_one_edition_and_stays_on_the_way(
    db: Session, room: Room
) -> None:
    sit_group(db, room, (12, right_answer, "fr"), (11, wrong_at("text"), "en"))
    page = room.text(questions_url(room, more="?answers=en&edition=1"))
    assert '<option value="en" selected>' in page
    assert '<option value="1" selected>' in page
    assert "First tries counted 11" in words(page)
    link = next(one for one in Html.of(page).links() if "/questions/1/4?" in one)
    assert "Asked of 11" in words(room.text(link))
    assert "edition=1" in room.text(link)
    for nonsense in (
        "answers=xx",
        "edition=-1",
        "edition=%C2%B2",
        "answers=&edition=",
        "edition=x",
    ):
        assert "First tries counted 23" in words(
            room.text(questions_url(room, more=f"?{nonsense}"))
        )
    assert room.client.get(questions_url(room, more="?edition=99")).status_code == 404


def test_few_are_not_judged_and_those_who_wait_are_named(db: Session, room: Room) -> None:
    people = sit_group(db, room, (9, right_answer, "fr"))
    sit_quiz(db, people[0], "first", right_answer)
    db.commit()
    page = words(room.text(questions_url(room)))
    assert "First tries counted 9 Passed at the first try Too few to judge" in page
    assert "Not counted yet 1 try of the whole site" in page
    assert "None: nothing is odd" in page
    one = room.text(questions_url(room, "/2"))
    assert drawings(one) == []
    assert "A1" in one
    assert "Chosen by" not in one


def test_nobody_is_on_these_pages(db: Session, room: Room) -> None:
    sit_group(db, room, (12, right_answer, "fr"))
    for url in (questions_url(room), questions_url(room, "/2"), f"{room.table_url}/figures"):
        assert "P-000" not in room.text(url)


def test_another_groups_instructor_finds_nothing_there(db: Session, room: Room) -> None:
    sit_group(db, room, (1, right_answer, "fr"))
    stranger = make_user(db, role=Role.INSTRUCTOR)
    make_cohort(db, "Groupe B", instructors=[stranger])
    db.commit()
    other = room.client_of(db, stranger)
    for url in (questions_url(room), questions_url(room, "/2"), f"{room.table_url}/figures"):
        assert room.client.get(url).status_code == 200
        assert other.get(url).status_code == 404
    for place in ("/0", "/8", "/99"):  # 8 is the open question, which is not graded
        assert room.client.get(questions_url(room, place)).status_code == 404
    assert room.client.get(f"{room.table_url}/questions/3").status_code == 404
    assert room.client.get(f"{room.table_url}/questions/0").status_code == 404


def test_the_pages_cost_ten_statements_at_the_most(db: Session, room: Room) -> None:
    sit_group(db, room, (12, right_answer, "fr"), (12, wrong_at("text"), "en"))
    for url in (questions_url(room), questions_url(room, "/2"), f"{room.table_url}/figures"):
        with statements(db) as sent:
            page = room.text(url)
        assert 0 < len(sent) <= 10, url
        assert len(page.encode()) < 100_000


def test_progress_is_told_day_by_day_in_the_programmes_own_days(db: Session, room: Room) -> None:
    for place, name in enumerate(("P-AAAAAA", "P-BBBBBB", "P-CCCCCC")):
        enrolment = room.enrol(db, name, now=NOW - 10 * DAY)
        if place < 2:
            # 04:00 UTC on the 20th is 23:00 on the 19th in Longueuil.
            done = NOW.replace(day=20, hour=4) if place else NOW - 3 * DAY
            pass_module(db, learner_of(db, enrolment), 1, now=done)
    db.commit()
    page = room.text(f"{room.table_url}/figures")
    rows = [one.text.split() for one in Html.of(page).all("tr")]
    assert ["November", "18,", "2026", "1", "0"] in rows
    assert ["November", "19,", "2026", "2", "0"] in rows
    steps = [one["d"] for one in Html.of(page).all("path") if one["class"] == "plot-line"]
    assert steps == ["M0 1000H700V667H800V333H1000", "M0 1000H1000"]
    drawn = [one.text.strip() for one in Html.of(page).all("text")]
    assert drawn[:3] == ["2 of 3", "11 Nov", "21 Nov"]
    assert "No try yet." in page
    bars = [one.text.split() for one in Html.of(page).all("tr")]
    assert ["0", "to", "89%", "0", "0"] in bars  # nobody is there: it is one line
    assert ["90", "to", "100%", "2", "0"] in bars


def test_a_group_of_nobody_has_figures_too(room: Room) -> None:
    page = words(room.text(f"{room.table_url}/figures"))
    assert "0 people." in page
    assert "Nobody has passed yet." in page


def test_titles_and_addresses_name_neither_group_nor_module(db: Session, room: Room) -> None:
    sit_group(db, room, (1, right_answer, "fr"))
    urls = (questions_url(room), questions_url(room, "/2"), f"{room.table_url}/figures")
    titles = [re.findall("<title>(.*)</title>", room.text(url))[0] for url in urls]
    assert titles == ["Questions of a module", "One question", "Figures of a group"]
