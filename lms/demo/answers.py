"""Answers as invented people give them: right, or wrong in a plausible way."""

import random

from lms.assessment.values import Answer, QuizItem
from lms.content.model import ItemKind

REFLECTION = (
    "This is an invented answer of the demonstration, long enough to be handed in: it says "
    "nothing about anybody."
)
REFLECTIONS = {
    "en": REFLECTION,
    "fr": "Ceci est une réponse inventée de la démonstration, assez longue pour être remise : "
    "elle ne dit rien de personne, ni de ce que quelqu’un a fait ou vécu.",
}


def right_answer(item: QuizItem) -> Answer:
    """Give the answer that earns all points."""
    match item.kind:
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE | ItemKind.MULTIPLE:
            return item.correct
        case ItemKind.TEXT:
            return (item.accepted[0],)
        case ItemKind.NUMBER:
            value = item.numbers[0][0]
            return (str(float(value)).removesuffix(".0"),)
        case ItemKind.OPEN:
            return (REFLECTION,)
        case ItemKind.MATCH | ItemKind.ORDER:
            return tuple(range(item.size))


def wrong_answer(item: QuizItem, chance: random.Random) -> Answer:
    """Give an answer that does not earn all points."""
    match item.kind:
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE | ItemKind.MULTIPLE:
            wrong = [place for place in range(item.size) if place not in item.correct]
            return (chance.choice(wrong or [0]),)
        case ItemKind.TEXT:
            return ("?",)
        case ItemKind.NUMBER:
            return ("0",)
        case ItemKind.OPEN:
            return (REFLECTION,)
        case ItemKind.MATCH | ItemKind.ORDER:
            return (*range(1, item.size), 0)


def misled_answer(item: QuizItem) -> Answer:
    """Give the wrong option that most choose of a question that misleads: the first one."""
    return (next((place for place in range(item.size) if place not in item.correct), 0),)
