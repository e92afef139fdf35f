"""An export of a million answers: how much memory it takes, and how long, in a process of its own.

The site is seeded in bulk: 10,000 people with ten submitted attempts each, and ten answers to each.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from bench.attempts import add_attempts
from bench.figures import Figure, figure
from bench.seed import COURSE, enrol, run_lms
from bench.servers import LMS
from bench.wire import BenchError
from lms.assessment.models import Attempt, Response
from lms.enrolment.service import make_cohort, make_programme
from lms.kernel.clock import system_clock
from lms.kernel.database import open_database

PEOPLE = 10_000
ANSWERS = 10  # to each attempt
AT_ONCE = 50_000
KILOBYTES = 1024  # in a megabyte, as the kernel counts
EVERY = 0.05
_MARK = re.compile(r"VmHWM:\s+(\d+) kB")


def export_figures(people: int = PEOPLE) -> list[Figure]:
    """Seed, export all answers as CSV through the command line, and give memory and time."""
    with tempfile.TemporaryDirectory(prefix="virage-export-") as name:
        folder = Path(name)
        environ = {
            "LMS_INSTANCE": str(folder / "instance"),
            "LMS_DATABASE_URL": f"sqlite:///{folder / 'virage.db'}",
        }
        for words in (["init"], ["content", "publish"]):
            run_lms(words, environ)
        _seed(environ["LMS_DATABASE_URL"], people)
        out = folder / "responses.csv"
        began = perf_counter()
        memory = _peak(["results", "export", "responses", "--out", str(out)], environ)
        seconds = perf_counter() - began
        with out.open("rb") as file:
            rows = sum(1 for _ in file) - 1
    return [
        figure("export of all answers, rows", rows, "rows"),
        figure("export of all answers, memory", memory, "MB", "≤ 200"),
        figure("export of all answers, time", seconds, "s"),
    ]


def _seed(url: str, people: int) -> None:
    database, now = open_database(url), system_clock()
    with database.write.begin() as db:
        programme = make_programme(db, "Mesure", now=now)
        cohort = make_cohort(db, programme, "Masse", course_id=COURSE, now=now)
        add_attempts(db, enrol(db, cohort, people, now), now)
        # The product refuses answers to what is handed in: here they are written afterwards.
        db.execute(text("DROP TRIGGER response_closed_insert"))
        for rows in _answers(db):
            db.execute(insert(Response), rows)
    database.engine.dispose()


def _answers(db: Session) -> Iterator[list[dict[str, Any]]]:
    now, rows = system_clock(), []
    for attempt_id in db.scalars(select(Attempt.id)).all():
        rows += [
            {
                "attempt_id": attempt_id,
                "item_id": f"item-{place}",
                "answer": [place % 4],
                "sealed_text": None,
                "language": "fr",
                "version": 1,
                "saved_at": now,
            }
            for place in range(ANSWERS)
        ]
        if len(rows) >= AT_ONCE:
            yield rows
            rows = []
    if rows:
        yield rows


def _peak(words: list[str], environ: dict[str, str]) -> float:
    """Run our own program; gives the most memory that it held, in MB.

    The kernel's mark is read while it runs: what `wait` tells counts the process that forked too.
    """
    peak = 0
    with subprocess.Popen(  # noqa: S603 - our own program
        [LMS, *words], env={**os.environ, **environ}, stdout=subprocess.DEVNULL
    ) as child:
        status = Path(f"/proc/{child.pid}/status")
        while child.poll() is None:
            found = _MARK.search(status.read_text())
            peak = max(peak, int(found[1]) if found else 0)
            sleep(EVERY)
    if child.returncode:
        raise BenchError(f"lms {' '.join(words)}: exit {child.returncode}")
    return peak / KILOBYTES


if __name__ == "__main__":
    from bench.figures import table

    print(table(export_figures()))
