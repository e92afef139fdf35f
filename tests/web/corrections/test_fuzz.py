"""Any fields at all, sent to the forms of corrections by those who may: never a fault of ours."""

import random

from tests.corrections.people import REASON
from tests.web.corrections.conftest import Office, correction_in
from tests.web.test_fuzz import VALUES

NAMES = (
    "reason", "module", "place", "minutes", "percent", "no_pause", "read_aloud", "points",
    "based_on", "choice", "seen", "attempt", "decision",
)  # fmt: skip
ROUNDS = 12


def test_no_form_of_corrections_breaks_whatever_is_sent(office: Office) -> None:
    chance = random.Random(20261121)  # noqa: S311 - the same fields at each run
    enrolment_id, attempt_id = office.sat("P-ONE", wrong={"multiple", "order"})
    person = f"/en/corrections/people/{enrolment_id}"
    office.first.post(f"{person}/waive-module", {"module": "2", "reason": REASON})
    place = correction_in(office.second.get("/en/corrections").text)
    question = office.question_url(attempt_id, "multiple")
    urls = [
        *(f"{person}/{kind}" for kind in ("extra-attempt", "time-credit", "arrangement")),
        *(f"{place}/{act}" for act in ("decision", "passes")),
        question,
        f"{question}/key",
    ]
    good = {"reason": REASON, "module": "1", "place": "1", "choice": "drop", "points": "1"}
    broken = []
    for url in urls:
        for _ in range(ROUNDS):
            fields = good | {chance.choice(NAMES): chance.choice(VALUES) for _ in range(3)}
            query = {"choice": chance.choice(VALUES), "q": chance.choice(VALUES)}
            with office.site.undone():
                sent = office.second.copy().post(url, fields)
                seen = office.second.copy().get(url, query_string=query)
                start = office.second.copy().get("/en/corrections", query_string=query)
            statuses = (sent.status_code, seen.status_code, start.status_code)
            if max(statuses) >= 500:
                broken.append((url, fields, query, statuses))
    assert broken == []
