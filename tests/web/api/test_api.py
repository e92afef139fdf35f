"""What a machine of an agency may ask for: its own, as agreed, written down, and no more.

Longer than 300 lines: one endpoint after the other, each with who may not ask it.
"""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.models import Agreement
from lms.completion.match import MOST_TRIES
from lms.completion.signed import canonical_json
from lms.exchange.clients import MOST_REQUESTS
from lms.exchange.models import ExchangeDelivery, ExchangeMessage
from lms.exchange.service import report_outcome
from lms.exchange.signed import RECEIPT_PREFIX, open_document
from lms.kernel.signing import public_key, verify
from lms.privacy.models import ViewEntry
from lms.referrals.eligibility import reference_mark
from lms.referrals.models import Referral
from tests import factories
from tests.exchange.test_service import DONE
from tests.factories import KEYS, NOW
from tests.web.api.machine import API, Machine, make_machine
from tests.web.site import Site

CLOSED = (
    ("GET", "/messages"),
    ("POST", "/messages"),
    ("GET", "/referrals"),
    ("POST", "/certificate-checks"),
)
PROBLEM = "application/problem+json"


def report(db: Session, machine: Machine, reference: str = "R-1") -> ExchangeMessage:
    """Report an outcome to the machine's agency."""
    referral = factories.make_referral(db, agency=machine.agency, reference=reference, **DONE)
    return report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)


def end_agreement(db: Session, machine: Machine) -> None:
    """End the agency's agreement."""
    query = select(Agreement).where(Agreement.agency_id == machine.agency.id)
    db.scalars(query).one().ended_on = NOW.date()


def test_whoever_brings_no_token_gets_nothing_whatever_cookie_he_has(site: Site) -> None:
    make_machine(site)
    strangers = [site.stranger(), site.staff(Role.COORDINATOR), site.staff(Role.ADMINISTRATOR)]
    for method, path in CLOSED:
        for browser in strangers:
            for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer "}):
                answer = browser.send(method, API + path, headers=headers, json={})
                assert answer.status_code == 401
                assert answer.mimetype == PROBLEM
                assert answer.get_json()["code"] == "unauthorized"
                assert answer.headers["WWW-Authenticate"] == 'Bearer realm="exchange"'
                assert "Set-Cookie" not in answer.headers


def test_a_token_is_shown_in_the_header_alone(site: Site) -> None:
    machine = make_machine(site)
    client = site.app.test_client()
    for headers in (
        {"Authorization": machine.token},
        {"Authorization": f"Basic {machine.token}"},
        {"Authorization": f"Bearer  {machine.token}"},
        {"Authorization": f"Bearer {machine.client.secret}"},
    ):
        assert client.get(f"{API}/messages", headers=headers).status_code == 401
    assert client.get(f"{API}/messages?access_token={machine.token}").status_code == 401


def test_without_an_agreement_in_force_everything_is_refused(site: Site) -> None:
    machine = make_machine(site)
    site.do(report, machine)
    site.do(end_agreement, machine)
    for method, path in CLOSED:
        answer = machine.send(method, path, json={})
        assert (answer.status_code, answer.mimetype) == (403, PROBLEM)
        assert answer.get_json()["code"] == "agreement"
        assert b"R-1" not in answer.data


def test_a_machine_fetches_the_signed_messages_after_a_number(site: Site) -> None:
    machine, other = make_machine(site), make_machine(site)
    for reference in ("R-1", "R-2", "R-3"):
        site.do(report, machine, reference)
    site.do(report, other, "R-9")
    found = machine.get("/messages?after=1").get_json()["messages"]
    assert [one["message"]["number"] for one in found] == [2, 3]
    for one in found:
        assert open_document(one).is_by(public_key(KEYS.signing))
        assert one["message"]["agency"] == str(machine.agency.id)
    limited = machine.get("/messages?limit=1").get_json()["messages"]
    assert [one["message"]["reference"] for one in limited] == ["R-1"]
    assert machine.get("/messages?after=3").get_json() == {"messages": []}


def test_what_came_into_its_hands_is_written_down_once(site: Site) -> None:
    machine = make_machine(site)
    site.do(report, machine)
    for _ in range(3):
        machine.get("/messages")
    with site.database.read() as db:
        rows = db.scalars(select(ExchangeDelivery)).all()
    assert [(one.carrier, one.is_delivered, one.fault) for one in rows] == [("api", True, "")]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_whoever_asks_for_the_head_of_an_answer_was_handed_nothing(site: Site) -> None:
    machine = make_machine(site)
    site.do(report, machine)
    assert machine.send("HEAD", "/messages").status_code == 200
    with site.database.read() as db:
        assert db.scalars(select(ExchangeDelivery)).all() == []


