"""Guessing is counted; whoever knows his password gets in; an answer tells nothing."""

import pytest
from sqlalchemy import func, select

from lms.accounts.models import Throttle, User
from lms.accounts.throttle import CODE_FAILURES, LOGIN_FAILURES
from tests.factories import PASSWORD, make_code, make_user
from tests.web.browser import Browser, without_tokens
from tests.web.site import Site

WRONG = "a wrong password"


def guess(browser: Browser, login: str, password: str = WRONG) -> int:
    """Try once; gives the status."""
    return browser.post("/fr/login", {"login": login, "password": password}).status_code


def test_a_thousand_strangers_do_not_lock_somebody_out_of_his_own_device(
    site: Site, checked: list[str]
) -> None:
    user = site.do(make_user)
    own = site.stranger()
    assert guess(own, user.login, PASSWORD) == 303
    own.post("/fr/logout")
    checked.clear()
    stranger = site.stranger()
    many = 1000 if site.database.engine.dialect.name == "sqlite" else 50
    answers = [guess(stranger, user.login, f"guess {number}") for number in range(many)]
    assert answers[:LOGIN_FAILURES] == [422] * LOGIN_FAILURES
    assert set(answers[LOGIN_FAILURES:]) == {429}
    assert len(checked) == LOGIN_FAILURES
    assert guess(stranger, user.login, PASSWORD) == 429
    assert guess(own, user.login, PASSWORD) == 303


def test_a_device_gets_ten_tries_of_its_own_and_no_more(site: Site, checked: list[str]) -> None:
    user = site.do(make_user)
    own = site.stranger()
    assert guess(own, user.login, PASSWORD) == 303
    own.post("/fr/logout")
    checked.clear()
    assert [guess(own, user.login) for _ in range(12)] == [422] * 10 + [429] * 2
    assert len(checked) == LOGIN_FAILURES


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_mark_of_a_device_is_good_for_its_own_login_alone(
    site: Site, checked: list[str]
) -> None:
    """Somebody with an account of his own cannot make devices to guess from."""
    victim, thief = site.do(make_user), site.do(make_user)
    browser = site.stranger()
    assert guess(browser, thief.login, PASSWORD) == 303
    mark = browser.cookies()["d"]
    checked.clear()
    for number in range(30):
        fresh = site.stranger()
        fresh.client.set_cookie("d", mark if number % 2 else f"{mark}x")
        guess(fresh, victim.login)
    assert len(checked) == LOGIN_FAILURES


def test_after_a_quarter_of_an_hour_one_may_try_again(site: Site, checked: list[str]) -> None:
    user = site.do(make_user)
    browser = site.stranger()
    assert [guess(browser, user.login) for _ in range(11)][-1] == 429
    told = browser.post("/fr/login", {"login": user.login, "password": PASSWORD})
    assert told.headers["Retry-After"] == "901"
    site.clock.advance(minutes=14, seconds=59)
    assert guess(browser, user.login, PASSWORD) == 429
    site.clock.advance(seconds=1)
    assert guess(browser, user.login, PASSWORD) == 303
    assert len(checked) == LOGIN_FAILURES + 1


def test_an_unknown_login_gets_the_answer_of_a_known_one(site: Site, checked: list[str]) -> None:
    known = site.do(make_user, "somebody-1")
    answers = {}
    for login in (known.login, "somebody-2"):
        browser = site.stranger()
        pages = []
        for _ in range(12):
            response = browser.post("/fr/login", {"login": login, "password": WRONG})
            page = response.text.replace(login, "LOGIN")
            pages.append((response.status_code, without_tokens(page)))
        answers[login] = pages
    assert answers["somebody-1"] == answers["somebody-2"]
    assert len(checked) == 2 * LOGIN_FAILURES


def test_codes_can_be_guessed_sixty_times_and_not_more(site: Site) -> None:
    browser = site.stranger()
    answers = [browser.post("/fr/begin", {"code": f"code {n}"}).status_code for n in range(65)]
    assert answers == [422] * CODE_FAILURES + [429] * 5
    code = site.do(make_code)
    assert browser.post("/fr/begin", {"code": code}).status_code == 429
    spoofed = browser.post("/fr/begin", {"code": code}, headers={"X-Forwarded-For": "192.0.2.7"})
    assert spoofed.status_code == 429
    elsewhere = browser.post("/fr/begin", {"code": code}, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert elsewhere.status_code == 303


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_is_counted_does_not_say_who_was_guessed(site: Site, checked: list[str]) -> None:
    guess(site.stranger(), "somebody-in-particular")
    with site.database.read() as db:
        assert db.scalar(select(func.count()).select_from(Throttle)) == 1
        assert "somebody" not in repr(db.scalars(select(Throttle.subject)).all())
        assert db.scalar(select(func.count()).select_from(User)) == 0
    assert checked
