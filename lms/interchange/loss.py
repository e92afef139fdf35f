"""What became of each question, and what of it did not survive: nothing is dropped silently."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from lms.content.front_matter import short
from lms.kernel.errors import BadInputError

MOST_QUESTIONS = 500  # of one file: a module's own file could not hold more


class BadFileError(BadInputError):
    """The file as a whole cannot be read; the message is one line."""


class RefusedError(BadInputError):
    """One question cannot be converted; the message says why."""


class Way(StrEnum):
    """In which direction questions went."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that did not survive as it was, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one question: its number and title where it came from, its id here.

    `refused` says why it was not taken; then it has no id here.
    """

    number: int
    title: str
    item_id: str = ""
    refused: str = ""
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The fate of every question, and what was lost of the file as a whole."""

    form: str
    way: Way
    fates: tuple[Fate, ...]
    losses: tuple[Loss, ...] = ()

    @property
    def refused(self) -> tuple[Fate, ...]:
        """The questions that were not taken."""
        return tuple(fate for fate in self.fates if fate.refused)

    @property
    def taken(self) -> tuple[Fate, ...]:
        """The questions that were taken, whole or not."""
        return tuple(fate for fate in self.fates if not fate.refused)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost."""
        return not self.losses and not any(fate.refused or fate.losses for fate in self.fates)


@dataclass(slots=True)
class Sheet:
    """One question while it is being read or written: what is lost on the way is noted here.

    BadFileError for a question that comes after more than a module can hold.
    """

    number: int
    title: str = ""
    noted: dict[Loss, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.number > MOST_QUESTIONS:
            raise BadFileError(f"the file holds more than {MOST_QUESTIONS} questions: cut it up")

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What was lost, in order."""
        return tuple(self.noted)

    def lose(self, what: str, why: str) -> None:
        """Note a loss, once."""
        self.note((Loss(what, why),))

    def note(self, losses: Iterable[Loss]) -> None:
        """Note losses, each once."""
        self.noted |= dict.fromkeys(losses)


def as_lines(report: Report) -> str:
    """Return the report as text: a line of sums, then a line for each question and each loss."""
    verb = "brought in" if report.way is Way.IN else "taken out"
    taken, refused = len(report.taken), len(report.refused)
    lines = [f"{report.form}: {len(report.fates)} questions: {taken} {verb}, {refused} refused"]
    lines += [f"  the file: {loss.what}: {loss.why}" for loss in report.losses]
    for fate in report.fates:
        title = f" “{short(_one_line(fate.title))}”" if fate.title else ""
        if fate.refused:
            lines.append(f"  {fate.number}{title}: refused: {_one_line(fate.refused)}")
        else:
            whole = "" if fate.losses else ": whole"
            lines.append(f"  {fate.number}{title} → {fate.item_id}{whole}")
        lines += [f"    {_one_line(loss.what)}: {_one_line(loss.why)}" for loss in fate.losses]
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())
