"""From one publication to the next: what was told before is subtracted by somebody. Pure.

A figure that was published, and now differs by 1 to 9, is not published again: the difference
would be a figure of fewer than ten. Of a group the same holds for its size, and a group of the same
size with other people in it is not told either.
"""

from collections.abc import Iterable, Mapping

from lms.outcomes.figures import Figures, Group, Row
from lms.outcomes.flows import Name
from lms.outcomes.suppression import LEAST, TOTAL
from lms.outcomes.way import COHORTS, MONTHS

EXCHANGE = "exchange"


def shown_counts(figures: Figures) -> dict[Name, int]:
    """Give the counts that a publication shows, by table, row and column."""
    found: dict[Name, int] = {}
    for table, rows in (
        (TOTAL, (figures.way.total,)),
        (COHORTS, figures.way.cohorts),
        (MONTHS, figures.way.months),
        (EXCHANGE, figures.exchange),
    ):
        for row in rows:
            found |= _cells(table, row)
    return found


def _cells(table: str, row: Row) -> dict[Name, int]:
    name = TOTAL if table == TOTAL else row.name
    return {
        (table, name, column): value for column, value in row.cells.items() if value is not None
    }


def too_close(
    now: Mapping[Name, int], earlier: Iterable[Figures], *, least: int = LEAST
) -> frozenset[Name]:
    """Give the counts that differ by 1 to 9 from what an earlier publication of the year shows."""
    return frozenset(
        name
        for published in earlier
        for name, value in shown_counts(published).items()
        if name in now and 0 < abs(now[name] - value) < least
    )


def may_tell(name: str, group: Group, earlier: Iterable[Figures], *, least: int = LEAST) -> bool:
    """Whether figures about a group may be told, after what was told about it before."""
    if group.n < least:
        return False
    told = [one.groups[name] for one in earlier if name in one.groups]
    return all(one == group or abs(one.n - group.n) >= least for one in told)
