"""Tables of assessment. An attempt is evidence: it names its edition and is never edited."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.gates.ending import EndedBy
from lms.kernel.ids import new_id
from lms.kernel.table import Base


class Attempt(Base):
    """One try at one quiz. It is open until it has a result; `shown` is what he was asked.

    The unique number makes a second open attempt impossible: n + 1 starts when n has a result.
    """

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("enrolment_id", "module_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"))
    module_id: Mapped[str] = mapped_column(String(64))
    module_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_revision.id"))
    number: Mapped[int]
    seed: Mapped[int]
    shown: Mapped[list[Any]]  # [{"item": id, "order": [positions]}], as drawn
    language: Mapped[str] = mapped_column(String(5))
    started_at: Mapped[datetime]


class Response(Base):
    """What he answered to one item, in the positions of the published item, until submitted.

    An open answer's text is sealed (AES-256-GCM); all else is in `answer`.
    """

    __tablename__ = "response"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer: Mapped[list[Any]]
    sealed_text: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(5))
    version: Mapped[int]
    saved_at: Mapped[datetime]


class Result(Base):
    """The outcome of a submitted attempt; scores are exact: numerator and denominator."""

    __tablename__ = "result"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    submitted_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(5))
    raw_numerator: Mapped[int] = mapped_column(BigInteger)  # shares of 7, 11, 13 … multiply
    raw_denominator: Mapped[int] = mapped_column(BigInteger)
    maximum: Mapped[int]
    passing_percent: Mapped[int]
    passed: Mapped[bool]
    items: Mapped[list[Any]]  # [{"item": id, "raw": [n, d], "max": points}]
    ended_by: Mapped[str] = mapped_column(String(20), default=EndedBy.SUBMITTED)


class Regrade(Base):
    """A new score of a closed attempt, beside the one that it supersedes; never in its place.

    `number` counts from 1; two people who grade from the same score get the same number, and the
    second is refused.
    """

    __tablename__ = "regrade"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme.id"))
    correction_id: Mapped[uuid.UUID]
    raw_numerator: Mapped[int] = mapped_column(BigInteger)
    raw_denominator: Mapped[int] = mapped_column(BigInteger)
    maximum: Mapped[int]
    passed: Mapped[bool]
    items: Mapped[list[Any]]
    graded_at: Mapped[datetime]


class Standing(Base):
    """Where one person stands in one module's quiz; made from his results, rebuilt from them."""

    __tablename__ = "standing"
    __table_args__ = (Index(None, "module_id", "passed_at"),)

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    module_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    attempts: Mapped[int]
    best_percent: Mapped[int]  # rounded down, for lists; never for a decision
    last_submitted_at: Mapped[datetime]
    passed_at: Mapped[datetime | None]
    passed_attempt_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("attempt.id"))
    review: Mapped[list[Any]] = mapped_column(default=list)  # ids of sections to read again
    extra_attempts: Mapped[int] = mapped_column(default=0)
    pause_lifted_at: Mapped[datetime | None]


class StatisticQueue(Base):
    """A result whose answers are not in the counters of the questions yet; a job takes them in."""

    __tablename__ = "statistic_queue"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result.attempt_id"), primary_key=True)


class ItemStatistic(Base):
    """Sums over the answers to one item, for those whose attempt earned `percent` (rounded down).

    `x` is the item's score and `r` the rest score (the attempt's without the item), both as shares
    of their maximum in units of 1/27720 (27720 is the least common multiple of 1 to 12), so that
    sums are whole numbers and come out the same in whatever order they are taken.
    """

    __tablename__ = "item_statistic"

    module_revision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("module_revision.id"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    is_first: Mapped[bool] = mapped_column(primary_key=True)  # of first attempts, or of later ones
    percent: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)
    n_right: Mapped[int] = mapped_column(BigInteger)
    x: Mapped[int] = mapped_column(BigInteger)
    xx: Mapped[int] = mapped_column(BigInteger)
    r: Mapped[int] = mapped_column(BigInteger)
    rr: Mapped[int] = mapped_column(BigInteger)
    xr: Mapped[int] = mapped_column(BigInteger)


class OptionStatistic(Base):
    """How many of them chose one option; `position` is the published one, -1: no answer."""

    __tablename__ = "option_statistic"

    module_revision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("module_revision.id"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    is_first: Mapped[bool] = mapped_column(primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)


class QuizStatistic(Base):
    """How many attempts at a quiz earned `percent`, and the sums of their shares, as above."""

    __tablename__ = "quiz_statistic"

    module_revision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("module_revision.id"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    is_first: Mapped[bool] = mapped_column(primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[str] = mapped_column(String(64), index=True)
    n: Mapped[int] = mapped_column(BigInteger)
    n_passed: Mapped[int] = mapped_column(BigInteger)
    t: Mapped[int] = mapped_column(BigInteger)
    tt: Mapped[int] = mapped_column(BigInteger)
