"""Few statements and few bytes, however much there is."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Result, Standing
from lms.publishing.models import ModuleRevision, PublishedModule
from tests.factories import change_rules, published_course
from tests.web.markup import Html
from tests.web.quizzes import answer_all, answer_one
from tests.web.site import Person, Site
from tests.web.wellmade import HEADERS

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
KILOBYTE = 1000


def writes(statements: list[str]) -> list[str]:
    """Give those that write."""
    return [one for one in statements if one.lstrip().upper().startswith(WRITES)]


def make_long(db: Session) -> None:
    """Publish a course of fifty modules: the two of the small one, and copies of the first."""
    published_course(db)
    pointer = db.get_one(PublishedModule, "first")
    first = db.get_one(ModuleRevision, pointer.revision_id)
    names = [f"copy-{number}" for number in range(48)]
    for name in names:
        fields = {
            column.name: getattr(first, column.name)
            for column in ModuleRevision.__table__.columns
            if column.name not in {"id", "module_id"}
        }
        copy = ModuleRevision(**fields, module_id=name)
        db.add(copy)
        db.flush()
        db.add(PublishedModule(module_id=name, revision_id=copy.id))
    change_rules(db, modules=["first", "second", *names])


def add_attempts(db: Session, person: Person, many: int) -> None:
    """Append attempts at the second module, all failed, as if taken over the years."""
    pointer = db.get_one(PublishedModule, "second")
    taken = db.scalars(select(Attempt).where(Attempt.enrolment_id == person.enrolment.id)).one()
    start = taken.started_at - timedelta(days=1)
    ids = [uuid.uuid4() for _ in range(many)]
    common = {"programme_id": taken.programme_id, "language": "fr"}
    db.execute(
        insert(Attempt),
        [
            {
                **common,
                "id": one,
                "enrolment_id": taken.enrolment_id,
                "module_id": "second",
                "module_revision_id": pointer.revision_id,
                "number": number,
                "seed": number,
                "shown": [{"item": "must", "order": [0, 1, 2]}],
                "started_at": start,
            }
            for number, one in enumerate(ids, start=1)
        ],
    )
    db.execute(
        insert(Result),
        [
            {
                **common,
                "attempt_id": one,
                "submitted_at": start,
                "raw_numerator": 0,
                "raw_denominator": 1,
                "maximum": 1,
                "passing_percent": 80,
                "passed": False,
                "items": [{"item": "must", "raw": [0, 1], "max": 1}],
            }
            for one in ids
        ],
    )
    standing = {"attempts": many, "best_percent": 0, "last_submitted_at": start}
    key = {"enrolment_id": taken.enrolment_id, "module_id": "second"}
    db.execute(insert(Standing), [{**key, **standing, "passed_at": None}])


def test_a_page_of_the_course_costs_three_statements_and_no_write(site: Site) -> None:
    person = site.participant()
    with site.statements() as seen:
        assert person.browser.get("/fr/module/1/page/1").status_code == 200
    assert len(seen) <= 3
    assert writes(seen) == []


def test_a_page_costs_the_same_with_fifty_modules_and_a_thousand_attempts(site: Site) -> None:
    site.do(make_long)
    person, _attempt = site.taker()
    answer_all(site, person, 1)
    attempt = answer_one(site, person, 1, 1)
    submit = f"/fr/module/1/quiz/{_attempt}/submit"
    assert person.browser.post(submit).status_code == 303
    site.do(add_attempts, person, 1000)
    for url in ("/fr/module/1/page/1", "/fr/module/2/page/1"):
        with site.statements() as seen:
            assert person.browser.get(url).status_code == 200
        assert len(seen) <= 3, seen
        assert writes(seen) == []
    with site.statements() as seen:
        page = person.browser.page("/fr/course")
    assert len(seen) <= 5
    assert len([one for one in page.all("li") if one["class"].startswith("task")]) == 50
    assert attempt


def test_saving_an_answer_costs_five_statements(site: Site) -> None:
    person, _attempt = site.taker()
    person.browser.get("/fr/module/1/quiz/1")
    for place in range(1, 9):
        url, fields = answer_one(site, person, 1, place)
        with site.statements() as seen:
            assert person.browser.post(url, fields).status_code == 303
        assert len(seen) <= 5, seen
        assert len(writes(seen)) == 1


@pytest.mark.parametrize("right", [True, False])
def test_handing_in_costs_twelve_statements(site: Site, *, right: bool) -> None:
    person, attempt_id = site.taker()
    answer_all(site, person, 1, right=right)
    with site.statements() as seen:
        done = person.browser.post(f"/fr/module/1/quiz/{attempt_id}/submit")
    assert done.status_code == 303
    assert len(seen) <= 12, seen


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_page_with_all_that_it_loads_is_light_and_comes_from_this_site_alone(site: Site) -> None:
    person, _attempt = site.taker()
    for url in (
        "/fr/course",
        "/fr/module/1/page/1",
        "/fr/module/1/quiz/1",
        "/fr/help",
        "/fr/notice",
    ):
        response = person.browser.get(url)
        page = Html.of(response.text)
        loads = {one["href"] for one in page.all("link") if one["rel"] != "alternate"}
        loads |= {one["src"] for one in page.all("script", "img") if one["src"]}
        sizes = {one: len(person.browser.get(one).data) for one in loads}
        head = len(str(response.headers).encode()) * (1 + len(loads))
        assert 1 + len(sizes) <= 6, sizes
        assert len(response.data) + sum(sizes.values()) + head <= 60 * KILOBYTE
        assert len(response.data) + len(str(response.headers)) <= 20 * KILOBYTE  # warm
        assert sum(size for one, size in sizes.items() if one.endswith(".css")) <= 15 * KILOBYTE
        assert sum(size for one, size in sizes.items() if one.endswith(".js")) <= 10 * KILOBYTE
        assert all(one.startswith("/static/") for one in sizes)
    assert HEADERS


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_style_sheet_loads_nothing_from_elsewhere(site: Site) -> None:
    page = Html.of(site.stranger().get("/fr/help").text)
    sheet = next(one["href"] for one in page.all("link") if one["rel"] == "stylesheet")
    css = site.stranger().get(sheet).text
    assert not re.search(r"@import|url\(\s*['\"]?(?!data:image/svg)(?:[a-z]+:)?//", css)
