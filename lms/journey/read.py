"""Read: the course with its gates, a section's page, and going on from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.assessment.models import Standing
from lms.assessment.queries import quiz_from_document, standings
from lms.assessment.values import Quiz
from lms.journey.actor import Learner
from lms.kernel.errors import NotAllowedError, NotFoundError
from lms.progress.gate import (
    Gate,
    QuizLimits,
    QuizStanding,
    deadline_gate,
    module_gate,
    quiz_gate,
)
from lms.progress.queries import Progress, Reading, load_progress, mark_read
from lms.publishing.queries import (
    ModuleOutline,
    SectionPage,
    module_outline,
    outlines,
    section_page,
)

LOCAL_ZONE = ZoneInfo("America/Toronto")  # days are counted in the programme's zone


class ClosedGateError(NotAllowedError):
    """The gate is closed; it carries the reason."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(str(gate.closed))
        self.gate = gate


@dataclass(frozen=True, slots=True)
class ModuleState:
    """One line of the task list. Completion (read) and success (passed) are two things."""

    number: int
    outline: ModuleOutline
    gate: Gate
    sections_read: int
    passed: bool
    attempts: int
    resume_at: int  # the first section that is not read, from 1; past the last: the quiz


@dataclass(frozen=True, slots=True)
class QuizState:
    """One module's quiz as its holder finds it."""

    outline: ModuleOutline
    quiz: Quiz
    gate: Gate
    attempts: int
    best_percent: int


def course_states(db: Session, learner: Learner, language: str) -> tuple[ModuleState, ...]:
    """Give the state of every module of the course, in order."""
    progress = load_progress(db, learner.enrolment_id)
    tried = standings(db, learner.enrolment_id)
    heads = outlines(db, learner.rules.modules, language)
    return tuple(
        _state(learner, heads[module_id], progress, tried.get(module_id))
        for module_id in learner.rules.modules
        if module_id in heads
    )


def _state(
    learner: Learner, outline: ModuleOutline, progress: Progress, standing: Standing | None
) -> ModuleState:
    module_id = outline.module_id
    read = [progress.has_read(module_id, section.id) for section in outline.sections]
    rules = learner.rules
    return ModuleState(
        number=rules.number_of(module_id),
        outline=outline,
        gate=module_gate(rules.modules, rules.sequence, progress.passed, module_id),
        sections_read=sum(read),
        passed=module_id in progress.passed,
        attempts=standing.attempts if standing else 0,
        resume_at=read.index(False) + 1 if False in read else len(read) + 1,
    )


def module_id_at(learner: Learner, number: int) -> str:
    """Give the module at a place in the course, from 1, or raise NotFoundError."""
    if not 1 <= number <= len(learner.rules.modules):
        raise NotFoundError(f"module {number}")
    return learner.rules.modules[number - 1]


def open_section(
    db: Session, learner: Learner, place: tuple[int, int], language: str, now: datetime
) -> tuple[SectionPage, Progress]:
    """Give a section's page (module number, section number) if its gate is open: two statements.

    Raises ClosedGateError, or NotFoundError when there is no such page.
    """
    module_id = module_id_at(learner, place[0])
    progress = load_progress(db, learner.enrolment_id)
    rules = learner.rules
    gate = module_gate(rules.modules, rules.sequence, progress.passed, module_id)
    if not gate.is_open:
        raise ClosedGateError(gate)
    page = section_page(db, module_id, language, place[1], today_in_programme(now))
    if page is None:
        raise NotFoundError(f"page {place}")
    return page, progress


def read_on(
    db: Session, learner: Learner, place: tuple[int, int], language: str, now: datetime
) -> SectionPage:
    """Mark a section as read to the end; gives its page, whose place says what comes next."""
    page, _ = open_section(db, learner, place, language, now)
    refuse_after_deadline(learner, now)
    reading = Reading(
        programme_id=learner.programme_id,
        enrolment_id=learner.enrolment_id,
        module_id=page.outline.module_id,
        section_id=page.section_id,
        revision_id=page.outline.revision_id,
        language=language,
    )
    mark_read(db, reading, now)
    return page


def refuse_after_deadline(learner: Learner, now: datetime) -> None:
    """Raise ClosedGateError when the last day is over: reading, saving and handing in end alike."""
    gate = deadline_gate(learner.deadline, today_in_programme(now))
    if not gate.is_open:
        raise ClosedGateError(gate)


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
    return QuizState(
        outline=outline,
        quiz=quiz,
        gate=_quiz_gate(learner, outline, quiz, (progress, standing), now),
        attempts=standing.attempts if standing else 0,
        best_percent=standing.best_percent if standing else 0,
    )


def _quiz_gate(
    learner: Learner,
    outline: ModuleOutline,
    quiz: Quiz,
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
        {section.id: progress.has_read(module_id, section.id) for section in outline.sections},
        QuizStanding(
            attempts=standing.attempts if standing else 0,
            last_submitted_at=standing.last_submitted_at if standing else None,
            passed=module_id in progress.passed,
        ),
        QuizLimits(attempts=quiz.attempts, pause=timedelta(seconds=quiz.pause_seconds)),
        now,
    )


def quiz_defaults(learner: Learner) -> Mapping[str, int | None]:
    """Give the course's rules for quizzes that state none of their own."""
    rules = learner.rules
    return {
        "pass": rules.passing_percent,
        "attempts": rules.attempts,
        "pause_seconds": rules.pause_seconds,
    }


def today_in_programme(now: datetime) -> date:
    """Give the day in the programme's zone: a deadline ends at midnight there."""
    return now.astimezone(LOCAL_ZONE).date()
