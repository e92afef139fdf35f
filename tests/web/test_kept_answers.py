"""Nothing that was typed is lost: not by a session that is over, nor by an old token."""

from urllib.parse import urlsplit

import pytest

from lms.accounts.models import User
from lms.web.kept import is_own_path
from tests.factories import PASSWORD
from tests.web.browser import Browser, Fields
from tests.web.markup import Html
from tests.web.quizzes import answer_one, open_attempt, place_of
from tests.web.rows import all_rows
from tests.web.site import Person, Site

TEXT = "canary-typed « ce que je retiens » <b>"
TRICKS = (
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "HTTP://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt://%0aalert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "/fr/../..//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "%2f%2fevil.example",
    "/%5cevil.example",
    "〱evil.example",
    "https://localhost@evil.example",
    "?next=//evil.example",
    ".evil.example",
)


def open_question(site: Site) -> tuple[Person, str]:
    """Give somebody before the open question, and its address."""
    person, _attempt = site.taker()
    return person, f"/fr/module/1/quiz/{place_of(open_attempt(site, person), 'open')}"


def log_in(browser: Browser, page: Html, user: User) -> Html:
    """Fill the login page that came instead of an answer; gives the page that follows."""
    form = page.form("/login")
    fields: Fields = dict(form.fields) | {"login": user.login, "password": PASSWORD}
    response = browser.send("POST", form.action, data=fields)
    assert response.status_code in {200, 303}
    return Html.of(response.text)


def test_an_answer_typed_while_the_session_ran_out_is_there_after_logging_in(
    real_site: Site,
) -> None:
    person, url = open_question(real_site)
    person.browser.get(url)
    real_site.clock.advance(minutes=31)
    late = person.browser.post(url, {"answer": TEXT, "version": "0"})
    page = Html.of(late.text)
    assert late.status_code == 401
    assert "canary-typed" not in late.text  # sealed: whoever sits down here reads nothing
    after = log_in(person.browser, page, person.user)
    form = after.form(url)
    assert dict(form.fields)["answer"] == TEXT
    saved = person.browser.send("POST", form.action, data=dict(form.fields))
    assert saved.status_code == 303
    assert dict(person.browser.page(url).form(url).fields)["answer"] == TEXT


def test_after_logging_out_in_another_tab_the_answer_is_kept_too(real_site: Site) -> None:
    person, url = open_question(real_site)
    person.browser.get(url)
    tab = person.browser.copy()
    person.browser.post("/fr/logout")
    page = Html.of(tab.post(url, {"answer": TEXT, "version": "0"}).text)
    assert dict(log_in(tab, page, person.user).form(url).fields)["answer"] == TEXT


def test_somebody_else_who_logs_in_there_does_not_get_the_answer(real_site: Site) -> None:
    person, url = open_question(real_site)
    other = real_site.participant()
    person.browser.get(url)
    real_site.clock.advance(minutes=31)
    page = Html.of(person.browser.post(url, {"answer": TEXT, "version": "0"}).text)
    form = page.form("/login")
    sent = dict(form.fields) | {"login": other.user.login, "password": PASSWORD}
    response = person.browser.send("POST", form.action, data=sent)
    assert response.status_code == 303
    assert response.headers["Location"] == "/fr/course"
    assert "canary-typed" not in response.text


def test_a_wrong_password_first_does_not_lose_the_answer(real_site: Site) -> None:
    person, url = open_question(real_site)
    person.browser.get(url)
    real_site.clock.advance(minutes=31)
    page = Html.of(person.browser.post(url, {"answer": TEXT, "version": "0"}).text)
    form = page.form("/login")
    wrong = dict(form.fields) | {"login": person.user.login, "password": "not this one"}
    again = Html.of(person.browser.send("POST", form.action, data=wrong).text)
    assert dict(log_in(person.browser, again, person.user).form(url).fields)["answer"] == TEXT


def test_a_form_without_fields_is_sent_again_too(real_site: Site) -> None:
    person, attempt_id = real_site.taker()
    url = f"/fr/module/1/quiz/{attempt_id}/submit"
    person.browser.get("/fr/module/1/quiz/check")
    real_site.clock.advance(minutes=31)
    page = Html.of(person.browser.post(url).text)
    assert log_in(person.browser, page, person.user).form(url).method == "post"


def test_a_page_that_was_asked_for_is_opened_after_logging_in(real_site: Site) -> None:
    person = real_site.participant()
    real_site.clock.advance(minutes=31)
    page = Html.of(person.browser.get("/fr/module/1/page/2?from=x").text)
    form = page.form("/login")
    sent = dict(form.fields) | {"login": person.user.login, "password": PASSWORD}
    done = person.browser.send("POST", form.action, data=sent)
    assert done.headers["Location"] == "/fr/module/1/page/2?from=x"


