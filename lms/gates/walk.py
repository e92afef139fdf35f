"""Walk a course through its gates, as anybody could take it, and say where that goes wrong.

The gates are asked, not modelled: `gate.py` and `seat_time.py` answer here what they answer a
participant. What is walked is less than what can happen, and nothing is lost by that:

- **Modules** one after the other. In order, a module is open when all before it are passed, and
  this is asked of every later module after every pass; in a free course none shuts another.
- **Pages** as a number. Any page of an open module may be read, and `quiz_gate` asks whether one
  is unread, not in which order they were read. A miss may send back to any of the pages that its
  questions name: whoever is sent to all of them passes through every smaller number.
- **Attempts**: `quiz_gate` compares their number with the limit and with nothing else, so a long
  row of them is walked at both ends; without a limit the third is like the second.
- **Pools**: after n attempts a pool has `max(size - n * drawn, 0)` unseen questions, so the number
  of attempts says it. The first attempt may draw any of them, and so meets every draw.
- **Answers**: all right and none right; a score between them passes or does not, as these two do.
- **Time**: who waits is let in when the gate said. How long it all takes: `slowest.py`.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from lms.gates.gate import (
    Closed,
    Gate,
    QuizStanding,
    is_enough,
    module_gate,
    open_module,
    quiz_gate,
    section_gate,
)
from lms.gates.gate import Sequence as ModuleSequence
from lms.gates.plan import Finding, Flaw, Page, Plan, PlannedModule, attempts_behind
from lms.gates.seat_time import Arrangement, minimum_ms

_NOW = datetime(2000, 1, 1, 12, tzinfo=UTC)  # any moment: gates compare moments with each other
_FEW = 10  # attempts walked one by one at either end of a long row
_WITHOUT_LIMIT = 2
_SHOWN = 3  # pages that a path names one by one
_NOBODY = Arrangement()


class _State(NamedTuple):
    """Where somebody is in a module: attempts behind him, pages before him."""

    attempts: int
    unread: int


_PASSED = _State(-1, 0)


@dataclass(frozen=True, slots=True)
class _Round:
    """The pages that have to be read before an attempt; what is read when the last n are not."""

    pages: tuple[str, ...]
    reading: tuple[Mapping[str, bool], ...]


@dataclass(frozen=True, slots=True)
class _Here:
    """One module while it is walked: before the first attempt, and after one not passed."""

    place: int
    module: PlannedModule
    door: Gate
    first: _Round
    again: _Round
    leaves: Mapping[str, bool]  # by page: whether one may go on from it, having waited

    def round(self, state: _State) -> _Round:
        """Give what has to be read in this state's round."""
        return self.again if state.attempts else self.first

    def finding(self, flaw: Flaw, state: _State, *end: str, page: str = "") -> Finding:
        """Give what was found on the way to this state, which ends so."""
        steps = [*self._steps(state), *end]
        path = f"module {self.place} `{self.module.id}`: {' → '.join(steps)}"
        return Finding(flaw, self.place, path, page)

    def _steps(self, state: _State) -> Iterator[str]:
        yield from _pages(len(self.module.pages) - (0 if state.attempts else state.unread))
        if state.attempts:
            yield f"quiz, {attempts_behind(state.attempts)}"
            listed = self.again.pages
            yield from (f"page `{one}` again" for one in listed[: len(listed) - state.unread])


def walk(plan: Plan) -> Iterator[Finding]:
    """Find every module that can be passed over, or that somebody cannot get out of."""
    passed: frozenset[str] = frozenset()
    for place, module in enumerate(plan.modules, start=1):
        door = module_gate(plan.order, plan.sequence, passed, module.id)
        here = _here(plan, place, module, door)
        yield from _check_doors(plan, here, passed)
        yield from _check_pages(plan, here)
        yield from _check_answers(here)
        yield from _check_states(here)
        passed |= {module.id}


def _here(plan: Plan, place: int, module: PlannedModule, door: Gate) -> _Here:
    ids = tuple(page.id for page in module.pages)
    again = tuple(page_id for page_id in ids if page_id in module.review)
    leaves = {page.id: _leaves(page, plan.seat_time_percent) for page in module.pages}
    return _Here(place, module, door, _round(ids, ids), _round(ids, again), leaves)


def _round(ids: Sequence[str], listed: tuple[str, ...]) -> _Round:
    reading = (
        dict.fromkeys(ids, True) | dict.fromkeys(listed[len(listed) - unread :], False)
        for unread in range(len(listed) + 1)
    )
    return _Round(listed, tuple(reading))


def _leaves(page: Page, percent: int) -> bool:
    least = minimum_ms(page.seconds, percent, _NOBODY)
    gate = section_gate(0, least, _NOW)
    return gate.is_open or (
        gate.until is not None and section_gate(least, least, gate.until).is_open
    )


def _check_doors(plan: Plan, here: _Here, passed: frozenset[str]) -> Iterator[Finding]:
    """Find a module that stays shut in its turn, and what opens before it is passed."""
    start = _State(0, len(here.module.pages))
    if not here.door.is_open:
        yield here.finding(Flaw.STUCK, start, "the module stays shut")
    if open_module(plan.order, passed) is None:
        yield here.finding(Flaw.OPENS_EARLY, start, "the course is over")
    if plan.sequence is ModuleSequence.FREE:
        return
    for later in plan.modules[here.place :]:
        if module_gate(plan.order, plan.sequence, passed, later.id).is_open:
            yield here.finding(Flaw.OPENS_EARLY, start, f"module `{later.id}` is open")
            return


