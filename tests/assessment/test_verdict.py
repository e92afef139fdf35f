"""Done or not: what one reader says, or two of one mind, or the third where two differ."""

import pytest

from lms.assessment.verdict import Verdict, verdict


@pytest.mark.parametrize(
    ("said", "readers", "expected"),
    [
        ([], 1, Verdict.WAITS),
        ([True], 1, Verdict.DONE),
        ([False], 1, Verdict.NOT_DONE),
        ([], 2, Verdict.WAITS),
        ([True], 2, Verdict.WAITS),
        ([False], 2, Verdict.WAITS),
        ([True, True], 2, Verdict.DONE),
        ([False, False], 2, Verdict.NOT_DONE),
        ([True, False], 2, Verdict.WAITS),
        ([False, True], 2, Verdict.WAITS),
        ([True, False, True], 2, Verdict.DONE),
        ([False, True, False], 2, Verdict.NOT_DONE),
        ([True, False], 1, Verdict.WAITS),  # two differed before the site asked for one
    ],
)
def test_a_verdict_needs_as_many_of_one_mind_as_the_site_asks_for(
    said: list[bool], readers: int, expected: Verdict
) -> None:
    assert verdict(said, readers) is expected
