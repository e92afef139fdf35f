"""The groups and a group's table, as an instructor finds them in his browser."""

import re
from datetime import timedelta

from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from tests.factories import (
    NOW,
    learner_of,
    make_cohort,
    make_user,
    pass_course,
    pass_module,
    read_module,
    take_quiz,
)
from tests.web.instructor.conftest import Room, statements

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def _stuck(db: Session, room: Room, name: str = "P-STUCK1") -> None:
    learner = learner_of(db, room.enrol(db, name, now=NOW - 20 * DAY))
    read_module(db, learner, 1, now=NOW - HOUR)
    for _ in range(3):
        take_quiz(db, learner, 1, right=False, now=NOW - HOUR)


def _people(page: str) -> list[str]:
    return re.findall(r'(?:<dt>|<th scope="row"><a [^>]*>)(P-[^<]+)</', page)


def test_whoever_is_stuck_is_named_before_the_groups_with_the_reason(
    db: Session, room: Room
) -> None:
    _stuck(db, room)
    room.enrol(db, "P-FINE01")
    db.commit()
    page = room.text("/en/instructor")
    assert _people(page) == ["P-STUCK1"]
    assert "3 tries at module 1 without passing" in page
    assert page.index("P-STUCK1") < page.index("All groups") < page.index(room.table_url)


def test_reasons_are_told_in_neutral_words(db: Session, room: Room) -> None:
    near = room.enrol(db, "P-NEAR01")
    near.deadline = NOW.date() + 5 * DAY
    ended = room.enrol(db, "P-ENDED1")
    ended.deadline = NOW.date() - DAY
    room.enrol(db, "P-NEW001", now=NOW - 8 * DAY)
    quiet = learner_of(db, room.enrol(db, "P-QUIET1", now=NOW - 30 * DAY))
    read_module(db, quiet, 1, now=NOW - 10 * DAY)
    db.commit()
    page = room.text("/en/instructor")
    for reason in (
        "Deadline in 5 days",
        "The deadline was 20 November",
        "Not started 8 days after enrolment",
        "No activity for 10 days",
    ):
        assert reason in page
    for table in (page, room.text(room.table_url)):
        assert not re.search(r"\b(late|missing|overdue|fail\w*)\b", table, re.IGNORECASE)


def test_with_nobody_stuck_the_page_says_so(room: Room) -> None:
    assert "Nobody, for the moment." in room.text("/en/instructor")


def test_an_instructor_without_a_group_learns_who_gives_him_one(db: Session, room: Room) -> None:
    client = room.client_of(db, make_user(db, role=Role.INSTRUCTOR))
    page = client.get("/en/instructor").get_data(as_text=True)
    assert "No group is yours yet." in page


def test_the_table_shows_each_module_as_passed_or_not_yet_with_its_figures(
    db: Session, room: Room
) -> None:
    learner = learner_of(db, room.enrol(db, "P-AAAAAA", now=NOW - DAY))
    pass_module(db, learner, 1, now=NOW - 2 * HOUR)
    read_module(db, learner, 2, now=NOW - HOUR)
    take_quiz(db, learner, 2, right=False, now=NOW)
    db.commit()
    row = room.text(room.table_url).split("P-AAAAAA", 1)[1].split("</tr>", 1)[0]
    words = " ".join(re.sub(r"<[^>]+>", " ", row).split())
    assert words == "1 of 2 2 21 Nov 2026 Passed 100%, 1 try Not passed yet 0%, 1 try"


def test_headings_sort_by_their_column_and_turn_the_order(db: Session, room: Room) -> None:
    for name in ("P-BBBBBB", "P-CCCCCC", "P-AAAAAA"):
        room.enrol(db, name)
    db.commit()
    page = room.text(f"{room.table_url}?sort=person")
    assert _people(page) == ["P-AAAAAA", "P-BBBBBB", "P-CCCCCC"]
    heading = re.search(r'<th scope="col" aria-sort="ascending"><a href="([^"]+)">Person', page)
    assert heading
    turned = room.text(heading[1].replace("&amp;", "&"))
    assert _people(turned) == ["P-CCCCCC", "P-BBBBBB", "P-AAAAAA"]
    assert 'aria-sort="descending"' in turned
    assert page.count("aria-sort") == 1
    links = re.findall(r'<th scope="col"[^>]*><a href="([^"]+)">', page)
    assert len(links) == 7
    for link in links:
        assert _people(room.text(link.replace("&amp;", "&")))


