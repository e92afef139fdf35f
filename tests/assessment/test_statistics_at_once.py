"""Those who count and those who correct do it at once: nothing is lost, nobody waits for ever."""

import contextlib
import threading
import uuid
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from lms.assessment.models import Attempt, StatisticQueue
from lms.assessment.regrade import Marks, load_marks
from lms.assessment.statistics import take_in, take_out
from lms.kernel.database import Database
from tests.assessment.counting import count_all, counted_by_hand, counters, regrade, some_attempts
from tests.assessment.sitting import make_people, sit_quiz
from tests.factories import right_answer


def in_threads(*acts: tuple[Callable[..., None], tuple[Any, ...]]) -> list[BaseException]:
    """Do things at the same time; gives the faults."""
    faults: list[BaseException] = []

    def guarded(act: Callable[..., None], given: tuple[Any, ...]) -> None:
        try:
            act(*given)
        except BaseException as fault:  # noqa: BLE001 - a thread tells nobody else
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=one) for one in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return faults


def test_those_who_count_and_regrade_at_once_lose_nothing_and_wait_for_nobody_for_ever(
    real_database: Database,
) -> None:
    with real_database.write() as db:
        ids = some_attempts(db, 8, 30)
        db.commit()

    def count() -> None:
        for _ in range(12):
            with real_database.write() as db:
                take_in(db, 4)
                db.commit()

    def correct(mine: list[uuid.UUID]) -> None:
        for attempt_id in mine:
            with real_database.write() as db:
                marks: Marks = load_marks(db, Attempt.id == attempt_id)[0]
                graded = [one for one in marks.marks if one.item.graded]
                regrade(db, attempt_id, graded[0].item.id, Fraction(0), 0)
                db.commit()

    halves = ((correct, (ids[:12],)), (correct, (ids[12:24],)))
    assert in_threads((count, ()), (count, ()), *halves) == []
    with real_database.write() as db:
        count_all(db)
        assert counters(db) == counted_by_hand(db)
        assert db.scalar(select(func.count()).select_from(StatisticQueue)) == 0


def test_two_who_take_out_in_opposite_orders_do_not_lock_each_other_out(
    real_database: Database,
) -> None:
    with real_database.write() as db:
        people = make_people(db, 4)
        ids = [
            sit_quiz(db, one, "first", right_answer, language=language)
            for one, language in zip(people, ("fr", "en", "en", "fr"), strict=True)
        ]
        count_all(db)
        db.commit()
    both_began = threading.Barrier(2)

    def take_two(first: uuid.UUID, second: uuid.UUID) -> None:
        with real_database.write() as db:
            take_out(db, first)
            with contextlib.suppress(threading.BrokenBarrierError):
                both_began.wait(1)  # the other waits for the lock, and never comes
            take_out(db, second)
            db.commit()

    assert in_threads((take_two, tuple(ids[:2])), (take_two, tuple(ids[2:]))) == []
    with real_database.write() as db:
        assert counters(db)["quiz_statistic"] == []
        assert count_all(db) == 4
        assert counters(db) == counted_by_hand(db)
