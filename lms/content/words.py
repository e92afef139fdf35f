"""Words as values: dates, whole numbers, percents, lengths of time, yes and no.

Each function takes the word as typed and returns its value, or None where it is not one.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from difflib import get_close_matches

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
FACT_ID = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2}", re.ASCII)
LONGEST_ID = 60
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_PERCENT = re.compile(r"(\d{1,9})\s?%?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LENGTH = re.compile(r"(\d{1,5})\s?([a-z]+)", re.ASCII)
_UNITS = {
    "min": timedelta(minutes=1),
    "minute": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "heure": timedelta(hours=1),
    "day": timedelta(days=1),
    "jour": timedelta(days=1),
    "week": timedelta(weeks=1),
    "semaine": timedelta(weeks=1),
}


def as_id(word: str) -> str | None:
    """Return the word if it is an id: small letters, digits, single hyphens between them."""
    return word if len(word) <= LONGEST_ID and ID.fullmatch(word) else None


def as_fact_id(word: str) -> str | None:
    """Return the word if it can name a fact: a letter, then letters, digits and hyphens."""
    return word if FACT_ID.fullmatch(word) else None


def as_language(word: str) -> str | None:
    """Return the word if it names a language: two small letters."""
    return word if LANGUAGE.fullmatch(word) else None


def as_whole(word: str) -> int | None:
    """Return the whole number, 0 or more."""
    return int(word) if _WHOLE.fullmatch(word) else None


def as_percent(word: str) -> int | None:
    """Return the number of a percentage written with or without its sign."""
    match = _PERCENT.fullmatch(word)
    return int(match[1]) if match else None


def as_date(word: str) -> date | None:
    """Return the day of an ISO date, year first."""
    if not _DATE.fullmatch(word):
        return None
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def as_length(word: str) -> timedelta | None:
    """Return the length of time of `10 min`, `2 h`, `90 days` or `90 jours`."""
    match = _LENGTH.fullmatch(word)
    if match is None:
        return None
    unit = _UNITS.get(match[2]) or _UNITS.get(match[2].removesuffix("s"))
    return None if unit is None else int(match[1]) * unit


def as_yes(word: str) -> bool | None:
    """Return whether the word is yes; None where it is neither yes nor no."""
    return {"yes": True, "no": False}.get(word)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a sentence that offers the nearest known word, or else lists all."""
    words = sorted(known)
    close = get_close_matches(word[:LONGEST_ID].lower(), words, n=1)
    return f"did you mean `{close[0]}`?" if close else f"known: {', '.join(words)}"


def slug(text: str, words: int = 6) -> str:
    """Return an id made from the first words of a text; `untitled` where nothing is left."""
    flat = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae"))
    found = re.findall(r"[a-z0-9]+", flat.encode("ascii", "ignore").decode().lower())
    return "-".join(found[:words])[:LONGEST_ID].strip("-") or "untitled"
