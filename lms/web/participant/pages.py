"""What the participant's templates show: words and addresses, decided here and not there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from flask import url_for

from lms.assessment.queries import ClosedAttempt
from lms.gates.ending import ABANDONED_AFTER, EndedBy
from lms.gates.gate import Closed, Gate
from lms.journey.actor import Learner
from lms.journey.quiz_gate import QuizState
from lms.journey.read import ModuleState, OpenSection
from lms.web.words import _, clock_text, day_text, moment_text, plural

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the task list."""

    title: str
    url: str
    status: str
    kind: str  # done, current, open, wait or closed
    minutes: int = 0
    why: str = ""
    why_url: str = ""  # what opens a closed one


def task(state: ModuleState, states: tuple[ModuleState, ...]) -> Task:
    """Make the line of a module: its status and, where it is closed, why and what opens it."""
    url = url_for("participant.module", number=state.number)
    if not state.gate.is_open:
        before = states[states.index(state) - 1]
        is_next = before.outline.module_id == state.gate.module_id
        return Task(
            state.outline.title,
            url="",
            status=_("Cannot start yet"),
            kind="closed",
            why=_("Opens when “%(title)s” is passed.", title=before.outline.title),
            why_url=url_for("participant.module", number=before.number) if is_next else "",
        )
    status, kind = _status(state)
    return Task(state.outline.title, url, status, kind, state.outline.minutes)


def _status(state: ModuleState) -> tuple[str, str]:
    total = len(state.outline.sections)
    if state.passed:
        return _("Passed"), "done"
    if state.attempts:
        return _("To read again, then try again"), "current"
    if state.sections_read == total:
        return _("Questions to answer"), "current"
    if state.sections_read:
        return (
            _("%(read)s of %(total)s pages read", read=state.sections_read, total=total),
            "current",
        )
    return _("Not started"), "open"


def resume_url(states: tuple[ModuleState, ...]) -> str:
    """Give the address where he left off: the first page not read, or the questions."""
    state = next((one for one in states if one.gate.is_open and not one.passed), None)
    if state is None:
        return ""
    if not state.sections_read:
        return url_for("participant.module", number=state.number)
    if state.resume_at > len(state.outline.sections):
        return url_for("participant.quiz", number=state.number)
    return url_for("participant.section", number=state.number, page=state.resume_at)


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """Why a page or a quiz is closed, and the link to what opens it."""

    reason: str
    link_text: str
    url: str


def closed_page(gate: Gate, learner: Learner, number: int, sections: tuple[str, ...]) -> ClosedPage:
    """Say why in one sentence, and where to go."""
    course = (_("Go to my course"), url_for("participant.course"))
    match gate.closed:
        case Closed.EARLIER_MODULE:
            earlier = learner.rules.number_of(gate.module_id)
            url = url_for("participant.module", number=earlier)
            text = _("Module %(number)s opens when module %(earlier)s is passed.",
                     number=number, earlier=earlier)  # fmt: skip
            return ClosedPage(text, _("Go to module %(number)s", number=earlier), url)
        case Closed.SECTIONS_UNREAD:
            page = sections.index(gate.section_id) + 1
            url = url_for("participant.section", number=number, page=page)
            text = _("The questions open when every page of the module is read.")
            return ClosedPage(text, _("Go to page %(page)s", page=page), url)
        case Closed.PAUSE:
            url = url_for("participant.module", number=number)
            text = _("You can try again from %(time)s. The pause leaves time to read again.",
                     time=moment_text(gate.until))  # fmt: skip
            return ClosedPage(text, _("Read the module again"), url)
        case Closed.NO_ATTEMPT_LEFT:
            text = _("No try is left for these questions. Write to the person who gave you "
                     "your code: together you can decide what comes next.")  # fmt: skip
            return ClosedPage(text, *course)
        case Closed.DEADLINE:
            text = _("The time to finish ended on %(day)s. Write to the person who gave you "
                     "your code.", day=day_text(learner.deadline))  # fmt: skip
            return ClosedPage(text, *course)
        case _:
            return ClosedPage(_("You have passed this module."), *course)


