"""What a coordinator does with files, one by one, and what the pages keep from her."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.models import Agreement
from lms.enrolment.models import Cohort, Enrolment
from lms.kernel.audit import AuditEntry
from lms.kernel.ids import new_id
from lms.privacy.models import ViewEntry
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.states import State
from tests.factories import (
    NOW,
    make_agency,
    make_cohort,
    make_referral,
)
from tests.web.browser import Browser
from tests.web.site import Site

HOME = "/en/coordinator/files"
TODAY = NOW.date()
TOLD = {
    "reference": "R-00012",
    "in_language": "fr",
    "deadline": "2027-02-28",
    "decided_by": "prosecutor",
    "decided_on": "2026-11-02",
    "first_time": "y",
    "no_minor": "y",
    "accepts": "y",
    "lawyer_told": "y",
}


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Sign a coordinator in."""
    return site.staff(Role.COORDINATOR)


def _file(site: Site, referral_id: Any) -> Referral:  # noqa: ANN401 - an id
    with site.database.read() as db:
        return db.get_one(Referral, referral_id)


def _acts(site: Site, referral_id: Any) -> list[str]:  # noqa: ANN401 - an id
    query = select(ReferralEvent.act).where(ReferralEvent.referral_id == referral_id)
    with site.database.read() as db:
        return list(db.scalars(query.order_by(ReferralEvent.number)))


def test_a_file_is_taken_in_as_the_agency_told_it(site: Site, coordinator: Browser) -> None:
    agency = site.do(make_agency)
    answer = coordinator.post(f"{HOME}/new", {**TOLD, "agency": str(agency.id)})
    assert answer.status_code == 303
    page = coordinator.page(answer.location)
    assert page.h1 == "File R-00012"
    assert "Referred, since November 21, 2026" in page.text
    assert "Eligible: decided by the prosecutor on November 2, 2026" in page.text
    with site.database.read() as db:
        (file,) = db.scalars(select(Referral))
    assert (file.agency_id, file.source) == (agency.id, "form")
    assert not file.arrangement


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"reference": ""}, "Enter the reference."),
        ({"reference": "Some Body"}, "A reference has 1 to 40 letters"),
        ({"in_language": ""}, "Choose a language."),
        ({"in_language": "es"}, "Choose one of those shown."),
        ({"deadline": ""}, "Enter the last day."),
        ({"deadline": "soon"}, "Enter a day, year first"),
        ({"deadline": "2026-11-20"}, "The last day must be from today"),
        ({"deadline": "2028-11-20"}, "The last day must be from today"),
        ({"decided_by": ""}, "Choose who decided."),
        ({"decided_by": "somebody"}, "Choose one of those shown."),
        ({"decided_on": "2026-11-30"}, "not later than today"),
        ({"committed_on": "2026-11-30"}, "not later than today"),
        ({"commitment_version": "2" * 21}, "Shorten this"),
        *(
            ({tick: ""}, "only if the answer is yes to all four")
            for tick in ("first_time", "no_minor", "accepts", "lawyer_told")
        ),
        ({"agency": str(new_id())}, "Choose one of those shown."),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_why_and_what_was_typed_stays(
    site: Site, coordinator: Browser, changed: dict[str, str], fault: str
) -> None:
    agency = site.do(make_agency)
    answer = coordinator.post(f"{HOME}/new", {**TOLD, "agency": str(agency.id), **changed})
    assert answer.status_code == 422
    assert fault in answer.text
    assert ("R-00012" in answer.text) == ("reference" not in changed)
    with site.database.read() as db:
        assert db.scalars(select(Referral)).all() == []


def test_without_an_agreement_in_force_no_file_is_taken(site: Site, coordinator: Browser) -> None:
    agency = site.do(make_agency)

    def end(db: Session) -> None:
        one = db.scalars(select(Agreement).where(Agreement.agency_id == agency.id)).one()
        one.in_force_until = TODAY - timedelta(days=1)

    site.do(end)
    answer = coordinator.post(f"{HOME}/new", {**TOLD, "agency": str(agency.id)})
    assert answer.status_code == 422
    assert "No written agreement with this agency is in force" in answer.text


