"""Password first, then a code: between the two nobody is signed in, and guessing is counted."""

import pytest
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.second_factor import take_off
from lms.accounts.service import disable_user, reset_password
from lms.accounts.throttle import LOGIN_FAILURES
from tests.factories import (
    KEYS,
    PASSWORD,
    make_enrolment,
    make_user,
    with_second_factor,
)
from tests.web.browser import without_tokens
from tests.web.codes import half_way, holder, send, sessions, shown
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.wellmade import page_faults


def test_the_password_alone_opens_nothing_and_begins_no_session(site: Site) -> None:
    user = holder(site)
    browser = half_way(site, user)
    assert browser.get("/fr/author").status_code == 401
    assert browser.get("/fr/account").status_code == 401
    assert sessions(site, user) == 0
    with browser.client.session_transaction() as session:
        assert set(session) == {"half_way", "csrf_token"}
    assert set(browser.cookies()) == {"s"}  # nor is this browser known to be his
    assert send(browser, shown(site)) == 303
    assert sessions(site, user) == 1
    assert browser.get("/fr/author").status_code == 200


def test_whoever_has_none_signs_in_as_before(site: Site) -> None:
    user = site.do(make_user, role=Role.AUTHOR)
    browser = site.stranger()
    done = browser.post("/fr/login", {"login": user.login, "password": PASSWORD})
    assert done.headers["Location"] == "/fr/author"


def test_the_page_for_the_code_is_well_made_in_both_languages(site: Site) -> None:
    browser = half_way(site, holder(site))
    for lang in ("fr", "en"):
        assert list(page_faults(browser.get(f"/{lang}/login/code"), lang)) == []
    for code in ("", "000000", "9" * 5000, "\x00", "é"):
        wrong = browser.post("/en/login/code", {"code": code})
        assert wrong.status_code == 422
        assert list(page_faults(wrong, "en")) == []
        assert Html.of(wrong.text).title.startswith("Error:")


def test_after_five_minutes_the_password_is_asked_for_again(site: Site) -> None:
    user = holder(site)
    in_time, late = half_way(site, user), half_way(site, user)
    site.clock.advance(minutes=5)
    assert send(in_time, shown(site)) == 303
    site.clock.advance(seconds=1)
    assert late.get("/fr/login/code").headers["Location"] == "/fr/login"
    refused = late.post("/fr/login/code", {"code": shown(site, 1)})
    assert refused.status_code == 422
    assert Html.of(refused.text).form("/fr/login").action == "/fr/login"
    assert sessions(site, user) == 1


def test_a_code_without_a_password_before_it_opens_nothing(site: Site) -> None:
    holder(site)
    stranger = site.stranger()
    assert stranger.get("/fr/login/code").headers["Location"] == "/fr/login"
    assert send(stranger, shown(site)) == 422
    assert stranger.get("/fr/account").status_code == 401


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("what", ["password", "account", "factor"])
def test_what_changes_between_the_two_steps_ends_the_way_in(site: Site, what: str) -> None:
    user = holder(site)
    browser = half_way(site, user)
    at = site.clock()
    match what:
        case "password":
            site.do(reset_password, user.login, "un tout autre mot", now=at)
        case "account":
            site.do(disable_user, user.login, now=at)
        case _:
            site.do(take_off, user.login, audit_key=KEYS.audit, now=at)
    assert send(browser, shown(site)) == 422
    assert sessions(site, user) == 0


def test_a_mark_that_was_made_for_one_account_is_no_way_into_another(site: Site) -> None:
    thief, victim = holder(site), holder(site)
    browser = half_way(site, thief)
    with browser.client.session_transaction() as session:  # as if he could sign cookies
        session["half_way"] = [str(victim.id), *session["half_way"][1:]]
    assert send(browser, shown(site)) == 422
    assert sessions(site, victim) == 0
    with browser.client.session_transaction() as session:
        assert "half_way" not in session


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("mark", ["x", [], [1, 2, 3], ["x", "y", "z"], {}, None])
def test_a_mark_that_makes_no_sense_is_none(site: Site, mark: object) -> None:
    browser = site.stranger()
    browser.get("/fr/login")
    with browser.client.session_transaction() as session:
        session["half_way"] = mark
    assert send(browser, "000000") == 422


def test_a_code_that_somebody_read_over_the_shoulder_is_used_up(site: Site) -> None:
    user = holder(site)
    code = shown(site)
    assert send(half_way(site, user), code) == 303
    thief = half_way(site, user)
    assert send(thief, code) == 422
    assert send(thief, shown(site, -1)) == 422
    assert send(thief, shown(site, 2)) == 422
    assert sessions(site, user) == 1
    site.clock.advance(seconds=30)
    assert send(thief, shown(site)) == 303


def test_wrong_codes_count_with_wrong_passwords_and_shut_the_login(site: Site) -> None:
    """The right password does not begin the count anew: else it would be no limit."""
    user = holder(site)
    tries = 0
    statuses = []
    while tries < LOGIN_FAILURES:
        browser = half_way(site, user)  # counts one
        tries += 1
        for _ in range(min(3, LOGIN_FAILURES - tries)):
            statuses.append(send(browser, "000000"))
            tries += 1
    assert set(statuses) == {422}
    shut = browser.post("/fr/login/code", {"code": shown(site)})
    assert shut.status_code == 429
    assert int(shut.headers["Retry-After"]) > 0
    assert list(page_faults(shut, "fr")) == []
    again = site.stranger().post("/fr/login", {"login": user.login, "password": PASSWORD})
    assert again.status_code == 429
    assert sessions(site, user) == 0
    site.clock.advance(minutes=15)
    assert send(half_way(site, user), shown(site)) == 303


