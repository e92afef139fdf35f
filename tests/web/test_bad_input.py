"""Whatever is typed or sent: a sentence in one's language, what was typed still there, no 500."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.assessment.models import Response
from tests.factories import PASSWORD, make_code, make_user
from tests.web.browser import without_tokens
from tests.web.markup import Html
from tests.web.quizzes import answer_all, answer_one, hand_in, open_attempt, place_of
from tests.web.rows import all_rows
from tests.web.scene import FIELDS, make_scene, rules
from tests.web.site import Site

GOOD = {"login": "quelquun", "password": PASSWORD, "password_again": PASSWORD}


def test_a_code_that_is_unknown_used_or_too_old_is_told_apart(site: Site) -> None:
    used = site.do(make_code)
    browser = site.stranger()
    assert browser.post("/fr/begin", {"code": used}).status_code == 303
    assert browser.post("/fr/begin/account", GOOD).status_code == 303
    old = site.do(make_code, now=site.clock() - timedelta(days=90))
    sentences = set()
    for code in (used, old, "ABCD-EFGH", "é" * 60, "0", "x" * 500):
        response = site.stranger().post("/en/begin", {"code": code})
        page = Html.of(response.text)
        assert response.status_code == 422
        assert page.title.startswith("Error:")
        assert ("code", code) in page.form("/en/begin").fields
        sentences.add(next(one.text for one in page.all("a") if one["href"] == "#code"))
    assert len(sentences) == 4  # used, too old, unknown, too long


def test_a_code_that_somebody_else_used_in_the_meantime_is_refused_at_the_account(
    site: Site,
) -> None:
    code = site.do(make_code)
    first, second = site.stranger(), site.stranger()
    for browser in (first, second):
        assert browser.post("/fr/begin", {"code": code}).status_code == 303
    assert first.post("/fr/begin/account", GOOD).status_code == 303
    late = second.post("/fr/begin/account", {**GOOD, "login": "unautre"})
    assert late.status_code == 422
    assert "Ce code" in Html.of(late.text).text
    assert "unautre" not in str(all_rows(site.database)["user_account"])


@pytest.mark.parametrize(
    "changes",
    [
        {"login": "pris"},
        {"login": "PRIS "},
        {"login": "é"},
        {"login": "ab"},
        {"login": "a" * 65},
        {"login": "a\x00bcd"},
        {"login": ""},
        {"password": "court", "password_again": "court"},
        {"password": "quelquun", "password_again": "quelquun"},
        {"password": "motdepasse", "password_again": "motdepasse"},
        {"password": "p" * 129, "password_again": "p" * 129},
        {"password_again": "autre chose"},
        {"password": ""},
    ],
)
def test_a_login_or_a_password_that_cannot_be_taken_is_named_and_the_login_stays(
    site: Site, changes: dict[str, str]
) -> None:
    site.do(make_user, "pris")
    browser = site.stranger()
    browser.post("/fr/begin", {"code": site.do(make_code)})
    fields = GOOD | changes
    response = browser.post("/fr/begin/account", fields)
    page = Html.of(response.text)
    assert response.status_code == 422
    assert [one for one in page.all("p") if one["class"] == "error"]
    login = dict(page.form("/fr/begin/account").fields)["login"]
    assert login == fields["login"].replace("\x00", "\ufffd")
    assert PASSWORD not in response.text
    assert browser.post("/fr/begin/account", GOOD).status_code == 303


@pytest.mark.parametrize("login", ["inconnu", "é\x00è", "'; --", "a" * 200, "\ufffd", " "])
def test_a_login_that_nobody_has_gets_a_sentence_and_stays_in_its_field(
    site: Site, login: str
) -> None:
    response = site.stranger().post("/en/login", {"login": login, "password": "x\x00y" * 20})
    assert response.status_code == 422
    page = Html.of(response.text)
    assert dict(page.form("/en/login").fields)["login"] == login.replace("\x00", "\ufffd")
    assert [one for one in page.all("div") if one["id"] == "error-summary"]


def test_of_two_tabs_on_one_question_the_second_sees_both_answers_and_overwrites_nothing(
    site: Site,
) -> None:
    person, _attempt = site.taker()
    attempt = open_attempt(site, person)
    url = f"/fr/module/1/quiz/{place_of(attempt, 'text')}"
    assert person.browser.post(url, {"answer": "premier", "version": "0"}).status_code == 303
    before = all_rows(site.database)
    late = person.browser.post(url, {"answer": "second", "version": "0"})
    page = Html.of(late.text)
    assert late.status_code == 409
    assert "premier" in page.text
    fields = dict(page.form(url).fields)
    assert fields["answer"] == "second"
    assert all_rows(site.database) == before
    assert person.browser.post(url, fields).status_code == 303
    assert dict(person.browser.page(url).form(url).fields)["answer"] == "second"


def test_an_answer_to_an_attempt_that_was_handed_in_is_refused_and_changes_nothing(
    site: Site,
) -> None:
    person, _attempt = site.taker()
    url, fields = answer_one(site, person, 1, 1)
    answer_all(site, person, 1)
    attempt_id = open_attempt(site, person).id
    submit = f"/fr/module/1/quiz/{attempt_id}/submit"
    done = person.browser.post(submit)
    before = all_rows(site.database)
    assert person.browser.post(url, fields).status_code == 409
    again = person.browser.post(submit)
    assert (again.status_code, again.headers["Location"]) == (303, done.headers["Location"])
    assert all_rows(site.database) == before


def test_somebody_elses_attempt_and_a_place_that_was_not_asked_are_not_found(site: Site) -> None:
    person, attempt_id = site.taker()
    other, _attempt = site.taker()
    assert other.browser.post(f"/fr/module/1/quiz/{attempt_id}/submit").status_code == 404
    for place in ("0", "9", "9999", "99999999999999999999", "9" * 5000, "-1", "1.0", "٣", "x"):
        url = f"/fr/module/1/quiz/{place}"
        assert person.browser.get(url).status_code == 404, place[:20]
        assert person.browser.post(url, {"answer": "0"}).status_code in {404, 405}, place[:20]
    for path in (
        "module/0",
        "module/3",
        "module/1/page/0",
        "module/1/page/3",
        f"module/{'9' * 30}",
    ):
        assert person.browser.get(f"/fr/{path}").status_code == 404, path
    for path in (f"module/1/page/{'9' * 19}", "result/x", "result/" + "0" * 32, "to/%00", "to/%ff"):
        assert person.browser.get(f"/fr/{path}").status_code == 404, path


def test_a_quiz_that_is_not_all_answered_is_not_handed_in_and_says_what_is_missing(
    site: Site,
) -> None:
    person, attempt_id = site.taker()
    url, fields = answer_one(site, person, 1, 3)
    person.browser.post(url, fields)
    refused = person.browser.post(f"/en/module/1/quiz/{attempt_id}/submit")
    assert refused.status_code == 409
    links = [link for link in Html.of(refused.text).links() if "then=check" in link]
    missing = {link.split("/")[-1].split("?")[0] for link in links[:7]}
    assert missing == {"1", "2", "4", "5", "6", "7", "8"}


def test_an_answer_of_the_wrong_kind_is_refused_with_a_sentence(site: Site) -> None:
    person, _attempt = site.taker()
    attempt = open_attempt(site, person)
    wrong: list[list[tuple[str, str]]] = [
        [],
        [("answer", "")],
        [("answer", "99")],
        [("answer", "-1")],
        [("answer", "1e0")],
        [("answer", "٣")],
        [("answer", "0"), ("answer", "0")],
        [("line0", "0"), ("line0", "1")],
        [("line0", "0"), ("line1", "x"), ("line2", "2"), ("line3", "3")],
        [("line0", "0"), ("line1", "1"), ("line2", "9" * 4500), ("line3", "2")],
        [("unknown", "0")],
    ]
    choices = ("true-false", "single", "multiple", "match", "order")
    before = all_rows(site.database)
    for item_id in choices:
        url = f"/fr/module/1/quiz/{place_of(attempt, item_id)}"
        for fields in wrong:
            response = person.browser.post(url, fields)
            assert response.status_code == 422, (item_id, fields)
            assert 'id="error-summary"' in response.text
    assert all_rows(site.database) == before


def test_a_text_that_is_far_too_long_comes_back_whole_and_is_not_saved(site: Site) -> None:
    person, _attempt = site.taker()
    attempt = open_attempt(site, person)
    text = "mot " * 250_000
    for item_id in ("open", "text", "number"):
        url = f"/fr/module/1/quiz/{place_of(attempt, item_id)}"
        response = person.browser.post(url, {"answer": text, "version": "0"})
        assert response.status_code == 422
        assert dict(Html.of(response.text).form(url).fields)["answer"] == text
    assert all_rows(site.database)["response"] == []
    too_much = person.browser.post(url, {"answer": "m" * 1_600_000})
    assert too_much.status_code == 413


@pytest.mark.parametrize(
    "version", ["", "x", "-1", "1.5", "9" * 400, "٣", "0x1", " 0", "\x00", "null"]
)
def test_a_version_that_is_no_number_counts_as_the_first(site: Site, version: str) -> None:
    person, _attempt = site.taker()
    url, fields = answer_one(site, person, 1, 1)
    sent = [*[one for one in fields if one[0] != "version"], ("version", version)]
    assert person.browser.post(url, sent).status_code == 303
    assert person.browser.post(url, sent).status_code == 303  # the same answer: nothing to tell
    with site.database.read() as db:
        assert db.scalars(select(Response.version)).all() == [1]


def test_bodies_that_no_browser_sends_are_refused_with_a_page(site: Site) -> None:
    person, _attempt = site.taker()
    url, fields = answer_one(site, person, 1, 1)
    person.browser.get(url)
    token = {"X-CSRFToken": person.browser.token}
    send = person.browser.send
    assert send("POST", url, json={"answer": "0"}).status_code == 400
    assert send("POST", url, json={"answer": "0"}, headers=token).status_code == 422
    assert send("POST", url, data=b"\xff\xfe=\xff&answer=%ff%fe", headers=token).status_code == 422
    odd = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-16"}
    assert send("POST", url, data=b"answer=\xd8\x00", headers=token | odd).status_code == 422
    torn = {"Content-Type": "multipart/form-data; boundary=x"}
    assert send("POST", url, data=b"--x\r\nnonsense", headers=token | torn).status_code in {
        400,
        422,
    }
    none = {"Content-Type": "multipart/form-data"}
    assert send("POST", url, data=b"--x", headers=token | none).status_code in {400, 422}
    many = {f"f{number}": "x" for number in range(600)}
    parts = send("POST", url, data=many, headers=token, content_type="multipart/form-data")
    assert parts.status_code == 413
    whole = dict(fields)
    sent = send("POST", url, data=whole, headers=token, content_type="multipart/form-data")
    assert sent.status_code == 303


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_form_takes_nothing_at_all_without_a_fault_of_ours(site: Site) -> None:
    scene = make_scene(site)
    for rule, method in rules(site):
        if method == "GET":
            continue
        for role in ("participant-own", "author", "coordinator"):
            with site.undone():
                browser = scene.browser(role, rule.endpoint)
                doubled = [(name, "x") for name in FIELDS.get(rule.endpoint, {})] * 2
                for fields in ([], doubled):
                    assert browser.post(scene.url(rule), fields).status_code < 500, rule.endpoint


def test_a_stranger_who_was_half_way_starts_again_with_his_code(site: Site) -> None:
    browser = site.stranger()
    assert browser.get("/fr/begin/account").headers["Location"] == "/fr/begin"
    assert browser.post("/fr/begin/account", GOOD).headers["Location"] == "/fr/begin"


def test_the_notice_takes_one_clear_yes_and_nothing_else(site: Site) -> None:
    person = site.participant(agreed=False)
    before = all_rows(site.database)
    for agree in ([], ["no"], ["y"], ["yes", "no"], ["yes", "yes"], ["oui"], ["\x00"]):
        fields = [("agree", one) for one in agree]
        response = person.browser.post("/fr/notice", [*fields, ("language", "xx")])
        assert response.status_code == 422
        assert person.browser.get("/fr/course").headers["Location"] == "/fr/notice"
    assert all_rows(site.database) == before
    good = person.browser.post("/fr/notice", {"agree": "yes", "language": "../en"})
    assert good.headers["Location"] == "/fr/course"


def test_a_result_is_shown_to_its_owner_however_often_he_comes_back(site: Site) -> None:
    person = site.reader()
    result = hand_in(site, person, 1, right=False)
    once, again = (without_tokens(person.browser.get(result).text) for _ in range(2))
    assert once == again
