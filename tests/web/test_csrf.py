"""No form is taken without its token; what was typed comes back, ready to be sent again."""

import pytest

from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.matrix import expected
from tests.web.rows import all_rows
from tests.web.scene import ROLES, Scene, make_scene, rules
from tests.web.site import Site

SENT = {
    "answer": "ma réponse, « entre » <b>guillemets</b>",
    "several": "un",
    "password": "canary-password",
    "password_again": "canary-password",
}


@pytest.fixture
def scene(site: Site) -> Scene:
    """Set the scene."""
    return make_scene(site)


def test_every_form_without_its_token_is_refused_and_keeps_what_was_typed(scene: Scene) -> None:
    table, tried = expected(), 0
    before = all_rows(scene.site.database)
    for rule, method in rules(scene.site):
        if method in {"GET", "HEAD"} or rule.endpoint.startswith("api."):
            continue  # the API takes no form of a page, and looks at no cookie
        row = table[rule.endpoint, method]
        # Whoever gets furthest: some forms name their thing in a field, and find nothing here.
        may = [one for one in reversed(ROLES) if row.status[one] not in {401, 403}]
        role = min(may, key=lambda one: row.status[one] == 404)
        browser, url = scene.browser(role, rule.endpoint), scene.url(rule)
        browser.get("/fr/begin")
        mark = browser.token.partition("~")[0]
        for token in ("", "wrong", "IjEi.aaaa.bbbb"):
            sent = {**SENT, "csrf_token": f"{mark}~{token}"}
            response = browser.send(method, url, data=sent)
            assert response.status_code == 400, (rule.endpoint, token)
            form = Html.of(response.text).form(url)
            assert form.method == "post"
            if rule.endpoint != "auth_entrance.enter":  # it comes back with fields of its own
                assert ("answer", SENT["answer"]) in form.fields
                assert ("several", "un") in form.fields
            assert "canary-password" not in response.text
            tried += 1
    assert tried >= 40
    assert all_rows(scene.site.database) == before


def old_token(browser: Browser) -> str:
    """Give the token of a form that was drawn for this person long ago."""
    browser.get("/fr/begin")
    return f"{browser.token.partition('~')[0]}~old"


def test_a_form_that_was_not_drawn_for_him_is_not_shown_to_him(site: Site) -> None:
    before, after = site.participant(agreed=False).browser, site.participant(agreed=False).browser
    theirs = old_token(before)
    for token in (theirs, "", "~", "attacker~x"):
        sent = {"agree": "canary-typed", "csrf_token": token}
        refused = after.send("POST", "/fr/notice", data=sent)
        assert refused.status_code == 400
        assert "canary-typed" not in refused.text


def test_the_page_that_comes_back_sends_the_form_with_one_button(site: Site) -> None:
    browser = site.participant(agreed=False).browser
    old = old_token(browser)
    typed = {"agree": "yes", "language": "en", "csrf_token": old}
    refused = browser.send("POST", "/fr/notice", data=typed)
    assert refused.status_code == 400
    form = Html.of(refused.text).form("/fr/notice")
    sent = browser.send("POST", form.action, data=dict(form.fields))
    assert sent.status_code == 303
    assert sent.headers["Location"] == "/en/course"


def test_a_field_that_came_several_times_comes_back_several_times(site: Site) -> None:
    browser = site.participant().browser
    sent = {"agree": ["yes", "no"], "csrf_token": old_token(browser)}
    refused = browser.send("POST", "/fr/notice", data=sent)
    fields = Html.of(refused.text).form("/fr/notice").fields
    assert [value for name, value in fields if name == "agree"] == ["yes", "no"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_token_of_somebody_elses_session_is_worth_nothing(site: Site) -> None:
    one, two = site.participant(agreed=False).browser, site.participant(agreed=False).browser
    one.get("/fr/notice")
    stolen = two.send("POST", "/fr/notice", data={"agree": "yes", "csrf_token": one.token})
    assert stolen.status_code == 400
    two.get("/fr/notice")
    assert two.post("/fr/notice", {"agree": "yes"}).status_code == 303


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_form_that_another_site_sends_is_refused_whatever_it_carries(scene: Scene) -> None:
    for rule, method in rules(scene.site):
        if method == "GET":
            continue
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://sister.example"},
        ):
            browser = scene.browser("participant-own", rule.endpoint)
            response = browser.post(scene.url(rule), headers=headers)
            assert response.status_code == 403, (rule.endpoint, headers)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_link_from_another_site_still_opens_a_page(site: Site) -> None:
    response = site.stranger().get("/fr/check?n=AB&s=CD", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 200


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_form_stays_good_for_hours(site: Site) -> None:
    browser = site.stranger()
    browser.get("/fr/begin")
    site.clock.advance(hours=5)
    assert browser.post("/fr/begin", {"code": "0000"}).status_code == 422
