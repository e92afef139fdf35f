"""The slowest way through a course, played against the real gates and a clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from lms.gates.gate import Gate, QuizStanding, Sequence, deadline_gate, quiz_gate
from lms.gates.plan import Finding, Flaw, Plan, PlannedModule, attempts_behind

_START = datetime(2000, 1, 1, 23, 59, tzinfo=UTC)  # the day of enrolment has nothing left to give
_OPEN = Gate()


def find_late(plan: Plan, deadline: timedelta) -> Finding | None:
    """Find the attempt that begins too late when every one before it is not passed.

    Before each the pause is waited for, then the whole module read again. After the last comes
    the one more that an instructor may give; without a limit, one retake has to fit.
    """
    last_day = (_START + timedelta(days=deadline.days)).date()
    now = _START
    handed_in: dict[str, datetime] = {}
    for place, turn in _turns(plan):
        module = plan.modules[place - 1]
        standing = QuizStanding(turn, handed_in.get(module.id), extra_attempts=1)
        now = quiz_gate(_OPEN, {}, standing, module.limits, now).until or now
        now += timedelta(minutes=module.minutes)
        if not deadline_gate(last_day, now.date()).is_open:
            behind = f"quiz, {attempts_behind(turn)} → " if turn else ""
            last = "one more given" if turn == module.limits.attempts else f"attempt {turn + 1}"
            path = f"module {place} `{module.id}`: {behind}{last}, after {now - _START}"
            return Finding(Flaw.LATE, place, path)
        handed_in[module.id] = now
    return None


def _turns(plan: Plan) -> Iterator[tuple[int, int]]:
    """Yield places of modules with the attempts behind: one after the other, or side by side."""
    places = list(enumerate(plan.modules, start=1))
    if plan.sequence is Sequence.IN_ORDER:
        yield from ((place, turn) for place, module in places for turn in range(_tries(module) + 1))
        return
    for turn in range(max((_tries(module) for module in plan.modules), default=0) + 1):
        yield from ((place, turn) for place, module in places if turn <= _tries(module))


def _tries(module: PlannedModule) -> int:
    return 1 if module.limits.attempts is None else module.limits.attempts
