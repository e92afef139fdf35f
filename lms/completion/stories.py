"""What an explanation tells: values that a report prints, and that JSON holds."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lms.completion.agreement import Signature
from lms.completion.evidence import CorrectionFact
from lms.completion.register import RegisterLine


@dataclass(frozen=True, slots=True)
class ItemStory:
    """One question as he had it before him, and what he answered; `digest` is in the record.

    SHA-256 of `salt` and the stored answer gives `digest`: with it this answer can be proved.
    """

    id: str
    question: str
    options: tuple[str, ...]  # in the order in which they were shown
    answer: tuple[str, ...]
    score: str
    maximum: int
    language: str
    saved_at: datetime | None
    salt: str
    digest: str


@dataclass(frozen=True, slots=True)
class ScoreStory:
    """A score that a correction put beside the first one."""

    number: int
    score: str
    maximum: int
    passed: bool
    graded_at: datetime
    correction: uuid.UUID


@dataclass(frozen=True, slots=True)
class AttemptStory:
    """One closed attempt: its edition, its time, its score, its questions in order."""

    number: int
    revision: int
    digest: str
    started_at: datetime
    submitted_at: datetime
    ended_by: str
    language: str
    score: str
    maximum: int
    passing_percent: int
    passed: bool
    regrades: tuple[ScoreStory, ...]
    items: tuple[ItemStory, ...]


@dataclass(frozen=True, slots=True)
class SectionStory:
    """A page that he had before him, in which edition, for how long, and when he went on."""

    id: str
    title: str
    round: int
    revision: int | None
    language: str
    seat_time: str
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class ModuleStory:
    """One module: the pages, the time, the attempts; or that it was waived."""

    id: str
    title: str
    waived_at: datetime | None
    sections: tuple[SectionStory, ...]
    quiz_time: str
    attempts: tuple[AttemptStory, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that a certificate rests on; the person is a pseudonym."""

    certificate: RegisterLine
    attested_at: datetime | None
    attested_version: str
    pseudonym: str
    enrolled_at: datetime
    agreed_at: datetime | None
    notice_version: str
    deadline: date | None
    arrangement: bool
    course: str
    title: Mapping[str, str]
    revision: int
    digest: str
    rules: Mapping[str, Any]
    recorded_at: datetime
    record_digest: str
    signature: Signature
    disagreements: tuple[str, ...]
    modules: tuple[ModuleStory, ...]
    corrections: tuple[CorrectionFact, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing contradicts the record."""
        return self.signature is not Signature.BROKEN and not self.disagreements
