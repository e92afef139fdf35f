"""A prosecutor asks who changed what, and whether anybody has touched the answer since.

Longer than 300 lines: one scene, a chain whose triggers are gone, and every way to tamper with it.
"""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, insert, literal_column, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.kernel.anchor import Anchor
from lms.kernel.audit import (
    SITE,
    Act,
    AuditEntry,
    ChainEndError,
    Fault,
    FaultKind,
    anchor_of,
    append_audit,
    latest_entries,
    verify_chain,
)
from lms.kernel.database import Database
from lms.kernel.errors import BadInputError
from lms.kernel.table import Base
from tests.factories import KEYS, NOW
from tests.threads import at_once

KEY = KEYS.audit
TABLE = Base.metadata.tables["audit_entry"]
LENGTH = 7
SOMEBODY = "01910000-0000-7000-8000-00000000000a"
MONTREAL = ZoneInfo("America/Toronto")
NUMBERS = st.integers(1, LENGTH)
per_example = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
DOCUMENTS = st.dictionaries(TEXTS, JSON, max_size=3)
OTHER_VALUES = {
    "at": st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    "actor": TEXTS,
    "act": TEXTS,
    "subject": TEXTS,
    "reason": TEXTS,
    "before": DOCUMENTS,
    "after": DOCUMENTS,
    "mac": st.text("0123456789abcdef", min_size=64, max_size=64),
}


def _act(number: int) -> Act:
    return Act(
        SOMEBODY, "time-credit", f"enrolment:{number}", "wrong <clock>", {"ms": 0}, {"ms": number}
    )


def _append(db: Session, count: int, *, key: bytes = KEY) -> None:
    for number in range(count):
        append_audit(db, key, _act(number), now=NOW + timedelta(microseconds=number))


