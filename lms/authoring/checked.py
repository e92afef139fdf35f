"""The check of the files that stand, done once for the same files.

It takes a third of a second of the one thread that answers everybody, and most pages of the
workshop ask for it. A process keeps the last few; nothing in them depends on who asks.
"""

import hashlib
from datetime import date
from functools import lru_cache

from lms.content.check import check_files
from lms.content.files import Files
from lms.content.model import Content, Problem
from lms.content.twins import Changes

_KEPT = 4


class _Asked:
    """What a check depends on; two are equal when everything in them is."""

    def __init__(self, files: Files, today: date, changes: Changes, published: Content) -> None:
        self.files, self.today, self.changes, self.published = files, today, changes, published
        sources = sorted((one.place.path, one.source) for one in published.modules.values())
        texts, paths = sorted(files.texts.items()), sorted(files.paths)
        whole = repr((texts, paths, files.problems, today, sorted(changes.items()), sources))
        self.digest = hashlib.sha256(whole.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def check_once(
    files: Files, today: date, changes: Changes, published: Content
) -> tuple[Content, tuple[Problem, ...]]:
    """Return what these files hold and all problems with them, as `check_files` does."""
    return _check(_Asked(files, today, changes, published))


@lru_cache(maxsize=_KEPT)
def _check(asked: _Asked) -> tuple[Content, tuple[Problem, ...]]:
    return check_files(asked.files, asked.today, changes=asked.changes, published=asked.published)