def test_a_reference_that_was_used_is_refused(site: Site, coordinator: Browser) -> None:
    agency = site.do(make_agency)
    fields = {**TOLD, "agency": str(agency.id)}
    assert coordinator.post(f"{HOME}/new", fields).status_code == 303
    again = coordinator.post(f"{HOME}/new", {**fields, "reference": "r-00012"})
    assert again.status_code == 422
    assert "This agency has used this reference before." in again.text


def test_the_fee_is_asked_for_and_paid_with_a_receipt(site: Site, coordinator: Browser) -> None:
    file = site.do(make_referral)
    path = f"{HOME}/{file.id}"
    assert coordinator.post(f"{path}/fee", {"fee-fee": "due"}).status_code == 303
    assert _file(site, file.id).state == State.FEE_DUE
    paid = coordinator.post(f"{path}/fee", {"fee-fee": "paid", "fee-receipt": "RC-77"})
    assert paid.status_code == 303
    kept = _file(site, file.id)
    assert (kept.state, kept.fee_state, kept.fee_receipt) == (State.READY, "paid", "RC-77")
    assert "Paid, receipt RC-77" in coordinator.page(path).text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "Choose how the fee stands."),
        ({"fee-fee": "half"}, "Choose one of those shown."),
        ({"fee-fee": "paid"}, "Enter the receipt number"),
        ({"fee-fee": "paid", "fee-receipt": "4111 1111 1111 1111"}, "Never a card number."),
    ],
)
def test_a_fee_is_not_noted_without_its_receipt_nor_with_a_card(
    site: Site, coordinator: Browser, fields: dict[str, str], fault: str
) -> None:
    file = site.do(make_referral)
    answer = coordinator.post(f"{HOME}/{file.id}/fee", fields)
    assert answer.status_code == 422
    assert fault in answer.text
    assert _file(site, file.id).fee_state == "due"


def test_who_cannot_pay_is_let_in_all_the_same(site: Site, coordinator: Browser) -> None:
    file = site.do(make_referral)
    coordinator.post(f"{HOME}/{file.id}/fee", {"fee-fee": "waived"})
    assert _file(site, file.id).state == State.READY


def test_the_last_day_moves_with_a_reason_that_stays_on_the_file(
    site: Site, coordinator: Browser
) -> None:
    file = site.do(make_referral)
    path = f"{HOME}/{file.id}"
    refused = coordinator.post(f"{path}/deadline", {"deadline-day": "2027-03-31"})
    assert refused.status_code == 422
    assert "Say why." in refused.text
    assert "2027-03-31" in refused.text
    fields = {"deadline-day": "2027-03-31", "deadline-reason": "The line was down."}
    assert coordinator.post(f"{path}/deadline", fields).status_code == 303
    page = coordinator.page(path).text
    assert "The line was down." in page
    assert "From February 19, 2027 to March 31, 2027" in page
    beyond = coordinator.post(f"{path}/deadline", {**fields, "deadline-day": "2029-03-31"})
    assert beyond.status_code == 422
    assert "one year after the referral" in beyond.text
    assert str(_file(site, file.id).deadline) == "2027-03-31"


def test_a_file_gets_a_group_while_there_is_a_place(site: Site, coordinator: Browser) -> None:
    one, other = site.do(make_referral), site.do(make_referral)
    cohort = site.do(make_cohort)

    def limit(db: Session) -> None:
        db.get_one(Cohort, cohort.id).capacity = 1

    site.do(limit)
    fields = {"group-cohort": str(cohort.id)}
    assert coordinator.post(f"{HOME}/{one.id}/group", fields).status_code == 303
    assert _file(site, one.id).cohort_id == cohort.id
    full = coordinator.post(f"{HOME}/{other.id}/group", fields)
    assert full.status_code == 409
    assert "Every place of this group is taken." in full.text
    assert _file(site, other.id).cohort_id is None
    nowhere = coordinator.post(f"{HOME}/{other.id}/group", {"group-cohort": str(new_id())})
    assert nowhere.status_code == 422