@dataclass(frozen=True, slots=True)
class SeatWait:
    """What a page says of its time: the minutes that it asks for, and when one may go on."""

    minutes: str
    until: str
    credited_ms: int
    minimum_ms: int


def seat_wait(found: OpenSection, now: datetime) -> SeatWait | None:
    """Give what a page asks for while its minimum is not reached; None where one may go on."""
    short = found.minimum_ms - found.credited_ms
    if short <= 0:
        return None
    until = now + timedelta(milliseconds=short)
    return SeatWait(
        minutes=_minutes(-(-found.minimum_ms // MINUTE_MS)),
        until=clock_text(until),
        credited_ms=found.credited_ms,
        minimum_ms=found.minimum_ms,
    )


def seat_text(states: tuple[ModuleState, ...]) -> str:
    """Say how much of the time that the course asks for is credited; empty where it asks none."""
    required = -(-sum(state.seat.required_ms for state in states) // MINUTE_MS)
    credited = sum(state.seat.credited_ms for state in states)
    done = required if all(_has_time(state) for state in states) else credited // MINUTE_MS
    if not required:
        return ""
    return plural("Reading time: %(credited)s of %(num)s minute.",
                  "Reading time: %(credited)s of %(num)s minutes.",
                  required, credited=done)  # fmt: skip


def _has_time(state: ModuleState) -> bool:
    return state.seat.credited_ms >= state.seat.required_ms


def _minutes(count: int) -> str:
    return plural("%(num)s minute", "%(num)s minutes", count)


def retake_texts(state: QuizState, now: datetime) -> list[str]:
    """Say what stands between somebody and his next attempt: pages to read, the pause."""
    lines = []
    if state.due:
        lines.append(plural("Before you try again, there is %(num)s page to read again.",
                            "Before you try again, there are %(num)s pages to read again.",
                            len(state.due)))  # fmt: skip
    if state.pause_until is not None and state.pause_until > now:
        lines.append(_("The questions open again at %(time)s. The pause leaves time to read.",
                       time=moment_text(state.pause_until)))  # fmt: skip
    return lines


def ended_text(attempt: ClosedAttempt) -> str:
    """Say what ended an attempt that nobody handed in; empty when he handed it in."""
    match attempt.ended_by:
        case EndedBy.SUBMITTED:
            return ""
        case EndedBy.DEADLINE:
            return _("The time to finish was over. The answers that you had saved were counted.")
        case EndedBy.ABANDONED:
            return _("These questions were left for %(days)s days. "
                     "The answers that you had saved were counted.",
                     days=ABANDONED_AFTER.days)  # fmt: skip
        case _:
            assert_never(attempt.ended_by)


def deadline_text(learner: Learner) -> str:
    """Say until when there is time; empty when there is no deadline."""
    if learner.deadline is None:
        return ""
    return _("You have until %(day)s to finish.", day=day_text(learner.deadline))


def rules_text(learner: Learner) -> list[str]:
    """Say the rules of the quizzes in whole sentences."""
    rules = learner.rules
    lines = [_("A module is passed with %(percent)s%% of the points.",
               percent=rules.passing_percent)]  # fmt: skip
    if rules.attempts is None:
        lines.append(_("You may try as often as you need."))
    else:
        lines.append(plural("You have %(num)s try.", "You have %(num)s tries.", rules.attempts))
    minutes = 0 if learner.arrangement.no_pause else -(-rules.pause_seconds // 60)
    if minutes:
        lines.append(plural("Between two tries there is a pause of %(num)s minute.",
                            "Between two tries there is a pause of %(num)s minutes.",
                            minutes))  # fmt: skip
    if rules.seat_time_percent and not learner.arrangement.read_aloud:
        lines.append(_("Each page has a minimum time; the page says when you can go on. "
                       "Time counts while the page is in view and you use it."))  # fmt: skip
    return lines
