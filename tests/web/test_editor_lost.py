"""What was typed outlives a session that is over, a token that is old, a right that is lost."""

import random
from datetime import timedelta

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from tests.factories import PASSWORD
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.writer import JSON, TEXT, Writer

MINE = TEXT.replace("A *short* text.", "My text.")


def test_a_session_that_is_over_gives_back_two_hundred_kilobytes_after_login(
    site: Site, checked: list[str]
) -> None:
    writer = Writer(site)
    chance = random.Random(20261121)  # noqa: S311 - the same text at each run
    text = TEXT + "".join(chance.choices("abcéèêàçîôû«»<&\"'’ \n", k=122_000))  # nothing repeats
    text = text.rstrip() + "\n"
    assert 190_000 < len(text.encode()) < 200_000
    site.clock.advance(minutes=16)
    answer = writer.save(text)
    assert answer.status_code == 401
    login = Html.of(answer.text).form("/login")
    fields = dict(login.fields) | {"login": writer.user.login, "password": PASSWORD}
    entered = writer.browser.send("POST", login.action, data=fields)
    again = Html.of(entered.text).form(writer.url)
    assert writer.browser.send("POST", writer.url, data=dict(again.fields)).status_code == 303
    assert writer.box() == text
    assert checked == [PASSWORD]


def test_the_script_hears_that_the_session_is_over(site: Site) -> None:
    writer = Writer(site)
    site.clock.advance(minutes=16)
    assert writer.save(MINE, JSON).status_code == 401
    assert writer.ask(MINE).status_code == 401


def test_a_form_whose_token_is_refused_comes_back_with_the_text_to_send_again(site: Site) -> None:
    writer = Writer(site)
    owner = writer.browser.token.partition("~")[0]
    stale = {"csrf_token": f"{owner}~stale", "known": writer.known, "do": "save", "text": MINE}
    answer = writer.browser.send("POST", writer.url, data=stale)
    assert answer.status_code == 400
    again = Html.of(answer.text).form(writer.url)
    assert dict(again.fields)["text"] == MINE
    assert writer.browser.send("POST", writer.url, data=dict(again.fields)).status_code == 303
    assert writer.box() == MINE


def test_an_author_who_lost_the_right_while_he_wrote_gets_his_text_back(site: Site) -> None:
    writer = Writer(site)

    def demote(db: Session) -> None:
        db.get_one(User, writer.user.id).role = Role.INSTRUCTOR

    site.do(demote)
    answer = writer.save(MINE)
    page = Html.of(answer.text)
    assert answer.status_code == 403
    assert [one.text.removeprefix("\n") for one in page.all("textarea")] == [MINE]
    assert writer.draft().text == TEXT


def test_a_stranger_gets_no_text_back_that_is_not_his(site: Site) -> None:
    writer = Writer(site)
    other = site.staff(Role.INSTRUCTOR)
    other.get("/en/account")
    sent = {"csrf_token": writer.browser.token, "known": writer.known, "text": "canary"}
    answer = other.send("POST", writer.url, data=sent)
    assert answer.status_code == 403
    assert "canary" not in answer.text


def test_saving_keeps_a_session_alive_for_as_long_as_somebody_writes(site: Site) -> None:
    writer = Writer(site)
    for minute in range(5):
        site.clock.advance(minutes=10)
        answer = writer.save(f"{TEXT}\n{minute}\n", JSON)
        assert answer.status_code == 200
        writer.known = answer.get_json()["known"]
    assert site.clock() - writer.draft().created_at == timedelta(minutes=50)
