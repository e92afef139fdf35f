"""An answer is saved while he types; a script asks for it, and nothing is lost or overwritten."""

import pytest
from sqlalchemy import select

from lms.assessment.models import Attempt, Response, Result
from tests.web.quizzes import answer_all, answer_one, open_attempt, place_of
from tests.web.site import Person, Site

JSON = {"Accept": "application/json"}


def url_of(site: Site, person: Person, item: str) -> str:
    place = place_of(open_attempt(site, person), item)
    return f"/fr/module/1/quiz/{place}"


def saved(site: Site) -> list[tuple[object, int]]:
    with site.database.read() as db:
        return [(row[0], row[1]) for row in db.execute(select(Response.answer, Response.version))]


def test_a_save_says_its_version_and_its_moment(site: Site) -> None:
    person, _attempt = site.taker()
    url = url_of(site, person, "single")
    first = person.browser.post(url, {"answer": "1", "version": "0"}, headers=JSON)
    assert first.json == {"version": 1, "at": site.clock().isoformat()}
    site.clock.advance(seconds=2)
    second = person.browser.post(url, {"answer": "2", "version": "1"}, headers=JSON)
    assert second.json == {"version": 2, "at": site.clock().isoformat()}


def test_half_an_answer_is_kept_as_it_stands(site: Site) -> None:
    person, _attempt = site.taker()
    for item in ("match", "order"):
        url = url_of(site, person, item)
        kept = person.browser.post(
            url, {"line0": "1", "line1": "", "line2": "", "version": "0"}, headers=JSON
        )
        assert kept.status_code == 200
        page = person.browser.page(url)
        chosen = [one["value"] for one in page.all("option") if "selected" in one.attributes]
        assert chosen.count("1") == 1
        refused = person.browser.post(url, {"line0": "1", "version": "1"})
        assert refused.status_code == 422
    unfinished = person.browser.get("/fr/module/1/quiz/check")
    assert "…" in unfinished.text


def test_an_answer_that_is_taken_back_is_empty_and_stays_empty(site: Site) -> None:
    person, _attempt = site.taker()
    url = url_of(site, person, "multiple")
    person.browser.post(url, {"answer": "0", "version": "0"}, headers=JSON)
    taken = person.browser.post(url, {"version": "1"}, headers=JSON)
    assert taken.json == {"version": 2, "at": site.clock().isoformat()}
    assert saved(site) == [([], 2)]


def test_nothing_typed_is_nothing_saved(site: Site) -> None:
    person, _attempt = site.taker()
    answer = person.browser.post(url_of(site, person, "text"), {"version": "0"}, headers=JSON)
    assert answer.status_code == 422
    assert saved(site) == []


def test_what_cannot_be_kept_is_said_in_a_sentence(site: Site) -> None:
    person, _attempt = site.taker()
    long = {"answer": "x" * 300, "version": "0"}
    answer = person.browser.post(url_of(site, person, "text"), long, headers=JSON)
    assert (answer.status_code, answer.json) == (
        422,
        {"fault": "Raccourcissez ce texte\xa0: 200 caractères au plus."},
    )


def test_a_stale_tab_is_told_and_overwrites_nothing(site: Site) -> None:
    person, _attempt = site.taker()
    url = url_of(site, person, "single")
    person.browser.post(url, {"answer": "1", "version": "0"}, headers=JSON)
    stale = person.browser.post(url, {"answer": "2", "version": "0"}, headers=JSON)
    assert (stale.status_code, stale.json) == (409, {"stale": True})
    assert len(saved(site)) == 1
    assert saved(site)[0][1] == 1


def test_the_page_says_when_it_was_saved_last_in_longueuils_time(site: Site) -> None:
    person, _attempt = site.taker()
    url = url_of(site, person, "single")
    assert "Enregistré à 0" not in person.browser.get(url).text
    person.browser.post(url, {"answer": "1", "version": "0"}, headers=JSON)
    assert ">Enregistré à 09 h 00 min 00 s<" in person.browser.get(url).text.replace("\xa0", " ")


def test_a_save_after_the_handing_in_changes_nothing(site: Site) -> None:
    person, attempt_id = site.taker()
    url, fields = answer_one(site, person, 1, 1, right=False)
    answer_all(site, person, 1)
    person.browser.post(f"/fr/module/1/quiz/{attempt_id}/submit")
    before = saved(site)
    late = person.browser.post(url, [*fields, ("version", "1")], headers=JSON)
    assert late.status_code == 409
    assert saved(site) == before


def test_a_save_without_a_session_is_told_so(site: Site) -> None:
    person, _attempt = site.taker()
    url = url_of(site, person, "single")
    person.browser.get(url)
    site.clock.advance(minutes=31)
    answer = person.browser.post(url, {"answer": "1", "version": "0"}, headers=JSON)
    assert answer.status_code == 401


def test_a_start_that_is_sent_again_later_shows_the_result_and_starts_nothing(site: Site) -> None:
    person = site.reader()
    start = person.browser.page("/fr/module/1/quiz")
    number = next(one["value"] for one in start.all("input") if one["name"] == "attempt")
    assert number == "1"
    person.browser.post("/fr/module/1/quiz", {"attempt": "1"})
    attempt_id = answer_all(site, person, 1)
    person.browser.post(f"/fr/module/1/quiz/{attempt_id}/submit")
    site.clock.advance(minutes=20)
    again = person.browser.post("/fr/module/1/quiz", {"attempt": "1"})
    assert again.headers["Location"] == f"/fr/result/{attempt_id}"
    with site.database.read() as db:
        assert len(db.scalars(select(Attempt)).all()) == len(db.scalars(select(Result)).all()) == 1


@pytest.mark.parametrize("kind", ["single", "multiple", "text", "match", "order", "open"])
def test_a_save_by_script_and_a_press_on_continue_are_one_answer(site: Site, kind: str) -> None:
    person, _attempt = site.taker()
    attempt = open_attempt(site, person)
    place = place_of(attempt, kind)
    url, fields = answer_one(site, person, 1, place)
    saved_first = person.browser.post(url, fields, headers=JSON)
    assert saved_first.json == {"version": 1, "at": site.clock().isoformat()}
    onward = person.browser.post(url, fields)  # the page that was still on its way
    assert onward.status_code == 303
    assert [version for _answer, version in saved(site)] == [1]
