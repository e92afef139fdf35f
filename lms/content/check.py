"""The whole check of a content folder: one list of problems, the same for every caller."""

from datetime import date
from pathlib import Path

from lms.content.check_equivalents import check_equivalents
from lms.content.check_facts import check_facts
from lms.content.check_gates import check_gates
from lms.content.check_languages import check_languages
from lms.content.check_links import check_links
from lms.content.check_minutes import check_minutes
from lms.content.check_pools import check_pools
from lms.content.check_reading import check_reading
from lms.content.check_reviews import check_changes, check_reviews
from lms.content.check_signs import check_signs
from lms.content.check_surveys import check_surveys
from lms.content.check_testimony import check_testimonies
from lms.content.files import Files, load
from lms.content.model import Content, Problem
from lms.content.read import read
from lms.content.texts import bodies
from lms.content.twins import NO_CHANGES, Changes


def check_content(
    folder: Path,
    today: date,
    *,
    changes: Changes = NO_CHANGES,
    published: Content | None = None,
) -> tuple[Content, tuple[Problem, ...]]:
    """Return what a content folder holds and all problems with it, sorted by place.

    `changes` says when sections changed, where editions are kept; `published` is what was
    published last, where something was.
    """
    return check_files(load(folder), today, changes=changes, published=published)


def check_files(
    files: Files,
    today: date,
    *,
    changes: Changes = NO_CHANGES,
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
        *check_languages(reading, today, changes),
        *check_facts(reading, texts, today),
        *check_testimonies(reading, texts, today),
        *check_equivalents(reading),
        *check_links(reading, texts),
        *check_reading(reading),
        *check_signs(reading),
        *check_surveys(reading),
        *check_reviews(reading.content, today),
        *check_changes(reading.content, published),
    ]
    return reading.content, tuple(sorted(set(problems)))
