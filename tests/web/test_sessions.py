"""Sessions end when they should, and only then."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.service import disable_user, end_all_sessions
from tests.factories import PASSWORD, make_enrolment, make_user
from tests.web.browser import Browser
from tests.web.site import Site


def log_in(site: Site, login: str, password: str = PASSWORD) -> tuple[Browser, int]:
    """Log in through the page; gives the browser and the status."""
    browser = site.stranger()
    response = browser.post("/fr/login", {"login": login, "password": password})
    return browser, response.status_code


def account(site: Site, role: Role = Role.PARTICIPANT) -> User:
    """Make an account, a participant's with its enrolment."""

    def make(db: Session) -> User:
        user = make_user(db, role=role)
        if role is Role.PARTICIPANT:
            make_enrolment(db, user=user)
        return user

    return site.do(make)


def test_a_cookie_that_was_copied_opens_nothing_after_logging_out(real_site: Site) -> None:
    person = real_site.participant()
    person.browser.get("/fr/course")
    thief = person.browser.copy()
    assert thief.get("/fr/course").status_code == 200
    out = person.browser.post("/fr/logout")
    assert out.status_code == 303
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert thief.get("/fr/course").status_code == 401
    assert person.browser.get("/fr/course").status_code == 401


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(("role", "minutes"), [(Role.PARTICIPANT, 30), (Role.AUTHOR, 15)])
def test_a_session_that_rests_too_long_is_over(site: Site, role: Role, minutes: int) -> None:
    browser = site.participant().browser if role is Role.PARTICIPANT else site.staff(role)
    site.clock.advance(minutes=minutes)
    assert browser.get("/fr/account").status_code == 200
    site.clock.advance(minutes=minutes, seconds=1)
    assert browser.get("/fr/account").status_code == 401


def test_whoever_goes_on_reading_stays_until_the_eight_hours_are_over(real_site: Site) -> None:
    browser = real_site.participant().browser
    for _ in range(24):
        real_site.clock.advance(minutes=20)
        assert browser.get("/fr/course").status_code == 200
    real_site.clock.advance(seconds=1)
    assert browser.get("/fr/course").status_code == 401


def test_logging_in_makes_a_new_session_and_drops_all_of_the_old(real_site: Site) -> None:
    user = account(real_site)
    browser = real_site.stranger()
    browser.get("/fr/begin")
    with browser.client.session_transaction() as before:
        before["code"] = "planted"
        before["_user_id"] = "fixed-by-somebody-else"
    first = browser.cookies()["s"]
    done = browser.post("/fr/login", {"login": user.login, "password": PASSWORD})
    assert done.status_code == 303
    assert browser.cookies()["s"] != first
    with browser.client.session_transaction() as after:
        assert "code" not in after
        assert after["_user_id"] not in {"fixed-by-somebody-else", str(user.id), user.login}
    browser.post("/fr/logout")
    browser.post("/fr/login", {"login": user.login, "password": PASSWORD})
    with browser.client.session_transaction() as again:
        assert again["_user_id"] != after["_user_id"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_nothing_about_a_person_stands_in_a_cookie(site: Site) -> None:
    user = account(site)
    browser, status = log_in(site, user.login)
    assert status == 303
    with browser.client.session_transaction() as session:
        assert set(session) <= {"_user_id", "_fresh", "csrf_token"}
    assert set(browser.cookies()) == {"s", "d"}
    assert all(user.login not in value for value in browser.cookies().values())


def test_an_account_that_is_closed_is_out_at_its_next_request(site: Site) -> None:
    person = site.participant()
    assert person.browser.get("/fr/course").status_code == 200
    site.do(disable_user, person.user.login, now=site.clock())
    assert person.browser.get("/fr/course").status_code == 401
    assert log_in(site, person.user.login)[1] == 422


def test_an_administrator_who_ends_all_sessions_of_somebody_puts_him_out(site: Site) -> None:
    person = site.participant()
    other = person.browser.copy()
    site.do(end_all_sessions, person.user.id, now=site.clock())
    assert person.browser.get("/fr/course").status_code == 401
    assert other.get("/fr/course").status_code == 401


def test_a_role_that_was_taken_away_is_gone_at_the_next_request(site: Site) -> None:
    user = account(site, Role.INSTRUCTOR)
    browser = site.staff(Role.INSTRUCTOR, user)
    assert browser.get("/fr/instructor").status_code == 200
    for role, url in ((Role.AUTHOR, "/fr/author"), (Role.PARTICIPANT, "/fr/account")):
        site.do(
            lambda db, to=role: db.execute(update(User).values(role=to).where(User.id == user.id))
        )
        assert browser.get("/fr/instructor").status_code == 403
        assert browser.get(url).status_code == 200
    assert browser.get("/fr/course").status_code == 403  # made a participant's, never enrolled


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_cookie_that_nobody_signed_is_nobodys(site: Site) -> None:
    person = site.participant()
    cookie = person.browser.cookies()["s"]
    for forged in (  # not its last sign: two of the six bits there stand for nothing
        cookie[:-2] + ("A" if cookie[-2] != "A" else "B") + cookie[-1],
        cookie[1:],
        "x",
        "",
        cookie * 2,
    ):
        thief = site.stranger()
        thief.client.set_cookie("s", forged)
        assert thief.get("/fr/course").status_code == 401


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_cookie_keeps_anybody_signed_in_for_longer(site: Site) -> None:
    """There is no remember-me: the session's cookie ends with the browser."""
    user = account(site)
    browser = site.stranger()
    done = browser.post("/fr/login", {"login": user.login, "password": PASSWORD, "remember": "yes"})
    cookies = {one.split("=")[0]: one for one in done.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"s", "d"}
    assert "Expires" not in cookies["s"]
    assert "Max-Age" not in cookies["s"]
    browser.client.delete_cookie("s")
    assert browser.get("/fr/course").status_code == 401


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "evil.example:80"]
)
def test_an_address_under_a_strange_host_is_refused(site: Site, host: str) -> None:
    person = site.participant()
    for browser in (site.stranger(), person.browser):
        response = browser.get("/fr/account", headers={"Host": host})
        assert response.status_code == 400
        assert "evil" not in response.text
        assert response.headers["Cache-Control"] == "no-store"
    spoofed = site.stranger().get(
        "/", headers={"X-Forwarded-Host": host, "Forwarded": f"host={host}"}
    )
    assert spoofed.headers["Location"] == "/fr/"
