"""The client's ledger: what he asked for, and whether he was told that it was done."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tests.faults.visitor import CutOffError

Value = tuple[tuple[str, str], ...]


class Op(StrEnum):
    """What a participant does that must last."""

    READ = "read"
    BEGIN = "begin"
    SAVE = "save"
    SUBMIT = "submit"


class Fate(StrEnum):
    """What the client knows of an act; `unknown` may have been done or not."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What an act is about: whose, which module, which attempt, which page or question."""

    login: str
    module: int
    attempt: int = 0
    place: int = 0

    def at(self, place: int) -> "Key":
        """Give the key of a question of this attempt, or of a page."""
        return replace(self, place=place)


@dataclass(slots=True)
class Entry:
    """One act; `version` is the one that a save would become, `value` what it sent or got."""

    op: Op
    key: Key
    value: Value = ()
    version: int = 0
    fate: Fate = Fate.UNKNOWN

    def wish(self) -> tuple[Op, Key, Value, int]:
        """Give what is asked for, without what came of it."""
        return self.op, self.key, self.value, self.version

    def done(self, value: Value | None = None) -> None:
        """Note that the server said so."""
        self.value = self.value if value is None else value
        self.fate = Fate.DONE

    def refused(self) -> None:
        """Note that the server said no."""
        self.fate = Fate.REFUSED

    def settle(self, is_done: bool) -> None:
        """Note that the server said yes, or no."""
        self.fate = Fate.DONE if is_done else Fate.REFUSED


@dataclass(slots=True)
class Ledger:
    """All that one run's clients know."""

    entries: dict[tuple[Op, Key], list[Entry]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    submitting: threading.Event = field(default_factory=threading.Event)
    answers: int = 0  # that came, whatever they said
    _lock: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def act(self, op: Op, key: Key, value: Value = (), version: int = 0) -> Iterator[Entry]:
        """Note that an act is asked for; it stays unknown until the block says what came."""
        entry = Entry(op, key, value, version)
        with self._lock:
            self.entries.setdefault((op, key), []).append(entry)
            self.touched.add(key.login)
        if op is Op.SUBMIT:
            self.submitting.set()
        try:
            yield entry
        except CutOffError:
            entry.fate = Fate.UNKNOWN
            raise
        with self._lock:
            self.answers += 1
            self._lock.notify_all()

    def of(self, op: Op, logins: set[str] | None = None) -> list[tuple[Key, list[Entry]]]:
        """Give the acts of a kind by their key, of these people or of all, as they stand now."""
        with self._lock:
            return [
                (key, [_copied(one) for one in entries])
                for (kind, key), entries in self.entries.items()
                if kind is op and (logins is None or key.login in logins)
            ]

    def last_version(self, key: Key) -> int:
        """Give the newest version of an answer that was acknowledged."""
        known = self.entries.get((Op.SAVE, key), [])
        return max((one.version for one in known if one.fate is Fate.DONE), default=0)

    def is_in_doubt(self, key: Key) -> bool:
        """Whether a save of this answer was cut off: it may still be done."""
        known = self.entries.get((Op.SAVE, key), [])
        return any(one.fate is Fate.UNKNOWN for one in known[:-1])

    def wait_for(self, answers: int, seconds: float) -> None:
        """Wait until so many more answers have come, or so long."""
        with self._lock:
            wanted = self.answers + answers
            self._lock.wait_for(lambda: self.answers >= wanted, seconds)

    def acknowledged(self) -> int:
        """Count what the server said was done."""
        with self._lock:
            every = [one for entries in self.entries.values() for one in entries]
        return sum(one.fate is Fate.DONE for one in every)

    def take_touched(self) -> set[str]:
        """Give who did something since this was asked last."""
        with self._lock:
            taken, self.touched = self.touched, set()
        return taken


def _copied(entry: Entry) -> Entry:
    # Its fate is read first: an entry that is done by then has its value.
    fate = entry.fate
    return Entry(*entry.wish(), fate)
