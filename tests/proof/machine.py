"""A participant, an author, staff and a clock, each acting when they like: the state machine."""

# ruff: noqa: D102 - a rule's name is the sentence that says what happens

import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lms.corrections.kinds import Kind, RefusedError
from lms.gates.seat_time import Arrangement
from tests.proof.course import EDITIONS, ORDER, Edition
from tests.proof.helper import give_attempt, help_to_the_end, pass_module
from tests.proof.ledger import credited, facts
from tests.proof.person import Course
from tests.proof.recount import ANSWERS
from tests.proof.taking import Player
from tests.proof.world import START, World

STARTS = tuple(
    datetime.fromisoformat(moment)
    for moment in (
        START.isoformat(),
        "2026-10-28T13:00:00+00:00",  # clocks go back four days later
        "2027-03-10T15:00:00+00:00",  # and forward four days after this
    )
)
COURSES = st.builds(
    Course,
    percent=st.sampled_from((80, 84, 72, 60, 100)),  # 5 of 6 and 5 of 7 are just short of two
    attempts=st.sampled_from((None, 1, 2)),
    pause=st.sampled_from((0, 600, 3600)),
    seat_time=st.sampled_from((0, 70, 100, 1)),
    in_order=st.sampled_from((True, True, False)),
    deadline_days=st.sampled_from((None, 4, 4, 30)),
)
JUMPS = tuple(
    timedelta(seconds=seconds) for seconds in (1, 20, 90, 300, 900, 3600, 10_800, 86_400, 691_200)
)
WHILE = timedelta(seconds=400)  # longer than any page asks for
BACK = tuple(timedelta(seconds=-seconds) for seconds in (30, 3600, 86_400))
CLAIMS = st.sampled_from((None, 0, 15_000, 120_000, 3_600_000, 10**9, -5))
NUMBERS = st.sampled_from((0, 0, 0, 1, 2, 3))  # 0: the first module that he has not passed
PAGES = st.integers(1, 3)
PLACES = st.integers(1, 4)
HOW = st.sampled_from(ANSWERS)