def _check_pages(plan: Plan, here: _Here) -> Iterator[Finding]:
    """Find a module without pages, and pages that can be left at once although time is asked."""
    if not here.module.pages:
        yield here.finding(Flaw.OPENS_EARLY, _State(0, 0), "quiz, with no page before it")
    for number, page in enumerate(here.module.pages, start=1):
        least = minimum_ms(page.seconds, plan.seat_time_percent, _NOBODY)
        if plan.seat_time_percent and section_gate(0, least, _NOW).is_open:
            state = _State(0, len(here.module.pages) - number)
            yield here.finding(Flaw.NO_TIME_ASKED, state, "left at once", page=page.id)


def _check_answers(here: _Here) -> Iterator[Finding]:
    """Find a quiz that passes with nothing right, or does not with everything right."""
    if is_enough(0, here.module.fewest, here.module.passing_percent):
        end = ("quiz, attempt 1 with nothing right", "passed")
        yield here.finding(Flaw.UNEARNED, _State(0, 0), *end)
    if not _can_pass(here.module):
        end = ("quiz, attempt 1 with everything right", "not passed")
        yield here.finding(Flaw.NEVER_PASSES, _State(0, 0), *end)


def _can_pass(module: PlannedModule) -> bool:
    return is_enough(module.fewest, module.fewest, module.passing_percent)


def _check_states(here: _Here) -> Iterator[Finding]:
    """Find a quiz that opens over unread pages, and states from which it is never passed."""
    ahead = _explore(here)
    early = next((s for s in ahead if s.unread and _quiz(here, s).is_open), None)
    if early is not None:
        yield here.finding(Flaw.OPENS_EARLY, early, f"quiz, pages still unread: {early.unread}")
    saved = _saved(ahead)
    lost = next((state for state in ahead if state not in saved), None)
    if lost is None or not _can_pass(here.module):
        return  # all is well, or `_check_answers` told
    end = next((state for state in ahead if state not in saved and not ahead[state]), lost)
    shut = _quiz(here, end)
    if shut.closed is Closed.NO_ATTEMPT_LEFT and _quiz(here, end, extra=1).is_open:
        yield here.finding(Flaw.NO_ATTEMPT_LEFT, lost, "no attempt left")
    else:
        reason = "page" if end.unread else shut.closed
        yield here.finding(Flaw.STUCK, end, f"shut for good ({reason})")


def _explore(here: _Here) -> dict[_State, tuple[_State, ...]]:
    """Give every state that can be reached, nearest first, each with those after it."""
    start = _State(0, len(here.module.pages))
    ahead: dict[_State, tuple[_State, ...]] = {}
    waiting = deque([start] if here.door.is_open else [])
    while waiting:
        state = waiting.popleft()
        if state not in ahead and state != _PASSED:
            ahead[state] = tuple(_after(here, state))
            waiting.extend(ahead[state])
    return ahead


def _after(here: _Here, state: _State) -> Iterator[_State]:
    """Yield where one act leads: a page read, the quiz not passed, the quiz passed."""
    if state.unread:
        if here.leaves[here.round(state).pages[-state.unread]]:
            yield _State(state.attempts, state.unread - 1)
    elif _quiz(here, state).is_open:
        if not is_enough(0, here.module.most, here.module.passing_percent):
            attempts = _next(state.attempts, here.module.limits.attempts)
            yield _State(attempts, len(here.again.pages))
        if _can_pass(here.module):
            yield _PASSED


def _next(attempts: int, limit: int | None) -> int:
    """Give how many attempts are behind one after the next, the middle of a long row left out."""
    if limit is None:
        return min(attempts + 1, _WITHOUT_LIMIT)
    return max(attempts + 1, limit - _FEW) if attempts + 1 == _FEW else attempts + 1


def _quiz(here: _Here, state: _State, extra: int = 0) -> Gate:
    """Ask the gate of the quiz; who finds a pause waits for its end and asks again."""
    reading = here.round(state).reading[state.unread]
    last = _NOW if state.attempts else None
    standing = QuizStanding(state.attempts, last, extra_attempts=extra)
    gate = quiz_gate(here.door, reading, standing, here.module.limits, _NOW)
    if gate.until is None:
        return gate
    return quiz_gate(here.door, reading, standing, here.module.limits, gate.until)


def _saved(ahead: Mapping[_State, tuple[_State, ...]]) -> set[_State]:
    """Give the states from which the quiz can still be passed."""
    behind: dict[_State, list[_State]] = {}
    for state, after in ahead.items():
        for one in after:
            behind.setdefault(one, []).append(state)
    saved = {_PASSED}
    waiting = [_PASSED]
    while waiting:
        new = [state for state in behind.get(waiting.pop(), ()) if state not in saved]
        saved.update(new)
        waiting += new
    return saved


def _pages(number: int) -> Iterator[str]:
    if number > _SHOWN:
        yield f"pages 1 to {number}"
    else:
        yield from (f"page {one}" for one in range(1, number + 1))
