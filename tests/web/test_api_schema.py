"""The API's document holds: whatever it allows is answered as it says, and the rest is refused.

Schemathesis makes the requests from the document alone; they go to the application in this
process, with the token of a machine. The examples are the same in each run.
"""

from itertools import product
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from lms.exchange.message import INBOUND
from lms.exchange.service import report_outcome
from tests import factories
from tests.exchange.test_service import DONE
from tests.factories import KEYS, NOW
from tests.web.api.machine import API, Machine, make_machine
from tests.web.site import Site

EXAMPLES = 20
CHECKS = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]
LIMITS = (
    "lms.exchange.clients.MOST_REQUESTS",
    "lms.exchange.clients.MOST_REFUSALS",
    "lms.web.api.views.count_match",
)
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
schemathesis.openapi.format(
    "utc-second", st.datetimes().map(lambda one: f"{one:%Y-%m-%dT%H:%M:%SZ}")
)


@pytest.fixture
def machine(site: Site, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Give a machine that may ask as often as it likes, of an agency with something to tell."""
    monkeypatch.setattr(LIMITS[0], 10**6)
    monkeypatch.setattr(LIMITS[1], 10**6)
    monkeypatch.setattr(LIMITS[2], lambda *_args, **_options: None)
    made = make_machine(site, signs=False)

    def report(db: Any) -> None:  # noqa: ANN401 - a session
        referral = factories.make_referral(db, agency=made.agency, **DONE)
        report_outcome(db, referral, certificate_number="000001-1", keys=KEYS, now=NOW)

    site.do(report)
    return made


def whole(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Write 1.0 as 1: to JSON Schema they are the same, and messages write it in one way."""
    if isinstance(value, dict):
        return {name: whole(one) for name, one in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def operations(site: Site) -> dict[str, Any]:
    """Give the operations of the document, by name."""
    schema = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", site.app)
    found: list[Any] = list(schema.get_all_operations())
    return {one.ok().definition.raw["operationId"]: one.ok() for one in found}


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        *product(("token", "messages", "take", "referrals", "check"), GenerationMode),
        ("key", GenerationMode.POSITIVE),  # there is nothing to send that could be wrong
    ],
)
def test_each_operation_answers_as_the_document_says(
    site: Site, machine: Machine, name: str, mode: GenerationMode
) -> None:
    operation = operations(site)[name]
    headers = {"Authorization": f"Bearer {machine.token}"} if name != "token" else {}
    seen = []

    @seed(20261121)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:  # noqa: ANN401 - schemathesis's own
        if mode is GenerationMode.POSITIVE:
            case.body = whole(case.body)
        response = case.call(headers=headers)
        seen.append(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    assert seen


@pytest.mark.parametrize("kind", sorted(kind.value for kind in INBOUND))
def test_a_message_that_the_document_allows_is_taken_or_refused_for_what_it_asks(
    site: Site, machine: Machine, kind: str
) -> None:
    """Of the machine's own agency and under the next number: nothing is refused for its form."""
    operation = operations(site)["take"]
    headers = {"Authorization": f"Bearer {machine.token}"}
    today = NOW.date().isoformat()
    answers: list[int] = []

    @seed(20261121)
    @settings(
        max_examples=EXAMPLES // 2,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy().filter(lambda one: one.body["message"]["kind"] == kind))
    def ask(case: Any) -> None:  # noqa: ANN401 - schemathesis's own
        message = whole(case.body["message"])
        message |= {"agency": str(machine.agency.id), "number": 1 + answers.count(201)}
        if kind == "referral":  # its days are any days
            message |= {"deadline": today, "decided_on": today, "committed_on": None}
        case.body = {"message": message}
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        answers.append(response.status_code)

    ask()
    assert answers
    assert set(answers) <= {201, 404, 409}
    assert (201 in answers) == (kind == "referral")  # the others are about files there are none of