def test_a_message_is_taken_once_and_its_receipt_is_always_the_same(site: Site) -> None:
    machine = make_machine(site)
    document = machine.sender.document("referral", "R-1")
    first = machine.post("/messages", document)
    site.clock.advance(minutes=5)
    again = machine.post("/messages", document)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    receipt = first.get_json()
    bound = RECEIPT_PREFIX + canonical_json(receipt["receipt"])
    assert verify(public_key(KEYS.signing), bound, receipt["signature"])
    with site.database.read() as db:
        referral = db.scalars(select(Referral)).one()
        assert (referral.source, referral.agency_id) == ("api", machine.agency.id)
        assert len(db.scalars(select(ExchangeMessage)).all()) == 1


def test_each_refusal_says_its_code_and_undoes_everything(site: Site) -> None:
    machine = make_machine(site)
    machine.post("/messages", machine.sender.document("referral", "R-1"))
    number = machine.sender.number

    def refused(status: int, code: str, document: object) -> dict[str, Any]:
        answer = machine.post("/messages", document)
        said: dict[str, Any] = answer.get_json()
        assert (answer.status_code, answer.mimetype, said["code"]) == (status, PROBLEM, code)
        assert said["status"] == status
        machine.sender.number = number
        return said

    sender = machine.sender
    refused(409, "reference-used", sender.document("referral", "R-1"))
    refused(404, "no-file", sender.document("cancel", "R-404"))
    refused(409, "state", sender.document("resume", "R-1"))
    late = (NOW - timedelta(days=1)).date().isoformat()
    refused(409, "deadline", sender.document("deadline", "R-1", deadline=late))
    sender.number = 0
    refused(409, "number-used", sender.document("cancel", "R-1"))
    sender.number = 6
    assert refused(409, "number-gap", sender.document("cancel", "R-1"))["expected"] == 2
    unsigned = {"message": sender.message("cancel", "R-1")}
    refused(403, "signature", unsigned)
    odd = sender.document("cancel", "R-1", note="canary")
    said = refused(422, "form", odd)
    assert said["field"] == "message"
    assert "canary" not in json.dumps(said)
    with site.database.read() as db:
        assert len(db.scalars(select(ExchangeMessage)).all()) == 1


def test_an_agency_without_a_key_may_send_unsigned_by_the_api(site: Site) -> None:
    machine = make_machine(site, signs=False)
    answer = machine.post("/messages", {"message": machine.sender.message("referral", "R-1")})
    assert answer.status_code == 201


def test_a_machine_speaks_for_its_own_agency_alone(site: Site) -> None:
    machine, other = make_machine(site), make_machine(site)
    site.do(factories.make_referral, agency=other.agency, reference="R-7")
    foreign = machine.post("/messages", other.sender.document("referral", "R-1"))
    assert (foreign.status_code, foreign.get_json()["code"]) == (403, "agency")
    for kind in ("cancel", "suspend"):
        machine.sender.number = 0
        reached = machine.post("/messages", machine.sender.document(kind, "R-7"))
        assert reached.status_code == 404
    assert machine.get("/referrals").get_json() == {"referrals": [], "total": 0}


