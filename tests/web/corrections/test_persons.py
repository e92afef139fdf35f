"""Staff correct something for one person in the browser; a second person decides what needs two."""

import uuid

import pytest

from lms.corrections.kinds import PERSONAL, Why
from lms.corrections.queries import corrections_of, waiting_corrections
from lms.web.correction_words import kind_text, why_text
from tests.corrections.people import REASON, desk
from tests.web.corrections.conftest import Office, correction_in
from tests.web.markup import Html
from tests.web.wellmade import page_faults


def test_an_instructor_finds_a_person_and_gives_an_extra_try(office: Office) -> None:
    enrolment_id, _ = office.sat("P-7K3MN2", wrong={"multiple"})
    found = office.first.page("/en/corrections?q=p-7k3mn2")
    url = f"/en/corrections/people/{enrolment_id}"
    assert url in found.links()
    assert f"{url}/extra-attempt" in office.first.page(url).links()
    office.first.get(f"{url}/extra-attempt")
    done = office.first.post(f"{url}/extra-attempt", {"module": "1", "reason": REASON})
    assert (done.status_code, done.headers["Location"]) == (303, url)
    page = office.first.page(url)
    assert "Extra try P-7K3MN2" in page.text
    assert "Done" in page.text
    shown = office.first.page(correction_in(office.first.get(url).text))
    assert REASON in shown.text
    assert f"Done by {office.team.first.login}" in shown.text
    listed = office.first.page(f"/en/instructor/people/{enrolment_id}")
    assert "Extra try" in listed.text
    assert url in listed.links()


def test_a_person_of_another_group_is_not_found(office: Office) -> None:
    enrolment_id, _ = office.sat("P-7K3MN2")
    assert "Nobody whom you may see" in office.stranger.page("/en/corrections?q=P-7K3MN2").text
    url = f"/en/corrections/people/{enrolment_id}"
    for path in (url, f"{url}/waive-module"):
        assert office.stranger.get(path).status_code == 404
    sent = {"module": "2", "reason": REASON}
    assert office.stranger.post(f"{url}/waive-module", sent).status_code == 404


def test_what_needs_two_is_proposed_shown_as_waiting_and_confirmed_by_another(
    office: Office,
) -> None:
    enrolment_id, _ = office.sat("P-7K3MN2")
    url = f"/en/corrections/people/{enrolment_id}/waive-module"
    assert "until a second person confirms" in office.first.page(url).text
    assert office.first.post(url, {"module": "2", "reason": REASON}).status_code == 303
    own = office.first.page("/en/corrections")
    assert "Waiting for a second person Module waived P-7K3MN2, The second" in own.text
    place = correction_in(office.first.get("/en/corrections").text)
    assert "You proposed this: somebody else decides." in office.first.page(place).text
    alone = office.first.post(f"{place}/decision", {"decision": "confirm"})
    assert alone.status_code == 409
    assert "You proposed this: somebody else decides." in Html.of(alone.text).text
    assert office.stranger.get(place).status_code == 404
    page = office.coordinator.page(place)
    assert "P-7K3MN2" in page.text
    assert REASON in page.text
    done = office.coordinator.post(f"{place}/decision", {"decision": "confirm"})
    assert done.status_code == 303
    assert f"Decided by {office.team.coordinator.login}" in office.first.page(place).text
    again = office.second.post(f"{place}/decision", {"decision": "refuse"})
    assert again.status_code == 409
    assert "This is decided already." in again.text


def test_refused_it_waits_no_more(office: Office) -> None:
    enrolment_id, _ = office.sat("P-7K3MN2")
    url = f"/en/corrections/people/{enrolment_id}/waive-module"
    office.first.post(url, {"module": "2", "reason": REASON})
    place = correction_in(office.second.get("/en/corrections").text)
    assert office.second.post(f"{place}/decision", {"decision": "refuse"}).status_code == 303
    assert "Nothing waits." in office.first.page("/en/corrections").text
    assert "Status Refused" in office.first.page(place).text


def test_an_arrangement_has_no_field_for_a_reason(office: Office) -> None:
    enrolment_id, _ = office.sat("P-7K3MN2")
    url = f"/en/corrections/people/{enrolment_id}/arrangement"
    names = {name for name, _ in office.coordinator.page(url).form(url).fields}
    assert names <= {"csrf_token", "percent", "no_pause", "read_aloud"}
    sent = {"percent": "25", "no_pause": "y", "read_aloud": "no", "reason": "canary-illness"}
    assert office.coordinator.post(url, sent).status_code == 303
    form = office.coordinator.page(url).form(url)
    assert ("percent", "25") in form.fields
    assert ("no_pause", "y") in form.fields
    assert "read_aloud" not in {name for name, _ in form.fields}  # "no" is no yes
    (view,) = office.site.do(corrections_of, enrolment_id)
    assert "canary" not in f"{view.reason} {view.detail}"