def _unlock(db: Session) -> None:
    """Take the triggers away, as somebody who owns the database can."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        return
    for act in ("update", "delete"):
        db.execute(text(f"DROP TRIGGER audit_entry_no_{act}"))


@pytest.fixture
def chain(db: Session) -> Session:
    """Give a database with a chain whose triggers are gone; all of it is rolled back."""
    _append(db, LENGTH)
    _unlock(db)
    return db


def _change(db: Session, number: int, /, **values: object) -> None:
    db.execute(update(TABLE).where(TABLE.c.number == number).values(values))


def _cut(db: Session, *numbers: int) -> None:
    db.execute(delete(TABLE).where(TABLE.c.number.in_(numbers)))


def _swap(db: Session, one: int, other: int) -> None:
    """Let two entries change places, macs and all."""
    _change(db, one, number=99)
    _change(db, other, number=one)
    _change(db, 99, number=other)


def _faults(db: Session, *anchors: Anchor) -> list[Fault]:
    return list(verify_chain(db, KEY, anchors).faults)


def _found_and_undone(db: Session, tamper: Callable[[], object], *anchors: Anchor) -> list[Fault]:
    with db.begin_nested() as point:
        tamper()
        found = _faults(db, *anchors)
        point.rollback()
    return found


def test_what_was_written_down_is_whole_and_numbered_without_gaps(chain: Session) -> None:
    numbers = chain.scalars(select(AuditEntry.number).order_by(AuditEntry.number)).all()
    assert numbers == list(range(1, LENGTH + 1))
    verdict = verify_chain(chain, KEY)
    assert verdict.is_whole
    assert verdict.entries == LENGTH


def test_a_site_where_nothing_was_corrected_has_a_whole_chain(db: Session) -> None:
    early = anchor_of(db, KEY, NOW)
    assert verify_chain(db, KEY, [early]).is_whole
    _append(db, 2)
    assert verify_chain(db, KEY, [early]).is_whole


def test_an_entry_reads_the_same_on_both_databases_for_ever(db: Session) -> None:
    """A fixed mac: whoever changes how entries are written down breaks every chain there is."""
    winter = datetime(2026, 11, 1, 1, 30, 0, 4, tzinfo=MONTREAL).replace(fold=1)
    act = Act(SOMEBODY, "regrade", "attempt:1", "« Clé »\r\nfausse", {1: (0.5, None)}, {"é": True})  # type: ignore[dict-item]  # number keys become text
    entry = append_audit(db, KEY, act, now=winter)
    db.expire(entry)
    assert (entry.at, entry.before) == (winter.astimezone(UTC), {"1": [0.5, None]})
    assert entry.at.isoformat() == "2026-11-01T06:30:00.000004+00:00"
    assert entry.mac == "bd62faae8a08b21b4f7516826f71afc5d4d12bed7107b40644ff8ba3a1b6f553"
    assert verify_chain(db, KEY).is_whole


@per_example
@given(st.lists(st.tuples(DOCUMENTS, DOCUMENTS, OTHER_VALUES["at"]), min_size=1, max_size=3))
def test_whatever_a_correction_holds_its_entry_stays_true(
    db: Session, contents: list[tuple[dict[str, Any], dict[str, Any], datetime]]
) -> None:
    with db.begin_nested() as point:
        for before, after, at in contents:
            append_audit(db, KEY, Act(SITE, "test", "x:1", "", before, after), now=at)
        assert verify_chain(db, KEY).is_whole
        point.rollback()
    db.expunge_all()


@per_example
@given(NUMBERS, st.sampled_from(sorted(OTHER_VALUES)), st.data())
def test_a_single_edit_is_found_where_it_was_made(
    chain: Session, number: int, column: str, data: st.DataObject
) -> None:
    value = data.draw(OTHER_VALUES[column])
    old = chain.execute(select(TABLE.c[column]).where(TABLE.c.number == number)).scalar_one()
    assume(value != old)
    found = _found_and_undone(chain, lambda: _change(chain, number, **{column: value}))
    last = min(number + 1, LENGTH) if column == "mac" else number
    assert found == [Fault(FaultKind.ALTERED, number, last)]


@per_example
@given(NUMBERS, st.integers(-3, 30))
def test_a_changed_number_is_found(chain: Session, number: int, other: int) -> None:
    assume(not 1 <= other <= LENGTH)
    assert _found_and_undone(chain, lambda: _change(chain, number, number=other))


@pytest.mark.parametrize("number", range(1, LENGTH))
def test_a_deletion_is_found_and_what_stands_after_it_is_checked(
    chain: Session, number: int
) -> None:
    found = _found_and_undone(chain, lambda: _cut(chain, number))
    assert found == [Fault(FaultKind.MISSING, number, number)]
    _cut(chain, number)
    _change(chain, LENGTH, reason="x")
    if number < LENGTH - 1:
        assert Fault(FaultKind.ALTERED, LENGTH, LENGTH) in _faults(chain)


def test_a_deletion_that_closes_the_gap_is_found(chain: Session) -> None:
    _cut(chain, 3)
    for number in range(4, LENGTH + 1):
        _change(chain, number, number=number - 1)
    assert _faults(chain) == [Fault(FaultKind.ALTERED, 3, LENGTH - 1)]


@pytest.mark.parametrize(("one", "other"), list(combinations(range(1, LENGTH + 1), 2)))
def test_two_entries_that_change_places_are_found(chain: Session, one: int, other: int) -> None:
    _swap(chain, one, other)
    marked = {at for fault in _faults(chain) for at in range(fault.first, fault.last + 1)}
    assert {one, other} <= marked


@pytest.mark.parametrize("kept", range(LENGTH))
def test_a_cut_tail_is_found_with_an_anchor_and_does_not_show_without(
    chain: Session, kept: int
) -> None:
    anchor = anchor_of(chain, KEY, NOW)
    _cut(chain, *range(kept + 1, LENGTH + 1))
    assert _faults(chain) == []
    assert _faults(chain, anchor) == [Fault(FaultKind.CUT, kept + 1, LENGTH)]


def test_a_tail_cut_and_grown_again_is_found_with_an_anchor(chain: Session) -> None:
    """Whoever also holds the key can make a whole chain anew, but not what an anchor saw."""
    anchor = anchor_of(chain, KEY, NOW)
    _cut(chain, *range(3, LENGTH + 1))
    _append(chain, LENGTH)
    assert _faults(chain) == []
    assert _faults(chain, anchor) == [Fault(FaultKind.REMADE, LENGTH, LENGTH)]


def test_every_anchor_of_a_log_is_asked(chain: Session) -> None:
    anchors = [anchor_of(chain, KEY, NOW)]
    _append(chain, 3)
    anchors.append(anchor_of(chain, KEY, NOW + timedelta(days=1)))
    assert _faults(chain, *anchors) == []
    _cut(chain, LENGTH + 2, LENGTH + 3)
    assert _faults(chain, *anchors) == [Fault(FaultKind.CUT, LENGTH + 2, LENGTH + 3)]
    _cut(chain, LENGTH, LENGTH + 1)
    _append(chain, 4)
    assert _faults(chain, *anchors) == [
        Fault(FaultKind.REMADE, number, number) for number in (LENGTH, LENGTH + 3)
    ]


def test_an_anchor_made_after_the_forgery_does_not_silence_the_one_before(chain: Session) -> None:
    true = anchor_of(chain, KEY, NOW)
    _cut(chain, LENGTH)
    _append(chain, 1)
    later = anchor_of(chain, KEY, NOW + timedelta(days=1))
    for anchors in ((true, later), (later, true)):
        assert _faults(chain, *anchors) == [Fault(FaultKind.REMADE, LENGTH, LENGTH)]


@pytest.mark.parametrize("key", [bytes(32), KEYS.session])
def test_a_row_forged_without_the_key_is_found(chain: Session, key: bytes) -> None:
    _append(chain, 2, key=key)
    assert _faults(chain) == [Fault(FaultKind.ALTERED, LENGTH + 1, LENGTH + 2)]


def test_a_row_under_a_number_that_is_never_given_is_found(chain: Session) -> None:
    row = dict(chain.execute(select(TABLE).where(TABLE.c.number == 1)).mappings().one())
    chain.execute(insert(TABLE), [row | {"number": 0}, row | {"number": -5}])
    assert _faults(chain) == [Fault(FaultKind.STRAY, at, at) for at in (-5, 0)]


SPOILED = [
    {"before": literal_column("'[1'"), "number": 2},
    {"before": literal_column('\'{"ms": 7, "ms": 0}\'')},
    {"before": literal_column("'" + "[" * 100_000 + "'")},
    {"after": literal_column("'{\"ms\": 1e999}'")},
    {"at": literal_column("'yesterday'")},
    {"at": literal_column("'2026-11-21 19:00:00.000001+05:00'")},
    {"reason": literal_column("17")},
    {"reason": literal_column("cast('wrong <clock>' AS BLOB)")},
    {"mac": literal_column("x'00'")},
    {"number": literal_column("'two'")},
    {"number": literal_column("2.5")},
]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("values", SPOILED)
def test_sqlite_which_keeps_anything_in_any_column_does_not_stop_the_check(
    chain: Session, values: dict[str, Any]
) -> None:
    _change(chain, 2, **values)
    assert _faults(chain)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "values",
    [
        {"at": literal_column("'infinity'::timestamptz")},
        {"at": literal_column("'0044-03-15 BC'::timestamptz")},
        {"before": literal_column('\'{"ms": 0, "ms": 0}\'')},
        {"before": literal_column("'[]'")},
    ],
)
def test_what_python_cannot_read_on_postgresql_is_found(
    chain: Session, values: dict[str, Any]
) -> None:
    _change(chain, 2, **values)
    assert _faults(chain) == [Fault(FaultKind.ALTERED, 2, 2)]


@pytest.mark.parametrize("zone", ["America/Toronto", "Asia/Kathmandu"])
@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_the_zone_of_a_connection_changes_nothing(chain: Session, zone: str) -> None:
    chain.execute(text(f"SET LOCAL TIME ZONE '{zone}'"))
    assert _faults(chain) == []


@pytest.mark.parametrize("values", [{"mac": "nothing"}, {"number": (1 << 63) - 1}])
def test_nothing_is_hung_on_an_end_that_was_tampered_with(
    chain: Session, values: dict[str, Any]
) -> None:
    _change(chain, LENGTH, **values)
    with pytest.raises(ChainEndError):
        _append(chain, 1)
    with pytest.raises(ChainEndError):
        anchor_of(chain, KEY, NOW)


def test_nobody_edits_or_deletes_an_entry_by_mistake(db: Session) -> None:
    _append(db, 1)
    for act in (update(TABLE).values(reason="x"), delete(TABLE)):
        with pytest.raises(IntegrityError, match="append-only"), db.begin_nested():
            db.execute(act)


def test_twenty_corrections_at_once_make_one_chain(real_database: Database) -> None:
    def act(number: int) -> Callable[[Session], int]:
        return lambda db: append_audit(db, KEY, _act(number), now=NOW).number

    done, refused = at_once(real_database, [act(number) for number in range(20)])
    assert refused == []
    assert sorted(done) == list(range(1, 21))
    with real_database.read() as db:
        assert verify_chain(db, KEY) == verify_chain(db, KEY, [anchor_of(db, KEY, NOW)])
        assert verify_chain(db, KEY).is_whole


def test_an_act_that_is_not_committed_leaves_no_gap(real_database: Database) -> None:
    with real_database.write() as db:
        _append(db, 2)
    with real_database.write() as db:
        assert append_audit(db, KEY, _act(1), now=NOW).number == 1


def test_a_long_chain_is_read_in_one_statement_and_little_memory(db: Session) -> None:
    entry = append_audit(db, KEY, _act(1), now=NOW)
    row = {column.name: getattr(entry, column.name) for column in TABLE.columns}
    db.execute(insert(TABLE), [row | {"number": number} for number in range(2, 10_001)])
    statements: list[str] = []
    bind = db.connection()
    event.listen(bind, "before_cursor_execute", lambda *call: statements.append(call[2]))
    tracemalloc.start()
    try:
        verdict = verify_chain(db, KEY)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert verdict.entries == 10_000
    assert verdict.faults == (Fault(FaultKind.ALTERED, 2, 10_000),)
    assert len(statements) == 1
    assert peak < 5_000_000


def test_the_last_entries_are_shown_in_the_order_they_were_written(db: Session) -> None:
    _append(db, 4)
    assert [one.number for one in latest_entries(db, limit=2)] == [3, 4]
    assert [one.number for one in latest_entries(db, subject="enrolment:2", limit=9)] == [3]


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": "Claire Tremblay"},
        {"actor": SOMEBODY.upper()},
        {"actor": ""},
        {"act": ""},
        {"act": "x" * 41},
        {"act": "two words"},
        {"subject": "x" * 121},
        {"subject": "enrolment:Zoé"},
        {"subject": "a name"},
        {"subject": ""},
        {"reason": "x" * 501},
        {"reason": "NUL \x00"},
        {"reason": "\x1b[2J"},
        {"reason": "\ud800"},
    ],
)
def test_what_cannot_stand_in_an_entry_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(BadInputError):
        replace(_act(1), **changes)  # type: ignore[arg-type]  # mypy does not know which field


def test_a_reason_of_500_characters_with_lines_and_accents_is_kept(db: Session) -> None:
    reason = "« É » : 𝄞\r\n\tsuite".ljust(500, "é")
    entry = append_audit(db, KEY, replace(_act(1), reason=reason), now=NOW)
    db.expire(entry)
    assert entry.reason == reason
    assert verify_chain(db, KEY).is_whole


def test_numbers_as_keys_are_written_down_as_they_will_be_read(db: Session) -> None:
    shares: dict[Any, int] = {9: 1, 10: 2}  # as numbers 9 comes first, as texts 10 does
    entry = append_audit(db, KEY, replace(_act(1), before=shares, after=shares), now=NOW)
    assert entry.before == entry.after == {"9": 1, "10": 2}
    assert verify_chain(db, KEY).is_whole


@pytest.mark.parametrize("after", [{"score": float("nan")}, {"id": UUID(SOMEBODY)}])
def test_what_is_not_json_is_a_mistake_of_the_code(db: Session, after: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        append_audit(db, KEY, replace(_act(1), after=after), now=NOW)


def test_a_moment_without_a_zone_is_a_mistake_of_the_code(db: Session) -> None:
    with pytest.raises(ValueError, match="time zone"):
        append_audit(db, KEY, _act(1), now=NOW.replace(tzinfo=None))