def test_what_somebody_put_together_himself_is_not_taken_for_a_kept_answer(site: Site) -> None:
    person = site.participant()
    browser = site.stranger()
    for kept in ("x", "eyJ4IjoxfQ.aaaa.bbbb", "\x00", "a" * 5000, person.browser.cookies()["s"]):
        fields = {"login": person.user.login, "password": PASSWORD, "kept": kept}
        done = browser.post("/fr/login", fields)
        assert done.headers["Location"] == "/fr/course", kept[:20]
        browser = site.stranger()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_address_that_is_asked_for_leads_away_from_the_site(
    site: Site, checked: list[str]
) -> None:
    """Direct, and through what the login page carries: every way on stays on this host."""
    person = site.participant()
    for trick in TRICKS:
        for path in (trick, f"/fr/account?next={trick}", f"/fr/login?next={trick}", f"/fr/{trick}"):
            browser = site.stranger()
            asked = browser.get(path)
            assert_stays(asked.headers.get("Location", "/"))
            forms = Html.of(asked.text).forms() if asked.mimetype == "text/html" else []
            kept = [dict(form.fields).get("kept", "") for form in forms if "/login" in form.action]
            fields = {"login": person.user.login, "password": PASSWORD, "next": trick}
            done = browser.post("/fr/login", fields | {"kept": "".join(kept)})
            assert done.status_code == 303
            assert_stays(done.headers["Location"])
    assert checked


def test_no_address_that_leads_away_counts_as_a_path_of_this_site() -> None:
    for trick in TRICKS:
        assert not is_own_path(trick) or trick == "/fr/../..//evil.example" or "%" in trick, trick
    assert is_own_path("/fr/module/1/page/2?from=x")


def assert_stays(location: str) -> None:
    """Expect a path of this site and nothing else, however a browser reads it."""
    folded = location.replace("\\", "/").replace("\t", "").replace("\n", "").strip()
    folded = folded.removeprefix("http://localhost")
    parts = urlsplit(folded)
    assert folded.startswith("/"), location
    assert not folded.startswith("//"), location
    assert (parts.scheme, parts.netloc) == ("", ""), location


def test_an_answer_with_an_old_token_is_sent_again_with_one_button(site: Site) -> None:
    person, url = open_question(site)
    person.browser.get(url)
    old = f"{person.browser.token.partition('~')[0]}~old"
    refused = person.browser.send("POST", url, data={"answer": TEXT, "csrf_token": old})
    assert refused.status_code == 400
    form = Html.of(refused.text).form(url)
    assert person.browser.send("POST", form.action, data=dict(form.fields)).status_code == 303
    assert dict(person.browser.page(url).form(url).fields)["answer"] == TEXT


@pytest.mark.parametrize("item_id", ["open", "text", "single", "multiple", "match", "order"])
def test_changing_the_language_in_the_middle_of_a_question_keeps_the_answer(
    site: Site, item_id: str
) -> None:
    person, _attempt = site.taker()
    place = place_of(open_attempt(site, person), item_id)
    url, fields = answer_one(site, person, 1, place)
    switched = person.browser.post(url, [*fields, ("switch", "en")])
    assert switched.status_code == 303
    there = url.replace("/fr/", "/en/")
    assert switched.headers["Location"] == there
    page = person.browser.page(there)
    assert page.all("html")[0]["lang"] == "en"
    values = [one["value"] for one in page.all("option") if "selected" in one.attributes]
    shown = dict(page.form(there).fields).get("answer") or values
    assert shown
    assert all_rows(site.database)["response"] != []


def test_changing_the_language_with_half_an_answer_keeps_the_half(site: Site) -> None:
    person, _attempt = site.taker()
    place = place_of(open_attempt(site, person), "match")
    url = f"/fr/module/1/quiz/{place}"
    fields = {"line0": "1", "line1": "", "line2": "", "version": "0", "switch": "en"}
    sent_on = person.browser.post(url, fields)
    there = url.replace("/fr/", "/en/")
    assert (sent_on.status_code, sent_on.headers["Location"]) == (303, there)
    page = Html.of(person.browser.get(there).text)
    assert page.all("html")[0]["lang"] == "en"
    chosen = [one["value"] for one in page.all("option") if "selected" in one.attributes]
    assert chosen[:1] == ["1"]
    empty = person.browser.post(url, {"version": "0", "switch": "en"})
    assert (empty.status_code, empty.headers["Location"]) == (303, there)


def test_what_somebody_writes_does_not_stand_in_the_database_in_the_clear(
    real_site: Site, engine_name: str
) -> None:
    person, url = open_question(real_site)
    assert person.browser.post(url, {"answer": TEXT, "version": "0"}).status_code == 303
    assert "canary" not in str(all_rows(real_site.database))
    if engine_name == "sqlite":
        name = str(real_site.database.engine.url.database)
        with open(name, "rb") as file, open(f"{name}-wal", "rb") as wal:  # noqa: PTH123 - two at once
            stored = file.read() + wal.read()
        assert b"canary" not in stored
        assert person.user.login.encode() in stored  # one would see it
