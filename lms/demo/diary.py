"""Lives that go on side by side: each step is taken at its moment, whosever it is."""

import heapq
from collections.abc import Generator, Iterable
from datetime import datetime
from itertools import count

# Says when its next step is to be taken; is told when that is, takes it, and says the next. Before
# the first one it does nothing.
Life = Generator[datetime, datetime, None]


def live(lives: Iterable[Life], until: datetime) -> None:
    """Take the steps of all lives in the order of time; what comes later than `until` is left.

    Numbers that are given one after the other then stand in the order of their days.
    """
    order = count()
    waiting = [(next(one), next(order), one) for one in lives]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= until:
        at, _, one = heapq.heappop(waiting)
        try:
            following = one.send(at)
        except StopIteration:
            continue
        heapq.heappush(waiting, (max(at, following), next(order), one))
