"""Somebody who answers by chance: how often he passes, counted exactly and tried 10,000 times.

`python -m tests.proof.guessing` prints the table of docs/GATES.md. The chance is summed up over all
answers that a page lets somebody send, from the author's key by docs/GRADING.md; the tries go
through the product's own draw and grading. Two who guess:

- *blind* chooses every answer by chance, and what he types is never right;
- *typist* knows all that is typed, because it cannot be guessed, and chooses the rest by chance.
"""

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product
from math import comb, exp, lgamma, log, log1p
from pathlib import Path

from lms.assessment.draw import draw_items
from lms.assessment.grading import grade_attempt
from lms.assessment.queries import quiz_from_document
from lms.assessment.values import Answer, Asked, Quiz, QuizItem
from lms.content.files import Files, load
from lms.content.model import Content, CourseKind, ItemKind, Partial
from lms.content.read import read
from lms.publishing.compile import compile_module
from lms.publishing.service import course_document
from tests.factories import WORDS, right_answer, wrong_answer
from tests.proof import recount
from tests.proof.course import Question
from tests.sample_course import FILES

CONTENT = Path(__file__).parents[2] / "content"
SEMINAR, SMALL = "seminar", "small course"
RUNS = 10_000
RARE = 1e-6  # how rarely chance alone goes beyond the bound
TYPED = frozenset({ItemKind.TEXT, ItemKind.NUMBER, ItemKind.OPEN})
_KINDS = {
    ItemKind.TRUE_FALSE: "single",
    ItemKind.SINGLE: "single",
    ItemKind.MULTIPLE: "several",
    ItemKind.MATCH: "match",
    ItemKind.ORDER: "order",
}
_Points = tuple[Fraction, int, bool]  # earned, of how many, every required question right
_Chances = dict[_Points, Fraction]


@dataclass(frozen=True, slots=True)
class Guesser:
    """Somebody who answers by chance; what he has to type he knows, or does not."""

    name: str
    knows_typed: bool

    def typed(self, item: QuizItem) -> Answer:
        """Give what he types."""
        return right_answer(item) if self.knows_typed else wrong_answer(item)

    def guess(self, item: QuizItem, asked: Asked, chance: random.Random) -> Answer:
        """Give what he sends, in published positions: he chooses among places on the page."""
        if item.kind in TYPED:
            return self.typed(item)
        order = asked.order
        if item.kind in {ItemKind.MATCH, ItemKind.ORDER}:
            return chance.sample(order, len(order))
        if item.kind is not ItemKind.MULTIPLE:
            return (chance.choice(order),)
        ticks = chance.randrange(1, 1 << item.size)
        return [position for place, position in enumerate(order) if ticks >> place & 1]


