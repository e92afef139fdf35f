"""People of a small programme: two instructors of a group, a coordinator, who takes the course."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.assessment.regrade import Marks, find_marks
from lms.assessment.service import NewAnswer
from lms.corrections.kinds import Desk, Kind, Wish
from lms.corrections.scope import staff_of
from lms.enrolment.models import Cohort
from lms.journey.actor import Learner
from lms.journey.take_quiz import answer_item, start_quiz
from tests.factories import (
    KEYS,
    NOW,
    learner_of,
    make_cohort,
    make_enrolment,
    make_user,
    read_module,
    right_answer,
    submit,
    wrong_answer,
)

LATER = NOW + timedelta(hours=1)
REASON = "The question could be read in two ways."


@dataclass(frozen=True, slots=True)
class Team:
    """A group with its two instructors, and who else works here."""

    cohort: Cohort
    first: User
    second: User
    coordinator: User
    stranger: User  # an instructor of another group

    def learner(self, db: Session, pseudonym: str = "") -> Learner:
        """Enrol somebody in the group."""
        enrolment = make_enrolment(db, cohort=self.cohort)
        if pseudonym:
            enrolment.pseudonym = pseudonym
            db.flush()
        return learner_of(db, enrolment)


def make_team(db: Session, **rules: int) -> Team:
    """Make a group of the small course; `rules` change the course's."""
    first, second = (make_user(db, role=Role.INSTRUCTOR) for _ in range(2))
    return Team(
        cohort=make_cohort(db, "", instructors=[first, second], **rules),
        first=first,
        second=second,
        coordinator=make_user(db, role=Role.COORDINATOR),
        stranger=make_user(db, role=Role.INSTRUCTOR),
    )


def desk(user: User) -> Desk:
    """Let somebody act, an hour after the attempts."""
    return Desk(staff_of(user), KEYS, LATER)


def sit(
    db: Session, learner: Learner, number: int = 1, *, wrong: Collection[str] = ()
) -> uuid.UUID:
    """Read a module and hand in its quiz, these questions wrong; gives the attempt's id."""
    read_module(db, learner, number)
    attempt = start_quiz(db, learner, number, "fr", NOW)
    for asked in attempt.asked:
        item = attempt.items[asked.item]
        answer = wrong_answer(item) if item.id in wrong else right_answer(item)
        new = NewAnswer(item.id, answer, version=0, language="fr")
        answer_item(db, attempt, new, keys=KEYS, now=NOW)
    submit(db, learner, attempt.id)
    return attempt.id


def marks_of(db: Session, attempt_id: uuid.UUID) -> Marks:
    """Give the score of an attempt as it stands."""
    found = find_marks(db, attempt_id)
    assert found is not None
    return found


def wish(kind: Kind, learner: Learner, module_id: str = "", **fields: object) -> Wish:
    """Ask for something for somebody."""
    given = {"reason": REASON, "module_id": module_id} | fields
    return Wish(kind=kind, enrolment_id=learner.enrolment_id, **given)  # type: ignore[arg-type]  # fields of a wish


def points_of(marks: Marks) -> str:
    """Write a score as a fraction of what can be had."""
    return f"{marks.score.raw} of {marks.score.maximum}"
