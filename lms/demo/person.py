"""One invented person goes through the seminar by the same acts as a real one, on a made-up day."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.passwords import hash_password
from lms.accounts.roles import Role
from lms.assessment.queries import OpenAttempt
from lms.assessment.service import NewAnswer
from lms.completion.queries import is_completed
from lms.completion.service import attest
from lms.demo.answers import right_answer, wrong_answer
from lms.enrolment.service import agree, check_code, enrol
from lms.journey.actor import Learner, learner_from
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import ClosedGateError, open_section, read_on, today_in_programme, view_of
from lms.journey.take_quiz import answer_item, start_quiz, submit_quiz
from lms.kernel.keys import Keys
from lms.publishing.models import CourseRevision
from lms.web.participant.certificate import ATTESTATION_VERSION
from lms.web.participant.guard import NOTICE_VERSION

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person: how many modules he passes, and how often he answers right."""

    login: str
    password: str
    language: str
    started: datetime
    modules: int
    skill: float
    seed: float


@dataclass(slots=True)
class _Play:
    """A person at work: where he is, what time it is for him, and the end of the play."""

    db: Session
    person: Person
    learner: Learner
    keys: Keys
    chance: random.Random
    moment: datetime
    now: datetime


def play(
    db: Session,
    code: str,
    person: Person,
    *,
    keys: Keys,
    now: datetime,
    password_hash: str | None = None,
) -> None:
    """Redeem the code and take the seminar as far as this person goes, but never past now."""
    learner = _enrol(db, code, person, password_hash or hash_password(person.password))
    chance = random.Random(person.seed)  # noqa: S311 - an invented person
    run = _Play(db, person, learner, keys, chance, person.started, now)
    for number in range(1, min(len(learner.rules.modules), person.modules + 1) + 1):
        passes = number <= person.modules
        _read(run, number, whole=passes)
        if not passes and chance.random() < 0.5:  # noqa: PLR2004 - every other stops here
            return
        if not _take(run, number, passes=passes):
            return
        run.moment += timedelta(hours=chance.uniform(0.2, 40))
        if run.moment > now:
            return
    if is_completed(db, learner.enrolment_id):
        attest(
            db,
            learner.enrolment_id,
            text_version=ATTESTATION_VERSION,
            language=person.language,
            now=run.moment,
        )


def _enrol(db: Session, code: str, person: Person, password_hash: str) -> Learner:
    user = User(
        login=person.login,
        password_hash=password_hash,
        role=Role.PARTICIPANT,
        language=person.language,
        created_at=person.started,
    )
    db.add(user)
    db.flush()
    holder = check_code(db, code, now=person.started)
    today = today_in_programme(person.started)
    enrolment = enrol(db, holder.code_id, user, now=person.started, today=today)
    agree(db, enrolment.id, notice_version=NOTICE_VERSION, now=person.started)
    revision = db.get_one(CourseRevision, enrolment.course_revision_id)
    db.refresh(enrolment)  # he has agreed, in a statement of its own
    return learner_from(enrolment, revision.document)


def _read(run: _Play, number: int, *, whole: bool = True) -> None:
    """Read what is to be read of a module: all of it at first, then what was missed."""
    language = run.person.language
    state = quiz_state(run.db, run.learner, number, language, run.moment)
    pages = state.due if whole else state.due[: len(state.due) // 2 + 1]
    for page in pages:
        found = open_section(run.db, run.learner, (number, page), language, run.moment)
        view = view_of(run.learner, found, run.moment)
        run.moment += timedelta(seconds=view.seconds + run.chance.randint(5, 60))
        if run.moment < run.now:
            read_on(run.db, run.learner, found, (view, None), run.moment)


def _take(run: _Play, number: int, *, passes: bool) -> bool:
    """Try until passed; somebody who is not to pass this module stops after a try or three."""
    for _ in range(MOST_TRIES if passes else run.chance.randint(1, 3)):
        if run.moment + timedelta(hours=1) > run.now:
            return False
        try:
            attempt = start_quiz(run.db, run.learner, number, run.person.language, run.moment)
        except ClosedGateError:
            return False
        for item_id in attempt.items:
            run.moment += timedelta(seconds=run.chance.randint(15, 70))
            _answer(run, attempt, item_id, run.person.skill if passes else 0.5)
        done = submit_quiz(
            run.db,
            run.learner,
            attempt.id,
            keys=run.keys,
            language=run.person.language,
            now=run.moment,
        )
        if done.passed:
            return True
        run.moment += timedelta(minutes=run.chance.randint(15, 900))
        _read(run, number)
    return False


def _answer(run: _Play, attempt: OpenAttempt, item_id: str, skill: float) -> None:
    item = attempt.items[item_id]
    right = run.chance.random() < skill
    answer = right_answer(item) if right else wrong_answer(item, run.chance)
    new = NewAnswer(item_id, answer, 0, run.person.language)
    answer_item(run.db, attempt, new, keys=run.keys, now=run.moment)
