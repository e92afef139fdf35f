"""The figures of questions at 10,000 and at 1,000,000 attempts: statements, and how the time grows.

Ten thousand first attempts are answered by chance and counted by the product's own job. For the
million, ninety-nine copies of each attempt and its result are written in SQL, without the lists
that no page of figures reads, and the counters are a hundred times as high.
"""

import random
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bench.attempts import DEFAULTS, People
from bench.count import counting
from bench.figures import Figure, figure
from bench.seed import COURSE, enrol, run_lms
from bench.visits import expect
from bench.wire import Request, get, sign_in
from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.service import open_session
from lms.app import create_app
from lms.assessment.draw import draw_items
from lms.assessment.grading import grade_attempt
from lms.assessment.models import Attempt, Response, Result, StatisticQueue
from lms.assessment.queries import quiz_from_document
from lms.assessment.statistics import take_in
from lms.assessment.values import Answer, QuizItem
from lms.content.model import ItemKind
from lms.demo.answers import right_answer, wrong_answer
from lms.enrolment.service import make_cohort, make_programme
from lms.kernel.clock import system_clock
from lms.kernel.database import Database, open_database
from lms.kernel.ids import new_id
from lms.publishing.queries import module_outline
from lms.settings import load_settings

PEOPLE = 10_000
TIMES = 100  # as many attempts afterwards
ASKED = 15  # how often each page is asked for, before and after
_BATCH = 500
# A copy's key is no UUIDv7, so that it is nobody's by chance.
_GROW = (
    """WITH RECURSIVE k(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM k WHERE k < :last)
    INSERT INTO attempt (id, programme_id, enrolment_id, module_id, module_revision_id,
    number, seed, shown, language, started_at)
    SELECT substr(id, 1, 12) || 'f' || substr(id, 14, 13) || printf('%06x', k.k), programme_id,
    enrolment_id, module_id, module_revision_id, number + k.k, seed, '[]', language, started_at
    FROM attempt, k""",
    """WITH RECURSIVE k(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM k WHERE k < :last)
    INSERT INTO result (attempt_id, programme_id, submitted_at, language, raw_numerator,
    raw_denominator, maximum, passing_percent, passed, items, ended_by)
    SELECT substr(attempt_id, 1, 12) || 'f' || substr(attempt_id, 14, 13) || printf('%06x', k.k),
    programme_id, submitted_at, language, raw_numerator, raw_denominator, maximum,
    passing_percent, passed, '[]', ended_by
    FROM result, k""",
    """UPDATE item_statistic SET n = n * :times, n_right = n_right * :times, x = x * :times,
    xx = xx * :times, r = r * :times, rr = rr * :times, xr = xr * :times""",
    "UPDATE option_statistic SET n = n * :times",
    """UPDATE quiz_statistic SET n = n * :times, n_passed = n_passed * :times, t = t * :times,
    tt = tt * :times""",
)


def question_figures(people: int = PEOPLE) -> list[Figure]:
    """Seed, count, and ask for the pages before and after the attempts are a hundredfold."""
    with tempfile.TemporaryDirectory(prefix="virage-questions-") as name:
        folder = Path(name)
        environ = {
            "LMS_INSTANCE": str(folder / "instance"),
            "LMS_DATABASE_URL": f"sqlite:///{folder / 'virage.db'}",
        }
        for words in (["init"], ["content", "publish"]):
            run_lms(words, environ)
        database = open_database(environ["LMS_DATABASE_URL"])
        app = create_app(load_settings(environ), database=database)
        with database.write.begin() as db:
            staff, cohort_id = _seed(db, people)
            token = open_session(db, staff, now=system_clock()).token
        rate = people / _count(database)
        visitor, base = sign_in(app, token), f"/fr/instructor/groups/{cohort_id}"
        pages = {
            "item analysis": get(f"{base}/questions/1", visitor),
            "one question": get(f"{base}/questions/1/1", visitor),
        }
        with counting(app, database.engine) as ask:

            def times(request: Request) -> tuple[float, int, int]:
                spent = []
                for _ in range(ASKED):
                    began = perf_counter()
                    reply, tally = ask(request)
                    spent.append(perf_counter() - began)
                    expect(reply, 200, request)
                return median(spent) * 1000, len(tally.statements), len(reply.body)

            small = {what: times(request) for what, request in pages.items()}
            _grow(database)
            large = {what: times(request) for what, request in pages.items()}
        database.engine.dispose()
    return _figures(rate, small, large)


