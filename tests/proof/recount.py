"""Count an answer again, by docs/GRADING.md and the author's own key; the product is not asked.

Written to be read beside that page, not to be quick.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from tests.proof.course import BLANK, Question

Answer = tuple[int | str, ...]
ANSWERS = ("right", "wrong", "half", "everything", "nothing")


@dataclass(frozen=True, slots=True)
class Count:
    """What an attempt earns: points, of how many, whether it passes, which sections it reopens."""

    raw: Fraction
    maximum: int
    passes: bool
    reopens: frozenset[str]


def recount(questions: Iterable[Question], answers: Mapping[str, Answer], percent: int) -> Count:
    """Count all questions of an attempt."""
    shares = [(one, share(one, answers.get(one.id, ()))) for one in questions]
    graded = [(one, part) for one, part in shares if one.graded]
    raw = sum((part * one.points for one, part in graded), Fraction(0))
    maximum = sum(one.points for one, _ in graded)
    musts = all(part == 1 for one, part in shares if one.must)
    passes = raw / maximum >= Fraction(percent, 100) and musts
    missed = frozenset(one.section for one, part in graded if part < 1 and one.section)
    return Count(raw, maximum, passes, frozenset() if passes else missed)


def share(question: Question, answer: Answer) -> Fraction:
    """Give how much of a question is right, from 0 to 1."""
    part = max(_share(question, answer), Fraction(0))
    return part if question.partial or part == 1 else Fraction(0)


def _share(question: Question, answer: Answer) -> Fraction:
    key, size = question.key, question.size
    match question.kind:
        case "single":
            return Fraction(answer == key)
        case "several":
            right = [one for one in set(answer) if one in key]
            wrong = [one for one in set(answer) if one not in key]
            return Fraction(len(right) - len(wrong), len(key))
        case "text":
            return Fraction([str(one).strip().lower() for one in answer] == list(key))
        case "match":
            return Fraction(sum(left == given for left, given in enumerate(answer)), size)
        case "order":
            return Fraction(max(longest_run(answer) - 1, 0), size - 1)
        case _:
            return Fraction(1)


def longest_run(steps: Answer) -> int:
    """Give the length of the longest run in the right order, by trying all; 0 with a gap."""
    if BLANK in steps or not steps:
        return 0
    for length in range(len(steps), 0, -1):
        if any(list(some) == sorted(some) for some in combinations(steps, length)):
            return length
    return 0


def is_whole(question: Question, answer: Answer) -> bool:
    """Whether a question can be handed in with this answer."""
    match question.kind:
        case "open":
            return len(str(answer[0] if answer else "").split()) >= 3
        case "match" | "order":
            return len(answer) == question.size and BLANK not in answer
        case _:
            return bool(answer)


def answer_to(question: Question, how: str) -> Answer:
    """Give an answer of a sort to a question, as a page can send it."""
    return {
        "right": question.key,
        "wrong": _wrong(question),
        "half": _half(question),
        "everything": _everything(question),
        "nothing": (),
    }[how]


def _wrong(question: Question) -> Answer:
    places = range(question.size)
    match question.kind:
        case "single" | "several":
            return tuple(at for at in places if at not in question.key)[:1]
        case "text":
            return ("autre",)
        case "match":
            return tuple((at + 1) % question.size for at in places)
        case "order":
            return tuple(reversed(places))
        case _:
            return ("trois autres mots",)


def _half(question: Question) -> Answer:
    match question.kind:
        case "several":
            return question.key[:1]
        case "match" | "order":
            return (0, *[BLANK] * (question.size - 1))
        case "open":
            return ("un",)
        case _:
            return _wrong(question)


def _everything(question: Question) -> Answer:
    match question.kind:
        case "several":
            return tuple(range(question.size))
        case "match":
            return (0,) * question.size
        case "order":
            return (0, 2, 1, *range(3, question.size))
        case _:
            return question.key
