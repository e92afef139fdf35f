"""The rounds: bare, Virage, bare, Virage …, and what came of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from statistics import median

from bench.count import fetch
from bench.figures import Figure, compared, figure
from bench.load import Load, drive
from bench.seed import Site
from bench.servers import Program, Server, start
from bench.visits import (
    Saver,
    Sitter,
    noting,
    quizzes,
    reading,
    saving,
    sitting,
    submitting,
    view_in,
)
from bench.wire import BenchError, Request, Script, Visitor, get

CONNECTIONS = (1, 8, 32)
QUIZZES_EACH = 3  # per connection and round
SUBMITS_EACH = 12
LOOKED_OVER = "/fr/module/1/quiz/check"
QUIZ_CONNECTIONS = 8
TABLE = "instructor's table at 10,000 attempts"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many rounds, and how long one side of a round lasts, in seconds."""

    rounds: int = 5
    seconds: float = 1.2
    exporters: int = 10_000  # people whose answers are exported, ten to each of ten attempts


@dataclass(frozen=True, slots=True)
class Sides:
    """Both servers, and who asks what of them."""

    bare: Server
    virage: Server
    site: Site
    people: Sequence[Visitor]  # of the bare application


Scripts = Callable[[], list[Script]]


def rounds(sides: Sides, plan: Plan, both: tuple[Scripts, Scripts]) -> list[tuple[Load, Load]]:
    """Run bare and Virage in turn; a first round that is not counted warms both."""
    found = [
        (
            drive(sides.bare.port, both[0](), seconds=plan.seconds),
            drive(sides.virage.port, both[1](), seconds=plan.seconds),
        )
        for _ in range(plan.rounds + 1)
    ]
    return found[1:]


def section_pages(sides: Sides, plan: Plan) -> list[Figure]:
    """Compare a section page with the bare page."""
    bare = [get("/page", one) for one in sides.people]
    readers, pages = sides.site.readers, sides.site.sections[0]
    ours = [
        get(f"/fr/module/1/page/{page}", one) for page in range(1, pages + 1) for one in readers
    ]
    figures = []
    for count in CONNECTIONS:
        found = rounds(sides, plan, (_reads(bare, count), _reads(ours, count)))
        budgets = ("", "") if count == 1 else ("≥ 0.6", "≤ 2.5")
        name = f"section page, {count} connection{'s' * (count > 1)}"
        rates = [(one.rate, two.rate) for one, two in found]
        tails = [(one.percentile(99), two.percentile(99)) for one, two in found]
        figures += compared(name, "/s", rates, budgets[0])
        figures += compared(f"{name}, p99", "ms", tails, budgets[1])
    return figures


def saves(sides: Sides, plan: Plan) -> list[Figure]:
    """Compare saving one answer with the bare form."""
    figures = []
    for count in CONNECTIONS:
        found = rounds(sides, plan, (_notes(sides.people, count), _saves(sides.site.savers, count)))
        name = f"saving one answer, {count} connection{'s' * (count > 1)}"
        figures += compared(name, "/s", [(one.rate, two.rate) for one, two in found], "≥ 0.6")
    return figures


def beats(sides: Sides, plan: Plan) -> list[Figure]:
    """Compare a report of seat time with the bare form."""
    readers = sides.site.readers
    pages = fetch(sides.virage.port, [get("/fr/module/1/page/1", one) for one in readers])
    sitters = [Sitter(one, view_in(page.body)) for one, page in zip(readers, pages, strict=True)]
    figures = []
    for count in CONNECTIONS:
        ours: Scripts = partial(_beats, sitters, count)
        found = rounds(sides, plan, (_notes(sides.people, count), ours))
        name = f"seat-time beat, {count} connection{'s' * (count > 1)}"
        figures += compared(name, "/s", [(one.rate, two.rate) for one, two in found], "≥ 0.6")
    return figures


