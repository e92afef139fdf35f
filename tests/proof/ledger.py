"""What the database holds of somebody, read past the product: plain SQL on the tables."""

import json
import sqlite3
import uuid
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from lms.assessment.queries import response_place
from tests.factories import KEYS
from tests.proof.person import Place

_STANDING = """
SELECT module_id, attempts, passed_at IS NOT NULL, review, extra_attempts FROM standing
WHERE enrolment_id = ?"""
_READ = """
SELECT module_id, section_id, round FROM seat_time
WHERE enrolment_id = ? AND kind = 'instruction' AND read_at IS NOT NULL"""
_CREDITED = """
SELECT module_id, section_id, round, credited_ms FROM seat_time
WHERE enrolment_id = ? AND kind = 'instruction'"""
_ATTEMPTS = "SELECT id, module_id, number, shown FROM attempt WHERE enrolment_id = ?"
_ANSWERS = """
SELECT attempt_id, item_id, answer, sealed_text, version FROM response
WHERE attempt_id IN (SELECT id FROM attempt WHERE enrolment_id = ?)"""
_RESULTS = """
SELECT attempt_id, raw_numerator, raw_denominator, maximum, passed, ended_by FROM result
WHERE attempt_id IN (SELECT id FROM attempt WHERE enrolment_id = ?)"""
_COMPLETED = "SELECT count(*) FROM completion_record WHERE enrolment_id = ?"


def credited(raw: sqlite3.Connection, enrolment_id: uuid.UUID) -> Mapping[Place, int]:
    """Give the time of reading that is credited to somebody, in ms, by module, section, round."""
    rows = raw.execute(_CREDITED, [enrolment_id.hex])
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def facts(raw: sqlite3.Connection, enrolment_id: uuid.UUID) -> Mapping[str, Any]:
    """Give what the database holds of somebody, as `Person.facts` gives what it should hold."""
    mine = [enrolment_id.hex]
    answers: dict[uuid.UUID, dict[str, Any]] = {}
    for attempt_id, item_id, answer, sealed, version in raw.execute(_ANSWERS, mine):
        attempt = uuid.UUID(attempt_id)
        text = tuple(json.loads(answer))
        if sealed is not None:
            text = (KEYS.unseal_of(enrolment_id, sealed, response_place(attempt, item_id)),)
        answers.setdefault(attempt, {})[item_id] = (text, version)
    return {
        "standing": {
            row[0]: (row[1], bool(row[2]), [] if row[2] else sorted(json.loads(row[3])), row[4])
            for row in raw.execute(_STANDING, mine)
        },
        "read": {(row[0], row[1], row[2]) for row in raw.execute(_READ, mine)},
        "answers": answers,
        "results": {
            uuid.UUID(row[0]): (Fraction(row[1], row[2]), row[3], bool(row[4]), row[5])
            for row in raw.execute(_RESULTS, mine)
        },
        "attempts": {
            uuid.UUID(row[0]): (row[1], row[2], tuple(one["item"] for one in json.loads(row[3])))
            for row in raw.execute(_ATTEMPTS, mine)
        },
        "completed": raw.execute(_COMPLETED, mine).fetchone()[0] == 1,
    }
