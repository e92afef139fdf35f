"""An instructor corrects a score in the browser; what others may see of it, and who was first."""

import uuid
from functools import partial
from http import HTTPStatus

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt, Regrade
from lms.corrections.models import Correction
from lms.journey.take_quiz import start_quiz
from tests.corrections.people import REASON, marks_of, points_of
from tests.factories import NOW, read_module
from tests.web.corrections.conftest import Office, make_office
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.test_at_once import together
from tests.web.wellmade import page_faults

NOWHERE = uuid.UUID(int=1)


def score_now(office: Office, attempt_id: uuid.UUID) -> str:
    """Give the points of an attempt as they stand."""
    return points_of(office.site.do(marks_of, attempt_id))


def new_score(points: str, based_on: str = "0") -> dict[str, str]:
    """Give the fields of another score."""
    return {"points": points, "based_on": based_on, "reason": REASON}


def test_from_the_page_of_a_try_a_question_gets_another_score(office: Office) -> None:
    enrolment_id, attempt_id = office.sat("P-7K3MN2", wrong={"multiple", "order"})
    url = office.question_url(attempt_id, "multiple")
    attempt_url = f"/en/instructor/attempts/{attempt_id}"
    assert url in office.first.page(attempt_url).links()
    page = office.first.page(url)
    assert "Points now 0 of 3" in page.text
    form = page.form(url)
    assert ("based_on", "0") in form.fields
    done = office.first.post(url, new_score("1/3"))
    assert done.status_code == 303
    assert score_now(office, attempt_id) == "22/3 of 11"
    attempt = office.first.page(attempt_url)
    assert "7.33 of 11 points." in attempt.text
    assert "This score was corrected." in attempt.text
    person = office.first.page(f"/en/instructor/people/{enrolment_id}")
    assert "7.33 of 11 (66%)" in person.text
    assert "Answer graded anew" in person.text


def test_a_question_that_is_not_scored_offers_no_score(office: Office) -> None:
    _, attempt_id = office.sat("P-7K3MN2")
    url = office.question_url(attempt_id, "open")
    assert url not in office.first.page(f"/en/instructor/attempts/{attempt_id}").links()
    page = office.first.page(url)
    assert "This question is not scored" in page.text
    assert office.first.post(url, new_score("0")).status_code == 409
    assert "This question is not scored" in office.first.page(f"{url}/key?choice=drop").text


def test_the_second_of_two_gets_409_with_the_firsts_value(office: Office) -> None:
    _, attempt_id = office.sat("P-7K3MN2", wrong={"multiple", "order"})
    url = office.question_url(attempt_id, "multiple")
    assert office.first.post(url, new_score("1")).status_code == 303
    late = office.second.post(url, new_score("2"))
    assert late.status_code == 409
    page = Html.of(late.text)
    assert "Somebody else gave another score in the meantime." in page.text
    assert "Points now 1 of 3" in page.text
    fields = dict(page.form(url).fields)
    assert (fields["based_on"], fields["points"], fields["reason"]) == ("1", "2", REASON)
    assert list(page_faults(late, "en")) == []
    assert score_now(office, attempt_id) == "8 of 11"
    assert office.second.post(url, fields | {"points": "0"}).status_code == 303
    assert score_now(office, attempt_id) == "7 of 11"


def test_a_pass_is_proposed_and_the_second_proposer_sees_that_one_waits(office: Office) -> None:
    _, attempt_id = office.sat("P-7K3MN2", wrong={"multiple"})
    url = office.question_url(attempt_id, "multiple")
    place = office.first.post(url, new_score("3")).headers["Location"]
    assert score_now(office, attempt_id) == "8 of 11"
    late = office.second.post(url, new_score("2"))
    assert late.status_code == 409
    assert place in Html.of(late.text).links()
    assert "8 of 11, then 11 of 11" in office.second.page(place).text
    assert office.second.post(f"{place}/decision", {"decision": "confirm"}).status_code == 303
    assert score_now(office, attempt_id) == "11 of 11"


def test_a_refused_confirmation_leaves_the_proposal_open(office: Office) -> None:
    _, attempt_id = office.sat("P-7K3MN2", wrong={"multiple", "order"})
    place = office.first.post(office.question_url(attempt_id, "multiple"), new_score("3")).headers[
        "Location"
    ]
    key_url = f"{office.question_url(attempt_id, 'order')}/key"
    shown = office.second.page(f"{key_url}?choice=full-credit")
    fields = dict(shown.form(key_url).fields)
    assert office.second.post(key_url, fields | {"reason": REASON}).status_code == 303
    stale = office.second.post(f"{place}/decision", {"decision": "confirm"})
    assert stale.status_code == 409
    assert "another score in the meantime" in stale.text
    assert "Status Waits for a second person" in office.first.page(place).text
    assert office.second.post(f"{place}/decision", {"decision": "refuse"}).status_code == 303


