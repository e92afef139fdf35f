"""Real rows for tests, made through the product's own acts; few fields said.

Longer than other files, because it is the one place where tests find how to make a thing.
"""

# ruff: noqa: ANN401 - a factory takes any field of its row

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Table, create_engine, insert, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.passwords import hash_password
from lms.accounts.roles import Role
from lms.accounts.service import (
    SignedIn,
    check_login,
    count_try,
    open_session,
    sign_in,
    token_hash,
)
from lms.agencies.models import Agency, AgencyMember, Agreement
from lms.assessment.queries import OpenAttempt
from lms.assessment.service import NewAnswer
from lms.assessment.values import Answer, QuizItem
from lms.attendance.queries import SessionKind, SessionView
from lms.attendance.service import NewSession, make_session
from lms.completion import service as completion_service
from lms.completion.models import Certificate
from lms.content.model import ItemKind
from lms.content.read import read_content
from lms.enrolment import service as enrolment_service
from lms.enrolment.models import Cohort, Enrolment, Programme
from lms.gates.gate import Gate
from lms.journey.actor import Learner, SessionLimits, load_actor
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import open_section, read_on, view_of
from lms.journey.take_quiz import Submitted, answer_item, start_quiz, submit_quiz
from lms.kernel.keys import Keys
from lms.kernel.person_keys import PersonKeys
from lms.kernel.sealing import Place, seal
from lms.kernel.table import Base
from lms.privacy.incidents import Facts, record_incident
from lms.privacy.models import Incident
from lms.publishing.markdown.request import Words
from lms.publishing.media import Keeper
from lms.publishing.models import CourseRevision, PublishedCourse
from lms.publishing.originals import Sources
from lms.publishing.queries import current_course, module_outline
from lms.publishing.service import Press, publish_content
from lms.referrals.models import Referral
from tests.clocks import FixedClock
from tests.key_store import key_store_folder
from tests.sample_course import write_course

NOW = FixedClock().now
PASSWORD = "un mot de passe de test"
TOTP_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238's, appendix B
KEY_STORE = f"sqlite:///{key_store_folder() / 'people.db'}"
KEYS = Keys(
    session=bytes(range(32)),
    field=bytes(range(1, 33)),
    certificate=bytes(range(2, 34)),
    audit=bytes(range(3, 35)),
    signing=bytes(range(4, 36)),
    people=PersonKeys(KEY_STORE, bytes(range(1, 33))),
)
WORDS = {"fr": Words(back="Retour au texte"), "en": Words()}
LIMITS = SessionLimits(timedelta(minutes=30), timedelta(minutes=15), timedelta(hours=8))
_TABLES = (
    "course_revision",
    "module_revision",
    "section_text",
    "item_text",
    "published_course",
    "published_module",
    "testimony_use",
    "testimony_event",
    "testimony_window",
)
_numbers = count(1)


@cache
def _hash(password: str) -> str:
    return hash_password(password)


@cache
def _published_rows() -> Mapping[str, Sequence[dict[str, Any]]]:
    """Publish the small course once a run, through the whole pipe, and keep its rows."""
    tables = [_table(name) for name in _TABLES]
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, tables)
    with TemporaryDirectory() as folder, Session(engine) as db:
        source = write_course(Path(folder))
        content, problems = read_content(source)
        if problems:
            raise ValueError(problems)
        press = Press(WORDS, Keeper(Sources(source), Path(folder) / "media"))
        publish_content(db, content, press, by="tests", now=NOW)
        rows = {
            table.name: [dict(row) for row in db.execute(select(table)).mappings()]
            for table in tables
        }
    engine.dispose()
    return rows


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def published_course(db: Session, **rules: Any) -> str:
    """Publish the small course, its rules changed as said (`sequence="free"`); gives its id."""
    if current_course(db, "seminar") is None:
        for name, rows in _published_rows().items():
            if rows:
                db.execute(insert(_table(name)), list(rows))
    if rules:
        change_rules(db, **rules)
    return "seminar"