def _figures(
    rate: float, small: dict[str, tuple[float, int, int]], large: dict[str, tuple[float, int, int]]
) -> list[Figure]:
    found = [figure("counting answers, by the job", rate, "attempts/s")]
    for what in small:
        found += [
            figure(f"{what} at 10,000 attempts, p50", small[what][0], "ms"),
            figure(f"{what} at 1,000,000 attempts, p50", large[what][0], "ms"),
            figure(f"{what}, 1,000,000 ÷ 10,000", large[what][0] / small[what][0], "×", "≤ 2"),
            figure(what, large[what][1], "statements", "≤ 10"),
            figure(what, large[what][2] / 1000, "KB", "≤ 100"),
        ]
    return found


def _seed(db: Session, people: int) -> tuple[User, Any]:
    now = system_clock()
    staff = User(
        login="mesure", password_hash="nobody signs in with a password here",  # noqa: S106 - no hash
        role=Role.INSTRUCTOR, language="fr", created_at=now,
    )  # fmt: skip
    db.add(staff)
    db.flush()
    programme = make_programme(db, "Mesure", now=now)
    cohort = make_cohort(db, programme, "Foule", course_id=COURSE, instructors=[staff], now=now)
    _answer(db, enrol(db, cohort, people, now))
    return staff, cohort.id


def _answer(db: Session, people: People) -> None:
    """Let everybody sit the first quiz once: the more he knows, the more is right."""
    head = module_outline(db, people.modules[0], "fr")
    if head is None:
        raise LookupError(people.modules[0])
    quiz, now = quiz_from_document(head.quiz, DEFAULTS), system_clock()
    items = {item.id: item for item in quiz.items}
    chance = random.Random(7)  # noqa: S311 - not a secret
    rows: dict[type, list[dict[str, Any]]] = {
        Attempt: [], Result: [], Response: [], StatisticQueue: [],
    }  # fmt: skip
    for seed, enrolment in enumerate(people.enrolments):
        asked, attempt = draw_items(quiz, seed, last_seen={}), new_id()
        knows, language = chance.random(), chance.choice(("fr", "fr", "en"))
        answers = {one.item: _given(items[one.item], knows, chance) for one in asked}
        graded = grade_attempt([items[one.item] for one in asked], answers, passing_percent=80)
        common = {"programme_id": people.programme_id, "language": language}
        rows[Attempt].append({
            **common, "id": attempt, "enrolment_id": enrolment, "module_id": head.module_id,
            "module_revision_id": head.revision_id, "number": 1, "seed": seed,
            "shown": [one.as_document() for one in asked], "started_at": now,
        })  # fmt: skip
        rows[Result].append({
            **common, "attempt_id": attempt, "submitted_at": now,
            "raw_numerator": graded.score.raw.numerator,
            "raw_denominator": graded.score.raw.denominator,
            "maximum": graded.score.maximum, "passing_percent": 80, "passed": graded.passed,
            "items": [
                {"item": one.item.id, "max": one.score.maximum,
                 "raw": [one.score.raw.numerator, one.score.raw.denominator]}
                for one in graded.items
            ],
        })  # fmt: skip
        rows[Response] += [
            {"attempt_id": attempt, "item_id": item, "answer": list(answer), "sealed_text": None,
             "language": language, "version": 1, "saved_at": now}
            for item, answer in answers.items() if items[item].kind is not ItemKind.OPEN
        ]  # fmt: skip
        rows[StatisticQueue].append({"attempt_id": attempt})
    for table in (Attempt, Response, Result, StatisticQueue):
        db.execute(insert(table), rows[table])


def _given(item: QuizItem, knows: float, chance: random.Random) -> Answer:
    return right_answer(item) if chance.random() < knows else wrong_answer(item, chance)


def _count(database: Database) -> float:
    """Let the job count all that waits; gives the seconds that it took."""
    began, done = perf_counter(), 1
    while done:
        with database.write.begin() as db:
            done = take_in(db, _BATCH)
    return perf_counter() - began


def _grow(database: Database) -> None:
    with database.write.begin() as db:
        for statement in _GROW:
            given = {"last": TIMES - 1} if ":last" in statement else {"times": TIMES}
            db.execute(text(statement), given)


if __name__ == "__main__":
    from bench.figures import table

    print(table(question_figures()))
