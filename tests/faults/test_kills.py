"""A server that is killed again and again: what it acknowledged is there (docs/FAULTS.md, F1)."""

from tests.faults.grounds import SQLITE, Grounds
from tests.faults.kill import kill_nine

KILLS = {SQLITE: 100}
KILLS_ELSEWHERE = 20  # there the database is not what is killed


def test_whatever_was_acknowledged_is_there_after_a_hundred_kills(
    grounds: Grounds, engine_name: str
) -> None:
    tally = kill_nine(grounds, engine_name, KILLS.get(engine_name, KILLS_ELSEWHERE))
    assert (tally.lost, tally.double, tally.half_applied) == ([], [], [])
    assert tally.acknowledged > tally.rounds  # else nobody got anything done between two kills