def change_rules(db: Session, **rules: Any) -> None:
    """Publish another revision of the course with these keys of its document changed."""
    pointer = db.get_one(PublishedCourse, "seminar")
    old = db.get_one(CourseRevision, pointer.revision_id)
    if unknown := rules.keys() - old.document.keys():
        raise KeyError(unknown)
    revision = CourseRevision(
        course_id=old.course_id,
        number=old.number + 1,
        digest=f"{old.number + 1:064}",
        document=old.document | rules,
        published_at=NOW,
        published_by="tests",
    )
    db.add(revision)
    db.flush()
    pointer.revision_id = revision.id
    db.flush()


def make_user(
    db: Session, login: str = "", *, role: Role = Role.PARTICIPANT, **changes: Any
) -> User:
    """Make an account whose password is PASSWORD."""
    fields = {"language": "fr", "password_hash": _hash(PASSWORD), "created_at": NOW} | changes
    user = User(login=login or f"{role.value}-{next(_numbers)}", role=role, **fields)
    db.add(user)
    db.flush()
    return user


def log_in(
    db: Session, login: str, password: str, *, device: str = "", now: datetime
) -> SignedIn | None:
    """Sign in as the login page does: count the try, look, open a session."""
    count_try(db, login, device=device, now=now)
    user = check_login(db, login, password)
    return None if user is None else sign_in(db, user, device=device, now=now)


def make_programme(db: Session, name: str = "Virage") -> Programme:
    """Give the programme."""
    return enrolment_service.make_programme(db, name, now=NOW)


def make_cohort(
    db: Session, name: str = "", *, instructors: Sequence[User] = (), **rules: Any
) -> Cohort:
    """Make a cohort of the small course, published if need be."""
    return enrolment_service.make_cohort(
        db,
        make_programme(db),
        name or f"Cohorte {next(_numbers)}",
        course_id=published_course(db, **rules),
        instructors=instructors,
        now=NOW,
    )


def make_code(db: Session, cohort: Cohort | None = None, *, now: datetime = NOW) -> str:
    """Issue one enrolment code, as printed, good for 90 days."""
    cohort = cohort or make_cohort(db)
    valid = timedelta(days=90)
    return enrolment_service.issue_codes(db, cohort.id, 1, valid=valid, now=now)[0]


def make_enrolment(
    db: Session,
    *,
    cohort: Cohort | None = None,
    user: User | None = None,
    now: datetime = NOW,
    agreed: bool = True,
    **rules: Any,
) -> Enrolment:
    """Enrol somebody who has read the notice; `rules` change the course's."""
    cohort = cohort or make_cohort(db, **rules)
    code = enrolment_service.check_code(db, make_code(db, cohort, now=now), now=now)
    user = user or make_user(db)
    enrolment = enrolment_service.enrol(db, code.code_id, user, now=now, today=now.date())
    if agreed:
        enrolment_service.agree(db, enrolment.id, notice_version="1", now=now)
    return enrolment


def make_learner(db: Session, **changes: Any) -> Learner:
    """Enrol somebody and give him as the requests see him."""
    return learner_of(db, make_enrolment(db, **changes))


def learner_of(db: Session, enrolment: Enrolment) -> Learner:
    """Give an enrolled person as the requests see him."""
    now = enrolment.enrolled_at
    token = open_session(db, db.get_one(User, enrolment.user_id), now=now).token
    actor = load_actor(db, token_hash(token), limits=LIMITS, now=now)
    if actor is None or actor.learner is None:
        raise LookupError(enrolment)
    return actor.learner


def read_module(db: Session, learner: Learner, number: int, *, now: datetime = NOW) -> None:
    """Read every section of a module to its end."""
    outline = module_outline(db, learner.rules.modules[number - 1], "fr")
    if outline is None:
        raise LookupError(number)
    for position, head in enumerate(outline.sections, start=1):
        if learner.rules.seat_time_percent:
            now += timedelta(seconds=head.seconds)  # no two pages are read at once
        go_on(db, learner, (number, position), now=now)


