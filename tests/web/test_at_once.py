"""Double clicks and two devices: one attempt, one result, the same answer each time."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms.assessment.models import Attempt, Response, Result
from lms.completion.models import CompletionRecord
from lms.enrolment.models import Enrolment
from tests.factories import PASSWORD, make_code
from tests.web.browser import Browser, Fields
from tests.web.quizzes import answer_all, answer_one
from tests.web.site import Site

MANY = 20


def together(acts: Sequence[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Do all at the same moment; gives the answers."""
    start = threading.Barrier(len(acts))

    def do(act: Callable[[], TestResponse]) -> TestResponse:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def count(site: Site, model: type) -> int:
    """Count the rows of a table."""
    with site.database.read() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def posts(browser: Browser, url: str, fields: Fields | None = None) -> list[TestResponse]:
    """Send the same form from twenty copies of a browser at once."""
    return together([partial(browser.copy().post, url, fields) for _ in range(MANY)])


def test_a_quiz_that_is_started_twenty_times_at_once_is_one_attempt(real_site: Site) -> None:
    person = real_site.reader()
    person.browser.get("/fr/module/1/quiz")
    answers = posts(person.browser, "/fr/module/1/quiz")
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {
        (303, "/fr/module/1/quiz/1")
    }
    assert count(real_site, Attempt) == 1


def test_a_last_quiz_handed_in_twenty_times_at_once_gives_one_result_and_one_record(
    real_site: Site,
) -> None:
    person, attempt_id = real_site.taker(2)
    answer_all(real_site, person, 2)
    answers = posts(person.browser, f"/fr/module/2/quiz/{attempt_id}/submit")
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {
        (303, f"/fr/result/{attempt_id}")
    }
    assert count(real_site, Result) == 2  # module 1 and module 2
    assert count(real_site, CompletionRecord) == 1
    later = person.browser.post(f"/fr/module/2/quiz/{attempt_id}/submit")
    assert later.headers["Location"] == f"/fr/result/{attempt_id}"


def test_one_answer_sent_twenty_times_at_once_is_saved_once(real_site: Site) -> None:
    person, _attempt = real_site.taker()
    person.browser.get("/fr/course")
    url, fields = answer_one(real_site, person, 1, 1)
    answers = posts(person.browser, url, fields)
    assert {one.status_code for one in answers} == {303}
    with real_site.database.read() as db:
        assert db.scalars(select(Response.version)).all() == [1]


def test_an_answer_that_races_the_handing_in_is_never_changed_afterwards(real_site: Site) -> None:
    person, attempt_id = real_site.taker()
    answer_all(real_site, person, 1)
    url, fields = answer_one(real_site, person, 1, 1, right=False)
    late = [("version", "1") if name == "version" else (name, value) for name, value in fields]
    browsers = [person.browser.copy() for _ in range(10)]
    submit = f"/fr/module/1/quiz/{attempt_id}/submit"
    acts = [
        partial(one.post, submit) if number % 2 else partial(one.post, url, late)
        for number, one in enumerate(browsers)
    ]
    statuses = {one.status_code for one in together(acts)}
    assert statuses <= {303, 409}
    assert count(real_site, Result) == 1
    with real_site.database.read() as db:
        before = db.execute(select(Response.item_id, Response.version)).all()
    assert person.browser.post(url, late).status_code == 409
    with real_site.database.read() as db:
        assert db.execute(select(Response.item_id, Response.version)).all() == before


def test_a_code_that_several_people_use_at_once_makes_one_account(real_site: Site) -> None:
    code = real_site.do(make_code)
    browsers = [real_site.stranger() for _ in range(6)]
    for browser in browsers:
        assert browser.post("/fr/begin", {"code": code}).status_code == 303
    passwords = {"password": PASSWORD, "password_again": PASSWORD}
    acts = [
        partial(one.post, "/fr/begin/account", {"login": f"person-{number}", **passwords})
        for number, one in enumerate(browsers)
    ]
    statuses = sorted(one.status_code for one in together(acts))
    assert statuses == [303] + [422] * 5
    assert count(real_site, Enrolment) == 1