def test_that_something_is_arranged_is_noted_and_nothing_else(
    site: Site, coordinator: Browser
) -> None:
    file = site.do(make_referral)
    path = f"{HOME}/{file.id}/arrangement"
    assert coordinator.post(path, {"arrangement": "yes"}).status_code == 303
    assert _file(site, file.id).arrangement
    assert coordinator.post(path, {"arrangement": "glasses"}).status_code == 422
    coordinator.post(path, {"arrangement": "no"})
    assert not _file(site, file.id).arrangement
    assert _acts(site, file.id) == ["arrange", "arrange"]


def test_a_wrong_person_is_cancelled_with_a_reason_and_shut_out(
    site: Site, coordinator: Browser
) -> None:
    person = site.participant()
    file = site.do(make_referral, state=State.ENROLLED, enrolment_id=person.enrolment.id)
    path = f"{HOME}/{file.id}/cancel"
    assert coordinator.post(path).status_code == 422
    assert coordinator.post(path, {"cancel-reason": "Not this person."}).status_code == 303
    assert _file(site, file.id).state == State.CANCELLED
    with site.database.read() as db:
        assert db.get_one(Enrolment, person.enrolment.id).closed_at == NOW
        assert "file.cancel" in set(db.scalars(select(AuditEntry.act)))
    assert person.browser.get("/en/course").status_code == 401
    again = coordinator.post(path, {"cancel-reason": "Once more."})
    assert again.status_code == 409
    assert "not possible as the file stands now" in again.text


@pytest.mark.parametrize("state", list(State))
def test_a_page_offers_what_can_be_done_now_and_shows_every_state_in_words(
    site: Site, coordinator: Browser, state: State
) -> None:
    known = {} if state is not State.PURGED else {"purged_at": NOW, "reference": None}
    file = site.do(make_referral, state=state, **known)
    answer = coordinator.get(f"{HOME}/{file.id}")
    if state is State.PURGED:
        assert answer.status_code == 404
        return
    assert answer.status_code == 200
    said = answer.text.split('class="lead">')[1].split(", since")[0]
    assert said not in set(State)
    over = {State.COMPLETED, State.REPORTED, State.CLOSED, State.CANCELLED, State.WITHDRAWN,
            State.EXPIRED, State.RETURNED_TO_PROSECUTOR}  # fmt: skip
    assert ("Cancel the file" in answer.text) == (state not in over)
    assert ("Note the fee" in answer.text) == (state not in over | {State.SUSPENDED})


def test_each_look_at_a_file_is_written_down_and_a_list_is_not(
    site: Site, coordinator: Browser
) -> None:
    file = site.do(make_referral)
    coordinator.get(HOME)
    coordinator.get(f"{HOME}/{file.id}")
    with site.database.read() as db:
        views = db.scalars(select(ViewEntry)).all()
    assert [(one.subject, one.subject_id, one.what) for one in views] == [
        ("referral", file.id, "file")
    ]


def test_a_coordinator_reads_no_answer_no_score_and_no_ground(
    site: Site, coordinator: Browser
) -> None:
    person, _attempt = site.taker(1)
    file = site.do(make_referral, state=State.IN_PROGRESS, enrolment_id=person.enrolment.id)
    page = coordinator.page(f"{HOME}/{file.id}").text
    assert person.enrolment.pseudonym in page
    for word in ("%", "score", "attempt", "minor", "lawyer", person.user.login):
        assert word not in page.lower()


def test_a_file_that_is_not_there_is_not_found(coordinator: Browser) -> None:
    nowhere = f"{HOME}/{new_id()}"
    assert coordinator.get(nowhere).status_code == 404
    for act in ("fee", "deadline", "group", "cancel", "arrangement", "letter", "letter/again"):
        assert coordinator.post(f"{nowhere}/{act}").status_code == 404
