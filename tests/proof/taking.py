"""A participant at the questions: start, save, hand in, each act held against what should be so."""

import uuid
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.assessment.service import NewAnswer, StaleAnswerError
from lms.journey.read import ClosedGateError, refuse_after_deadline
from lms.journey.take_quiz import (
    NoOpenAttemptError,
    Submitted,
    UnfinishedError,
    answer_item,
    attempt_numbered,
    attempt_under_way,
    end_if_due,
    start_quiz,
    submit_quiz,
)
from lms.kernel.errors import NotFoundError
from tests.factories import KEYS
from tests.proof.course import ORDER, Edition
from tests.proof.person import Saved, Try
from tests.proof.reading import Reader
from tests.proof.recount import answer_to, is_whole


class Player(Reader):
    """A participant who reads and takes quizzes."""

    def begin(self, number: int, hint: int = 0) -> Try | None:
        """Press Start or Go on; `hint` is the attempt that the form says it starts."""
        edition, person, now = self.edition(number), self.person, self.world.now
        running = person.running(edition.module)
        known = next((one for one in person.closed(edition.module) if one.number == hint), None)
        try:
            found, is_begun = self._begun(number, hint)
        except ClosedGateError as refused:
            self._shut(edition, str(refused.gate.closed))
            return None
        if known:
            assert found == known.id, "a form sent again did not show what it had started"
            return None
        if running is None:
            obstacles = person.obstacles(edition, now)
            assert not obstacles, f"a quiz was opened in spite of {obstacles}"
            running = self._noted(edition, found)
        assert found == running.id
        if not is_begun:
            self._end(running)
            return None
        return running

    def _shut(self, edition: Edition, why: str) -> None:
        obstacles = self.person.obstacles(edition, self.world.now)
        assert self.person.running(edition.module) is None, "an attempt under way was shut"
        assert why in obstacles, f"closed by {why}, and what stands before him is {obstacles}"
        self.seen[f"closed: {why}"] += 1

    def _begun(self, number: int, hint: int) -> tuple[uuid.UUID, bool]:
        """Do as the page does; gives an attempt, and whether it is under way."""
        learner, now = self.learner, self.world.now

        def do(db: Session) -> tuple[uuid.UUID, bool]:
            closed = attempt_numbered(db, learner, number, hint)
            closed = closed or end_if_due(db, learner, number, keys=KEYS, now=now)
            if closed is not None:
                return closed, False
            return start_quiz(db, learner, number, "fr", now).id, True

        return self.world.act(do)

    def _noted(self, edition: Edition, attempt_id: uuid.UUID) -> Try:
        """Note a new attempt; it asks what it may ask: of a pool, the unseen first."""
        row = self.world.act(lambda db: db.get_one(Attempt, attempt_id))
        asked = tuple(one["item"] for one in row.shown)
        before = self.person.tries[edition.module]
        last = {name: old.number for old in before for name in old.asked}
        always = {question.id for question in edition.questions if not question.pool}
        assert always <= set(asked)
        assert len(set(asked)) == len(asked) == len(always) + sum(edition.draw.values())
        for pool, count in edition.draw.items():
            members = {question.id for question in edition.questions if question.pool == pool}
            drawn, left = members & set(asked), members - set(asked)
            assert len(drawn) == count
            latest = max(last.get(name, 0) for name in drawn)
            assert all(last.get(name, 0) >= latest for name in left), "asked again before unseen"
        one = Try(row.id, len(before) + 1, edition, asked, self.world.now)
        assert row.number == one.number
        before.append(one)
        self.seen["attempts"] += 1
        return one

    def save(self, number: int, place: int, how: str, *, behind: int = 0) -> None:
        """Save an answer as a page does; `behind` says how many versions its tab is too old."""
        running = self.person.running(ORDER[number - 1])
        if self.person.is_late(self.world.now):
            self._save_late(number, running)
            return
        if running is None:
            self._save_closed(number)
            return
        question = running.edition.by_id[running.asked[(place - 1) % len(running.asked)]]
        known = running.saved.get(question.id)
        version = max((known.version if known else 0) - behind, 0)
        answer = answer_to(question, how)
        if not answer and not version:
            return  # a page with nothing on it saves nothing
        given = self._saved(number, NewAnswer(question.id, answer, version, "fr"))
        is_newest = known is None or known.version == version
        if given is None:
            assert not is_newest, "an answer was refused that replaces the one he saw"
            self.seen["stale"] += 1
            return
        assert is_newest, "an old tab wrote over a newer answer"
        running.saved[question.id] = Saved(answer, given, self.world.now)
        self.seen["saved"] += 1

    def answer(self, number: int, how: str, *, but: Mapping[int, str]) -> Try | None:
        """Start or go on, and answer every question alike, but those at some places."""
        running = self.begin(number)
        if running is not None:
            for place in range(1, len(running.asked) + 1):
                self.save(number, place, but.get(place, how))
        return running

    def _saved(self, number: int, new: NewAnswer) -> int | None:
        """Do as the page does; gives the version, None for a tab that is too old."""

        def do(db: Session) -> int:
            attempt = attempt_under_way(db, self.learner, number, self.world.now)
            return answer_item(db, attempt, new, keys=KEYS, now=self.world.now)

        try:
            return self.world.act(do)
        except StaleAnswerError:
            return None

    def _save_late(self, number: int, running: Try | None) -> None:
        """Save after the last day: nothing is saved, the attempt ends with what it has."""
        now, learner = self.world.now, self.learner

        def do(db: Session) -> uuid.UUID | None:
            ended = end_if_due(db, learner, number, keys=KEYS, now=now)
            if ended is None:
                refuse_after_deadline(learner, now)
            return ended

        try:
            ended = self.world.act(do)
        except ClosedGateError:
            assert running is None, "an attempt outlived the last day"
            return
        assert running is not None
        assert ended == running.id
        self._end(running)

    def _save_closed(self, number: int) -> None:
        """Save from a tab whose attempt is closed: there is none to save into."""
        new = NewAnswer("one", (1,), 0, "fr")
        try:
            self._saved(number, new)
        except NoOpenAttemptError:
            return
        raise AssertionError("an answer was saved where no attempt is under way")

    def _end(self, running: Try) -> None:
        ending = self.person.ending(running, self.world.now)
        assert ending is not None, "an attempt was ended that was still open"
        self.person.close(running, *ending)
        self.seen[f"ended: {ending[0]}"] += 1

    def note_ended(self, ended: set[uuid.UUID]) -> None:
        """Note what the job ended: every attempt of his that was over, and no other."""
        running = [one for some in self.person.tries.values() for one in some if not one.count]
        over = [one for one in running if self.person.ending(one, self.world.now)]
        mine = ended & {one.id for some in self.person.tries.values() for one in some}
        assert mine == {one.id for one in over}, "the job ended other attempts than were over"
        for one in over:
            self._end(one)

    def submit(self, attempt_id: uuid.UUID) -> Submitted | None:
        """Hand in an attempt by its id, whoever's it is."""
        mine, now = self.person.find(attempt_id), self.world.now
        is_closed = mine is not None and mine.count is not None
        ending = None if mine is None or is_closed else self.person.ending(mine, now)
        missing = () if mine is None or is_closed or ending else _missing(mine)
        try:
            done = self.world.act(
                lambda db: submit_quiz(
                    db, self.learner, attempt_id, keys=KEYS, language="fr", now=now
                )
            )
        except NotFoundError:
            assert mine is None, "his own attempt was not found"
            return None
        except UnfinishedError as refused:
            self._unfinished(refused.places, missing)
            return None
        assert mine is not None, "somebody else's attempt was handed in"
        assert not missing, "an attempt was handed in with questions left open"
        if not is_closed:
            self.person.close(mine, *(ending or ("submitted", now)))
            self.seen["handed in"] += 1
        assert mine.count is not None
        told = (done.attempt_id, done.passed)
        assert told == (attempt_id, mine.count.passes), "he is told what his answers did not earn"
        return done

    def _unfinished(self, said: tuple[int, ...], missing: tuple[int, ...]) -> None:
        assert said == missing, "an attempt that is whole was not taken"
        self.seen["unfinished"] += 1

    def attempts_there(self) -> list[uuid.UUID]:
        """Give all attempts that there are, everybody's."""
        return self.world.act(lambda db: list(db.scalars(select(Attempt.id).order_by(Attempt.id))))


def _missing(one: Try) -> tuple[int, ...]:
    """Give the places of the questions that are not answered whole."""
    return tuple(
        place
        for place, name in enumerate(one.asked, start=1)
        if name not in one.saved or not is_whole(one.edition.by_id[name], one.saved[name].answer)
    )
