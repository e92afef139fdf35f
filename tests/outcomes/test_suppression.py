"""Nobody can work out a hidden figure from those that are shown, however he adds and subtracts.

The proof is another set of tables: whole numbers, every sum right, every shown figure the same, the
hidden one different. It is checked here without the code that found it.
"""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.outcomes.flows import Name
from lms.outcomes.suppression import (
    LEAST,
    TOTAL,
    Counts,
    Shape,
    Tables,
    another,
    counts_of,
    protect,
)

WAY = Shape(
    "referred",
    {
        "referred": ("eligible", "refused"),
        "eligible": ("enrolled", "waiting"),
        "enrolled": ("busy", "completed", "returned", "withdrawn"),
    },
    frozenset({"refused", "waiting"}),
)
FLAT = Shape("messages")
Leaves = Mapping[str, int]


def whole(shape: Shape, leaves: Leaves) -> Counts:
    """Add a row up."""

    def value(column: str) -> int:
        parts = shape.parts.get(column)
        return leaves.get(column, 0) if parts is None else sum(value(part) for part in parts)

    return {column: value(column) for column in shape.columns}


def tables_of(
    rows: Mapping[str, Mapping[str, Leaves]],
    shape: Shape = WAY,
    known: frozenset[str] = frozenset({"groups"}),
) -> Tables:
    """Give tables whose totals are those of the first."""
    first = next(iter(rows.values()))
    total = {leaf: sum(row.get(leaf, 0) for row in first.values()) for leaf in shape.leaves}
    made = {
        table: {row: whole(shape, leaves) for row, leaves in given.items()}
        for table, given in rows.items()
    }
    return Tables(shape, whole(shape, total), made, known & made.keys())


def shown(tables: Tables, hidden: frozenset[Name]) -> dict[Name, int]:
    """Give what a reader sees."""
    counts = counts_of(tables)
    return {n: v for n, v in counts.items() if n not in hidden and n[2] not in tables.shape.rests}


def adds_up(tables: Tables, counts: Mapping[Name, int]) -> bool:
    """Whether these are tables that could be: every sum right, no figure below what is known."""
    places = {name[:2] for name in counts}
    for place in places:
        for column, parts in tables.shape.parts.items():
            if counts[*place, column] != sum(counts[*place, part] for part in parts):
                return False
        least = 1 if place[0] in tables.known else 0
        if counts[*place, tables.shape.root] < least:
            return False
    for table in tables.rows:
        for column in tables.shape.columns:
            cells = [v for n, v in counts.items() if (n[0], n[2]) == (table, column)]
            if sum(cells) != counts[TOTAL, TOTAL, column]:
                return False
    return all(value >= 0 for value in counts.values())


def assert_nobody_can_tell(tables: Tables, hidden: frozenset[Name], least: int) -> None:
    """Check the proof of each hidden figure, and of each rest that is small."""
    counts, seen = counts_of(tables), shown(tables, hidden)
    assert adds_up(tables, counts)
    assert all(value >= least or value == 0 for value in seen.values())
    small = {n for n, v in counts.items() if n[2] in tables.shape.rests and 0 < v < least}
    for name in hidden | small:
        change = another(tables, hidden, name, least=least)
        assert change is not None, name
        other = {one: value + change.get(one, 0) for one, value in counts.items()}
        assert other[name] != counts[name]
        assert adds_up(tables, other), name
        assert {one: other[one] for one in seen} == seen


@st.composite
def some_tables(draw: st.DrawFn) -> Tables:
    """Draw people, each with an end, a group and a month."""
    groups, months = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    known = frozenset({"groups"} | draw(st.sampled_from([set(), {"months"}])))
    person = st.tuples(st.sampled_from(WAY.leaves), st.integers(1, groups), st.integers(1, months))
    people = draw(st.lists(person, min_size=1, max_size=60))
    rows: dict[str, dict[str, dict[str, int]]] = {"groups": {}, "months": {}}
    for month in () if "months" in known else range(1, months + 1):
        rows["months"][str(month)] = {}
    for leaf, group, month in people:
        for table, row in (("groups", str(group)), ("months", str(month))):
            counts = rows[table].setdefault(row, {})
            counts[leaf] = counts.get(leaf, 0) + 1
    return tables_of(rows, WAY, known)


