"""What a participant writes to his instructors: what he is told before, and what comes back."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.conversations.models import Message
from lms.conversations.service import NewMessage, send
from tests.factories import KEYS, make_user
from tests.web.markup import Html
from tests.web.quizzes import fields_of, hand_in, open_attempt
from tests.web.site import Person, Site

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def _messages(site: Site) -> list[Message]:
    def find(db: Session) -> list[Message]:
        return list(db.scalars(select(Message).order_by(Message.sent_at, Message.id)))

    return site.do(find)


def _answer(site: Site, person: Person, text: str = "Regardez la page 2.") -> uuid.UUID:
    def write(db: Session) -> uuid.UUID:
        new = NewMessage(
            enrolment_id=person.enrolment.id,
            sender_id=make_user(db).id,
            is_from_staff=True,
            text=text,
        )
        return send(db, new, keys=KEYS, now=site.clock()).id

    return site.do(write)


def test_before_he_writes_he_is_told_who_reads_it_and_what_not_to_write(site: Site) -> None:
    person, _ = site.taker()
    for url in ("/en/messages", "/en/module/1/quiz/1/unclear"):
        page = person.browser.page(url)
        words = page.text
        assert "Do not describe other events or other people." in words
        assert "It is not confidential toward the law: where a child may be in danger" in words
        assert "Nobody watches this box at all hours." in words
        box = words.index("Your message")
        assert words.index("Nobody watches this box") < box
        assert "/en/help" in [one["href"] for one in page.all("a")]


def test_what_he_sends_stands_under_messages_sealed_in_the_table(site: Site) -> None:
    person = site.participant()
    done = person.browser.post("/fr/messages", {"text": "canari-8k3v <i>"})
    assert done.status_code == 303
    page = person.browser.get("/fr/messages").text
    assert "canari-8k3v &lt;i&gt;" in page
    (message,) = _messages(site)
    assert b"canari" not in message.sealed_text
    assert (message.is_from_staff, message.item_id) == (False, None)


def test_nothing_and_too_much_come_back_with_what_was_typed(site: Site) -> None:
    person = site.participant()
    assert person.browser.post("/fr/messages", {"text": "  "}).status_code == 422
    long = person.browser.post("/fr/messages", {"text": "é" * 2001})
    assert long.status_code == 422
    assert "é" * 2001 in long.text
    assert _messages(site) == []


def test_a_question_of_the_quiz_is_said_to_be_unclear_and_its_answer_is_kept(site: Site) -> None:
    person, _ = site.taker()
    attempt = open_attempt(site, person)
    place = 1 + [one.item for one in attempt.asked].index("single")
    asked = attempt.asked[place - 1]
    url = f"/fr/module/1/quiz/{place}"
    fields = [
        *fields_of(asked, attempt.items["single"], (1,)),
        ("version", "0"),
        ("unclear", "yes"),
    ]
    done = person.browser.post(url, fields)
    assert done.headers["Location"] == f"{url}/unclear"
    page = person.browser.page(f"{url}/unclear")
    assert url in [one["href"] for one in page.all("a")]
    sent = person.browser.post(f"{url}/unclear", {"text": "Que veut dire B1 ?"})
    assert sent.headers["Location"] == url
    (message,) = _messages(site)
    assert (message.module_id, message.item_id) == ("first", "single")
    kept = Html.of(person.browser.get(url).text)
    assert [
        one for one in kept.all("input") if one["type"] == "radio" and "checked" in one.attributes
    ]


def test_a_question_of_a_result_and_a_practice_question_can_be_unclear_too(site: Site) -> None:
    person = site.reader()
    result = hand_in(site, person, 1, right=False)
    links = [str(one["href"]) for one in person.browser.page(result).all("a")]
    unclear = [one for one in links if one.endswith("/unclear")]
    assert len(unclear) == 8
    assert person.browser.post(unclear[0], {"text": "Pourquoi ?"}).headers["Location"] == result
    page = person.browser.page("/fr/module/1/page/1")
    practice = [str(one["href"]) for one in page.all("a") if "/practice/" in str(one["href"])]
    assert practice == ["/fr/module/1/page/1/practice/1/unclear"]
    assert person.browser.post(practice[0], {"text": "Pourquoi ?"}).status_code == 303
    assert [one.item_id is not None for one in _messages(site)] == [True, True]
    assert _messages(site)[1].item_id == "try"


def test_an_address_tells_nothing_of_a_question(site: Site) -> None:
    person, _ = site.taker()
    attempt = open_attempt(site, person)
    page = person.browser.page("/fr/module/1/quiz/1/unclear")
    addresses = [one["href"] or one["action"] for one in page.all("a", "form")]
    assert len(addresses) > 5
    assert not any(item in address for item in attempt.items for address in addresses)


def test_questions_that_he_was_not_asked_are_not_found(site: Site) -> None:
    person = site.reader()
    result = hand_in(site, person, 1, right=False)
    for url in (
        f"{result}/9/unclear",
        f"{result}/0/unclear",
        f"/fr/result/{uuid.uuid4()}/1/unclear",
        "/fr/module/1/page/1/practice/2/unclear",
        "/fr/module/1/page/9/practice/1/unclear",
    ):
        assert person.browser.get(url).status_code == 404, url
        assert person.browser.post(url, {"text": "Bonjour"}).status_code == 404, url
    assert _messages(site) == []


def test_new_messages_are_counted_on_the_course_until_he_says_that_he_has_read_them(
    site: Site,
) -> None:
    person = site.participant()
    assert "new message" not in person.browser.get("/en/course").text
    last = _answer(site, person)
    assert "1 new message" in person.browser.get("/en/course").text
    page = person.browser.get("/en/messages").text
    assert "Regardez la page 2." in page
    assert "1 new message" in person.browser.get("/en/course").text  # to open is not to have read
    assert person.browser.post("/en/messages/read", {"seen": str(last)}).status_code == 303
    assert "new message" not in person.browser.get("/en/course").text
    assert "I have read this" not in person.browser.get("/en/messages").text


def test_whoever_answers_has_read_what_he_answers_and_not_what_came_since(site: Site) -> None:
    person = site.participant()
    first = _answer(site, person)
    site.clock.advance(minutes=1)
    _answer(site, person, "Autre chose.")
    person.browser.post("/en/messages", {"text": "Merci", "seen": str(first)})
    assert "1 new message" in person.browser.get("/en/course").text


def test_opening_the_messages_writes_nothing(site: Site) -> None:
    person = site.participant()
    _answer(site, person)
    person.browser.get("/fr/messages")
    with site.statements() as seen:
        assert person.browser.get("/fr/messages").status_code == 200
    assert [one for one in seen if one.lstrip().upper().startswith(WRITES)] == []
    assert len(seen) <= 3


def test_what_he_wrote_is_kept_when_his_session_is_over(site: Site) -> None:
    person = site.participant()
    person.browser.get("/fr/messages")
    site.clock.advance(hours=1)
    over = person.browser.post("/fr/messages", {"text": "canari-6j5h"})
    assert over.status_code == 401
    assert 'name="kept"' in over.text
    assert _messages(site) == []


def test_nobody_reads_anothers_messages(site: Site) -> None:
    person, other = site.participant(), site.participant()
    person.browser.post("/fr/messages", {"text": "canari-1w0z"})
    assert "canari-1w0z" not in other.browser.get("/fr/messages").text
