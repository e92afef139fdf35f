"""The counters of questions say what the answers say: whenever, in any order, on both databases."""

import random
import uuid
from fractions import Fraction

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.assessment.models import ItemStatistic, OptionStatistic, QuizStatistic, StatisticQueue
from lms.assessment.regrade import find_marks
from lms.assessment.statistics import PurgedError, begin_rebuild, take_in
from tests.assessment.counting import (
    TABLES,
    count_all,
    counted_by_hand,
    counters,
    regrade,
    some_attempts,
)
from tests.assessment.sitting import make_people, sit_quiz
from tests.factories import right_answer, wrong_answer


def change_some(db: Session, chance: random.Random, ids: list[uuid.UUID]) -> None:
    """Regrade some attempts: a question is dropped, or earns half or all."""
    for attempt_id in chance.sample(ids, 5):
        marks = find_marks(db, attempt_id)
        assert marks is not None
        mark = chance.choice([one for one in marks.marks if one.item.graded])
        most = chance.choice((0, mark.item.points))
        regrade(db, attempt_id, mark.item.id, Fraction(most, chance.choice((1, 2))), most)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_order_the_counters_are_those_of_the_answers(db: Session, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    ids = some_attempts(db, seed)
    take_in(db, 10)
    change_some(db, chance, ids)  # some are counted already, some still wait
    take_in(db, 10)
    ids += some_attempts(db, seed + 100, 8)
    change_some(db, chance, ids)  # some of them for the second time
    count_all(db)
    kept = counters(db)
    assert kept == counted_by_hand(db)
    assert len(kept["item_statistic"]) > 50
    assert all(row[-1] > 0 for row in kept["option_statistic"])
    waiting = begin_rebuild(db)
    assert counters(db) == {table.__tablename__: [] for table in TABLES}
    assert count_all(db, at_once=5) == waiting == len(ids)
    assert counters(db) == kept


def test_a_rebuild_that_is_cut_off_goes_on_where_it_was(db: Session) -> None:
    ids = some_attempts(db, 4)
    count_all(db)
    kept = counters(db)
    begin_rebuild(db)
    take_in(db, 9)
    regrade(db, ids[0], "none", Fraction(0), 0)  # nothing changes in it, wherever it is
    begin_rebuild(db)  # begun anew, before it ended
    take_in(db, 9)
    count_all(db)
    assert counters(db) == kept


def test_what_is_not_graded_not_asked_withheld_or_dropped_is_not_counted(db: Session) -> None:
    (person,) = make_people(db, 1)
    hidden = frozenset({"single"})
    dropped = sit_quiz(db, person, "first", right_answer, withheld=hidden)
    sit_quiz(db, person, "second", right_answer)
    regrade(db, dropped, "order", Fraction(0), 0)
    count_all(db)
    names = set(db.scalars(select(ItemStatistic.item_id)))
    assert {"open", "single", "order"} & names == set()
    assert {"true-false", "multiple", "text", "number", "match", "must"} <= names
    assert len([one for one in names if one.startswith("pool-")]) == 2


def test_an_answer_counts_for_its_option_and_none_for_none(db: Session) -> None:
    people = make_people(db, 3)
    sit_quiz(db, people[0], "first", right_answer)
    sit_quiz(db, people[1], "first", wrong_answer, language="en")
    sit_quiz(db, people[2], "first", lambda item: () if item.id == "single" else right_answer(item))
    count_all(db)
    found = {
        (row.language, row.position): row.n
        for row in db.scalars(select(OptionStatistic).where(OptionStatistic.item_id == "single"))
    }
    assert found == {("fr", 1): 1, ("en", 0): 1, ("fr", -1): 1}
    several = select(func.sum(OptionStatistic.n)).where(OptionStatistic.item_id == "multiple")
    assert db.scalar(several.where(OptionStatistic.language == "fr")) == 2 * 3
    assert "match" not in set(db.scalars(select(OptionStatistic.item_id)))


def test_a_later_attempt_is_kept_apart_from_a_first(db: Session) -> None:
    (person,) = make_people(db, 1)
    for choose in (wrong_answer, right_answer, right_answer):
        sit_quiz(db, person, "first", choose)
    count_all(db)
    rows = db.scalars(select(QuizStatistic)).all()
    assert {(row.is_first, row.n, row.n_passed) for row in rows} == {(True, 1, 0), (False, 2, 2)}


def test_where_the_others_are_gone_the_last_question_is_not_counted(db: Session) -> None:
    (person,) = make_people(db, 1)
    attempt_id = sit_quiz(db, person, "second", right_answer)
    marks = find_marks(db, attempt_id)
    assert marks is not None
    for one in marks.marks[1:]:
        regrade(db, attempt_id, one.item.id, Fraction(0), 0)
    count_all(db)
    assert db.scalar(select(func.sum(QuizStatistic.n))) == 1
    assert counters(db)["item_statistic"] == []
    regrade(db, attempt_id, marks.marks[0].item.id, Fraction(0), 0)
    count_all(db)
    assert counters(db)["quiz_statistic"] == []


def test_nothing_that_was_deleted_is_forgotten_without_being_told(db: Session) -> None:
    ids = some_attempts(db, 6, 5)
    count_all(db)
    kept = counters(db)
    db.execute(delete(StatisticQueue))
    # As a purge leaves it: the counters hold one attempt more than there are rows.
    row = db.scalars(select(QuizStatistic)).first()
    assert row is not None
    row.n += 1
    db.flush()
    with pytest.raises(PurgedError):
        begin_rebuild(db)
    assert len(counters(db)["item_statistic"]) == len(kept["item_statistic"])
    assert begin_rebuild(db, even_if_purged=True) == len(ids)
    count_all(db)
    assert counters(db) == kept