class Proof(RuleBasedStateMachine):
    """One participant who plays, one who has stopped in the middle, and all who act around them."""

    world: ClassVar[World]
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.players: tuple[Player, ...] = ()
        self.steps = 0

    @initialize(course=COURSES, start=st.sampled_from(STARTS), ahead=st.sampled_from((0, 0, 1, 2)))
    def enrol(self, course: Course, start: datetime, ahead: int) -> None:
        self.world.begin(course, start)
        self.me = Player(self.world, self.world.enrol(course), seen=self.seen)
        self.other = Player(self.world, self.world.enrol(course))
        self.players = (self.me, self.other)
        self.seen["sequences"] += 1
        for number in range(1, ahead + 1):
            pass_module(self.me, number)

    def _at(self, number: int) -> int:
        left = [at for at, name in enumerate(ORDER, start=1) if name not in self.me.person.passed]
        return number or next(iter(left), 1)

    # What the participant does.

    @rule(number=NUMBERS, page=PAGES)
    def open_a_page(self, number: int, page: int) -> None:
        self.me.open_page(self._at(number), page)

    @rule(which=st.integers(0, 7), claim=CLAIMS)
    def a_page_reports(self, which: int, claim: int | None) -> None:
        if self.me.views:
            self.me.report(self.me.views[-which % len(self.me.views)], claim or 0)

    @rule(number=NUMBERS, page=PAGES, which=st.integers(0, 8), claim=CLAIMS)
    def go_on_with_any_mark(self, number: int, page: int, which: int, claim: int | None) -> None:
        views = [None, *self.me.views]
        self.me.go_on(self._at(number), page, views[-which % len(views)], claim)

    @rule(number=NUMBERS, page=PAGES, by=st.sampled_from((*BACK, *JUMPS)), claim=CLAIMS)
    def stay_on_a_page(self, number: int, page: int, by: timedelta, claim: int | None) -> None:
        view = self.me.open_page(self._at(number), page)
        self.world.jump(by)
        if view is not None:
            self.me.report(view, claim or 0)
            self.me.go_on(self._at(number), page, view, claim)

    @rule(number=NUMBERS, seconds=st.sampled_from((0, 30, 60, 400)))
    def read_what_is_due(self, number: int, seconds: int) -> None:
        self.me.read(self._at(number), timedelta(seconds=seconds))

    @rule(number=NUMBERS, hint=st.integers(0, 2))
    def start(self, number: int, hint: int) -> None:
        self.me.begin(self._at(number), hint)

    @rule(number=NUMBERS, place=PLACES, how=HOW)
    def read_start_and_save_one(self, number: int, place: int, how: str) -> None:
        self.me.read(self._at(number), WHILE)
        self.me.begin(self._at(number))
        self.me.save(self._at(number), place, how)

    @rule(number=NUMBERS, place=PLACES, how=HOW, behind=st.sampled_from((0, 0, 1, 2)))
    def save(self, number: int, place: int, how: str, behind: int) -> None:
        self.me.save(self._at(number), place, how, behind=behind)

    @rule(number=NUMBERS, place=PLACES, one=HOW, two=HOW)
    def two_tabs_save(self, number: int, place: int, one: str, two: str) -> None:
        self.read_start_and_save_one(self._at(number), place, one)
        self.me.save(self._at(number), place, two, behind=1)

    @rule(number=NUMBERS, how=HOW, but=st.integers(0, 4), other=HOW)
    def answer_all(self, number: int, how: str, but: int, other: str) -> None:
        self.me.answer(self._at(number), how, but={but: other})

    @rule(number=NUMBERS)
    def hand_in(self, number: int) -> None:
        tries = self.me.person.tries[ORDER[self._at(number) - 1]]
        if tries:
            self.me.submit(tries[-1].id)

    @rule(which=st.integers(0, 9))
    def hand_in_any(self, which: int) -> None:
        there = self.me.attempts_there()
        if there:
            self.me.submit(there[which % len(there)])

    @rule(number=NUMBERS, how=st.sampled_from(("right", "right", "wrong", "everything")))
    def read_answer_and_hand_in(self, number: int, how: str) -> None:
        at = self._at(number)
        self.me.read(at, WHILE)
        running = self.me.answer(at, how, but={1: "right"})
        if running:
            self.me.submit(running.id)

    @rule(number=NUMBERS, how=st.sampled_from(("wrong", "everything", "right")))
    def hand_in_and_come_back_at_once(self, number: int, how: str) -> None:
        at = self._at(number)
        self.read_answer_and_hand_in(at, how)
        self.me.read(at, WHILE)
        self.me.begin(at)

    @rule(number=NUMBERS, place=PLACES)
    def leave_in_the_middle(self, number: int, place: int) -> None:
        self.read_start_and_save_one(self._at(number), place, "right")
        self.world.jump(timedelta(days=8))

    @rule()
    def look(self) -> None:
        self.me.look()

    # What the other one does: he begins, and leaves it at that.

    @rule(number=st.integers(1, len(ORDER)))
    def the_other_begins(self, number: int) -> None:
        self.other.read(number, WHILE)
        if self.other.begin(number):
            self.other.save(number, 1, "right")

    # What happens around them.

    @rule(by=st.sampled_from(JUMPS))
    def time_goes_by(self, by: timedelta) -> None:
        self.world.jump(by)

    @rule(by=st.sampled_from(BACK))
    def the_clock_is_set_back(self, by: timedelta) -> None:
        self.world.jump(by)

    @rule(by=st.sampled_from((-1, 0, 1)))
    def his_last_day_ends(self, by: int) -> None:
        over = self.me.person.last_moment()
        if over is not None:
            self.world.jump(over + timedelta(seconds=by) - self.world.now)

    @rule(edition=st.sampled_from(EDITIONS))
    def the_author_publishes(self, edition: Edition) -> None:
        self.world.publish(edition)

    @rule(course=COURSES)
    def the_author_changes_the_rules(self, course: Course) -> None:
        self.world.publish_course(course)

    @rule()
    def the_job_runs(self) -> None:
        ended = self.world.end_attempts()
        self.me.note_ended(ended)
        self.other.note_ended(ended)

    @rule(number=NUMBERS)
    def staff_gives_an_attempt(self, number: int) -> None:
        person, module = self.me.person, ORDER[self._at(number) - 1]
        try:
            give_attempt(self.me, self._at(number))
        except RefusedError:
            assert module in person.passed or not person.closed(module)

    @rule(number=NUMBERS)
    def staff_lifts_the_pause(self, number: int) -> None:
        person, module = self.me.person, ORDER[self._at(number) - 1]
        try:
            self.world.correct(person, Kind.PAUSE_LIFTED, module_id=module)
        except RefusedError:
            assert module in person.passed or not person.closed(module)
            return
        person.lifted[module] = self.world.now

    @rule(number=NUMBERS, minutes=st.sampled_from((1, 30)))
    def staff_credits_time(self, number: int, minutes: int) -> None:
        person = self.me.person
        before = credited(self.world.raw, person.enrolment_id)
        try:
            self.world.correct(
                person, Kind.TIME_CREDIT, module_id=ORDER[self._at(number) - 1], minutes=minutes
            )
        except RefusedError:
            return
        after = credited(self.world.raw, person.enrolment_id)
        more = {place: ms - before.get(place, 0) for place, ms in after.items()}
        assert sum(more.values()) <= minutes * 60_000
        person.most_ms.update(more)
        person.granted_ms += sum(more.values())

    @rule(credit=st.sampled_from((0, 50, 200)), no_pause=st.booleans(), read_aloud=st.booleans())
    def staff_arranges(self, credit: int, no_pause: bool, read_aloud: bool) -> None:
        person = self.me.person
        wished = Arrangement(credit, no_pause=no_pause, read_aloud=read_aloud)
        try:
            self.world.correct(person, Kind.ARRANGEMENT, arrangement=wished)
        except RefusedError:
            return
        person.time_credit, person.no_pause, person.read_aloud = credit, no_pause, read_aloud
        self.me.forget()

    @rule(number=NUMBERS)
    def two_people_waive_a_module(self, number: int) -> None:
        person, module = self.me.person, ORDER[self._at(number) - 1]
        try:
            self.world.correct(person, Kind.WAIVE_MODULE, module_id=module)
        except RefusedError:
            assert module in person.passed
            return
        person.passed.add(module)
        person.waived.add(module)

    # What is so after every step.

    @invariant()
    def the_database_holds_what_should_be_so(self) -> None:
        for one in self.players:
            there, expected = facts(self.world.raw, one.person.enrolment_id), one.person.facts()
            for name, value in expected.items():
                assert there[name] == value, name

    @invariant()
    def no_time_is_credited_that_did_not_pass(self) -> None:
        self.steps += 1
        for one in self.players:
            there = credited(self.world.raw, one.person.enrolment_id)
            assert sum(there.values()) <= self.world.elapsed + one.person.granted_ms
            assert all(0 <= ms <= one.person.most_ms[place] for place, ms in there.items())

    def teardown(self) -> None:
        """See that nobody is stuck here; then undo it all."""
        if not self.players:
            return
        try:
            if sys.exc_info()[0] is None:
                self._help()
        finally:
            fault = sys.exc_info()[0]
            if fault is not None and issubclass(fault, Exception) and not self.seen["fault after"]:
                self.seen["fault after"] = self.seen["sequences"]
                self.seen["fault steps"] = self.steps
            self.world.end()

    def _help(self) -> None:
        self.seen["completed"] += self.me.person.passed == set(ORDER)
        help_to_the_end(self.me)
        self.the_database_holds_what_should_be_so()
        self.no_time_is_credited_that_did_not_pass()
