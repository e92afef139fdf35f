"""The first two answers of a new site may come at the same moment: both find the store."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from lms.kernel.person_keys import PersonKeys

KEY = bytes(range(32))
ROUNDS = 30  # without the wait in `lms.kernel.database` one round in eighteen found the file locked


def test_the_first_at_the_same_moment_get_the_same_key_from_a_store_that_is_new(
    tmp_path: Path,
) -> None:
    for round_ in range(ROUNDS):
        url, person = f"sqlite:///{tmp_path / str(round_) / 'people.db'}", uuid.uuid4()
        stores = [PersonKeys(url, KEY) for _ in range(8)]
        start = Barrier(len(stores))

        def ask(store: PersonKeys, start: Barrier = start, person: uuid.UUID = person) -> bytes:
            start.wait()
            return store.find_or_make(person)

        with ThreadPoolExecutor(len(stores)) as pool:
            found = set(pool.map(ask, stores))
        for store in stores:
            store.close()
        assert len(found) == 1