def test_a_coordinator_reads_the_question_and_yes_or_no_and_no_score(office: Office) -> None:
    _, attempt_id = office.sat("P-7K3MN2", wrong={"multiple"})
    url = office.question_url(attempt_id, "multiple")
    place = office.first.post(url, new_score("3")).headers["Location"]
    page = office.coordinator.page(place)
    assert "Would pass Yes" in page.text
    assert f"Question {url.rpartition('/')[2]} Would pass" in page.text
    for score in ("8 of 11", "11 of 11", "3 of 3", "0 of 3", "%"):
        assert score not in page.text
    assert str(attempt_id) not in office.coordinator.get(place).text
    for path in (url, f"{url}/key", f"{url}/key?choice=drop"):
        assert office.coordinator.get(path).status_code == 404
        assert office.coordinator.post(path.partition("?")[0], new_score("1")).status_code == 404


def test_a_pass_that_would_be_lost_stays_until_somebody_decides(office: Office) -> None:
    _, attempt_id = office.sat("P-7K3MN2", wrong={"true-false", "single"})
    url = office.question_url(attempt_id, "text")
    place = office.first.post(url, new_score("0")).headers["Location"]
    assert score_now(office, attempt_id) == "9 of 11"
    assert "Passes for a person to decide on" in office.second.page("/en/corrections").text
    form = office.second.page(place).form(f"{place}/passes")
    assert form.method == "post"
    empty = office.second.post(f"{place}/passes", {"attempt": str(attempt_id)})
    assert empty.status_code == 422
    sent = {"attempt": str(attempt_id), "reason": REASON}
    assert (
        office.second.post(f"{place}/passes", sent | {"attempt": str(NOWHERE)}).status_code == 422
    )
    assert office.second.post(f"{place}/passes", sent).status_code == 303
    assert "Passes for a person" not in office.second.page("/en/corrections").text
    assert office.second.post(f"{place}/passes", sent).status_code == 422  # nothing is offered


def key_url_of(office: Office, wrong: dict[str, set[str]]) -> tuple[str, dict[str, uuid.UUID]]:
    """Let people hand in; gives the address where `multiple` is corrected, and their attempts."""
    sat = {name: office.sat(f"P-{name}", wrong=some)[1] for name, some in wrong.items()}
    return f"{office.question_url(next(iter(sat.values())), 'multiple')}/key", sat


def test_a_wrong_question_is_previewed_then_applied_and_confirmed(office: Office) -> None:
    url, sat = key_url_of(
        office,
        {"PASSES": {"multiple"}, "SCORE": {"multiple", "match"}, "LOSES": {"true-false", "single"}},
    )
    assert url in office.first.page(f"/en/instructor/attempts/{sat['PASSES']}").links()
    page = office.first.page(f"{url}?choice=drop")
    assert "In your groups, 3 tries asked this question." in page.text
    words = page.text
    assert words.index("would pass") < words.index("P-PASSES") < words.index("would lose")
    assert words.index("would lose") < words.index("P-LOSES") < words.index("P-SCORE")
    assert {score_now(office, one) for one in sat.values()} == {"8 of 11", "5 of 11", "9 of 11"}
    fields = dict(page.form(url).fields) | {"reason": REASON}
    place = office.first.post(url, fields).headers["Location"]
    assert score_now(office, sat["SCORE"]) == "5 of 8"
    seen = office.coordinator.page(place)
    assert "What is done Drop the question" in seen.text
    assert "Would pass 1 person" in seen.text
    assert "Who would pass Person P-PASSES" in seen.text
    assert "8 of 11" not in seen.text
    assert office.coordinator.post(f"{place}/decision", {"decision": "confirm"}).status_code == 303
    assert score_now(office, sat["PASSES"]) == "8 of 8"
    assert score_now(office, sat["LOSES"]) == "9 of 11"
    attempt = office.first.page(f"/en/instructor/attempts/{sat['PASSES']}")
    assert "Dropped: it does not count" in attempt.text


def test_what_has_changed_since_it_was_shown_is_shown_again_and_not_applied(
    office: Office,
) -> None:
    url, sat = key_url_of(office, {"ONE": {"multiple", "order"}, "TWO": {"multiple", "order"}})
    fields = dict(office.first.page(f"{url}?choice=full-credit").form(url).fields)
    assert (
        office.second.post(office.question_url(sat["ONE"], "order"), new_score("1/2")).status_code
        == 303
    )
    late = office.first.post(url, fields | {"reason": REASON})
    assert late.status_code == 409
    assert "has changed since this page was opened" in late.text
    again = dict(Html.of(late.text).form(url).fields)
    assert (again["seen"] != fields["seen"], again["reason"]) == (True, REASON)
    assert score_now(office, sat["TWO"]) == "7 of 11"
    assert office.first.post(url, again).status_code == 303


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 422),
        ({"choice": "drop"}, 422),
        ({"choice": "magic", "reason": REASON}, 422),
        ({"choice": "drop", "reason": "x" * 501}, 422),
        ({"choice": "drop", "reason": REASON}, 409),  # no mark of what was shown
        ({"choice": "drop", "reason": REASON, "seen": "9" * 5000}, 409),
    ],
)
def test_nothing_is_applied_that_was_not_shown(
    office: Office, sent: dict[str, str], status: int
) -> None:
    url, _ = key_url_of(office, {"ONE": {"multiple", "match"}})
    answer = office.first.post(url, sent)
    assert answer.status_code == status
    assert list(page_faults(answer, "en")) == []
    assert office.site.do(lambda db: db.scalar(select(func.count()).select_from(Regrade))) == 0


