"""A second factor is set up by its holder, by those who work here, and first of all by agencies."""

import re

import pytest
import segno
from pyotp import TOTP

from lms.accounts.roles import STAFF_ROLES, Role
from lms.accounts.second_factor import take_off
from lms.accounts.throttle import LOGIN_FAILURES
from tests.factories import (
    KEYS,
    PASSWORD,
    make_member,
    make_user,
)
from tests.web.codes import CODES, half_way, holder, send, shown, turn_on
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.wellmade import page_faults


def test_somebody_of_the_staff_sets_it_up_and_needs_it_from_then_on(site: Site) -> None:
    user = site.do(make_user, role=Role.AUTHOR)
    browser = site.staff(Role.AUTHOR, user)
    elsewhere = site.staff(Role.AUTHOR, user)
    stolen = browser.copy()
    key, codes = turn_on(site, browser)
    assert len(codes) == 10
    assert browser.get("/fr/author").status_code == 200
    # Sessions that a password alone began are over, the stolen cookie's too.
    assert elsewhere.get("/fr/author").status_code == 401
    assert stolen.get("/fr/author").status_code == 401
    page = browser.page("/fr/account/second-factor")
    assert key not in page.text.replace("-", "")
    assert not [one for one in codes if one in page.text]
    site.clock.advance(seconds=30)
    assert send(half_way(site, user), shown(site, key=key)) == 303
    again = half_way(site, user)
    assert send(again, codes[3]) == 303
    assert send(half_way(site, user), codes[3]) == 422


def test_a_wrong_first_code_leaves_it_off_and_the_key_as_it_was(site: Site) -> None:
    user = site.do(make_user, role=Role.AUTHOR)
    browser = site.staff(Role.AUTHOR, user)
    browser.post("/fr/account/second-factor/key")
    before = browser.page("/fr/account/second-factor")
    for code in ("", "000000"):
        wrong = browser.post("/fr/account/second-factor", {"code": code})
        assert wrong.status_code == 422
        assert list(page_faults(wrong, "fr")) == []
        assert Html.of(wrong.text).all("dd")[0].text == before.all("dd")[0].text
    out = site.stranger()
    done = out.post("/fr/login", {"login": user.login, "password": PASSWORD})
    assert done.headers["Location"] == "/fr/author"


def test_new_recovery_codes_need_a_code_and_guessing_is_counted(site: Site) -> None:
    user = holder(site)
    browser = site.staff(Role.AUTHOR, user)
    browser.get("/fr/account/second-factor")
    url = "/fr/account/second-factor/codes"
    assert browser.post(url).status_code == 422
    done = browser.post(url, {"code": shown(site)})
    assert len(CODES.findall(done.text)) == 10
    answers = [browser.post(url, {"code": "000000"}).status_code for _ in range(12)]
    assert answers == [422] * LOGIN_FAILURES + [429] * 2


def test_an_agencys_account_sees_the_setup_before_anything_of_its_own(site: Site) -> None:
    member = site.do(make_member)
    site.do(take_off, member.login, audit_key=KEYS.audit, now=site.clock())
    browser = site.staff(Role.AGENCY, member)
    browser.get("/fr/account")
    for method, url in (("GET", "/fr/agency"), ("POST", "/fr/agency/new")):
        sent = browser.get(url) if method == "GET" else browser.post(url)
        assert (sent.status_code, sent.headers["Location"]) == (303, "/fr/account/second-factor")
    turn_on(site, browser)
    assert browser.get("/fr/agency").status_code == 200


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("role", list(Role))
def test_it_is_offered_to_whoever_works_here_and_to_no_participant(site: Site, role: Role) -> None:
    browser = site.participant().browser if role is Role.PARTICIPANT else site.staff(role)
    is_offered = role in STAFF_ROLES
    links = browser.page("/fr/account").links()
    assert ("/fr/account/second-factor" in links) == is_offered
    status = browser.get("/fr/account/second-factor").status_code
    assert status == (200 if is_offered else 404)
    if not is_offered:
        assert browser.post("/fr/account/second-factor/key").status_code == 404


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_key_is_drawn_square_by_square_as_it_is_written(site: Site) -> None:
    browser = site.staff(Role.AUTHOR)
    browser.post("/fr/account/second-factor/key")
    page = browser.page("/fr/account/second-factor")
    key = page.all("dd")[0].text.replace("-", "")
    person = re.search(r"author-\d+", browser.get("/fr/account").text)
    assert person is not None
    address = TOTP(key).provisioning_uri(name=person[0], issuer_name="Virage")
    wanted = [list(map(int, row)) for row in segno.make(address, error="m").matrix_iter(border=4)]
    drawing = next(one for one in page.all("path") if one["stroke"] == "#000")
    drawn = [[0] * len(wanted) for _ in wanted]
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", drawing["d"]):
        drawn[int(y)][int(x) : int(x) + int(length)] = [1] * int(length)
    assert drawn == wanted
