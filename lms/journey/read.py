"""Read: the course with its gates, a section's page, and going on from it."""

from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex

from sqlalchemy.orm import Session

from lms.gates.gate import (
    Gate,
    deadline_gate,
    module_gate,
    section_gate,
)
from lms.gates.seat_time import minimum_ms
from lms.journey.actor import Learner
from lms.journey.seat import VIEW_BYTES, PageView, report_time
from lms.kernel.days import LOCAL_ZONE, end_of_day, today_in_programme
from lms.kernel.errors import NotAllowedError, NotFoundError
from lms.progress.models import SeatKind
from lms.progress.queries import ModuleProgress, Progress, load_progress
from lms.progress.service import Seat, mark_read
from lms.publishing.queries import ModuleOutline, outlines
from lms.publishing.section_queries import SectionPage, section_page

__all__ = ["LOCAL_ZONE", "end_of_day", "today_in_programme"]  # days, as most ask for them here


class ClosedGateError(NotAllowedError):
    """The gate is closed; it carries the reason."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(str(gate.closed))
        self.gate = gate


@dataclass(frozen=True, slots=True)
class SeatBalance:
    """The time that counts for a module and the time that it asks for, in ms."""

    credited_ms: int
    required_ms: int


@dataclass(frozen=True, slots=True)
class ModuleState:
    """One line of the task list. Completion (read) and success (passed) are two things."""

    number: int
    outline: ModuleOutline
    gate: Gate
    due: tuple[int, ...]  # the places, from 1, of the sections to read before the next attempt
    passed: bool
    attempts: int
    seat: SeatBalance

    @property
    def sections_read(self) -> int:
        """How many sections need not be read any more."""
        return len(self.outline.sections) - len(self.due)

    @property
    def resume_at(self) -> int:
        """The first section to read, from 1; past the last: the quiz."""
        return self.due[0] if self.due else len(self.outline.sections) + 1


@dataclass(frozen=True, slots=True)
class OpenSection:
    """A section's page in somebody's hands, with what his going on from it depends on."""

    page: SectionPage
    progress: ModuleProgress
    is_due: bool
    minimum_ms: int  # 0 where nothing is asked for, or where it was read

    @property
    def credited_ms(self) -> int:
        """The time credited to it in this round, in ms."""
        return self.progress.credited(self.page.section_id)


def course_states(db: Session, learner: Learner, language: str) -> tuple[ModuleState, ...]:
    """Give the state of every module of the course, in order."""
    progress = load_progress(db, learner.enrolment_id)
    heads = outlines(db, learner.rules.modules, language)
    return tuple(
        _state(learner, heads[module_id], progress)
        for module_id in learner.rules.modules
        if module_id in heads
    )


def _state(learner: Learner, outline: ModuleOutline, progress: Progress) -> ModuleState:
    module_id = outline.module_id
    rules, own = learner.rules, progress.of(module_id)
    return ModuleState(
        number=rules.number_of(module_id),
        outline=outline,
        gate=module_gate(rules.modules, rules.sequence, progress.passed, module_id),
        due=due_places(outline, own),
        passed=own.passed,
        attempts=own.attempts,
        seat=_balance(learner, outline, own),
    )


def due_places(outline: ModuleOutline, own: ModuleProgress) -> tuple[int, ...]:
    """Give the places, from 1, of the sections to read before the next attempt."""
    heads = enumerate(outline.sections, start=1)
    return tuple(place for place, head in heads if own.is_due(head.id))


def _balance(learner: Learner, outline: ModuleOutline, own: ModuleProgress) -> SeatBalance:
    """Add up what counts: of each section no more than it asks for."""
    asked = [(head.id, _minimum(learner, head.seconds)) for head in outline.sections]
    counted = sum(min(own.most_credited(section_id), least) for section_id, least in asked)
    return SeatBalance(counted, sum(least for _, least in asked))


def _minimum(learner: Learner, seconds: int) -> int:
    return minimum_ms(seconds, learner.rules.seat_time_percent, learner.arrangement)


def module_id_at(learner: Learner, number: int) -> str:
    """Give the module at a place in the course, from 1, or raise NotFoundError."""
    if not 1 <= number <= len(learner.rules.modules):
        raise NotFoundError(f"module {number}")
    return learner.rules.modules[number - 1]


def open_section(
    db: Session,
    learner: Learner,
    place: tuple[int, int],
    language: str,
    now: datetime,
    *,
    instead: bool = False,
) -> OpenSection:
    """Give a section's page (module number, section number) if its gate is open: two statements.

    `instead` asks for what stands in the place of its testimonies.
    Raises ClosedGateError, or NotFoundError when there is no such page.
    """
    module_id = module_id_at(learner, place[0])
    progress = load_progress(db, learner.enrolment_id)
    rules = learner.rules
    gate = module_gate(rules.modules, rules.sequence, progress.passed, module_id)
    if not gate.is_open:
        raise ClosedGateError(gate)
    today = today_in_programme(now)
    page = section_page(db, module_id, language, place[1], today, instead=instead)
    if page is None:
        raise NotFoundError(f"page {place}")
    own = progress.of(module_id)
    is_due = own.is_due(page.section_id)
    seconds = page.outline.sections[page.position - 1].seconds
    return OpenSection(page, own, is_due, _minimum(learner, seconds) if is_due else 0)


def view_of(learner: Learner, found: OpenSection, now: datetime) -> PageView:
    """Begin a view of a section, to which its time will be credited."""
    page = found.page
    seat = Seat(
        programme_id=learner.programme_id,
        enrolment_id=learner.enrolment_id,
        kind=SeatKind.INSTRUCTION,
        module_id=page.outline.module_id,
        section_id=page.section_id,
        round=found.progress.round,
        revision_id=page.outline.revision_id,
        language=page.outline.language,
    )
    seconds = page.outline.sections[page.position - 1].seconds
    return PageView(seat, token_hex(VIEW_BYTES), now, seconds)


def read_on(
    db: Session,
    learner: Learner,
    found: OpenSection,
    report: tuple[PageView, int | None],
    now: datetime,
) -> Gate:
    """Credit the time of a section and mark it as read; closed while its minimum is not reached.

    The time is kept in any case. `report` is the page view and what it says of its time; that of
    another place, or of a round that is over, credits nothing here.
    """
    refuse_after_deadline(learner, now)
    here = view_of(learner, found, now).seat
    view, active_ms = report
    credited = found.credited_ms
    if replace(view.seat, revision_id=here.revision_id, language=here.language) == here:
        credited = report_time(db, view, active_ms, now)
    gate = section_gate(credited, found.minimum_ms, now)
    if gate.is_open:
        mark_read(db, here, now)
    return gate


def is_late(learner: Learner, now: datetime) -> bool:
    """Whether the last day is over: reading on, saving and starting end alike."""
    return not deadline_gate(learner.deadline, today_in_programme(now)).is_open


def is_of(view: PageView, found: OpenSection) -> bool:
    """Whether a page view is of this section, in whatever edition, language or round."""
    page = found.page
    here = (SeatKind.INSTRUCTION, page.outline.module_id, page.section_id)
    return (view.seat.kind, view.seat.module_id, view.seat.section_id) == here


def next_page(found: OpenSection) -> int | None:
    """Give the next section to read after this one, from 1; None: on to the questions.

    Whoever reads again what he missed is led from one such section to the next; whoever has read
    all may go through all.
    """
    heads = found.page.outline.sections
    here = found.page.section_id
    later = range(found.page.position + 1, len(heads) + 1)
    due = [place for place, head in enumerate(heads, start=1) if head.id != here
           and found.progress.is_due(head.id)]  # fmt: skip
    ahead = [place for place in due if place in later]
    if found.progress.review and not found.progress.passed:
        return next(iter(ahead or due), None)
    return next(iter(later), None)


def refuse_after_deadline(learner: Learner, now: datetime) -> None:
    """Raise ClosedGateError when the last day is over."""
    gate = deadline_gate(learner.deadline, today_in_programme(now))
    if not gate.is_open:
        raise ClosedGateError(gate)
