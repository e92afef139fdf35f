"""A page without its testimonies: what takes their place, and what is left out with them."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.content.model import Content, Section, Testimony, TestimonyCall, TestimonyKind


def replaced(content: Content, section: Section, language: str) -> frozenset[str]:
    """Give the testimonies that a page does without when its reader, or who speaks, asks for it.

    Also those that are shown elsewhere, where a practice question of this section rests on them.
    """
    named = {one.testimony for one in section.practice}
    named |= {one.testimony_id for one in section.blocks if isinstance(one, TestimonyCall)}
    found = [content.testimonies.get((one, language)) for one in named]
    return frozenset(
        one.id for one in found if one and (one.equivalent or one.kind is TestimonyKind.ORIGINAL)
    )


def told(content: Content, testimony: Testimony, *, instead: bool) -> Testimony | None:
    """Give the testimony that stands in a place: itself, what replaces it, or none."""
    if not instead:
        return testimony
    found = content.testimonies.get((testimony.equivalent, testimony.language))
    is_original = testimony.kind is TestimonyKind.ORIGINAL
    return found if found or is_original else testimony


def without(blocks: Sequence[Mapping[str, Any]], gone: frozenset[str]) -> list[dict[str, Any]]:
    """Give the blocks of a page without these testimonies and without what rests on them."""
    return [_without_one(dict(block), gone) for block in blocks]


def _without_one(block: dict[str, Any], gone: frozenset[str]) -> dict[str, Any]:
    if block["kind"] == "testimony" and block.get("testimony") in gone:
        return withdrawn(block["testimony"])
    if block["kind"] == "practice" and block.get("testimony") in gone:
        return withheld(block["item"], block["testimony"])
    return block


def withdrawn(testimony_id: str) -> dict[str, Any]:
    """Give the block that stands where a testimony stood."""
    return {
        "kind": "testimony",
        "testimony": testimony_id,
        "label": "withdrawn",
        "warning": "",
        "html": "",
    }


def withheld(item_id: str, testimony_id: str) -> dict[str, Any]:
    """Keep the place of a practice question: the addresses of those after it count from it."""
    return {"kind": "withheld", "item": item_id, "testimony": testimony_id}
