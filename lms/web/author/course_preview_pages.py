"""What the pages of a walk show: the sentences that a participant would read at that moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from lms.gates.ending import ABANDONED_AFTER, EndedBy
from lms.gates.gate import Closed, Gate, pause_end
from lms.journey.read import LOCAL_ZONE, due_places
from lms.web.author.course_acts import least_ms
from lms.web.author.course_plan import CoursePlan, PlannedModule, limits_of, standing_of
from lms.web.author.course_walk import Walk
from lms.web.words import _, clock_text, day_text, moment_text, plural

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class WalkTask:
    """One line of the task list; `go` is the place that its button leads to."""

    title: str
    lang: str
    go: str
    status: str
    kind: str  # done, current, open, wait or closed
    minutes: int = 0
    why: str = ""
    why_go: str = ""


@dataclass(frozen=True, slots=True)
class ClosedNote:
    """Why a page or a quiz is closed, and the button that leads to what opens it."""

    reason: str
    label: str
    go: str


@dataclass(frozen=True, slots=True)
class WalkClock:
    """What the clock of the walk says, in words and for the field of a date."""

    time: str
    today: str
    is_moved: bool


def walk_clock(walk: Walk, now: datetime) -> WalkClock:
    """Give the moment on the clock that was moved."""
    local = now.astimezone(LOCAL_ZONE)
    time = _("%(day)s, %(time)s", day=day_text(local.date()), time=clock_text(now))
    return WalkClock(time, local.date().isoformat(), walk.ahead > 0)


def walk_tasks(plan: CoursePlan, walk: Walk, now: datetime) -> list[WalkTask]:
    """Give the task list as it stands."""
    return [_task(plan, walk, one, now) for one in plan.modules]


def _task(plan: CoursePlan, walk: Walk, one: PlannedModule, now: datetime) -> WalkTask:
    gate = plan.module_gate(walk, one)
    title, lang = one.outline.title, one.outline.language
    if not gate.is_open:
        before = plan.modules[one.number - 2]
        why = _("Opens when “%(title)s” is passed.", title=before.outline.title)
        go = f"module-{before.number}" if before.id == gate.module_id else ""
        status = _("Cannot start yet")
        return WalkTask(title, lang, "", status, "closed", why=why, why_go=go)
    status, kind = _status(walk, one)
    waits = wait_lines(walk, one, now) if one.id not in walk.passed else []
    place = f"module-{one.number}"
    return WalkTask(title, lang, place, status, kind, one.outline.minutes, " ".join(waits))


def _status(walk: Walk, one: PlannedModule) -> tuple[str, str]:
    progress = walk.progress(one.id)
    total = len(one.outline.sections)
    read = total - len(due_places(one.outline, progress))
    if progress.passed:
        return _("Passed"), "done"
    if walk.running is not None and walk.running.module == one.id:
        return _("Questions to answer"), "current"
    if progress.attempts:
        return _("To read again, then try again"), "current"
    if read == total:
        return _("Questions to answer"), "current"
    if read:
        return _("%(read)s of %(total)s pages read", read=read, total=total), "current"
    return _("Not started"), "open"


def closed_note(plan: CoursePlan, walk: Walk, one: PlannedModule, gate: Gate) -> ClosedNote:
    """Say why in one sentence, and where to go."""
    course = (_("Go to my course"), "course")
    match gate.closed:
        case Closed.EARLIER_MODULE:
            earlier = plan.rules.number_of(gate.module_id)
            text = _("Module %(number)s opens when module %(earlier)s is passed.",
                     number=one.number, earlier=earlier)  # fmt: skip
            label = _("Go to module %(number)s", number=earlier)
            return ClosedNote(text, label, f"module-{earlier}")
        case Closed.SECTIONS_UNREAD:
            ids = [head.id for head in one.outline.sections]
            page = ids.index(gate.section_id) + 1
            text = _("The questions open when every page of the module is read.")
            label = _("Go to page %(page)s", page=page)
            return ClosedNote(text, label, f"page-{one.number}-{page}")
        case Closed.PAUSE:
            text = _("You can try again from %(time)s. The pause leaves time to read again.",
                     time=moment_text(gate.until))  # fmt: skip
            return ClosedNote(text, _("Read the module again"), f"module-{one.number}")
        case Closed.NO_ATTEMPT_LEFT:
            text = _("No try is left for these questions. Write to the person who gave you "
                     "your code: together you can decide what comes next.")  # fmt: skip
            return ClosedNote(text, *course)
        case Closed.DEADLINE:
            text = _("The time to finish ended on %(day)s. Write to the person who gave you "
                     "your code.", day=day_text(plan.deadline(walk)))  # fmt: skip
            return ClosedNote(text, *course)
        case _:
            return ClosedNote(_("You have passed this module."), *course)


def wait_lines(walk: Walk, one: PlannedModule, now: datetime) -> list[str]:
    """Say what stands between the walker and his next attempt: pages to read, the pause."""
    progress = walk.progress(one.id)
    due = len(due_places(one.outline, progress)) if progress.attempts else 0
    lines = []
    if due:
        lines.append(plural("Before you try again, there is %(num)s page to read again.",
                            "Before you try again, there are %(num)s pages to read again.",
                            due))  # fmt: skip
    until = pause_end(standing_of(walk, one.id), limits_of(one))
    if until is not None and until > now:
        lines.append(_("The questions open again at %(time)s. The pause leaves time to read.",
                       time=moment_text(until)))  # fmt: skip
    return lines


def rule_lines(plan: CoursePlan) -> list[str]:
    """Say the rules of the quizzes in whole sentences."""
    rules = plan.rules
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
    if rules.seat_time_percent:
        lines.append(_("Each page has a minimum time; the page says when you can go on. "
                       "Time counts while the page is in view and you use it."))  # fmt: skip
    return lines


def deadline_line(plan: CoursePlan, walk: Walk, now: datetime) -> str:
    """Say until when there is time, or that it is over; empty when there is no deadline."""
    last_day = plan.deadline(walk)
    if last_day is None:
        return ""
    if plan.late_gate(walk, now).is_open:
        return _("You have until %(day)s to finish.", day=day_text(last_day))
    return _("The time to finish ended on %(day)s. Write to the person who gave you "
             "your code.", day=day_text(last_day))  # fmt: skip


def page_wait(plan: CoursePlan, walk: Walk, at: tuple[PlannedModule, int], now: datetime) -> str:
    """Say what a page asks for while its minimum is not reached; empty where one may go on."""
    one, page = at
    head = one.outline.sections[page - 1]
    progress = walk.progress(one.id)
    least = least_ms(plan, one, page) if progress.is_due(head.id) else 0
    opened = max(int(now.timestamp()) - walk.opened, 0) * 1000
    short = least - progress.credited(head.id) - opened
    if short <= 0:
        return ""
    minutes = plural("%(num)s minute", "%(num)s minutes", -(-least // _MINUTE_MS))
    return _("This page asks for %(minutes)s. If you stay on it, you can go on from %(time)s.",
             minutes=minutes, time=clock_text(now + timedelta(milliseconds=short)))  # fmt: skip


def ended_line(ended_by: str) -> str:
    """Say what ended an attempt that nobody handed in; empty when it was handed in."""
    by = EndedBy(ended_by)
    match by:
        case EndedBy.SUBMITTED:
            return ""
        case EndedBy.DEADLINE:
            return _("The time to finish was over. The answers that you had saved were counted.")
        case EndedBy.ABANDONED:
            return _("These questions were left for %(days)s days. "
                     "The answers that you had saved were counted.",
                     days=ABANDONED_AFTER.days)  # fmt: skip
        case _:
            assert_never(by)