def go_on(db: Session, learner: Learner, place: tuple[int, int], *, now: datetime = NOW) -> Gate:
    """Go on from a section as if it had been open for its whole reading time, without a script."""
    found = open_section(db, learner, place, "fr", now)
    view = view_of(learner, found, now)
    opened = replace(view, opened_at=now - timedelta(seconds=view.seconds))
    return read_on(db, learner, found, (opened, None), now)


def right_answer(item: QuizItem) -> Answer:
    """Give an answer that earns all points."""
    match item.kind:
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE | ItemKind.MULTIPLE:
            return item.correct
        case ItemKind.TEXT:
            return item.accepted[:1]
        case ItemKind.NUMBER:
            return (str(float(item.numbers[0][0])),)
        case ItemKind.MATCH | ItemKind.ORDER:
            return tuple(range(item.size))
        case ItemKind.OPEN:
            return (" ".join(["mot"] * max(item.min_words, 1)),)


def wrong_answer(item: QuizItem) -> Answer:
    """Give an answer that earns nothing, and can be handed in; an open one is never wrong."""
    match item.kind:
        case ItemKind.TRUE_FALSE | ItemKind.SINGLE | ItemKind.MULTIPLE:
            return tuple(at for at in range(item.size) if at not in item.correct)[:1]
        case ItemKind.TEXT:
            return ("autre chose",)
        case ItemKind.NUMBER:
            return (str(float(sum(sum(pair) for pair in item.numbers)) + 1),)
        case ItemKind.MATCH:
            return tuple((at + 1) % item.size for at in range(item.size))
        case ItemKind.ORDER:
            return tuple(reversed(range(item.size)))
        case ItemKind.OPEN:
            return right_answer(item)


def save_all(
    db: Session,
    attempt: OpenAttempt,
    *,
    right: bool = True,
    language: str = "fr",
    now: datetime = NOW,
) -> None:
    """Save an answer to every question of an attempt, for the first time."""
    for asked in attempt.asked:
        item = attempt.items[asked.item]
        answer = right_answer(item) if right else wrong_answer(item)
        new = NewAnswer(item.id, answer, version=0, language=language)
        answer_item(db, attempt, new, keys=KEYS, now=now)


def submit(
    db: Session, learner: Learner, attempt_id: uuid.UUID, *, now: datetime = NOW
) -> Submitted:
    """Hand in an attempt."""
    return submit_quiz(db, learner, attempt_id, keys=KEYS, language="fr", now=now)


def read_again(db: Session, learner: Learner, number: int) -> tuple[int, ...]:
    """Give the sections to read again after an attempt; none before the first."""
    state = quiz_state(db, learner, number, "fr", NOW)
    return state.due if state.attempts else ()


def take_quiz(
    db: Session, learner: Learner, number: int, *, right: bool = True, now: datetime = NOW
) -> Submitted:
    """Start a module's quiz, answer everything, hand it in; before a retake, read what it asks."""
    for place in read_again(db, learner, number):
        go_on(db, learner, (number, place), now=now)
    attempt = start_quiz(db, learner, number, "fr", now)
    save_all(db, attempt, right=right, now=now)
    return submit(db, learner, attempt.id, now=now)


def pass_module(db: Session, learner: Learner, number: int, *, now: datetime = NOW) -> Submitted:
    """Read a module and pass its quiz."""
    read_module(db, learner, number, now=now)
    return take_quiz(db, learner, number, now=now)


def pass_course(db: Session, learner: Learner, *, now: datetime = NOW) -> Submitted:
    """Pass every module of the course; gives what came of the last."""
    done = [
        pass_module(db, learner, number, now=now)
        for number in range(1, len(learner.rules.modules) + 1)
    ]
    return done[-1]


def attest(db: Session, learner: Learner, *, now: datetime = NOW) -> Certificate:
    """Declare that he did it himself, so that his certificate is issued."""
    return completion_service.attest(
        db, learner.enrolment_id, text_version="tests", language="fr", now=now
    )


