"""A table with its margins as a network, and whether a figure in it can be told from the others.

Each figure is a flow between two points, and what goes into a point comes out of it: the cells of a
row add up to its margin, those of a column to theirs. A figure that is not shown could be another
one exactly where a round trip through figures that are not shown exists, one more along each of
them and one fewer against it (Gusfield 1988, SIAM Journal on Computing 17, 552-571). So no linear
reasoning, and none about whole numbers, tells it. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

Name = tuple[str, ...]  # of a figure: table, row, column
Change = Mapping[Name, int]  # one more or one fewer, by figure


@dataclass(frozen=True, slots=True)
class Flow:
    """One figure. `least` is what everybody knows that it is at least.

    `is_cell` is False for a rest that no page shows, though a subtraction may give it.
    """

    name: Name
    tail: str
    head: str
    value: int
    is_cell: bool = True
    least: int = 0


@dataclass(frozen=True, slots=True)
class Bridge:
    """A change of figures elsewhere that leads from one point to another in one step."""

    tail: str
    head: str
    change: Change


@dataclass(frozen=True, slots=True)
class _Way:
    """How one came to a point: what it cost, from where, by one more or fewer of which figure."""

    cost: int
    before: str
    name: Name
    sign: int


class Ways:
    """The cheapest ways from one point to all others: one more along a flow, one fewer against."""

    def __init__(
        self, flows: Iterable[Flow], start: str, cost: Callable[[Flow], int] = lambda _: 0
    ) -> None:
        self._start = start
        self._best = _search(_roads(flows), start, cost)

    def to(self, end: str) -> dict[Name, int] | None:
        """Give the change that leads there; None where no way does."""
        if end not in self._best:
            return None
        found: dict[Name, int] = {}
        while end != self._start:
            way = self._best[end]
            found[way.name] = way.sign
            end = way.before
        return found


_Roads = Mapping[str, Sequence[tuple[str, Flow, int]]]


def _roads(flows: Iterable[Flow]) -> _Roads:
    roads: dict[str, list[tuple[str, Flow, int]]] = {}
    for flow in flows:
        roads.setdefault(flow.tail, []).append((flow.head, flow, 1))
        if flow.value > flow.least:
            roads.setdefault(flow.head, []).append((flow.tail, flow, -1))
    return roads


def _search(roads: _Roads, start: str, cost: Callable[[Flow], int]) -> dict[str, _Way]:
    best = {start: _Way(0, "", (), 0)}
    line = [(0, start)]
    done: set[str] = set()
    while line:
        so_far, point = heappop(line)
        if point in done:
            continue
        done.add(point)
        for there, flow, sign in roads.get(point, ()):
            new = so_far + cost(flow)
            if there not in best or new < best[there].cost:
                best[there] = _Way(new, point, flow.name, sign)
                heappush(line, (new, there))
    return best


def round_trip(
    hidden: Sequence[Flow], flow: Flow, bridges: Sequence[Bridge] = ()
) -> dict[Name, int] | None:
    """Give a change of hidden figures that makes this one another; None where there is none.

    At most one bridge is part of it, and no figure changes twice.
    """
    others = [one for one in hidden if one.name != flow.name]
    for start, end, sign in _directions(flow):
        away = Ways(others, start)
        found = away.to(end)
        if found is None:
            found = _over_a_bridge(others, away, end, bridges)
        if found is not None:
            return {**found, flow.name: sign}
    return None


def _directions(flow: Flow) -> Iterator[tuple[str, str, int]]:
    """Yield the way back that one more of a flow needs, and that of one fewer."""
    yield flow.head, flow.tail, 1
    if flow.value > flow.least:
        yield flow.tail, flow.head, -1


def _over_a_bridge(
    others: Sequence[Flow], away: Ways, end: str, bridges: Sequence[Bridge]
) -> dict[Name, int] | None:
    home: dict[str, Ways] = {}
    for bridge in bridges:
        to = away.to(bridge.tail)
        if to is None:
            continue
        if bridge.head not in home:
            home[bridge.head] = Ways(others, bridge.head)
        back = home[bridge.head].to(end)
        if back is not None and not to.keys() & back.keys():
            return {**to, **bridge.change, **back}
    return None
