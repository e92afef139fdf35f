"""Acts at the same moment, each in a transaction of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.orm import Session

from lms.kernel.database import Database
from lms.kernel.errors import VirageError

T = TypeVar("T")


def at_once(
    database: Database, acts: Sequence[Callable[[Session], T]]
) -> tuple[list[T], list[VirageError]]:
    """Do all acts at once, each committed; gives what came of them and what was refused.

    Any other fault, such as a locked database, is raised.
    """
    start = threading.Barrier(len(acts))

    def do(act: Callable[[Session], T]) -> T | VirageError:
        start.wait()
        try:
            with database.write() as db:
                done = act(db)
                db.commit()
        except VirageError as refused:
            return refused
        return done

    with ThreadPoolExecutor(len(acts)) as pool:
        outcomes = list(pool.map(do, acts))
    refused = [one for one in outcomes if isinstance(one, VirageError)]
    return [one for one in outcomes if not isinstance(one, VirageError)], refused
