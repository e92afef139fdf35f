"""Where previews wait and where their answers stand: a folder of the instance, for minutes only.

A ticket is a folder named after whoever asked and the ticket: nobody finds another's. What is
written appears whole, by renaming, so that any process may look at any time.
"""

import errno
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.kernel.errors import TooOftenError
from lms.kernel.ids import new_id
from lms.publishing.preview.job import Job, Stage, Standing

KEEP_SECONDS = 600
KEPT_EACH = 6  # tickets of one person, the newest
MOST_WAITING = 40  # tickets of all; more authors than any site has
PAUSE = 0.15  # seconds between two tickets of one person
_BELL, _JOB, _TEXT = "bell", "job.json", "text.json"
_STANDING = "standing-"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One preview that was asked for: by whom, and its own name."""

    owner: str
    name: str
    asked: float  # seconds, by the clock of the disk


@dataclass(frozen=True, slots=True)
class Spool:
    """The folder, made on first use; nobody but the site's own account can look into it."""

    folder: Path

    def keep_standing(self, mark: str, make: Callable[[], Standing]) -> str:
        """Give the name under which the files around a text are kept; `make` is asked if need be.

        `mark` changes whenever any of the files does.
        """
        name = f"{_STANDING}{hashlib.sha256(mark.encode()).hexdigest()[:32]}"
        path = self.folder / f"{name}.json"
        try:
            os.utime(path)  # still in use
        except FileNotFoundError:
            self._write(path, make().document())
        return name

    def standing(self, name: str) -> Standing:
        """Read the files around a text."""
        return Standing.from_document(json.loads((self.folder / f"{name}.json").read_bytes()))

    def wait_your_turn(self, owner: str) -> None:
        """Raise TooOftenError for whoever asks again before a pause, or when too many wait."""
        tickets = self.tickets()
        own = [one.asked for one in tickets if one.owner == owner]
        if own and abs(time.time() - max(own)) < PAUSE:
            raise TooOftenError(1)
        if sum(self.is_pending(one) for one in tickets) >= MOST_WAITING:
            raise TooOftenError(5)

    def submit(self, owner: str, job: Job) -> str:
        """Put a text where `server` finds it; gives the name of its ticket."""
        name = new_id().hex
        home = self._home(owner, name)
        home.mkdir(mode=0o700)
        document = job.document()
        self._write(home / _TEXT, {"text": document.pop("text")})
        self._write(home / _JOB, document)
        return name

    def job(self, owner: str, name: str, *, with_text: bool = True) -> Job | None:
        """Give what was asked, or None for a ticket that is not his or not there any more.

        Whoever only looks what came of it does without the text.
        """
        home = self._home(owner, name)
        found = self._read(home / _JOB)
        text = self._read(home / _TEXT) if with_text else {"text": ""}
        return None if found is None or text is None else Job.from_document({**found, **text})

    def answer(self, owner: str, name: str, stage: Stage) -> Mapping[str, Any] | None:
        """Give what was made of a text; None as long as there is nothing."""
        return self._read(self._home(owner, name) / f"{stage}.json")

    def age(self, owner: str, name: str) -> float:
        """Give how many seconds ago a ticket was asked for; none for one that is not there."""
        try:
            return time.time() - (self._home(owner, name) / _JOB).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def put_answer(self, ticket: Ticket, stage: Stage, answer: Mapping[str, Any]) -> None:
        """Write what was made of a text."""
        home = self._home(ticket.owner, ticket.name)
        if home.is_dir():  # not taken away in the meantime
            self._write(home / f"{stage}.json", answer)

    def has_answer(self, ticket: Ticket, stage: Stage) -> bool:
        """Whether this was made of a text already."""
        return (self._home(ticket.owner, ticket.name) / f"{stage}.json").exists()

    def is_pending(self, ticket: Ticket) -> bool:
        """Whether something is still to be made for this ticket."""
        return not self.has_answer(ticket, Stage.PROBLEMS)

    def tickets(self) -> list[Ticket]:
        """Give all tickets, the oldest first."""
        return sorted(self._tickets(), key=lambda one: (one.asked, one.name))

    def clean(self, *, now: float) -> bool:
        """Take away what is old; gives whether anything is left."""
        tickets = self.tickets()
        own: dict[str, int] = {}
        left = False
        for ticket in reversed(tickets):
            own[ticket.owner] = own.get(ticket.owner, 0) + 1
            if own[ticket.owner] > KEPT_EACH or now - ticket.asked > KEEP_SECONDS:
                shutil.rmtree(self._home(ticket.owner, ticket.name), ignore_errors=True)
            else:
                left = True
        for path in self.folder.glob(f"{_STANDING}*"):
            if now - path.stat().st_mtime > KEEP_SECONDS:
                path.unlink(missing_ok=True)
            else:
                left = True
        return left

    @property
    def bell(self) -> Path:
        """The pipe by which `server` is woken."""
        return self.folder / _BELL

    @property
    def lock(self) -> Path:
        """Whoever holds this file is the one that serves."""
        return self.folder / "lock"

    def make(self) -> None:
        """Make the folder and its bell where they are not there yet."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        try:
            os.mkfifo(self.bell, 0o600)
        except FileExistsError:
            return

    def ring(self) -> bool:
        """Wake whoever serves; gives whether anybody does."""
        try:
            bell = os.open(self.bell, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno in {errno.ENXIO, errno.ENOENT}:
                return False
            raise
        try:
            os.write(bell, b"!")
        except BlockingIOError:  # rung often enough already
            return True
        except BrokenPipeError:
            return False
        finally:
            os.close(bell)
        return True

    def _tickets(self) -> Iterator[Ticket]:
        try:
            entries = list(os.scandir(self.folder))
        except FileNotFoundError:
            return
        for entry in entries:
            owner, dot, name = entry.name.partition(".")
            if not dot or entry.name.endswith((".json", ".new")):
                continue
            try:
                yield Ticket(owner, name, Path(entry.path, _JOB).stat().st_mtime)
            except FileNotFoundError:
                continue  # being written, or taken away just now

    def _home(self, owner: str, name: str) -> Path:
        if not (owner + name).isalnum():
            raise ValueError("this is not the name of a ticket")
        return self.folder / f"{owner}.{name}"

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found

    def _write(self, path: Path, data: Mapping[str, Any]) -> None:
        new = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor with its own mode
            file.write(json.dumps(data).encode())
        new.replace(path)
