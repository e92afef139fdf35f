"""One invented person goes through the seminar by the same acts as a real one, on a made-up day."""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.assessment.queries import OpenAttempt
from lms.assessment.service import NewAnswer
from lms.assessment.values import Answer, QuizItem
from lms.completion.queries import is_completed
from lms.content.model import ItemKind
from lms.demo.answers import REFLECTIONS, misled_answer, right_answer, wrong_answer
from lms.demo.surveys import fill_in
from lms.enrolment.service import agree, check_code, enrol
from lms.journey.actor import Learner, learner_from
from lms.journey.files import advance_file
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import ClosedGateError, open_section, read_on, view_of
from lms.journey.redeem import enter
from lms.journey.take_quiz import answer_item, start_quiz, submit_quiz
from lms.kernel.days import today_in_programme
from lms.kernel.keys import Keys
from lms.publishing.models import CourseRevision
from lms.referrals.models import Referral
from lms.surveys.sheet import Wave
from lms.web.participant.guard import NOTICE_VERSION

MOST_TRIES = 5
STOPS = 0.5  # of those who do not pass a module, how many do not even try
# Most who do well choose the same wrong option here: what the item pages show as odd.
MISLEADING = "composite-meaning"
MISLED = 0.75


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person: how many modules he passes, and how often he answers right.

    `modules` is -1 for somebody who has an account and has opened nothing yet; `misses` says how
    often he tries the module that he does not pass, 0 that chance says it.
    """

    login: str
    password_hash: str
    language: str
    started: datetime
    modules: int
    skill: float
    seed: float
    misses: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    """How far somebody got: whose enrolment, until when he was there, and if he passed it all."""

    enrolment_id: uuid.UUID
    left_at: datetime
    is_completed: bool


@dataclass(slots=True)
class _Play:
    """A person at work: where he is, what time it is for him, and the end of the play."""

    db: Session
    person: Person
    learner: Learner
    keys: Keys
    chance: random.Random
    moment: datetime
    until: datetime


def play(
    db: Session,
    person: Person,
    file: tuple[Referral, str],
    *,
    keys: Keys,
    review: bool,
    until: datetime,
) -> Played:
    """Redeem the code of a file and take the seminar as far as this person goes.

    `file` is the file and its code, `until` the moment past which he does nothing.
    """
    learner = _enrol(db, person, file)
    chance = random.Random(person.seed)  # noqa: S311 - an invented person
    run = _Play(db, person, learner, keys, chance, person.started, until)
    fill_in(db, learner, Wave.BEFORE, keys=keys, chance=chance, at=run.moment)
    _study(run, review=review)
    left_at = min(run.moment, until)
    is_done = is_completed(db, learner.enrolment_id)
    if is_done:
        fill_in(db, learner, Wave.AFTER, keys=keys, chance=chance, at=left_at)
        advance_file(db, learner.enrolment_id, keys=keys, settings_review=review, now=left_at)
    return Played(learner.enrolment_id, left_at, is_done)


def _study(run: _Play, *, review: bool) -> None:
    """Read and answer, module by module, until he stops or the end comes."""
    last = min(len(run.learner.rules.modules), run.person.modules + 1)
    for number in range(1, last + 1):
        passes = number <= run.person.modules
        tries = passes or run.person.misses > 0 or run.chance.random() >= STOPS
        _read(run, number, whole=tries)
        if number == 1:
            owner = run.learner.enrolment_id
            advance_file(run.db, owner, keys=run.keys, settings_review=review, now=run.moment)
        if not tries or not _take(run, number, passes=passes) or number == last:
            return
        later = run.moment + timedelta(hours=run.chance.uniform(0.2, 40))
        if later > run.until:
            return
        run.moment = later


def _enrol(db: Session, person: Person, file: tuple[Referral, str]) -> Learner:
    referral, code = file
    user = User(
        login=person.login,
        password_hash=person.password_hash,
        role=Role.PARTICIPANT,
        language=person.language,
        created_at=person.started,
    )
    db.add(user)
    db.flush()
    holder = check_code(db, code, now=person.started)
    today = today_in_programme(person.started)
    enrolment = enrol(db, holder.code_id, user, now=person.started, today=today)
    enter(db, referral, enrolment, now=person.started)
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
        if run.moment < run.until:
            read_on(run.db, run.learner, found, (view, None), run.moment)


def _take(run: _Play, number: int, *, passes: bool) -> bool:
    """Try until passed; somebody who is not to pass this module stops after a try or three."""
    misses = run.person.misses or run.chance.randint(1, 3)
    for _ in range(MOST_TRIES if passes else misses):
        if run.moment + timedelta(hours=1) > run.until:
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
    new = NewAnswer(item_id, _said(run, attempt.items[item_id], skill), 0, run.person.language)
    answer_item(run.db, attempt, new, keys=run.keys, now=run.moment)


def _said(run: _Play, item: QuizItem, skill: float) -> Answer:
    if item.kind is ItemKind.OPEN:
        return (REFLECTIONS[run.person.language],)
    if item.id == MISLEADING and run.chance.random() < skill * MISLED:
        return misled_answer(item)
    is_right = run.chance.random() < skill
    return right_answer(item) if is_right else wrong_answer(item, run.chance)
