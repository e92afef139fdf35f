"""What a participant is told of his open answers that count: read or not yet, done or not."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from flask import url_for

from lms.assessment.queries import ClosedAttempt, ItemOutcome
from lms.assessment.values import Quiz
from lms.assessment.verdict import Verdict, verdict
from lms.content.model import ItemKind
from lms.conversations.open_answers import Said, last_passed_attempt, said_of
from lms.conversations.queries import shared_items
from lms.journey.open_answers import readers_of
from lms.web.db import db
from lms.web.item_result import ResultRow
from lms.web.request import keys, learner, settings
from lms.web.words import _


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """What readers made of one answer; `comments` are those of the verdict."""

    place: int
    verdict: Verdict
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extra:
    """What stands under a question of a result besides the question itself."""

    unclear_url: str
    share_url: str = ""
    is_shared: bool = False


def counts_open_answers(quiz: Quiz) -> bool:
    """Whether a quiz may ask an open question that counts."""
    return any(item.graded and item.kind is ItemKind.OPEN for item in quiz.items)


def read_answers(attempt: ClosedAttempt) -> Mapping[int, ReadAnswer]:
    """Give what became of the answers that count, by place; nothing where none does.

    Only a pass waits for readers: who has to try again writes a new answer.
    """
    counted = {
        place: outcome
        for place, outcome in enumerate(attempt.outcomes, start=1)
        if _is_counted(outcome)
    }
    if not counted or not attempt.passed:
        return {}
    said = said_of(db(), learner().enrolment_id, attempt.id, keys())
    return {
        place: _read(place, said.get(outcome.item.id, ())) for place, outcome in counted.items()
    }


def _is_counted(outcome: ItemOutcome) -> bool:
    is_written = bool(outcome.answer) or not outcome.is_kept
    return outcome.item.kind is ItemKind.OPEN and outcome.item.graded and is_written


def _read(place: int, said: Sequence[Said]) -> ReadAnswer:
    found = verdict([one.is_done for one in said], readers_of(settings()))
    if found is Verdict.WAITS:
        return ReadAnswer(place, found)
    is_done = found is Verdict.DONE
    comments = (one.comment for one in said if one.is_done is is_done)
    return ReadAnswer(place, found, tuple(one for one in comments if one))


def not_done_before(module_id: str) -> tuple[ReadAnswer, ...]:
    """Give the answers of the last pass at a quiz that were not done, so that it is open again."""
    found = last_passed_attempt(db(), learner().enrolment_id, module_id)
    if found is None:
        return ()
    attempt_id, places = found
    said = said_of(db(), learner().enrolment_id, attempt_id, keys())
    read = (_read(places[item_id], words) for item_id, words in said.items())
    return tuple(one for one in read if one.verdict is Verdict.NOT_DONE)


def with_verdict(row: ResultRow, read: ReadAnswer | None) -> ResultRow:
    """Give the row of a result with what readers said in the place of a score."""
    if read is None:
        return row
    match read.verdict:
        case Verdict.WAITS:
            status, kind = _("Written: an instructor reads it"), "right"
        case Verdict.DONE:
            status, kind = _("Read by an instructor: done"), "right"
        case Verdict.NOT_DONE:
            status, kind = _("Read by an instructor: not done yet"), "partly"
        case _:
            assert_never(read.verdict)
    return replace(row, status=status, kind=kind)


def extras_of(attempt: ClosedAttempt) -> Mapping[int, Extra]:
    """Give what stands under each question of one's own result."""
    can_share = [
        place
        for place, one in enumerate(attempt.outcomes, start=1)
        if one.item.kind is ItemKind.OPEN and one.answer
    ]
    shared = shared_items(db(), attempt.id) if can_share else frozenset()
    return {
        place: _extra(attempt.id, place, place in can_share, outcome.item.id in shared)
        for place, outcome in enumerate(attempt.outcomes, start=1)
    }


def _extra(attempt_id: uuid.UUID, place: int, can_share: bool, is_shared: bool) -> Extra:
    unclear = url_for("participant.unclear_result", attempt_id=attempt_id, place=place)
    if not can_share:
        return Extra(unclear, "", is_shared)
    share = url_for("participant.share", attempt_id=attempt_id, place=place)
    return Extra(unclear, share, is_shared)
