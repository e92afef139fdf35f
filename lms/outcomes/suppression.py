"""What of tables with margins may be shown: nothing from 1 to 9, nor what would give it away. Pure.

Several tables share one row of totals (files by group, files by month). What is promised, and
proved in tests from the changes that `another` gives: each figure that is hidden could be another
one, with everything that is shown left as it is; likewise each rest from 1 to 9 that a subtraction
could give. Nought is hidden with the small ones, but where what is shown tells it anyway, it is
shown: it is about nobody. The tables alone are meant: whoever knows more may tell more.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from lms.outcomes.flows import Bridge, Flow, Name, Ways, round_trip

LEAST = 10  # the smallest number of people that is shown
TOTAL = "total"  # the name of the table, and of the row, that all tables share
_SOURCE = "source"
Counts = Mapping[str, int]  # by column


@dataclass(frozen=True, slots=True)
class Shape:
    """How a row adds up: `parts` of each whole; `rests` are parts that have no column."""

    root: str
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rests: frozenset[str] = frozenset()

    def above(self, column: str) -> str:
        """Give the whole that a column is a part of; empty for the root."""
        return next((whole for whole, parts in self.parts.items() if column in parts), "")

    @property
    def columns(self) -> tuple[str, ...]:
        """All figures of a row, rests included, the root first."""
        return (self.root, *(part for parts in self.parts.values() for part in parts))

    @property
    def leaves(self) -> tuple[str, ...]:
        """The figures that are no sum of others."""
        return tuple(one for one in self.columns if one not in self.parts)


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows of counts by table, each table at least one; all add up to the same totals.

    `known` names the tables whose rows are there only because they count something: everybody
    knows that their root is one at least.
    """

    shape: Shape
    total: Counts
    rows: Mapping[str, Mapping[str, Counts]]
    known: frozenset[str] = frozenset()


def protect(tables: Tables, *, also: Collection[Name] = (), least: int = LEAST) -> frozenset[Name]:
    """Give the figures to hide: those below `least`, `also` these, and what would tell them.

    A nought that what is shown tells anyway is not among them.
    """
    return _Hiding(tables, least).hide(also)


def another(
    tables: Tables, hidden: Collection[Name], name: Name, *, least: int = LEAST
) -> Mapping[Name, int] | None:
    """Give a change that what is shown allows and that makes this figure another one, if any."""
    hiding = _Hiding(tables, least)
    hiding.hidden |= set(hidden)
    return hiding.another(name)


def names_of(tables: Tables) -> frozenset[Name]:
    """Give the names of all figures, rests included: (table, row, column)."""
    return frozenset(flow.name for flow in _Hiding(tables, LEAST).flows.values())


def counts_of(tables: Tables) -> dict[Name, int]:
    """Give all figures by name, rests included."""
    return {flow.name: flow.value for flow in _Hiding(tables, LEAST).flows.values()}


