"""Chance that can be had again: every fault draws from its own seed, and says which."""

import random

SEED = 20261121


def chance(name: object) -> random.Random:
    """Give a source of chance of one's own; the same name gives the same numbers."""
    return random.Random(f"{SEED}:{name}")  # noqa: S311 - nothing secret is drawn from it