@given(some_tables(), st.integers(2, 10))
def test_no_hidden_figure_can_be_told(tables: Tables, least: int) -> None:
    assert_nobody_can_tell(tables, protect(tables, least=least), least)


@given(some_tables(), st.data())
def test_what_is_hidden_for_another_reason_cannot_be_told_either(
    tables: Tables, data: st.DataObject
) -> None:
    names = sorted(n for n, v in counts_of(tables).items() if v and n[2] not in WAY.rests)
    also = frozenset(data.draw(st.lists(st.sampled_from(names), max_size=3)))
    hidden = protect(tables, also=also, least=3)
    assert also <= hidden
    assert_nobody_can_tell(tables, hidden, 3)


@given(st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 30), min_size=1))
def test_one_column_of_kinds_is_protected_too(kinds: dict[str, int]) -> None:
    rows = {"kinds": {kind: {"messages": count} for kind, count in kinds.items()}}
    tables = tables_of(rows, FLAT)
    assert_nobody_can_tell(tables, protect(tables), LEAST)


def test_forty_are_referred_thirty_six_pass_two_withdraw_and_two_run_out_of_time() -> None:
    everybody = {"completed": 36, "returned": 2, "withdrawn": 2}
    tables = tables_of({"groups": {"one": everybody}, "months": {"11": everybody, "12": {}}})
    seen = shown(tables, protect(tables))
    assert seen[TOTAL, TOTAL, "referred"] == 40
    assert seen[TOTAL, TOTAL, "enrolled"] == 40
    assert seen[TOTAL, TOTAL, "completed"] == 36
    assert (TOTAL, TOTAL, "returned") not in seen
    assert (TOTAL, TOTAL, "withdrawn") not in seen


def test_one_small_cell_takes_another_with_it() -> None:
    """Alone it would be the margin less the others."""
    everybody = {"completed": 30, "withdrawn": 4, "busy": 11, "returned": 20}
    tables = tables_of({"months": {"1": everybody, "2": {}}})
    total = {name[2] for name in shown(tables, protect(tables)) if name[0] == TOTAL}
    assert "completed" in total
    assert "withdrawn" not in total
    assert not {"busy", "returned", "enrolled"} <= total


def test_a_few_who_are_not_enrolled_hide_how_many_are() -> None:
    """Forty referred and thirty-eight enrolled would say that two are not."""
    tables = tables_of({"months": {"1": {"completed": 38, "waiting": 2}}})
    assert (TOTAL, TOTAL, "enrolled") in protect(tables)
    even = tables_of({"months": {"1": {"completed": 40}}})
    assert (TOTAL, TOTAL, "enrolled") not in protect(even)


def test_two_groups_of_one_cannot_be_counted_from_their_sum() -> None:
    """A group is listed because somebody is in it: two that make two are one and one."""
    rows = {"groups": {"a": {"busy": 1}, "b": {"busy": 1}, "c": {"busy": 40}}}
    tables = tables_of(rows)
    hidden = protect(tables)
    assert ("groups", "c", "referred") in hidden or (TOTAL, TOTAL, "referred") in hidden
    unknown = Tables(tables.shape, tables.total, tables.rows)
    assert ("groups", "c", "referred") not in protect(unknown)


def test_that_all_completed_may_be_said() -> None:
    """The noughts beside it follow from it, and are about nobody."""
    tables = tables_of({"months": {"1": {"completed": 20}, "2": {"completed": 15}}})
    seen = shown(tables, protect(tables))
    assert seen[TOTAL, TOTAL, "completed"] == seen[TOTAL, TOTAL, "enrolled"] == 35
    assert seen[TOTAL, TOTAL, "withdrawn"] == 0


@pytest.mark.parametrize("count", [0, 1, 9])
def test_nothing_below_ten_is_shown(count: int) -> None:
    tables = tables_of({"months": {"1": {"completed": count}}})
    assert shown(tables, protect(tables)) == {}


def test_where_nothing_was_counted_nothing_is_shown() -> None:
    tables = tables_of({"groups": {}, "months": {}})
    assert shown(tables, protect(tables)) == {}


def test_ten_are_shown() -> None:
    tables = tables_of({"kinds": {"a": {"messages": 10}, "b": {"messages": 11}}}, FLAT)
    assert len(shown(tables, protect(tables))) == 3
