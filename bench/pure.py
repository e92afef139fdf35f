"""What needs no server: the draw of a retake, the decision of a gate, the check of a record."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from bench.figures import Figure, figure
from lms.assessment.draw import draw_items
from lms.assessment.values import Quiz, QuizItem
from lms.completion.signed import Judged, canonical_json, export_record, judge_file
from lms.content.model import ItemKind, Partial
from lms.gates.gate import (
    QuizLimits,
    QuizStanding,
    Sequence,
    module_gate,
    quiz_gate,
)
from lms.kernel.signing import key_id, public_key, sign

MODULES, ITEMS, SECTIONS, DRAWN = 100, 1000, 20, 10
ROUNDS = 5
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SIGNING_KEY = bytes(range(32))


def pure_figures() -> list[Figure]:
    """Time the draw and the gate at 100 modules of 1,000 items, and the check of a record."""
    return [
        figure("draw of a retake, 1,000 items in the pool", _each(_draw(), 20) * 1e6, "µs"),
        figure("gate of a quiz, 100 modules of 20 sections", _each(_gate(), 200) * 1e6, "µs"),
        figure("completion verify", 1 / _each(_verify(), 200), "/s"),
    ]


def _each(act: Callable[[], object], times: int) -> float:
    """Give the seconds that one act takes: the median of some rounds of many."""
    rounds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for _ in range(times):
            act()
        rounds.append((perf_counter() - began) / times)
    return median(rounds)


def _draw() -> Callable[[], object]:
    items = tuple(_item(number) for number in range(ITEMS))
    quiz = Quiz(80, None, 600, {"all": DRAWN}, shuffle=True, items=items)
    seen = {f"item-{number}": number % 7 for number in range(0, ITEMS, 2)}
    return lambda: draw_items(quiz, 7, last_seen=seen)


def _item(number: int) -> QuizItem:
    return QuizItem(
        id=f"item-{number}",
        kind=ItemKind.SINGLE,
        points=1,
        must=False,
        section="text",
        pool="all",
        shuffle=True,
        partial=Partial.NONE,
        graded=True,
        min_words=0,
        size=4,
        correct=(0,),
    )


def _gate() -> Callable[[], object]:
    order = tuple(f"module-{number}" for number in range(MODULES))
    passed = frozenset(order[:-1])
    sections = {f"section-{number}": True for number in range(SECTIONS)}
    standing = QuizStanding(attempts=1, last_submitted_at=NOW - timedelta(hours=1))
    limits = QuizLimits(attempts=None, pause=timedelta(minutes=10))

    def decide() -> object:
        gate = module_gate(order, Sequence.IN_ORDER, passed, order[-1])
        return quiz_gate(gate, sections, standing, limits, NOW)

    return decide


def _verify() -> Callable[[], object]:
    """Check a record of five modules with three attempts of ten questions each."""
    item = {"id": "item", "version": "0" * 64, "answer": "1" * 64, "raw": "1/1", "max": 1}
    attempt = {"number": 1, "submitted_at": NOW.isoformat(), "items": [item] * 10}
    document = {
        "format": "virage-completion/1",
        "modules": [{"id": "m", "digest": "2" * 64, "attempts": [attempt] * 3}] * 5,
    }
    public = public_key(SIGNING_KEY)
    signature = sign(SIGNING_KEY, canonical_json(document))
    file = export_record(document, signature, key_id(public))
    if judge_file(file, public).judged is not Judged.GENUINE:
        raise ValueError("the record that is timed is not genuine")
    return lambda: judge_file(file, public)