BLIND = Guesser("blind", knows_typed=False)
TYPIST = Guesser("typist", knows_typed=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What guessing at one quiz came to."""

    guesser: str
    course: str
    module: str
    chance: Fraction
    passes: int
    runs: int

    @property
    def most(self) -> int:
        """The most passes that chance explains."""
        return _quantile(self.runs, float(self.chance), 1 - RARE)

    @property
    def fewest(self) -> int:
        """The fewest passes that chance explains."""
        return _quantile(self.runs, float(self.chance), RARE)


def quizzes(content: Content) -> Iterator[tuple[str, Quiz]]:
    """Give every quiz of every course, compiled as for publication, without a database."""
    for course in content.courses.values():
        if course.kind is not CourseKind.DIVERSION:
            continue  # nothing hangs on a class's sheet: there is no pass
        rules = course_document(course)
        for module in course.modules:
            compiled = compile_module(
                content, module, course.languages, WORDS, lambda some: [""] * len(some)
            )
            yield module, quiz_from_document(compiled.quiz, rules)


def read_all() -> Mapping[str, Content]:
    """Give the real seminar and the small course of the tests."""
    texts = {f"content/{name}": text.encode() for name, text in FILES.items()}
    small = read(Files("content", texts, frozenset(texts)))
    return {SEMINAR: read(load(CONTENT)).content, SMALL: small.content}


def chance_to_pass(quiz: Quiz, guesser: Guesser) -> Fraction:
    """Give the exact chance that a first attempt passes."""
    total: _Chances = {(Fraction(0), 0, True): Fraction(1)}
    for item in quiz.items:
        if not item.pool:
            total = _both(total, _chances(item, guesser))
    for pool, count in quiz.draw.items():
        members = [item for item in quiz.items if item.pool == pool]
        total = _both(total, _drawn(members, count, guesser))
    return sum(
        (
            chance
            for (raw, maximum, musts), chance in total.items()
            if musts and raw * 100 >= quiz.passing_percent * maximum
        ),
        Fraction(0),
    )


def _drawn(members: Sequence[QuizItem], count: int, guesser: Guesser) -> _Chances:
    """Mix the chances of every set that can be drawn; all are drawn equally often."""
    by_size: list[_Chances] = [{(Fraction(0), 0, True): Fraction(1)}, *({} for _ in range(count))]
    for item in members:
        own = _chances(item, guesser)
        for size in range(count, 0, -1):
            for points, chance in _both(by_size[size - 1], own).items():
                by_size[size][points] = by_size[size].get(points, Fraction(0)) + chance
    sets = comb(len(members), count)
    return {points: chance / sets for points, chance in by_size[count].items()}


def _both(some: _Chances, other: _Chances) -> _Chances:
    found: dict[_Points, Fraction] = defaultdict(Fraction)
    for ((raw, most, must), chance), ((raw2, most2, must2), chance2) in product(
        some.items(), other.items()
    ):
        found[raw + raw2, most + most2, must and must2] += chance * chance2
    return dict(found)


def _chances(item: QuizItem, guesser: Guesser) -> _Chances:
    """Give what a guess at one item earns, over all answers, each as likely as any other."""
    shares = [Fraction(guesser.knows_typed)]
    if item.kind not in TYPED:
        question = _question(item)
        shares = [recount.share(question, answer) for answer in _answers(item)]
    if not item.graded:
        return {(Fraction(0), 0, True): Fraction(1)}
    found: dict[_Points, Fraction] = defaultdict(Fraction)
    for share in shares:
        points = (share * item.points, item.points, share == 1 or not item.must)
        found[points] += Fraction(1, len(shares))
    return dict(found)


def _question(item: QuizItem) -> Question:
    key = item.correct or tuple(range(item.size))
    kind, partial = _KINDS[item.kind], item.partial is Partial.EACH
    return Question(item.id, kind, item.size, key, item.points, partial=partial)


def _answers(item: QuizItem) -> list[tuple[int, ...]]:
    places = range(item.size)
    if item.kind in {ItemKind.MATCH, ItemKind.ORDER}:
        return list(permutations(places))
    if item.kind is not ItemKind.MULTIPLE:
        return [(at,) for at in places]
    return [tuple(at for at in places if ticks >> at & 1) for ticks in range(1, 1 << item.size)]


def try_quiz(quiz: Quiz, guesser: Guesser, runs: int) -> int:
    """Guess so many times through the product's draw and grading; gives how many passed."""
    items = {item.id: item for item in quiz.items}
    chance = random.Random(20261121)  # noqa: S311 - to be the same in each run
    passes = 0
    for seed in range(runs):
        asked = draw_items(quiz, seed, last_seen={})
        answers = {one.item: guesser.guess(items[one.item], one, chance) for one in asked}
        some = [items[one.item] for one in asked]
        passes += grade_attempt(some, answers, passing_percent=quiz.passing_percent).passed
    return passes


def _quantile(runs: int, chance: float, level: float) -> int:
    """Give the least number of passes that is not exceeded with this probability."""
    if chance <= 0:
        return 0
    sure, total = lgamma(runs + 1), 0.0
    for passes in range(runs + 1):
        ways = sure - lgamma(passes + 1) - lgamma(runs - passes + 1)
        total += exp(ways + passes * log(chance) + (runs - passes) * log1p(-chance))
        if total >= level:
            return passes
    return runs


def outcomes(course: str, guesser: Guesser, runs: int = RUNS) -> Iterator[Outcome]:
    """Guess at every quiz of a course."""
    for module, quiz in quizzes(read_all()[course]):
        chance, passes = chance_to_pass(quiz, guesser), try_quiz(quiz, guesser, runs)
        yield Outcome(guesser.name, course, module, chance, passes, runs)


def table(found: Sequence[Outcome]) -> str:
    """Write outcomes as the table of docs/GATES.md."""
    lines = [
        "| course | module | who guesses | chance of a pass | passes in 10,000 | bound |",
        "|---|---|---|---|---|---|",
    ]
    for one in found:
        odds = f"1 in {round(1 / one.chance):,}" if one.chance else "none"
        cells = (one.course, one.module, one.guesser, odds, f"{one.passes:,}", f"{one.most:,}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    everybody = product((SEMINAR, SMALL), (BLIND, TYPIST))
    sys.stdout.write(table([one for who in everybody for one in outcomes(*who)]) + "\n")
