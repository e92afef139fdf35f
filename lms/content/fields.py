"""The keys of a head, read one by one: the key says which kind of value is expected."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from lms.content.front_matter import Listing, Scalar, Table, short
from lms.content.model import Place, Problem, QuizRules
from lms.content.rules import fault
from lms.content.words import (
    as_date,
    as_id,
    as_length,
    as_percent,
    as_whole,
    as_yes,
    nearest,
)

T = TypeVar("T")
_MOST_PERCENT = 100
_MOST_ATTEMPTS = 1000
_UNLIMITED = "unlimited"


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of one table; what is wrong with a value is added to `problems`."""

    table: Table
    problems: list[Problem]

    def only(self, known: Iterable[str], required: Iterable[str] = ()) -> None:
        """Report the keys that are not known, and the required ones that are not given."""
        names = tuple(known)
        for key, place in self.table.keys.items():
            if key not in names:
                message = f"`{short(key)}` is not a known key"
                self._add("unknown-key", place, message, nearest(key, names))
        for key in required:
            if key not in self.table.values:
                self._add("required-key", self.table.place, f"`{key}` is missing", f"add `{key}:`")

    def place(self, key: str) -> Place:
        """Return where the value of a key stands, or the table where it is not given."""
        node = self.table.values.get(key)
        return node.place if node else self.table.place

    def value(self, key: str, read: Callable[[str], T | None], kind: str) -> T | None:
        """Return the value of a key as `read` understands it; None where it does not."""
        node = self.table.values.get(key)
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self._add("value-type", node.place, f"`{key}` must be {kind}")
            return None
        found = read(node.text.strip())
        if found is None:
            given = f"not `{short(node.text)}`" if node.text.strip() else "and is empty"
            self._add("value-type", node.place, f"`{key}` must be {kind}, {given}")
        return found

    def text(self, key: str) -> str:
        """Return the text of a key on one line; empty where it is not given."""
        return self.value(key, lambda word: " ".join(word.split()) or None, "a text") or ""

    def says(self, key: str, word: str) -> bool:
        """Whether the value of a key is exactly this word."""
        node = self.table.values.get(key)
        return isinstance(node, Scalar) and node.text.strip() == word

    def id(self, key: str) -> str | None:
        """Return the id that a key gives."""
        found = self.value(key, lambda word: word or None, "an id")
        if found is None or as_id(found):
            return found
        cure = "use small letters a-z, digits and single hyphens, at most 60"
        self._add("id-shape", self.place(key), f"`{short(found)}` is not an id", cure)
        return None

    def day(self, key: str) -> date | None:
        """Return the day that a key gives."""
        return self.value(key, as_date, "a date like 2026-11-21")

    def length(self, key: str) -> timedelta | None:
        """Return the length of time that a key gives."""
        return self.value(key, as_length, "a time like `10 min`, `2 h` or `90 days`")

    def whole(self, key: str, low: int, high: int) -> int | None:
        """Return the whole number of a key within its bounds."""
        return self._within(key, self.value(key, as_whole, "a whole number"), low, high)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return whether a key says yes; the default where it does not say."""
        found = self.value(key, as_yes, "yes or no")
        return default if found is None else found

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a key that gives a list."""
        return tuple(scalar.text.strip() for scalar in self.scalars(key))

    def scalars(self, key: str) -> tuple[Scalar, ...]:
        """Return the words of a key that gives a list, each with its place."""
        node = self.table.values.get(key)
        if node is None:
            return ()
        if not isinstance(node, Listing):
            cure = "write [one, two], or each on a line that begins with a hyphen"
            self._add("value-type", node.place, f"`{key}` must be a list", cure)
            return ()
        found = [value for value in node.values if isinstance(value, Scalar) and value.text.strip()]
        if len(found) < len(node.values):
            self._add("value-type", node.place, f"`{key}` must be a list of texts")
        return tuple(found)

    def words(self, key: str, read: Callable[[str], str | None], kind: str) -> tuple[str, ...]:
        """Return the words of a list, each as `read` understands it; others are reported."""
        found = []
        for scalar in self.scalars(key):
            if read(scalar.text) is None:
                message = f"`{short(scalar.text)}` in `{key}` is not {kind}"
                self._add("value-type", scalar.place, message)
            else:
                found.append(scalar.text)
        return tuple(found)

    def inner(self, key: str) -> "Fields | None":
        """Return the keys that stand under a key."""
        node = self.table.values.get(key)
        if isinstance(node, Table):
            return Fields(node, self.problems)
        if node is not None:
            cure = f"write `{key}: {{key: value}}`"
            self._add("value-type", node.place, f"`{key}` must hold keys of its own", cure)
        return None

    def by_language(self, key: str) -> dict[str, str]:
        """Return the texts of a key that gives one for each language."""
        inner = self.inner(key)
        if inner is None:
            return {}
        return {name: text for name in inner.table.values if (text := inner.text(name))}

    def quiz(self, key: str, known: tuple[str, ...]) -> QuizRules:
        """Return the rules of a quiz that a key gives."""
        inner = self.inner(key)
        if inner is None:
            return QuizRules()
        inner.only(known)
        unlimited = inner.says("attempts", _UNLIMITED)
        kind = "a whole number or `unlimited`"
        attempts = None if unlimited else inner.value("attempts", as_whole, kind)
        percent = inner.value("pass", as_percent, "a percentage like 80")
        return QuizRules(
            pass_percent=inner._within("pass", percent, 1, _MOST_PERCENT),  # noqa: SLF001  # itself
            attempts=inner._within("attempts", attempts, 1, _MOST_ATTEMPTS),  # noqa: SLF001  # itself
            unlimited=unlimited,
            pause=inner.length("pause"),
            draw=inner._draw(),  # noqa: SLF001  # itself
            shuffle=inner.flag("shuffle", default=True),
        )

    def _draw(self) -> dict[str, int]:
        inner = self.inner("draw")
        if inner is None:
            return {}
        found = {pool: inner.whole(pool, 1, _MOST_ATTEMPTS) for pool in inner.table.values}
        return {pool: number for pool, number in found.items() if number is not None}

    def _within(self, key: str, found: int | None, low: int, high: int) -> int | None:
        if found is None or low <= found <= high:
            return found
        message = f"`{key}` is {found}; it must be from {low} to {high}"
        self._add("out-of-range", self.place(key), message)
        return None

    def _add(self, rule: str, place: Place, message: str, cure: str = "") -> None:
        self.problems.append(fault(rule, place, message, cure))
