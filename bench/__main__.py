"""`python -m bench`: measure, print the figures beside their budgets, write bench/last.json."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from time import perf_counter

from bench import bare, bomb, count, measure
from bench.export import export_figures
from bench.figures import Figure, table, write
from bench.postgres import durable_cluster
from bench.pure import pure_figures
from bench.questions import question_figures
from bench.seed import Site, make_site
from bench.servers import Program, start
from bench.servers import bare as bare_program
from bench.servers import virage as virage_program
from bench.wire import Visitor, get, sign_in
from lms.kernel.database import Database, open_database

LAST = Path(__file__).with_name("last.json")
PEOPLE = 120  # of the bare application, as many as there are readers
COUNTED = 1  # the first saver and the first taker are used to count statements


@dataclass(frozen=True, slots=True)
class Ready:
    """All that was made for the run."""

    site: Site
    database: Database
    people: list[Visitor]
    programs: tuple[Program, Program]


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on a cluster of its own")
    parser.add_argument("--quick", action="store_true", help="one short round: does it work?")
    given = parser.parse_args()
    plan = measure.quick(measure.Plan()) if given.quick else measure.Plan()
    began = perf_counter()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="virage-bench-")))
        urls = _sqlite(folder)
        if given.postgres:
            urls = stack.enter_context(durable_cluster())
        _say(f"making a site with 10,000 attempts in {folder}")
        ready = _prepare(folder, urls)
        figures = _measure(ready, plan)
    print(_heading(postgres=given.postgres, seconds=perf_counter() - began))
    print(table(figures))
    write(figures, LAST)
    missed = [one.name for one in figures if one.within is False]
    print(f"\n{len(missed)} budgets missed" + "".join(f"\n  {name}" for name in missed))


def _sqlite(folder: Path) -> tuple[str, str]:
    return f"sqlite:///{folder / 'bare.db'}", f"sqlite:///{folder / 'virage.db'}"


def _prepare(folder: Path, urls: tuple[str, str]) -> Ready:
    secret = token_hex(32)
    bare_database = open_database(urls[0])
    bare.fill(bare_database, PEOPLE)
    bare_database.engine.dispose()
    app = bare.make_bare(urls[0], secret)
    people = [sign_in(app, str(one)) for one in range(1, PEOPLE + 1)]
    environ = {"LMS_INSTANCE": str(folder / "instance"), "LMS_DATABASE_URL": urls[1]}
    database = open_database(urls[1])
    site = make_site(environ, database)
    programs = (
        bare_program(
            get("/page", people[0]), {bare.DATABASE: urls[0], bare.SECRET: secret}, folder / "log"
        ),
        virage_program(get("/fr/module/1/page/1", site.readers[0]), environ, folder / "log"),
    )
    return Ready(site, database, people, programs)


def _measure(ready: Ready, plan: measure.Plan) -> list[Figure]:
    site = ready.site
    _say("counting statements")
    counted = count.statements(site, ready.database, site.savers[0], site.takers[0])
    ready.database.engine.dispose()
    figures: list[Figure] = []
    with _both(ready) as sides:
        acts: tuple[tuple[str, Callable[[], list[Figure]]], ...] = (
            ("section pages", lambda: measure.section_pages(sides, plan)),
            ("saves", lambda: measure.saves(sides, plan)),
            ("beats", lambda: measure.beats(sides, plan)),
            ("submissions", lambda: measure.submits(sides, plan)),
            ("quizzes", lambda: measure.whole_quizzes(sides, plan, site.takers[COUNTED:])),
            ("section pages under a render bomb", lambda: bomb.render_bomb(sides, plan)),
            ("the instructor's table", lambda: measure.instructor_table(sides, plan)),
            ("memory", lambda: measure.memory(sides)),
            ("bytes", lambda: count.weights(site, sides.virage.port)),
        )
        for what, act in acts:
            _say(f"measuring {what}")
            figures += act()
    _say("measuring the start")
    figures += measure.starts(ready.programs, plan) + counted + pure_figures()
    _say("measuring an export of all answers")
    figures += export_figures(plan.exporters)
    _say("measuring the figures of questions")
    return figures + question_figures(plan.exporters)


@contextmanager
def _both(ready: Ready) -> Iterator[measure.Sides]:
    """Run both servers at the same time."""
    with ExitStack() as stack:
        running = []
        for program in ready.programs:
            running.append(start(program))
            stack.callback(running[-1].stop)
        yield measure.Sides(running[0], running[1], ready.site, ready.people)


def _heading(*, postgres: bool, seconds: float) -> str:
    engine = "PostgreSQL" if postgres else "SQLite"
    cores = os.cpu_count()
    return (
        f"\n{engine}, {cores} cores, Python {platform.python_version()}, "
        f"in {seconds:.0f} s; 1-minute load {os.getloadavg()[0]:.1f}\n"
    )


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