@pytest.mark.parametrize(
    "points", ["", "x", "-1", "4", "10/3", "1/0", "1e3", "1_0", "٣", "9" * 5000, "1/3/3", "NaN"]
)
def test_points_that_are_none_are_told(office: Office, points: str) -> None:
    _, attempt_id = office.sat("P-7K3MN2", wrong={"multiple"})
    url = office.question_url(attempt_id, "multiple")
    answer = office.first.post(url, new_score(points))
    assert answer.status_code == 422
    assert list(page_faults(answer, "en")) == []
    assert score_now(office, attempt_id) == "8 of 11"


@pytest.mark.parametrize(("points", "now"), [("1", "6"), ("1/3", "16/3"), ("0,5", "11/2"),
                                             ("2.25", "29/4")])  # fmt: skip
def test_points_are_taken_exactly_as_they_are_written(
    office: Office, points: str, now: str
) -> None:
    _, attempt_id = office.sat("P-7K3MN2", wrong={"multiple", "match"})
    url = office.question_url(attempt_id, "multiple")
    assert office.first.post(url, new_score(points)).status_code == 303
    assert score_now(office, attempt_id) == f"{now} of 11"


@pytest.mark.parametrize("based_on", ["", "-1", "7", "x", "9" * 5000])
def test_a_form_that_no_page_sent_is_taken_as_stale(office: Office, based_on: str) -> None:
    _, attempt_id = office.sat("P-7K3MN2", wrong={"multiple", "order"})
    url = office.question_url(attempt_id, "multiple")
    assert office.first.post(url, new_score("1", based_on)).status_code == 409
    assert score_now(office, attempt_id) == "7 of 11"


def test_what_is_not_there_is_not_found(office: Office) -> None:
    _, attempt_id = office.sat("P-7K3MN2", wrong={"multiple"})
    running = office.site.do(lambda db: _running(db, office))
    base = "/en/corrections/attempts"
    for path in (
        f"{base}/{NOWHERE}/questions/1",
        f"{base}/{attempt_id}/questions/0",
        f"{base}/{attempt_id}/questions/9",
        f"{base}/{attempt_id}/questions/9999",
        f"{base}/{running}/questions/1",
    ):
        for browser, there in ((office.first, path), (office.first, f"{path}/key")):
            assert browser.get(there).status_code == 404
            assert browser.post(there, new_score("1")).status_code == 404
    assert office.stranger.get(f"{base}/{attempt_id}/questions/1").status_code == 404


def _running(db: Session, office: Office) -> uuid.UUID:
    learner = office.team.learner(db)
    read_module(db, learner, 1)
    return start_quiz(db, learner, 1, "fr", NOW).id


def test_a_private_text_stands_on_no_page_of_corrections(office: Office) -> None:
    enrolment_id, attempt_id = office.sat("P-7K3MN2", wrong={"multiple"})
    shown = office.site.do(lambda db: db.get_one(Attempt, attempt_id).shown)
    texts = []
    for place in range(1, len(shown) + 1):
        url = f"/en/corrections/attempts/{attempt_id}/questions/{place}"
        texts += [office.first.get(path).text for path in (url, f"{url}/key?choice=drop")]
    texts.append(office.first.get(f"/en/corrections/people/{enrolment_id}").text)
    assert all("mot mot" not in text for text in texts)  # what he wrote in the open question


def test_of_two_browsers_at_once_one_score_is_kept_and_the_other_told(real_site: Site) -> None:
    office = make_office(real_site)
    _, attempt_id = office.sat("P-7K3MN2", wrong={"multiple", "order"})
    url = office.question_url(attempt_id, "order")
    for browser in (office.first, office.second):
        browser.get(url)  # each has the form before him
    for turn in range(10):
        points = {office.first: f"{turn + 1}/100", office.second: f"{turn + 1}/97"}
        answers = together(
            [
                partial(browser.copy().post, url, new_score(given, str(turn)))
                for browser, given in points.items()
            ]
        )
        assert sorted(one.status_code for one in answers) == [303, 409]
        (told,) = [one for one in answers if one.status_code == HTTPStatus.CONFLICT]
        assert ("based_on", str(turn + 1)) in Html.of(told.text).form(url).fields
    counts = [select(func.count()).select_from(one) for one in (Regrade, Correction)]
    assert [real_site.do(lambda db, one=one: db.scalar(one)) for one in counts] == [10, 10]
