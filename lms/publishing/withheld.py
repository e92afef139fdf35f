"""An item without its texts, in the same shape: what works with items goes on working."""

from collections.abc import Mapping
from typing import Any

NOTHING = "…"  # in the place of each text
_SHOWN = ("prompt", "choices", "lefts", "rights")
_KEY = ("feedback",)


def withheld_shown(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an item shows once the testimony that it rests on is closed: that it was there."""
    given = {**shown, "body": [], "hint": [], "withheld": True}
    return given | {name: [NOTHING] * len(shown[name]) for name in _SHOWN}


def withheld_key(key: Mapping[str, Any]) -> dict[str, Any]:
    """Give an item's key without words; which positions were right says nothing without them."""
    item = {**key["item"], "accepted": []}
    given = {**key, "explanation": [], "accepted": [], "item": item, "withheld": True}
    return given | {name: [""] * len(key[name]) for name in _KEY}
