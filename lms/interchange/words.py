"""Our settings as tags that other systems keep, and the words of true and false."""

import re
from collections.abc import Iterable
from fractions import Fraction

from lms.content.front_matter import short
from lms.content.model import Item
from lms.content.settings import MOST_POINTS
from lms.interchange.escape import one_line
from lms.interchange.loss import RefusedError, Sheet
from lms.interchange.numbers import as_fraction, whole_points
from lms.interchange.write_markdown import settings_of

TRUTH = {"fr": ("Vrai", "Faux"), "en": ("True", "False")}
PREFIX = "virage:"
_STAR = re.compile(r"(?<!\\)\*")
_HALF = Fraction(1, 2)


def tags_of(item: Item, without: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the settings as tags `virage:key=value`, save those that stand elsewhere."""
    left = set(without)
    return tuple(
        f"{PREFIX}{key}={word}" for key, word in settings_of(item).items() if key not in left
    )


def read_tags(tags: Iterable[str], sheet: Sheet) -> dict[str, str]:
    """Return the settings that tags hold; every other tag is a loss."""
    settings: dict[str, str] = {}
    for tag in tags:
        key, equals, word = tag.strip().removeprefix(PREFIX).partition("=")
        is_ours = tag.strip().startswith(PREFIX) and equals and not set("<>,\n") & set(key + word)
        if is_ours:
            settings[key.strip()] = word.strip()
        else:
            sheet.lose(f"tag {short(tag)}", "a question has no free tags here")
    return settings


def without_stars(text: str, sheet: Sheet) -> str:
    """Return a typed answer without the stars that stand for any words in Moodle."""
    if _STAR.search(text):
        sheet.lose(f"answer {short(text)}", "* stands for no other words here: it is left out")
    return one_line(_STAR.sub("", text).replace("\\*", "*"))


def read_points(text: str, sheet: Sheet) -> dict[str, str]:
    """Return points as a setting: whole and from 1; another number is rounded, and a loss."""
    points = whole_points(text, MOST_POINTS)
    if points is None:
        try:
            points = min(max(int(as_fraction(text) + _HALF), 1), MOST_POINTS)
        except RefusedError:
            points = 1
        sheet.lose(f"points {short(text)}", f"whole points from 1 to {MOST_POINTS}: {points}")
    return {} if points == 1 else {"points": str(points)}
