"""The rows of the counters, and the same counted by hand from the closed attempts."""

import random
import uuid
from collections import Counter
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import (
    Attempt,
    ItemStatistic,
    OptionStatistic,
    QuizStatistic,
    Result,
)
from lms.assessment.queries import ClosedAttempt, closed_attempt
from lms.assessment.regrade import append_regrade, find_marks
from lms.assessment.statistics import take_in
from lms.assessment.values import Score
from lms.content.model import ItemKind
from lms.item_analysis.sums import UNIT
from tests.assessment.sitting import by_chance, make_people, sit_quiz
from tests.factories import KEYS, NOW

TABLES = (ItemStatistic, OptionStatistic, QuizStatistic)
LANGUAGES = ("fr", "en")


def counters(db: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row of the counters."""
    db.flush()
    return {
        table.__tablename__: sorted(
            (tuple(row) for row in db.execute(select(table.__table__))), key=str
        )
        for table in TABLES
    }


def count_all(db: Session, *, at_once: int = 7) -> int:
    """Add all that waits to the counters, a few at a time."""
    counted = 0
    while batch := take_in(db, at_once):
        counted += batch
    return counted


def counted_by_hand(db: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Count anew, in another way: from every closed attempt as the pages read it."""
    items: dict[Any, Counter[str]] = {}
    options: Counter[Any] = Counter()
    quizzes: dict[Any, Counter[str]] = {}
    for attempt_id in db.scalars(select(Result.attempt_id)):
        done = closed_attempt(db, attempt_id, KEYS)
        assert done is not None
        graded = [one for one in done.outcomes if one.item.graded]
        counts = [one for one in graded if one.score.maximum]
        if not counts:
            continue
        percent = int(100 * done.score.raw / done.score.maximum)
        key = (done.revision_id, done.language, done.number == 1, percent)
        t = round(done.score.raw / done.score.maximum * UNIT)
        sums = Counter(n=1, n_passed=int(done.passed), t=t, tt=t * t)
        quizzes[key] = quizzes.get(key, Counter()) + sums
        if len(counts) == 1 < len(graded):
            continue
        for one in counts:
            place = (done.revision_id, done.language, one.item.id, done.number == 1, percent)
            items[place] = items.get(place, Counter()) + _sums(done, one.score)
            if one.item.kind in {ItemKind.SINGLE, ItemKind.TRUE_FALSE, ItemKind.MULTIPLE}:
                options.update((*place, position) for position in one.answer or (-1,))
    names = ("n", "n_right", "x", "xx", "r", "rr", "xr")
    pairs = db.execute(select(Attempt.module_revision_id, Attempt.module_id))
    modules = {row[0]: row[1] for row in pairs}
    return {
        "item_statistic": _sorted(
            (*key, *(found[name] for name in names)) for key, found in items.items()
        ),
        "option_statistic": _sorted((*key, n) for key, n in options.items()),
        "quiz_statistic": _sorted(
            (*key, modules[key[0]], *(found[name] for name in ("n", "n_passed", "t", "tt")))
            for key, found in quizzes.items()
        ),
    }


def _sums(done: ClosedAttempt, score: Score) -> Counter[str]:
    x = round(score.raw / score.maximum * UNIT)
    others = done.score.maximum - score.maximum
    r = round((done.score.raw - score.raw) / others * UNIT) if others else 0
    right = int(score.raw == score.maximum)
    return Counter(n=1, n_right=right, x=x, xx=x * x, r=r, rr=r * r, xr=x * r)


def _sorted(rows: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any rows
    return sorted(rows, key=str)


def some_attempts(db: Session, seed: int, many: int = 24) -> list[uuid.UUID]:
    """Let people try both quizzes, in both languages, some again; one item is withheld at times."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    people = make_people(db, 6)
    return [
        sit_quiz(
            db,
            chance.choice(people),
            chance.choice(("first", "second")),
            by_chance(chance),
            language=chance.choice(LANGUAGES),
            withheld=frozenset({"single"} if chance.random() < 0.2 else ()),
        )
        for _ in range(many)
    ]


def regrade(db: Session, attempt_id: uuid.UUID, item_id: str, raw: Fraction, most: int) -> None:
    """Give one response another score, as a correction does."""
    marks = find_marks(db, attempt_id)
    assert marks is not None
    changed = marks.with_score(item_id, Score(raw, most))
    append_regrade(db, changed, correction_id=uuid.uuid4(), now=NOW)
