"""Lives that go on side by side: each step is done at its moment, whosever it is."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count

Life = Iterator[datetime]  # yields when its next step is to be taken, and takes it when resumed


def live(lives: Iterable[Life], until: datetime) -> None:
    """Take the steps of all lives in the order of time; what comes later than `until` is left.

    Numbers that are given one after the other then stand in the order of their days.
    """
    order = count()
    waiting = [(at, next(order), one) for one in lives if (at := next(one, None)) is not None]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= until:
        at, _, one = heapq.heappop(waiting)
        following = next(one, None)
        if following is not None:
            heapq.heappush(waiting, (max(at, following), next(order), one))
