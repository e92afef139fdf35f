"""The gate of a quiz: the one place where the rules of entry come together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.assessment.models import Standing
from lms.assessment.queries import quiz_from_document, standings
from lms.assessment.values import Quiz
from lms.gates.gate import (
    Gate,
    QuizLimits,
    QuizStanding,
    deadline_gate,
    module_gate,
    pause_end,
    quiz_gate,
)
from lms.journey.actor import Learner
from lms.journey.read import due_places, module_id_at, today_in_programme
from lms.kernel.errors import NotFoundError
from lms.progress.queries import Progress, load_progress
from lms.publishing.queries import ModuleOutline, module_outline


@dataclass(frozen=True, slots=True)
class QuizState:
    """One module's quiz as its holder finds it; `due` are the sections to read before it."""

    outline: ModuleOutline
    quiz: Quiz
    gate: Gate
    attempts: int
    best_percent: int
    due: tuple[int, ...]
    pause_until: datetime | None  # when the pause after the last attempt is over


def quiz_state(
    db: Session, learner: Learner, number: int, language: str, now: datetime
) -> QuizState:
    """Give a module's quiz with its gate: the one place where the rules of entry come together."""
    module_id = module_id_at(learner, number)
    outline = module_outline(db, module_id, language)
    if outline is None:
        raise NotFoundError(module_id)
    progress = load_progress(db, learner.enrolment_id)
    standing = standings(db, learner.enrolment_id).get(module_id)
    quiz = quiz_from_document(outline.quiz, quiz_defaults(learner))
    limits = _limits(learner, quiz)
    return QuizState(
        outline=outline,
        quiz=quiz,
        gate=_quiz_gate(learner, outline, limits, (progress, standing), now),
        attempts=standing.attempts if standing else 0,
        best_percent=standing.best_percent if standing else 0,
        due=due_places(outline, progress.of(module_id)),
        pause_until=pause_end(_quiz_standing(standing), limits),
    )


def _limits(learner: Learner, quiz: Quiz) -> QuizLimits:
    pause = 0 if learner.arrangement.no_pause else quiz.pause_seconds
    return QuizLimits(attempts=quiz.attempts, pause=timedelta(seconds=pause))


def _quiz_gate(
    learner: Learner,
    outline: ModuleOutline,
    limits: QuizLimits,
    behind: tuple[Progress, Standing | None],
    now: datetime,
) -> Gate:
    progress, standing = behind
    rules, module_id = learner.rules, outline.module_id
    late = deadline_gate(learner.deadline, today_in_programme(now))
    if not late.is_open and module_id not in progress.passed:
        return late
    return quiz_gate(
        module_gate(rules.modules, rules.sequence, progress.passed, module_id),
        {head.id: not progress.of(module_id).is_due(head.id) for head in outline.sections},
        _quiz_standing(standing),
        limits,
        now,
    )


def _quiz_standing(standing: Standing | None) -> QuizStanding:
    if standing is None:
        return QuizStanding()
    return QuizStanding(
        attempts=standing.attempts,
        last_submitted_at=standing.last_submitted_at,
        passed=standing.passed_at is not None,
        extra_attempts=standing.extra_attempts,
        pause_lifted_at=standing.pause_lifted_at,
    )


def quiz_defaults(learner: Learner) -> Mapping[str, int | None]:
    """Give the course's rules for quizzes that state none of their own."""
    rules = learner.rules
    return {
        "pass": rules.passing_percent,
        "attempts": rules.attempts,
        "pause_seconds": rules.pause_seconds,
    }
