"""The token's door: who shows the right secret gets in, for a quarter of an hour."""

from base64 import b64encode
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.agencies.models import Agency, AgencyMember, ApiClient, ApiToken
from lms.exchange.clients import MOST_REFUSALS, NotALeadError, add_client, clients_of, end_client
from lms.kernel.audit import latest_entries
from lms.kernel.errors import NotFoundError
from tests import factories
from tests.factories import KEYS, NOW
from tests.web.api.machine import API, FORM, Machine, make_lead, make_machine
from tests.web.site import Site


def basic(name: str, secret: str) -> dict[str, str]:
    """Give the header of RFC 7617."""
    return {"Authorization": "Basic " + b64encode(f"{name}:{secret}".encode()).decode()}


def is_open(machine: Machine) -> bool:
    """Whether the machine's token opens the API."""
    return machine.get("/messages").status_code == 200


def test_a_machine_shows_its_secret_in_the_form_or_in_the_header(site: Site) -> None:
    machine = make_machine(site)
    client = machine.site.app.test_client()
    by_form = machine.ask_token()
    by_header = client.post(
        f"{API}/token", data=FORM, headers=basic(machine.client.client_id, machine.client.secret)
    )
    for answer in (by_form, by_header):
        assert answer.status_code == 200
        said = answer.get_json()
        assert (said["token_type"], said["expires_in"], said["scope"]) == (
            "Bearer",
            900,
            "exchange",
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert is_open(
            Machine(site, machine.sender, machine.lead, machine.client, said["access_token"])
        )


def test_a_wrong_secret_and_an_unknown_id_get_the_same_answer(site: Site) -> None:
    machine = make_machine(site)
    wrong = machine.ask_token(client_secret="x" * 43)
    unknown = machine.ask_token(client_id="agency-0000000000000000")
    for answer in (wrong, unknown):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert wrong.data == unknown.data == b'{"error":"invalid_client"}\n'


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"client_secret": ""}, "invalid_request"),
        ({"client_id": ""}, "invalid_request"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_request_that_is_not_of_the_form_is_refused_with_the_words_of_the_standard(
    site: Site, changes: dict[str, Any], error: str
) -> None:
    answer = make_machine(site).ask_token(**changes)
    assert (answer.status_code, answer.get_json()) == (400, {"error": error})


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_secret_is_shown_in_one_way_and_once(site: Site) -> None:
    machine, client = make_machine(site), site.app.test_client()
    shown = {"client_id": machine.client.client_id, "client_secret": machine.client.secret}
    header = basic(machine.client.client_id, machine.client.secret)
    twice = client.post(f"{API}/token", data={**FORM, **shown}, headers=header)
    repeated = client.post(f"{API}/token", data={**shown, "grant_type": ["client_credentials"] * 2})
    as_json = client.post(f"{API}/token", json={**FORM, **shown})
    broken = client.post(f"{API}/token", data=FORM, headers={"Authorization": "Basic é"})
    for answer in (twice, repeated, as_json, broken):
        assert (answer.status_code, answer.get_json()) == (400, {"error": "invalid_request"})


def test_an_id_that_no_database_can_compare_is_a_bad_request(site: Site) -> None:
    client = site.app.test_client()
    nul = {"client_id": "agency-\x00", "client_secret": "x"}
    by_form = client.post(f"{API}/token", data={**FORM, **nul})
    by_header = client.post(f"{API}/token", data=FORM, headers=basic("agency-%00", "x"))
    for answer in (by_form, by_header):
        assert (answer.status_code, answer.get_json()) == (400, {"error": "invalid_request"})


def test_a_token_opens_for_a_quarter_of_an_hour_and_old_ones_are_forgotten(site: Site) -> None:
    machine = make_machine(site)
    site.clock.advance(seconds=899)
    assert is_open(machine)
    site.clock.advance(seconds=1)
    refused = machine.get("/messages")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    fresh = machine.enter()
    with site.database.read() as db:
        assert len(db.scalars(select(ApiToken)).all()) == 1
    assert is_open(fresh)


def test_neither_secret_nor_token_is_kept(site: Site) -> None:
    machine = make_machine(site)
    with site.database.read() as db:
        client, token = db.scalars(select(ApiClient)).one(), db.scalars(select(ApiToken)).one()
        kept = f"{vars(client)} {vars(token)} {latest_entries(db, limit=50)}"
        acts = [vars(one) for one in latest_entries(db, limit=50)]
    assert machine.client.secret not in kept + str(acts)
    assert machine.token not in kept + str(acts)
    assert acts[-1]["act"] == "agency.add-client"


@pytest.mark.parametrize("end", ["client", "agency", "account", "lead", "elsewhere"])
def test_a_machine_is_out_at_once_when_it_its_agency_or_its_lead_is(site: Site, end: str) -> None:
    machine = make_machine(site)

    def act(db: Session) -> None:
        member = db.get_one(AgencyMember, machine.lead.id)
        if end == "client":
            end_client(db, machine.client.client_id, keys=KEYS, now=site.clock())
        elif end == "agency":
            db.get_one(Agency, machine.agency.id).closed_at = site.clock()
        elif end == "account":
            db.get_one(User, machine.lead.id).disabled_at = site.clock()
        elif end == "lead":
            member.is_lead = False
        else:
            member.agency_id = factories.make_agency(db).id

    site.do(act)
    assert machine.get("/messages").status_code == 401
    assert machine.ask_token().status_code == 401


def test_wrong_secrets_are_counted_by_address_so_that_nobody_locks_a_machine_out(
    site: Site,
) -> None:
    machine = make_machine(site)
    client = site.app.test_client()

    def guess(address: str, secret: str) -> int:
        shown = {**FORM, "client_id": machine.client.client_id, "client_secret": secret}
        asked = client.post(f"{API}/token", data=shown, environ_base={"REMOTE_ADDR": address})
        return asked.status_code

    answers = [guess("203.0.113.9", "wrong") for _ in range(MOST_REFUSALS + 1)]
    assert answers == [401] * MOST_REFUSALS + [429]
    assert guess("203.0.113.9", machine.client.secret) == 429
    assert guess("203.0.113.10", machine.client.secret) == 200
    site.clock.advance(minutes=15)
    assert guess("203.0.113.9", machine.client.secret) == 200


def test_a_lead_of_the_agency_answers_for_a_machine_and_nobody_else(db: Session) -> None:
    agency, other = factories.make_agency(db), factories.make_agency(db)
    nobody = factories.make_user(db)
    member, theirs = make_lead(db, agency, is_lead=False), make_lead(db, other)
    gone = make_lead(db, agency)
    gone.disabled_at = NOW
    for one in (nobody, member, theirs, gone):
        with pytest.raises(NotALeadError):
            add_client(db, agency.id, one, keys=KEYS, now=NOW)
    assert clients_of(db, agency.id) == []


def test_a_machine_that_ended_is_listed_and_cannot_end_again(db: Session) -> None:
    agency = factories.make_agency(db)
    made = add_client(db, agency.id, make_lead(db, agency), keys=KEYS, now=NOW)
    end_client(db, made.client_id, keys=KEYS, now=NOW)
    assert [one.ended_at for one in clients_of(db, agency.id)] == [NOW]
    with pytest.raises(NotFoundError):
        end_client(db, made.client_id, keys=KEYS, now=NOW)
