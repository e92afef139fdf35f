"""What of an item is shown, what is its key, and what the grading needs of it."""

from collections.abc import Sequence
from typing import Any

from lms.content.model import Item


def shown_texts(item: Item) -> dict[str, list[str]]:
    """Give the Markdown that a participant sees before he answers, in published order."""
    return {
        "prompt": [item.prompt],
        "body": [item.body] if item.body else [],
        "hint": [item.hint] if item.hint else [],
        "choices": [choice.text for choice in item.choices] or list(item.steps),
        "lefts": [pair.left for pair in item.pairs],
        "rights": [pair.right for pair in item.pairs],
    }


def key_texts(item: Item) -> dict[str, list[str]]:
    """Give the Markdown that must not leave the server before the attempt is closed."""
    return {
        "feedback": [choice.feedback for choice in item.choices],
        "explanation": [item.explanation] if item.explanation else [],
    }


def item_document(twins: Sequence[Item]) -> dict[str, Any]:
    """Give what `assessment.values.QuizItem` reads, from one item in all its languages.

    What a participant types counts in any language: the accepted texts are put together.
    """
    item = twins[0]
    accepted = [text for twin in twins for text in twin.accepted]
    return {
        "id": item.id,
        "kind": item.kind.value,
        "points": item.points,
        "must": item.must,
        "section": item.section,
        "pool": item.pool,
        "shuffle": item.shuffle,
        "partial": item.partial.value,
        "graded": item.graded,
        "min_words": item.min_words,
        "size": len(item.choices) or len(item.steps) or len(item.pairs),
        "correct": [i for i, choice in enumerate(item.choices) if choice.correct],
        "accepted": list(dict.fromkeys(accepted)),
        "testimony": item.testimony,
        "numbers": [[str(n.value), str(n.tolerance)] for n in item.numbers],
    }
