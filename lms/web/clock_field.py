"""A time of day as people type it."""

import re
from datetime import time

_TIME = re.compile(r"([01]?\d|2[0-3])[:h]([0-5]\d)", re.ASCII)


def time_of(text: str) -> time | None:
    """Give a time of day as typed, `9:05`, `09:05` or `9 h 05`; None where it is none."""
    found = _TIME.fullmatch(text.replace(" ", "").replace("\u00a0", ""))
    return time(int(found[1]), int(found[2])) if found else None
