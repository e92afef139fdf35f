"""Courses as author's addresses name them: by their place among all that are written or published.

So no address says what a course is about.
"""

from lms.kernel.errors import NotFoundError
from lms.publishing.queries import course_ids
from lms.web.author.folder import Folder
from lms.web.db import reader

MOST_COURSES = 9999


def course_order(folder: Folder) -> tuple[str, ...]:
    """Give the ids of all courses in the order of their numbers, from 1."""
    return tuple(sorted({*folder.content.courses, *course_ids(reader())}))


def course_at(folder: Folder, number: int) -> str:
    """Give the id of the course with a number, or raise NotFoundError."""
    order = course_order(folder)
    if not 1 <= number <= len(order):
        raise NotFoundError(f"course {number}")
    return order[number - 1]


def course_number(folder: Folder, path: str) -> int:
    """Give the number of the course that a file describes; 0 where it cannot be read."""
    courses = folder.content.courses.values()
    found = next((one.id for one in courses if one.place.path == path), None)
    return course_order(folder).index(found) + 1 if found else 0
