"""People with a second factor, for tests: what their app shows, and the way through both pages."""

import re
from datetime import timedelta

from pyotp import TOTP
from sqlalchemy import func, select

from lms.accounts.models import SignInSession, User
from lms.accounts.roles import Role
from tests.factories import (
    PASSWORD,
    TOTP_KEY,
    make_user,
    with_second_factor,
)
from tests.web.browser import Browser
from tests.web.site import Site
from tests.web.wellmade import page_faults

STEP = timedelta(seconds=30)
CODES = re.compile(r"<code>([0-9 ]{19})</code>")


def holder(site: Site, role: Role = Role.AUTHOR) -> User:
    """Make somebody whose second factor is on."""
    return site.do(lambda db: with_second_factor(db, make_user(db, role=role)))


def shown(site: Site, steps: int = 0, key: str = TOTP_KEY) -> str:
    """Give what his app shows now, or so many steps away."""
    return TOTP(key).at(site.clock() + steps * STEP)


def half_way(site: Site, user: User, browser: Browser | None = None) -> Browser:
    """Give a browser in which the password was entered, and no code yet."""
    browser = browser or site.stranger()
    response = browser.post("/fr/login", {"login": user.login, "password": PASSWORD})
    assert response.status_code == 303
    assert response.headers["Location"] == "/fr/login/code"
    browser.get("/fr/login/code")
    return browser


def send(browser: Browser, code: str) -> int:
    """Send a code; gives the status."""
    return browser.post("/fr/login/code", {"code": code}).status_code


def sessions(site: Site, user: User) -> int:
    """Count the sessions that ever began for somebody."""
    with site.database.read() as db:
        mine = SignInSession.user_id == user.id
        return db.scalar(select(func.count()).select_from(SignInSession).where(mine)) or 0


def turn_on(site: Site, browser: Browser) -> tuple[str, list[str]]:
    """Set it up on the page; gives the key and the recovery codes."""
    assert browser.post("/fr/account/second-factor/key").status_code == 303
    page = browser.page("/fr/account/second-factor")
    key = next(one.text for one in page.all("dd")).replace("-", "")
    done = browser.post("/fr/account/second-factor", {"code": shown(site, key=key)})
    assert done.status_code == 200
    assert list(page_faults(done, "fr")) == []
    return key, CODES.findall(done.text)