def test_whoever_guesses_does_not_lock_the_holder_out_of_his_own_device(site: Site) -> None:
    user = holder(site)
    own = half_way(site, user)
    assert send(own, shown(site)) == 303
    own.post("/fr/logout")
    stranger = half_way(site, user)
    for _ in range(LOGIN_FAILURES):
        send(stranger, "000000")
    assert send(stranger, "000000") == 429
    site.clock.advance(seconds=30)
    assert send(half_way(site, user, own), shown(site)) == 303


def test_every_code_that_does_not_open_gets_the_same_answer(site: Site) -> None:
    """Wrong, used, too old, of another account, too short: nothing tells them apart."""
    user = holder(site)
    used = shown(site)
    assert send(half_way(site, user), used) == 303
    browser, pages = half_way(site, user), set()
    for code in (used, "000000", shown(site, -3), "1", "1234 5678 1234 5678", "not a code"):
        answer = browser.post("/en/login/code", {"code": code})
        assert answer.status_code == 422
        pages.add(without_tokens(answer.text.replace(f'value="{code}"', "")))
    assert len(pages) == 1


def test_signing_in_drops_all_that_somebody_planted_before(site: Site) -> None:
    user = holder(site)
    browser = site.stranger()
    browser.get("/fr/login")
    with browser.client.session_transaction() as planted:
        planted["_user_id"] = "fixed-by-somebody-else"
        planted["code"] = "planted"
    half_way(site, user, browser)
    with browser.client.session_transaction() as between:
        assert set(between) == {"half_way", "csrf_token"}
        between["code"] = "planted again"
    before = browser.cookies()["s"]
    assert send(browser, shown(site)) == 303
    with browser.client.session_transaction() as after:
        assert set(after) <= {"_user_id", "_fresh", "csrf_token"}
        assert after["_user_id"] != "fixed-by-somebody-else"
    assert browser.cookies()["s"] != before
    thief = site.stranger()
    thief.client.set_cookie("s", before)
    assert thief.get("/fr/author").status_code == 401


def test_whoever_was_signed_in_here_before_is_gone_once_another_password_is_entered(
    site: Site,
) -> None:
    browser = site.staff(Role.COORDINATOR)
    half_way(site, holder(site), browser)
    assert browser.get("/fr/coordinator").status_code == 401


def test_what_was_typed_before_the_session_ran_out_is_there_after_the_code(site: Site) -> None:
    user = holder(site, Role.COORDINATOR)
    browser = site.staff(Role.COORDINATOR, user)
    browser.get("/fr/coordinator/groups/new")
    site.clock.advance(minutes=16)
    late = browser.post("/fr/coordinator/groups/new", {"name": "canary-typed"})
    assert late.status_code == 401
    form = Html.of(late.text).form("/login")
    fields = dict(form.fields) | {"login": user.login, "password": PASSWORD}
    asked = browser.send("POST", form.action, data=fields)
    assert asked.status_code == 200
    assert list(page_faults(asked, "fr")) == []
    wrong = browser.post("/fr/login/code", dict(Html.of(asked.text).form("/code").fields))
    assert wrong.status_code == 422
    form = Html.of(wrong.text).form("/code")
    fields = dict(form.fields) | {"code": shown(site)}
    after = browser.send("POST", form.action, data=fields)
    assert ("name", "canary-typed") in Html.of(after.text).form("/groups/new").fields


def test_what_was_typed_is_handed_to_its_writer_alone(site: Site) -> None:
    writer, other = holder(site, Role.COORDINATOR), holder(site, Role.COORDINATOR)
    browser = site.staff(Role.COORDINATOR, writer)
    browser.get("/fr/coordinator/groups/new")
    site.clock.advance(minutes=16)
    late = browser.post("/fr/coordinator/groups/new", {"name": "canary-typed"})
    form = Html.of(late.text).form("/login")
    fields = dict(form.fields) | {"login": other.login, "password": PASSWORD}
    asked = browser.send("POST", form.action, data=fields)
    form = Html.of(asked.text).form("/code")
    fields = dict(form.fields) | {"code": shown(site)}
    after = browser.send("POST", form.action, data=fields)
    assert after.status_code == 303
    assert "canary-typed" not in after.text


def test_an_old_token_on_the_page_for_the_code_costs_one_more_click_and_no_password(
    site: Site,
) -> None:
    browser = half_way(site, holder(site))
    refused = browser.send("POST", "/fr/login/code", data={"code": "1", "csrf_token": "old"})
    assert refused.status_code == 400
    assert Html.of(refused.text).form("/fr/login/code").fields[0][0] == "csrf_token"
    assert send(browser, shown(site)) == 303


def test_a_participant_who_was_given_a_factor_by_hand_is_asked_all_the_same(site: Site) -> None:
    """What the table says holds, whoever wrote it."""

    def make(db: Session) -> User:
        user = make_user(db)
        make_enrolment(db, user=user)
        return with_second_factor(db, user)

    user = site.do(make)
    assert send(half_way(site, user), shown(site)) == 303
