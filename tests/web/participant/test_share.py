"""An open answer that its writer lets his instructor read; off until he says so."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.conversations.models import SharedResponse
from tests.web.markup import Html
from tests.web.quizzes import hand_in
from tests.web.site import Person, Site


def _result(site: Site) -> tuple[Person, str]:
    person = site.reader()
    return person, hand_in(site, person, 1)


def _boxes(page: Html) -> list[bool]:
    """Give the boxes for sharing, and whether each is ticked."""
    return [
        "checked" in one.attributes
        for one in page.all("input")
        if one["name"] == "share" and one["type"] == "checkbox"
    ]


def _action(person: Person, result: str) -> str:
    forms = person.browser.page(result).all("form")
    return next(str(one["action"]) for one in forms if str(one["action"]).endswith("/share"))


def _shared(site: Site) -> list[bool]:
    def find(db: Session) -> list[bool]:
        return [one.withdrawn_at is None for one in db.scalars(select(SharedResponse))]

    return site.do(find)


def test_the_box_is_off_and_says_what_sharing_means(site: Site) -> None:
    person, result = _result(site)
    page = person.browser.page(result.replace("/fr/", "/en/"))
    assert _boxes(page) == [False]  # one open question, one box
    assert "The instructors of your group read it, under your made-up name" in page.text
    assert "It changes nothing in your result." in page.text
    assert "You can take it back at any time" in page.text


def test_he_shares_it_and_takes_it_back(site: Site) -> None:
    person, result = _result(site)
    url = _action(person, result)
    assert person.browser.post(url, {"share": "yes"}).status_code == 303
    assert _boxes(person.browser.page(result)) == [True]
    assert _shared(site) == [True]
    assert person.browser.post(url, {}).status_code == 303
    assert _boxes(person.browser.page(result)) == [False]
    assert _shared(site) == [False]


def test_only_a_plain_yes_shares(site: Site) -> None:
    person, result = _result(site)
    url = _action(person, result)
    for odd in ("no", "on", "YES", ""):
        person.browser.post(url, {"share": odd})
    person.browser.post(url, [("share", "yes"), ("share", "no")])
    assert _shared(site) == []


def test_what_is_no_open_answer_of_his_own_cannot_be_shared(site: Site) -> None:
    person, result = _result(site)
    other = site.participant()
    own = _action(person, result)
    place = int(own.split("/")[-2])
    urls = [own.replace(f"/{place}/", f"/{wrong}/") for wrong in range(10) if wrong != place]
    for url in (*urls, own.replace(result.rpartition("/")[2], str(uuid.uuid4()))):
        assert person.browser.post(url, {"share": "yes"}).status_code == 404, url
    assert other.browser.post(own, {"share": "yes"}).status_code == 404
    assert _shared(site) == []
