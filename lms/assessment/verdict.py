"""What several readers of an open answer say, taken together: done, not done, or not known yet.

Pure. Nobody gives a score: an answer that counts was written as the question asks, or it was not.
"""

from collections.abc import Sequence
from enum import StrEnum


class Verdict(StrEnum):
    """What is known of an open answer that the course counts."""

    WAITS = "waits"
    DONE = "done"
    NOT_DONE = "not-done"


def verdict(said: Sequence[bool], readers: int) -> Verdict:
    """Give the verdict: as many of one mind as readers are asked for, and more than of the other.

    Where two are asked for and differ, a third one decides.
    """
    done = sum(said)
    other = len(said) - done
    if max(done, other) < readers or done == other:
        return Verdict.WAITS
    return Verdict.DONE if done > other else Verdict.NOT_DONE
