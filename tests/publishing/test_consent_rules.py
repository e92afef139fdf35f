"""What was agreed is changed by people; the files can take nothing back that people did."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lms.publishing.consent import Agreed, ConsentAct, Terms, act_between, act_of_files

GIVEN, RENEWED = ConsentAct.GIVEN, ConsentAct.RENEWED
NARROWED, WITHDRAWN = ConsentAct.NARROWED, ConsentAct.WITHDRAWN
DAY = timedelta(days=1)
TERMS = Terms(date(2026, 5, 1), date(2027, 5, 1), frozenset({"seminar", "school"}))
ONLY_FRENCH = replace(TERMS, languages=frozenset({"fr"}))
THAT_DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("before", "after", "act"),
    [
        (None, TERMS, GIVEN),
        (TERMS, TERMS, None),
        (TERMS, replace(TERMS, until=TERMS.until + DAY), RENEWED),
        (TERMS, replace(TERMS, until=TERMS.until - DAY), NARROWED),
        (TERMS, replace(TERMS, courses=frozenset({"seminar"})), NARROWED),
        (TERMS, replace(TERMS, courses=TERMS.courses | {"camp"}), RENEWED),
        (TERMS, ONLY_FRENCH, NARROWED),
        (ONLY_FRENCH, TERMS, RENEWED),
        (ONLY_FRENCH, replace(TERMS, languages=frozenset({"en"})), RENEWED),
        (TERMS, replace(TERMS, given=TERMS.given + DAY), NARROWED),
        # longer, but for less: something is allowed that was not
        (TERMS, replace(ONLY_FRENCH, until=TERMS.until + DAY), RENEWED),
    ],
)
def test_a_change_is_called_by_what_it_allows(
    before: Terms | None, after: Terms, act: ConsentAct | None
) -> None:
    assert act_between(before, after) is act


def _agreed(act: ConsentAct, terms: Terms = TERMS, *, files: bool = False) -> Agreed:
    return Agreed(act, terms, THAT_DAY, files)


FROM_FILES = _agreed(GIVEN, files=True)
SHORTER = replace(TERMS, until=TERMS.until - 30 * DAY)
LONGER = replace(TERMS, until=TERMS.until + 30 * DAY)
NEW = Terms(THAT_DAY + DAY, LONGER.until, TERMS.courses)


@pytest.mark.parametrize(
    ("history", "offered", "act"),
    [
        ([], TERMS, GIVEN),
        ([FROM_FILES], TERMS, None),
        ([FROM_FILES], LONGER, RENEWED),
        ([FROM_FILES], SHORTER, NARROWED),
        # a withdrawal is final for the files, until a new consent is given on a later day
        ([FROM_FILES, _agreed(WITHDRAWN)], TERMS, None),
        ([FROM_FILES, _agreed(WITHDRAWN)], LONGER, None),
        ([FROM_FILES, _agreed(WITHDRAWN)], replace(NEW, given=THAT_DAY), None),
        ([FROM_FILES, _agreed(WITHDRAWN)], NEW, GIVEN),
        ([FROM_FILES, _agreed(WITHDRAWN), _agreed(GIVEN, NEW, files=True)], NEW, None),
        # and so is what the partner narrowed; the files may still say less
        ([FROM_FILES, _agreed(NARROWED, SHORTER)], TERMS, None),
        ([FROM_FILES, _agreed(NARROWED, SHORTER)], LONGER, None),
        ([FROM_FILES, _agreed(NARROWED, SHORTER)], replace(SHORTER, until=THAT_DAY), NARROWED),
        ([FROM_FILES, _agreed(NARROWED, SHORTER)], NEW, RENEWED),
        # what the partner renewed is not undone by files that nobody has touched
        ([FROM_FILES, _agreed(RENEWED, LONGER)], TERMS, None),
        ([FROM_FILES, _agreed(RENEWED, LONGER)], SHORTER, NARROWED),
    ],
)
def test_files_say_again_nothing_that_people_changed(
    history: list[Agreed], offered: Terms, act: ConsentAct | None
) -> None:
    assert act_of_files(history, offered, withdrawn=False) is act


def test_a_file_that_says_withdrawn_withdraws_once() -> None:
    assert act_of_files([FROM_FILES], TERMS, withdrawn=True) is WITHDRAWN
    assert act_of_files([FROM_FILES, _agreed(WITHDRAWN)], TERMS, withdrawn=True) is None
    assert act_of_files([], TERMS, withdrawn=True) is None


def test_a_consent_covers_every_course_that_uses_a_page_or_none() -> None:
    assert TERMS.cover({"seminar", "school"}, "en")
    assert not TERMS.cover({"seminar", "camp"}, "en")
    assert not ONLY_FRENCH.cover({"seminar"}, "en")
    assert ONLY_FRENCH.cover({"seminar"}, "fr")


@pytest.mark.parametrize(("day", "holds"), [(0, True), (365, True), (366, False), (-1, False)])
def test_the_first_day_and_the_last_are_in(day: int, *, holds: bool) -> None:
    assert FROM_FILES.is_in_force(TERMS.given + day * DAY) is holds
    assert not _agreed(WITHDRAWN).is_in_force(TERMS.given + day * DAY)
