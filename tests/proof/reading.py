"""A participant at the pages: open, wait, go on, each act held against what should be so."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from lms.gates.gate import Gate
from lms.journey.actor import Learner
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import (
    ClosedGateError,
    OpenSection,
    course_states,
    open_section,
    read_on,
    view_of,
)
from lms.journey.recap import recap_items
from lms.journey.seat import read_view, report_time, seal_view
from lms.kernel.errors import NotFoundError
from tests.factories import KEYS
from tests.proof.course import ORDER, Edition
from tests.proof.ledger import credited as credited_to
from tests.proof.person import Person, View
from tests.proof.world import World

SECOND_MS = 1000


@dataclass(slots=True)
class Reader:
    """A participant with his browser: what he does, and what was seen of it."""

    world: World
    person: Person
    views: list[View] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    _learner: Learner | None = None

    @property
    def learner(self) -> Learner:
        """Himself, as requests see him."""
        if self._learner is None:
            self._learner = self.world.learner(self.person)
        return self._learner

    def forget(self) -> None:
        """Be read anew: staff has changed something."""
        self._learner = None

    def edition(self, number: int) -> Edition:
        """Give a module as it is published now."""
        return self.world.editions[ORDER[number - 1]]

    def _found(self, number: int, page: int) -> OpenSection | None:
        """Ask for a page; it is there exactly where the module is open and has such a page."""
        edition, now = self.edition(number), self.world.now
        is_open = self.person.may_open(edition.module)
        try:
            found = self.world.act(
                lambda db: open_section(db, self.learner, (number, page), "fr", now)
            )
        except ClosedGateError:
            assert not is_open, "an open module is closed"
            return None
        except NotFoundError:
            assert is_open
            assert page > len(edition.sections)
            return None
        assert is_open, "a page of a closed module was shown"
        assert found.page.section_id == edition.sections[page - 1]
        is_due = found.page.section_id in self.person.due(edition)
        assert found.is_due == is_due, "what has to be read is not what the page says"
        return found

    def open_page(self, number: int, page: int) -> View | None:
        """Open a page; it stays open in its tab."""
        found = self._found(number, page)
        if found is None:
            return None
        shown = view_of(self.learner, found, self.world.now)
        module, section = self.edition(number).module, found.page.section_id
        view = View(
            sealed=seal_view(KEYS.session, shown),
            place=(module, section, self.person.round(module)),
            seconds=self.world.seconds(module, section),
            opened=self.world.elapsed,
        )
        self.views.append(view)
        return view

    def _credit(self, view: View, active_ms: int | None) -> None:
        claim = view.seconds * SECOND_MS if active_ms is None else active_ms
        self.person.most_ms[view.place] += self.person.worth(view, claim, self.world.elapsed)

    def report(self, view: View, active_ms: int) -> None:
        """Let a page tell how long it was in view, truly or not."""

        def do(db: Session) -> int:
            page = read_view(KEYS.session, self.learner, view.sealed)
            return report_time(db, page, active_ms, self.world.now)

        self._credit(view, active_ms)
        self.person.reported = self.world.elapsed
        credited = self.world.act(do)
        assert credited <= self.person.most_ms[view.place], "time was credited that did not pass"

    def go_on(self, number: int, page: int, view: View | None, active_ms: int | None) -> bool:
        """Press Continue on a page, with the mark of a view, his own page's or another's."""
        found = self._found(number, page)
        if found is None:
            return False
        edition, person = self.edition(number), self.person
        section = found.page.section_id
        place = (edition.module, section, person.round(edition.module))
        least = 0
        if section in person.due(edition):
            least = person.least_ms(self.world.seconds(edition.module, section))
        if view is not None and view.place[1:] == place[1:]:
            self._credit(view, active_ms)
        if (view is None or view.place == place) and not person.is_late(self.world.now):
            person.reported = self.world.elapsed
        gate = self._pressed(found, view, active_ms)
        if gate is None:
            assert person.is_late(self.world.now), "he was told that it is too late, and it is not"
            return False
        assert not person.is_late(self.world.now), "he went on after his last day"
        credited = credited_to(self.world.raw, person.enrolment_id).get(place, 0)
        if not gate.is_open:
            assert credited < least, "he had the time that is asked for, and could not go on"
            self.seen["too soon"] += 1
            return False
        assert person.most_ms[place] >= least, "he went on before his time"
        person.read.add(place)
        self.seen["read"] += 1
        return True

    def _pressed(self, found: OpenSection, view: View | None, active_ms: int | None) -> Gate | None:
        now, learner = self.world.now, self.learner
        page = view_of(learner, found, now)
        if view is not None:
            page = read_view(KEYS.session, learner, view.sealed)
        try:
            return self.world.act(lambda db: read_on(db, learner, found, (page, active_ms), now))
        except ClosedGateError:
            return None

    def read(self, number: int, each: timedelta) -> None:
        """Read what is due before the next attempt, each page for so long."""
        edition = self.edition(number)
        for section in self.person.due(edition):
            page = edition.sections.index(section) + 1
            view = self.open_page(number, page)
            self.world.jump(each)
            self.go_on(number, page, view, None)

    def look(self) -> None:
        """Look at the course: what its pages say is what is so."""
        person, now = self.person, self.world.now
        for state in self.world.act(lambda db: course_states(db, self.learner, "fr")):
            edition = self.edition(state.number)
            due = [edition.sections[at - 1] for at in state.due]
            assert state.gate.is_open == person.may_open(edition.module), "a module is open early"
            assert state.passed == (edition.module in person.passed), "the course says another pass"
            assert due == person.due(edition), "the course sends him to other pages"
            assert state.seat.credited_ms <= state.seat.required_ms, "more time than is asked for"
            number = state.number
            quiz = self.world.act(
                partial(quiz_state, learner=self.learner, number=number, language="fr", now=now)
            )
            obstacles = person.obstacles(edition, now)
            assert quiz.gate.is_open == (not obstacles), f"the quiz page knows not of {obstacles}"
            recap = self.world.act(
                partial(recap_items, learner=self.learner, number=number, now=now)
            )
            passing = [
                one
                for name in ORDER[: number - 1]
                for one in person.closed(name)
                if one.count and one.count.passes
            ]
            asked = {name for one in passing for name in one.asked}
            assert {one.item.id for one in recap} <= asked, "a recap of what he has not passed"