def test_a_filter_keeps_the_order_and_the_order_keeps_the_filter(db: Session, room: Room) -> None:
    _stuck(db, room)
    room.enrol(db, "P-FINE01")
    db.commit()
    page = room.text(f"{room.table_url}?state=follow-up&q=stuck&sort=tries&order=desc")
    assert _people(page) == ["P-STUCK1"]
    assert '<option value="follow-up" selected>' in page
    assert 'name="q" value="stuck"' in page
    assert '<input type="hidden" name="sort" value="tries">' in page
    assert '<input type="hidden" name="order" value="desc">' in page
    assert "sort=person&amp;state=follow-up&amp;q=stuck" in page


def test_an_address_with_nonsense_shows_the_whole_group(db: Session, room: Room) -> None:
    room.enrol(db, "P-AAAAAA")
    db.commit()
    for query in (
        "sort=module-99", "sort=module-", "sort=module", "sort=drop", "order=up", "state=x",
        "page=0", "page=-1", "page=999999", "page=99999999999999999999", "page=%C2%B2", "q=%00",
        "sort=module-%C2%B2", "sort=&state=&q=&page=",
    ):  # fmt: skip
        assert _people(room.text(f"{room.table_url}?{query}")) == ["P-AAAAAA"], query


def test_when_nobody_matches_the_page_says_what_to_do(db: Session, room: Room) -> None:
    room.enrol(db, "P-AAAAAA")
    db.commit()
    assert "Nobody matches." in room.text(f"{room.table_url}?q=zzz")


def test_a_large_group_is_shown_fifty_at_a_time(db: Session, room: Room) -> None:
    for number in range(51):
        room.enrol(db, f"P-{number:06}")
    db.commit()
    page = room.text(f"{room.table_url}?sort=person")
    assert len(_people(page)) == 50
    assert len(page.encode()) < 100_000
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert _people(room.text(following[1].replace("&amp;", "&"))) == ["P-000050"]


def test_the_table_costs_ten_statements_at_the_most(db: Session, room: Room) -> None:
    for number in range(12):
        learner = learner_of(db, room.enrol(db, f"P-{number:06}"))
        pass_module(db, learner, 1)
    pass_course(db, learner_of(db, room.enrol(db, "P-DONE01")))
    db.commit()
    with statements(db) as sent:
        room.text(room.table_url)
    assert 0 < len(sent) <= 10


def test_titles_and_addresses_name_neither_group_nor_module(db: Session, room: Room) -> None:
    done = pass_module(db, learner_of(db, room.enrol(db, "P-AAAAAA")), 1)
    enrolment = room.enrol(db, "P-BBBBBB")
    db.commit()
    urls = ["/en/instructor", room.table_url, room.person_url(enrolment.id)]
    urls.append(room.attempt_url(done.attempt_id))
    titles = [re.findall("<title>(.*)</title>", room.text(url))[0] for url in urls]
    assert titles == [
        "Groups",
        "Group results",
        "Results of one person",
        "One try, question by question",
    ]


def test_nobody_but_an_instructor_of_the_group_gets_in(db: Session, room: Room) -> None:
    enrolment = room.enrol(db, "P-AAAAAA")
    done = pass_module(db, learner_of(db, enrolment), 1)
    stranger = make_user(db, role=Role.INSTRUCTOR)
    make_cohort(db, "Groupe B", instructors=[stranger])
    own = [
        room.table_url,
        f"{room.table_url}/results.csv",
        room.person_url(enrolment.id),
        room.attempt_url(done.attempt_id),
    ]
    db.commit()
    for url in own:
        assert room.client.get(url).status_code == 200
        assert room.client_of(db, stranger).get(url).status_code == 404
        for role in set(Role) - {Role.INSTRUCTOR}:
            other = room.client_of(db, make_user(db, role=role))
            assert other.get(url).status_code in {403, 303}, (role, url)
            assert b"P-AAAAAA" not in other.get(url).data
        assert room.app.test_client().get(url).status_code == 401
    assert "P-AAAAAA" not in room.client_of(db, stranger).get("/en/instructor").text
