"""The whole check of a content folder: one list of problems, the same for every caller."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from lms.content.check_facts import check_facts
from lms.content.check_gates import check_gates
from lms.content.check_languages import check_languages, reviewed_earlier
from lms.content.check_links import check_links
from lms.content.check_minutes import check_minutes
from lms.content.check_pools import check_pools
from lms.content.check_reading import check_reading
from lms.content.check_reviews import check_changes, check_reviews
from lms.content.check_testimony import check_testimonies
from lms.content.files import Files, load
from lms.content.model import Content, Module, Problem
from lms.content.read import read
from lms.content.texts import bodies

IsStale = Callable[[Module, Module], bool]


def check_content(
    folder: Path,
    today: date,
    *,
    is_stale: IsStale = reviewed_earlier,
    published: Content | None = None,
) -> tuple[Content, tuple[Problem, ...]]:
    """Return what a content folder holds and all problems with it, sorted by place.

    `is_stale` says whether the first of two languages of a module is older than the second;
    `published` is what was published last, where something was.
    """
    return check_files(load(folder), today, is_stale=is_stale, published=published)


def check_files(
    files: Files,
    today: date,
    *,
    is_stale: IsStale = reviewed_earlier,
    published: Content | None = None,
) -> tuple[Content, tuple[Problem, ...]]:
    """Return what these files hold and all problems with them, sorted by place."""
    reading = read(files)
    texts = tuple(bodies(reading))
    problems = [
        *reading.problems,
        *check_gates(reading),
        *check_pools(reading),
        *check_minutes(reading),
        *check_languages(reading, is_stale),
        *check_facts(reading, texts, today),
        *check_testimonies(reading, texts, today),
        *check_links(reading, texts),
        *check_reading(reading),
        *check_reviews(reading.content, today),
        *check_changes(reading.content, published),
    ]
    return reading.content, tuple(sorted(set(problems)))