GOOD = {"module": "1", "reason": REASON}
TIMED = {"place": "1", "minutes": "5", "reason": REASON}


@pytest.mark.parametrize(
    ("kind", "sent", "status", "told"),
    [
        ("extra-attempt", {"module": "1"}, 422, "Say why."),
        ("extra-attempt", GOOD | {"reason": "x" * 501}, 422, "500 characters"),
        ("extra-attempt", GOOD | {"reason": "a\x07b"}, 422, "hidden characters"),
        ("extra-attempt", GOOD | {"module": "3"}, 422, "one of those shown"),
        ("extra-attempt", GOOD | {"module": ""}, 422, "Choose a module."),
        ("extra-attempt", GOOD | {"module": "٣"}, 422, "one of those shown"),
        ("time-credit", TIMED | {"minutes": "0"}, 422, "from 1 to 600"),
        ("time-credit", TIMED | {"minutes": "9" * 30}, 422, "from 1 to 600"),
        ("time-credit", TIMED | {"minutes": "٣"}, 422, "from 1 to 600"),
        ("time-credit", TIMED | {"place": "1-9"}, 422, "one of those shown"),
        ("time-credit", TIMED, 409, "No time is missing there."),
        ("time-credit", TIMED | {"place": "1-2"}, 409, "No time is missing there."),
        ("arrangement", {"percent": "201"}, 422, "from 0 to 200"),
        ("arrangement", {"percent": "-1"}, 422, "from 0 to 200"),
        ("arrangement", {"percent": "0"}, 409, "Nothing would change."),
        ("revoke-completion", {"reason": REASON}, 409, "there is nothing to revoke"),
        ("pause-lifted", GOOD | {"module": "2"}, 409, "has not been tried yet"),
    ],
)
def test_what_cannot_be_used_is_told_and_what_was_typed_stays(
    office: Office, kind: str, sent: dict[str, str], status: int, told: str
) -> None:
    enrolment_id, _ = office.sat("P-7K3MN2", wrong={"multiple"})
    answer = office.first.post(f"/en/corrections/people/{enrolment_id}/{kind}", sent)
    assert answer.status_code == status
    assert told in Html.of(answer.text).text
    assert list(page_faults(answer, "en")) == []
    if "reason" in sent and kind != "arrangement" and "\x07" not in sent["reason"]:
        assert sent["reason"] in answer.text
    assert office.site.do(corrections_of, enrolment_id) == []


@pytest.mark.parametrize("kind", ["key-change", "keep-pass", "regrade-response", "nothing"])
def test_a_kind_that_is_not_for_one_person_has_no_page(office: Office, kind: str) -> None:
    enrolment_id, _ = office.sat("P-7K3MN2")
    url = f"/en/corrections/people/{enrolment_id}/{kind}"
    assert office.first.get(url).status_code == 404
    assert office.first.post(url, GOOD).status_code == 404


def test_a_decision_that_is_none_and_an_id_that_is_nobodys(office: Office) -> None:
    enrolment_id, _ = office.sat("P-7K3MN2")
    url = f"/en/corrections/people/{enrolment_id}/waive-module"
    office.first.post(url, {"module": "2", "reason": REASON})
    place = correction_in(office.second.get("/en/corrections").text)
    for decision in ({}, {"decision": ""}, {"decision": "yes"}, {"decision": "9" * 5000}):
        assert office.second.post(f"{place}/decision", decision).status_code == 422
    nobody = f"/en/corrections/{uuid.UUID(int=1)}"
    assert office.second.get(nobody).status_code == 404
    assert office.second.post(f"{nobody}/decision", {"decision": "confirm"}).status_code == 404
    assert office.second.post(f"{place}/passes", {"attempt": "x", "reason": "y"}).status_code == 422
    waiting = office.site.do(waiting_corrections, desk(office.team.second).staff)
    assert len(waiting) == 1


def test_every_page_of_corrections_is_in_the_menu_of_those_who_correct(office: Office) -> None:
    for browser in (office.first, office.coordinator):
        assert "/en/corrections" in browser.page("/en/account").links()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_every_kind_and_every_refusal_has_words(office: Office) -> None:
    with office.site.app.test_request_context("/en/corrections"):
        assert len({why_text(why) for why in Why}) == len(Why)
        assert len({kind_text(kind) for kind in PERSONAL}) == len(PERSONAL)
