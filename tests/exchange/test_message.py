"""The form of messages: closed, and nothing in it that somebody could write himself."""

import json
import re
import uuid
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exchange.fields import write_moment
from lms.exchange.message import (
    Direction,
    Head,
    Kind,
    MessageError,
    direction_of,
    fields_of,
    read_message,
    schema_of,
    write_message,
)
from lms.exchange.signed import digest_of, open_document, read_line, sign_message
from lms.kernel.signing import public_key, sign
from tests.exchange.desk import AGENCY_KEY, OTHER_KEY, REFERRED
from tests.factories import NOW

AGENCY = uuid.UUID("0197a000-0000-7000-8000-000000000001")
BODIES: dict[Kind, dict[str, Any]] = {
    Kind.STATUS: {"status": "completed", "date": "2026-11-21", "certificate": "000001-1"},
    Kind.REFERRAL: REFERRED,
    Kind.CANCEL: {},
    Kind.SUSPEND: {},
    Kind.RESUME: {},
    Kind.DEADLINE: {"deadline": "2027-02-01"},
    Kind.FOLLOW_UP: {"months": 12, "known_again": True, "known_on": "2026-11-01"},
}
KINDS = pytest.mark.parametrize("kind", list(Kind))


def message(kind: Kind, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Give a good message of a kind, changed."""
    return {
        "version": 1,
        "agency": str(AGENCY),
        "direction": direction_of(kind).value,
        "number": 3,
        "kind": kind.value,
        "at": write_moment(NOW),
        "reference": "R-2026-17",
        **BODIES[kind],
        **changes,
    }


def is_refused(given: object) -> bool:
    """Whether nobody takes it."""
    try:
        read_message(given)
    except MessageError:
        return True
    return False


@KINDS
def test_a_message_of_each_kind_is_read_as_it_was_written(kind: Kind) -> None:
    head, body = read_message(message(kind))
    assert (head.agency_id, head.number, head.kind) == (AGENCY, 3, kind)
    assert (head.reference, head.at) == ("R-2026-17", NOW)
    assert body == BODIES[kind]


@KINDS
def test_a_message_with_a_field_too_many_or_too_few_is_refused(kind: Kind) -> None:
    good = message(kind)
    assert is_refused({**good, "note": "he told us that"})
    for name in good:
        assert is_refused({key: value for key, value in good.items() if key != name}), name


@KINDS
def test_no_field_takes_a_sentence_a_name_or_a_value_of_another_sort(kind: Kind) -> None:
    good = message(kind)
    telling = (
        "Jean Tremblay",
        "Tremblay",
        "not_eligible because",
        "é1",
        "1\n",
        "",
        " R-1",
        "x" * 41 + "1",
    )
    odd: tuple[object, ...] = (*telling, 1.0, -1, 0, 2**31, [], {}, [1], float("nan"))
    for name in good:
        for value in odd:
            assert is_refused({**good, name: value}), (name, value)


@KINDS
def test_true_is_not_one_and_one_is_not_true(kind: Kind) -> None:
    assert is_refused(message(kind, version=True))
    assert is_refused(message(kind, number=True))
    if kind is Kind.REFERRAL:
        assert is_refused(message(kind, first_time=1))
        assert is_refused(message(kind, arrangement=0))


@pytest.mark.parametrize("answer", ["first_time", "no_minor", "accepts", "lawyer_told"])
def test_an_agency_cannot_say_which_answer_was_no(answer: str) -> None:
    """A refusal would be a ground, and grounds never travel."""
    assert is_refused(message(Kind.REFERRAL, **{answer: False}))


@pytest.mark.parametrize("value", ["2026-02-29", "2026-13-01", "20261121", "2026-11-21T00:00:00Z"])
def test_a_day_that_is_none_is_refused(value: str) -> None:
    assert is_refused(message(Kind.DEADLINE, deadline=value))


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-21T14:00:00+00:00",
        "2026-11-21T14:00:00.5Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21 14:00:00Z",
        "2026-1-21T14:00:00Z",
    ],
)
def test_a_moment_is_written_in_one_way(value: str) -> None:
    assert is_refused(message(Kind.CANCEL, at=value))


def test_each_kind_goes_one_way() -> None:
    for kind in Kind:
        other = "in" if direction_of(kind) is Direction.OUT else "out"
        assert is_refused(message(kind, direction=other))


def test_a_fault_names_the_field_and_never_what_it_held() -> None:
    with pytest.raises(MessageError) as fault:
        read_message(message(Kind.REFERRAL, reference="canary-Tremblay"))
    assert str(fault.value).startswith("reference: ")
    assert "canary" not in str(fault.value)
    with pytest.raises(MessageError) as fault:
        read_message(message(Kind.CANCEL, canary="x"))
    assert "canary" not in str(fault.value)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)


def _value(kind: Kind, name: str) -> st.SearchStrategy[Any]:
    return st.just(message(kind)[name]) | st.just(message(kind)[name]) | _json


@given(st.data())
def test_the_schema_that_others_read_and_the_check_say_the_same(data: st.DataObject) -> None:
    """What JSON Schema takes is taken, and what it refuses is refused; of any message at all."""
    kind = data.draw(st.sampled_from(list(Kind)))
    given = {name: data.draw(_value(kind, name)) for name in fields_of(kind)}
    given |= data.draw(st.dictionaries(st.text(max_size=6), _json, max_size=1))
    schema = jsonschema_rs.validator_for(schema_of(kind), validate_formats=True)
    assert schema.is_valid(given) is not is_refused(given)


ENUMERATED = {
    *(word for kind in Kind for word in (kind.value, *fields_of(kind))),
    *("in", "out", "fr", "en", "prosecutor", "police"),
    *("completed", "not_completed", "withdrawn"),
}


@given(
    st.sampled_from(list(Kind)),
    st.dictionaries(
        st.sampled_from([*fields_of(Kind.REFERRAL), "status", "date", "note"]),
        st.text(max_size=50) | _json,
    ),
)
def test_whatever_is_said_a_message_that_is_taken_holds_listed_words_alone(
    kind: Kind, changes: dict[str, Any]
) -> None:
    """The canary: listed words, numbers and days travel, and the agency's own reference."""
    given = {**message(kind), **changes}
    if is_refused(given):
        return
    told = {
        name: value
        for name, value in given.items()
        if name not in {"reference", "agency", "certificate"}
    }
    words = re.findall(r"[A-Za-z_]{2,}", json.dumps(told))
    assert set(words) <= ENUMERATED | {"true", "false", "null"}


def test_what_is_not_of_the_form_is_never_written() -> None:
    head = Head(AGENCY, Direction.OUT, 1, Kind.STATUS, NOW, "R-1")
    made = write_message(head, status="completed", date=date(2026, 11, 21), certificate=None)
    assert made["date"] == "2026-11-21"
    with pytest.raises(MessageError):
        write_message(head, status="failed", date=date(2026, 11, 21), certificate=None)
    with pytest.raises(MessageError):
        write_message(head, status="completed", date=date(2026, 11, 21), certificate=None, score=3)


def test_a_signature_holds_for_every_field_and_one_key() -> None:
    good = message(Kind.STATUS)
    signed = sign_message(good, AGENCY_KEY)
    assert signed.is_by(public_key(AGENCY_KEY))
    assert not signed.is_by(public_key(OTHER_KEY))
    others: dict[str, Any] = {"version": 2, "number": 4, "status": "withdrawn", "certificate": None}
    for name, value in good.items():
        changed = {**good, name: others.get(name, f"{value}x")}
        tampered = open_document({**signed.document(), "message": changed})
        assert not tampered.is_by(public_key(AGENCY_KEY)), name
    for document in (
        {**signed.document(), "key_id": "0" * 16},
        {**signed.document(), "signature": "0" * 128},
    ):
        assert not open_document(document).is_by(public_key(AGENCY_KEY))


def test_a_signature_of_something_else_does_not_stand_for_a_message() -> None:
    """A record is signed without the prefix: its signature must not make a message."""
    good = message(Kind.STATUS)
    bare = json.dumps(good, sort_keys=True, separators=(",", ":")).encode()
    document = {**sign_message(good, AGENCY_KEY).document(), "signature": sign(AGENCY_KEY, bare)}
    assert not open_document(document).is_by(public_key(AGENCY_KEY))


def test_the_order_of_fields_and_blanks_do_not_make_another_message() -> None:
    good = message(Kind.CANCEL)
    turned = dict(reversed(good.items()))
    assert digest_of(good) == digest_of(turned)
    assert sign_message(good, AGENCY_KEY).line() == sign_message(turned, AGENCY_KEY).line()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"{",
        b"\xff{}",
        b'{"message": {"number": 1, "number": 2}}',
        b'{"message": {"number": 1.0}}',
        b'{"message": NaN}',
        b"[" * 5000,
        b'{"message": {}, "signature": "' + b"0" * 5000 + b'"}',
    ],
)  # fmt: skip
def test_a_line_that_two_readers_could_read_differently_is_refused(line: bytes) -> None:
    with pytest.raises(MessageError):
        open_document(read_line(line))


@pytest.mark.parametrize(
    "more",
    [
        {"note": "x"},
        {"signature": None},
        {"key_id": 3},
        {"signature": ""},
        {"signature": "A" * 128},
        {"key_id": "0" * 15},
        {"message": []},
    ],
)
def test_a_document_has_three_parts_and_no_other(more: dict[str, Any]) -> None:
    with pytest.raises(MessageError):
        open_document({**sign_message(message(Kind.CANCEL), AGENCY_KEY).document(), **more})