def day_after(day: date | None) -> datetime:
    """Give noon in Longueuil, or nearly, on the day after a deadline."""
    if day is None:
        raise ValueError("there is no deadline")
    return datetime(day.year, day.month, day.day, 16, tzinfo=NOW.tzinfo) + timedelta(days=1)


def make_agency(db: Session, **fields: Any) -> Agency:
    """Make an agency with an agreement in force for the year around NOW."""
    given: dict[str, Any] = {"name": f"Organisme {next(_numbers)}", "language": "fr"} | fields
    agency = Agency(programme_id=make_programme(db).id, created_at=NOW, **given)
    db.add(agency)
    db.flush()
    words = dict.fromkeys(
        ("purpose", "nature", "method", "security", "frequency", "duration"), "comme convenu"
    )
    db.add(
        Agreement(
            agency_id=agency.id,
            in_force_from=NOW.date() - timedelta(days=180),
            in_force_until=NOW.date() + timedelta(days=180),
            recorded_by=make_user(db, role=Role.COORDINATOR).id,
            recorded_at=NOW,
            **words,
        )
    )
    db.flush()
    return agency


def make_member(db: Session, referral: Referral | None = None, *, is_lead: bool = False) -> User:
    """Make somebody of an agency: of the referral's, who referred it, or of another agency."""
    user = with_second_factor(db, make_user(db, role=Role.AGENCY))
    agency_id = referral.agency_id if referral else make_agency(db).id
    db.add(AgencyMember(user_id=user.id, agency_id=agency_id, is_lead=is_lead))
    if referral is not None:
        kept = db.get_one(Referral, referral.id)
        kept.referred_by = user.id
    db.flush()
    return user


def make_referral(
    db: Session, *, agency: Agency | None = None, cohort: Cohort | None = None, **fields: Any
) -> Referral:
    """Make a file as it stands right after the referral, without going through its service."""
    number = next(_numbers)
    agency_id = (agency or make_agency(db)).id
    given: dict[str, Any] = {
        "source": "form",
        "reference": f"R-{number:05}",
        "reference_mark": f"{number:064x}",
        "language": "fr",
        "deadline": NOW.date() + timedelta(days=90),
        "decided_by": "prosecutor",
        "decided_on": NOW.date(),
        "first_time": True,
        "no_minor": True,
        "accepts": True,
        "lawyer_told": True,
        "state": "referred",
        "fee_state": "due",
    } | fields
    referral = Referral(
        programme_id=make_programme(db).id,
        agency_id=agency_id,
        cohort_id=cohort.id if cohort else None,
        state_since=NOW,
        referred_at=NOW,
        **given,
    )
    db.add(referral)
    db.flush()
    return referral


def with_second_factor(db: Session, user: User, *, since: datetime = NOW) -> User:
    """Turn on somebody's second factor, with the key TOTP_KEY."""
    kept = db.get_one(User, user.id)
    kept.totp_secret = seal(
        KEYS.field, TOTP_KEY, Place("user_account", "totp_secret", str(user.id))
    )
    kept.totp_since = since
    db.flush()
    return kept


def make_live_session(
    db: Session, cohort: Cohort, *, starts_at: datetime | None = None, **fields: Any
) -> SessionView:
    """Plan a session of six hours in person, on the day before NOW if not said."""
    start = starts_at or NOW - timedelta(days=1)
    given: dict[str, Any] = {
        "kind": SessionKind.IN_PERSON,
        "starts_at": start,
        "ends_at": start + timedelta(hours=6),
        "place": "Salle 2",
    } | fields
    return make_session(db, cohort.id, NewSession(**given))


def make_incident(db: Session) -> Incident:
    """Write an incident into the register."""
    names = (
        "information", "circumstances", "happened", "people", "risk", "notices", "measures",
    )  # fmt: skip
    by = make_user(db, role=Role.PRIVACY).id
    texts = {name: f"Ce qu'il faut dire ({name})." for name in names}
    facts = Facts(known_on=NOW.date(), **texts)
    return record_incident(db, facts, by, audit_key=KEYS.audit, now=NOW)