def submits(sides: Sides, plan: Plan) -> list[Figure]:
    """Compare handing in an answered quiz with the bare form, at eight connections."""
    ready, done = iter(sides.site.submitters), list[str]()
    pairs = []
    for _ in range(plan.rounds):
        form = drive(
            sides.bare.port, _notes(sides.people, QUIZ_CONNECTIONS)(), seconds=plan.seconds
        )
        done.clear()
        batch = list(islice(ready, QUIZ_CONNECTIONS * SUBMITS_EACH))
        # They come from the page before, and not from a rest: the session's last use is noted.
        fetch(sides.virage.port, [get(LOOKED_OVER, one) for one, _ in batch])
        waiting = iter(batch)
        scripts = [submitting(waiting, SUBMITS_EACH, done) for _ in range(QUIZ_CONNECTIONS)]
        load = drive(sides.virage.port, scripts, seconds=60)
        if len(done) != QUIZ_CONNECTIONS * SUBMITS_EACH:
            raise BenchError("an attempt was not handed in in its time")
        pairs.append((form.rate, len(done) / load.seconds))
    return compared("submitting and grading", "/s", pairs, "≥ 0.4")


def whole_quizzes(sides: Sides, plan: Plan, takers: Sequence[Visitor]) -> list[Figure]:
    """Compare whole quizzes with bare pages, at eight connections."""
    people, done = iter(takers), list[Visitor]()
    bare = [get("/page", one) for one in sides.people]
    pages: list[float] = []
    rates: list[float] = []
    for _ in range(plan.rounds):
        pages.append(
            drive(sides.bare.port, _reads(bare, QUIZ_CONNECTIONS)(), seconds=plan.seconds).rate
        )
        done.clear()
        scripts = [quizzes(people, 1, QUIZZES_EACH, done) for _ in range(QUIZ_CONNECTIONS)]
        load = drive(sides.virage.port, scripts, seconds=60)
        if len(done) != QUIZ_CONNECTIONS * QUIZZES_EACH:
            raise BenchError("a quiz was not finished in its time")
        rates.append(len(done) / load.seconds)
    name = f"whole quiz of {sides.site.questions} questions"
    share = median(page / rate for page, rate in zip(pages, rates, strict=True))
    return [
        figure(name, median(rates), "/s"),
        figure(f"bare pages in the time of a {name}", share, "", "≤ 60"),
    ]


def instructor_table(sides: Sides, plan: Plan) -> list[Figure]:
    """Compare the instructor's table with the bare page, one request at a time."""
    ours = [get(f"/fr/instructor/groups/{sides.site.cohort_id}", sides.site.instructor)]
    bare = [get("/page", one) for one in sides.people]
    found = rounds(sides, plan, (_reads(bare, 1), _reads(ours, 1)))
    middles = [(one.percentile(50), two.percentile(50)) for one, two in found]
    return compared(f"{TABLE}, p50", "ms", middles, "≤ 5")


def starts(programs: tuple[Program, Program], plan: Plan) -> list[Figure]:
    """Compare how long it takes from the start of the command to the first page."""
    pairs = []
    for _ in range(plan.rounds):
        times = []
        for program in programs:
            server = start(program)
            server.stop()
            times.append(server.first_page * 1000)
        pairs.append((times[0], times[1]))
    return compared("first page after start", "ms", pairs, "≤ 2")


def memory(sides: Sides) -> list[Figure]:
    """Compare the memory of two workers that have served all of the rounds."""
    return compared(
        "memory of two workers", "MB", [(sides.bare.memory(), sides.virage.memory())], "≤ 2"
    )


def quick(plan: Plan) -> Plan:
    """Give a plan that only shows that all works."""
    return replace(plan, rounds=1, seconds=0.3, exporters=100)


def _reads(requests: Sequence[Request], count: int) -> Scripts:
    return lambda: [reading(requests[at::count]) for at in range(count)]


def _notes(people: Sequence[Visitor], count: int) -> Scripts:
    return lambda: [noting(people[at::count]) for at in range(count)]


def _beats(sitters: Sequence[Sitter], count: int) -> list[Script]:
    return [sitting(sitters[at::count]) for at in range(count)]


def _saves(savers: Sequence[Saver], count: int) -> Scripts:
    return lambda: [saving(savers[at::count]) for at in range(count)]