@pytest.mark.parametrize(
    ("body", "mimetype", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"message": {"a": 1, "a": 2}}', "application/json", 400),
        (b"{}", "application/json", 422),
        (b'{"message": 3}', "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"message=1", "application/x-www-form-urlencoded", 415),
        (b"x" * 10_001, "application/json", 413),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_cannot_be_read_is_refused_with_the_right_word(
    site: Site, body: bytes, mimetype: str, status: int
) -> None:
    machine = make_machine(site)
    for path in ("/messages", "/certificate-checks"):
        answer = machine.send("POST", path, data=body, content_type=mimetype)
        assert (answer.status_code, answer.mimetype) == (status, PROBLEM), path


def test_the_five_fields_of_ones_own_files_and_no_sixth(site: Site) -> None:
    machine = make_machine(site)
    site.do(factories.make_referral, agency=machine.agency, reference="R-1", **DONE)
    site.do(factories.make_referral, reference="R-2")
    said = machine.get("/referrals").get_json()
    assert said == {
        "referrals": [
            {
                "reference": "R-1",
                "status": "completed",
                "status_on": "2026-11-21",
                "deadline": "2027-02-19",
                "code_state": "none",
            }
        ],
        "total": 1,
    }
    assert machine.get("/referrals?offset=1").get_json()["referrals"] == []


def test_every_look_stands_in_the_log_under_who_answers_for_the_machine(site: Site) -> None:
    machine = make_machine(site)
    machine.get("/referrals")
    machine.post("/certificate-checks", {"number": "000001-1", "reference": "R-1"})
    with site.database.read() as db:
        looks = db.scalars(select(ViewEntry).order_by(ViewEntry.id)).all()
    purpose = f"api {machine.client.client_id}"
    assert [(one.viewer_id, one.role, one.what, one.purpose) for one in looks] == [
        (machine.lead.id, "agency", "list", purpose),
        (machine.lead.id, "agency", "certificate", purpose),
    ]
    assert {one.subject_id for one in looks} == {machine.agency.id}


def test_a_certificate_is_matched_by_number_and_reference_yes_or_no(site: Site) -> None:
    machine, other = make_machine(site), make_machine(site)

    def finish(db: Session) -> str:
        learner = factories.make_learner(db)
        factories.pass_course(db, learner)
        number = factories.attest(db, learner).number
        factories.make_referral(
            db, agency=machine.agency, reference="R-1", enrolment_id=learner.enrolment_id
        )
        mark = reference_mark(KEYS, machine.agency.id, "R-1")
        db.scalars(select(Referral)).one().reference_mark = mark
        return number

    number = site.do(finish)

    def matches(asks: Machine, number: str, reference: str) -> object:
        answer = asks.post("/certificate-checks", {"number": number, "reference": reference})
        assert answer.status_code == 200
        return answer.get_json()

    assert matches(machine, number, "R-1") == {"match": True}
    assert matches(machine, number, "R-2") == {"match": False}
    assert matches(machine, "00000Z-Z", "R-1") == {"match": False}
    assert matches(other, number, "R-1") == {"match": False}
    for body in ({"number": number}, {"number": number, "reference": "R-1", "name": "x"}):
        assert machine.post("/certificate-checks", body).status_code == 422


def test_a_machine_that_asks_too_often_waits_and_others_do_not(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.exchange.clients.MOST_REQUESTS", 3)
    machine, other = make_machine(site), make_machine(site)
    assert MOST_REQUESTS == 600
    assert [machine.get("/messages").status_code for _ in range(4)] == [200, 200, 200, 429]
    slowed = machine.get("/referrals")
    assert (slowed.status_code, slowed.mimetype) == (429, PROBLEM)
    assert 0 < int(slowed.headers["Retry-After"]) <= 901
    assert other.get("/messages").status_code == 200
    site.clock.advance(minutes=15)
    assert machine.enter().get("/messages").status_code == 200


def test_guessing_at_certificates_is_slowed_down(site: Site) -> None:
    machine = make_machine(site)
    body = {"number": "000001-1", "reference": "R-1"}
    answers = [machine.post("/certificate-checks", body).status_code for _ in range(MOST_TRIES + 1)]
    assert answers == [200] * MOST_TRIES + [429]


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "after=1&after=2",
        "after=",
        "limit=0",
        "limit=101",
        "after=99999999999",
        "after=١",
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_number_that_is_none_is_refused_and_named(site: Site, query: str) -> None:
    answer = make_machine(site).get(f"/messages?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["field"] == query.partition("=")[0]


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_key_and_the_document_are_open_to_everybody(site: Site) -> None:
    client = site.app.test_client()
    key = client.get(f"{API}/key").get_json()
    assert key["public_key"] == public_key(KEYS.signing).hex()
    assert "BEGIN PUBLIC KEY" in key["pem"]
    document = client.get(f"{API}/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    paths = {f"{API}{path}" for path in document["paths"]}
    rules = {
        str(rule) for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith("api.")
    }
    assert paths == rules


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_faults_of_any_kind_are_problems_and_never_pages(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine, client = make_machine(site), site.app.test_client()
    assert client.get(f"{API}/nothing").mimetype == PROBLEM
    wrong = machine.send("DELETE", "/messages")
    assert (wrong.status_code, wrong.mimetype) == (405, PROBLEM)
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}

    def broken() -> str:
        raise RuntimeError("canary-7f3k")

    monkeypatch.setitem(site.app.view_functions, "api.messages", broken)
    fault = machine.get("/messages")
    assert (fault.status_code, fault.mimetype) == (500, PROBLEM)
    assert b"canary" not in fault.data


def test_a_page_of_another_site_cannot_use_the_api(site: Site) -> None:
    machine = make_machine(site)
    document = machine.sender.document("referral", "R-1")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://other.example"}):
        assert machine.send("POST", "/messages", json=document, headers=headers).status_code == 403
    with site.database.read() as db:
        assert db.scalars(select(ExchangeMessage)).all() == []


def test_a_sign_in_is_neither_needed_nor_touched_by_the_api(site: Site) -> None:
    """The API looks at no cookie: a session is not even noted as used."""
    machine, browser = make_machine(site), site.staff(Role.COORDINATOR)
    site.clock.advance(minutes=5)
    with site.statements() as seen:
        answer = browser.send("GET", f"{API}/key")
    assert answer.status_code == 200
    assert seen == []
    headers = {"Authorization": f"Bearer {machine.token}"}
    assert browser.send("GET", f"{API}/messages", headers=headers).status_code == 200
