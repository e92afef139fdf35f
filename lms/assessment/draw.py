"""The draw: which items an attempt asks, in which order, from a seed; pure and repeatable."""

import random
from collections.abc import Mapping, Sequence

from lms.assessment.values import Asked, Quiz
from lms.content.model import ItemKind


def draw_items(
    quiz: Quiz,
    seed: int,
    *,
    last_seen: Mapping[str, int],
    withheld: frozenset[str] = frozenset(),
) -> tuple[Asked, ...]:
    """Draw an attempt: all items outside pools, and from each pool as many as its draw says.

    Within a pool, items never seen come first, then those seen longest ago; chance decides among
    equals. `last_seen` is the number of this person's last attempt that asked an item. What is
    withheld is not drawn; a pool that has fewer left than its draw says gives all that it has.
    """
    chance = random.Random(seed)  # noqa: S311 - not a secret: the seed stands in the attempt
    items = [item for item in quiz.items if item.id not in withheld]
    chosen = {item.id for item in items if not item.pool}
    for pool, count in sorted(quiz.draw.items()):
        members = [item for item in items if item.pool == pool]
        chance.shuffle(members)
        members.sort(key=lambda item: last_seen.get(item.id, 0))
        chosen |= {item.id for item in members[:count]}
    asked = [item for item in items if item.id in chosen]
    if quiz.shuffle:
        chance.shuffle(asked)
    return tuple(
        Asked(item.id, shown_order(item.kind, item.size, chance, shuffle=item.shuffle))
        for item in asked
    )


def shown_order(
    kind: ItemKind, size: int, chance: random.Random, *, shuffle: bool
) -> tuple[int, ...]:
    """Give the published positions in the order in which they are shown."""
    order = list(range(size))
    if kind in {ItemKind.ORDER, ItemKind.MATCH} and size > 1:
        while order == sorted(order):  # shown as published, they would give the answer away
            chance.shuffle(order)
    elif shuffle:
        chance.shuffle(order)
    return tuple(order)


def practice_order(kind: ItemKind, size: int, seed: str, *, shuffle: bool) -> tuple[int, ...]:
    """Give the order of a practice question: the same for a person each time he comes back."""
    chance = random.Random(seed)  # noqa: S311 - not a secret: nothing is counted
    return shown_order(kind, size, chance, shuffle=shuffle)


def asked_from_document(document: Sequence[Mapping[str, object]]) -> tuple[Asked, ...]:
    """Read what an attempt kept of its draw."""
    return tuple(Asked(str(one["item"]), tuple(one["order"])) for one in document)  # type: ignore[arg-type]  # JSON that this module wrote