class _Hiding:
    """Hides figure after figure until no hidden one can be told."""

    def __init__(self, tables: Tables, least: int) -> None:
        self.tables = tables
        self.least = least
        self.flows = {flow.name: flow for flow in _all_flows(tables)}
        self.hidden = {name for name, flow in self.flows.items() if not flow.is_cell}
        self._bridges: dict[str, list[Bridge]] = {}

    def hide(self, also: Collection[Name]) -> frozenset[Name]:
        self.hidden |= {name for name, flow in self.flows.items() if flow.value < self.least}
        self.hidden |= set(also) & self.flows.keys()
        if not all(self.tables.rows.values()):  # nothing was counted, and no row says anything
            return frozenset(name for name, flow in self.flows.items() if flow.is_cell)
        while exact := next((one for one in self._guarded() if self.another(one) is None), None):
            self._hide_more(self.flows[exact])
        cells = [name for name in self.hidden if self.flows[name].is_cell]
        noughts = [name for name in cells if self.flows[name].value == 0]
        return frozenset(cells) - {name for name in noughts if self.another(name) is None}

    def another(self, name: Name) -> Mapping[Name, int] | None:
        table = name[0]
        if table not in self._bridges:
            self._bridges[table] = list(self._find_bridges(table))
        return round_trip(self._hidden_of(table), self.flows[name], self._bridges[table])

    def _guarded(self) -> list[Name]:
        """Give the hidden figures that nobody may tell, the smallest first; nought is nobody."""
        flows = [self.flows[name] for name in self.hidden if self.flows[name].value > 0]
        wanted = [one for one in flows if one.is_cell or one.value < self.least]
        return [one.name for one in sorted(wanted, key=lambda one: (one.value, one.name))]

    def _of(self, table: str) -> list[Flow]:
        return [flow for flow in self.flows.values() if flow.name[0] == table]

    def _hidden_of(self, table: str) -> list[Flow]:
        return [flow for flow in self._of(table) if flow.name in self.hidden]

    def _find_bridges(self, table: str) -> Iterator[Bridge]:
        """Yield what the other tables can follow, all at once, from point to point."""
        points = [_SOURCE, *(f"column {one}" for one in self.tables.shape.leaves)]
        others = [one for one in (TOTAL, *self.tables.rows) if one != table]
        ways = {(one, at): Ways(self._hidden_of(one), at) for one in others for at in points}
        for tail, head in permutations(points, 2):
            change: dict[Name, int] | None = {}
            for one in others:
                # Seen from the totals, all tables lead the same way; seen from a table, the
                # totals lead on and the other tables lead back.
                start, end = (tail, head) if TOTAL in {table, one} else (head, tail)
                found = ways[one, start].to(end)
                change = None if change is None or found is None else {**change, **found}
            if change is not None:
                yield Bridge(tail, head, change)

    def _hide_more(self, flow: Flow) -> None:
        """Hide the cheapest round trip of a figure, and in each other table what follows it."""
        before = len(self.hidden)
        tables = list(self.tables.rows)
        own = flow.name[0] if flow.name[0] != TOTAL else tables[0]
        others = [one for one in [*self._of(own), *self._of(TOTAL)] if one.name != flow.name]
        trip = Ways(others, flow.head, self._cost).to(flow.tail) or {}
        self.hidden |= trip.keys()
        tail, head = self._ends({**trip, flow.name: 1})
        for table in tables:
            if table != own and tail:
                follow = Ways(self._of(table), head, self._cost).to(tail) or {}
                self.hidden |= follow.keys()
        if len(self.hidden) == before:  # two ways in one: hide what is least worth knowing
            shown = [one for name, one in self.flows.items() if name not in self.hidden]
            self.hidden.add(min(shown, key=lambda one: (one.value, one.name)).name)
        self._bridges.clear()

    def _cost(self, flow: Flow) -> int:
        return 0 if flow.name in self.hidden else flow.value + 1

    def _ends(self, change: Mapping[Name, int]) -> tuple[str, str]:
        """Give the points between which a change of the totals leads; empty for none."""
        net: dict[str, int] = {}
        for name, sign in change.items():
            flow = self.flows[name]
            if name[0] == TOTAL:
                net[flow.tail] = net.get(flow.tail, 0) + sign
                net[flow.head] = net.get(flow.head, 0) - sign
        out = next((point for point in sorted(net) if net[point] > 0), "")
        into = next((point for point in sorted(net) if net[point] < 0), "")
        return out, into


def _all_flows(tables: Tables) -> Iterator[Flow]:
    shape = tables.shape
    for table, rows in tables.rows.items():
        for row, counts in rows.items():
            yield from _row_flows(shape, (table, row), counts, int(table in tables.known))
    for column in shape.columns:
        above = shape.above(column)
        tail = _point((TOTAL, TOTAL), column) if column in shape.parts else f"column {column}"
        head = _point((TOTAL, TOTAL), above) if above else _SOURCE
        is_cell = column not in shape.rests
        yield Flow((TOTAL, TOTAL, column), tail, head, tables.total[column], is_cell)


def _row_flows(shape: Shape, place: tuple[str, str], counts: Counts, least: int) -> Sequence[Flow]:
    flows = []
    for column in shape.columns:
        above = shape.above(column)
        tail = _point(place, above) if above else _SOURCE
        head = _point(place, column) if column in shape.parts else f"column {column}"
        known = 0 if above else least
        is_cell = column not in shape.rests
        flows.append(Flow((*place, column), tail, head, counts[column], is_cell, known))
    return flows


def _point(place: tuple[str, str], whole: str) -> str:
    return f"{place[0]} {place[1]} {whole}"
