"""What the participant's templates show: words and addresses, decided here and not there."""

from dataclasses import dataclass

from flask import url_for

from lms.journey.actor import Learner
from lms.journey.read import ModuleState
from lms.progress.gate import Closed, Gate
from lms.web.words import _, day_text, moment_text, plural


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
    minutes = -(-rules.pause_seconds // 60)
    if minutes:
        lines.append(plural("Between two tries there is a pause of %(num)s minute.",
                            "Between two tries there is a pause of %(num)s minutes.",
                            minutes))  # fmt: skip
    return lines
