"""A site to measure: content published by the product, people and attempts written in bulk."""

import os
import subprocess
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.attempts import People, add_attempts, add_completions, add_readings, open_attempts
from bench.servers import LMS, ROOT
from bench.visits import Saver
from bench.wire import BenchError, Visitor, sign_in
from lms.accounts.models import SignInSession, User
from lms.accounts.roles import Role
from lms.accounts.service import token_hash
from lms.app import create_app
from lms.enrolment.models import Cohort, Enrolment, EnrolmentCode
from lms.enrolment.service import make_cohort, make_programme
from lms.kernel.clock import system_clock
from lms.kernel.database import Database
from lms.kernel.ids import new_id
from lms.publishing.models import PublishedCourse
from lms.publishing.queries import current_course
from lms.settings import load_settings

COURSE = "seminar"
READERS = 120
TAKERS = 140
SUBMITTERS = 480  # five rounds of eight connections, twelve each
CROWD = 1000  # people × modules × tries is 10,000 attempts


@dataclass(frozen=True, slots=True)
class Site:
    """What the measurements need of the site."""

    app: Flask
    cohort_id: uuid.UUID  # of the crowd
    readers: tuple[Visitor, ...]
    savers: tuple[Saver, ...]  # the readers, each with an attempt under way
    takers: tuple[Visitor, ...]
    submitters: tuple[tuple[Visitor, str], ...]  # all answered; where each hands in
    finisher: Visitor  # all modules are open to him
    instructor: Visitor
    author: Visitor
    questions: int  # in the first module's quiz
    sections: tuple[int, ...]  # of each module


def make_site(environ: Mapping[str, str], database: Database) -> Site:
    """Make keys, tables, content, people and ten thousand attempts."""
    for words in (["init"], ["content", "publish"]):
        run_lms(words, environ)
    settings = load_settings(environ)
    app = create_app(settings, database=database)
    now = system_clock()
    with database.write.begin() as db:
        teacher = _user(Role.INSTRUCTOR, "mesure", now)
        writer = _user(Role.AUTHOR, "plume", now)
        db.execute(insert(User), [teacher, writer])
        staff = db.get_one(User, teacher["id"])
        programme = make_programme(db, "Mesure", now=now)
        groups = [
            make_cohort(db, programme, name, course_id=COURSE, instructors=[staff], now=now)
            for name in ("Foule", "Lecture", "Questions", "Remise")
        ]
        crowd, readers, takers, ready = (
            enrol(db, group, count, now)
            for group, count in zip(groups, (CROWD, READERS, TAKERS, SUBMITTERS), strict=True)
        )
        sections = add_readings(db, crowd, now)
        add_readings(db, readers, now, modules=1)
        add_readings(db, takers, now, modules=1)
        add_readings(db, ready, now, modules=1)
        add_attempts(db, crowd, now)
        add_completions(db, crowd, now)
        answers, _ = open_attempts(db, readers, now)
        _, attempts = open_attempts(db, ready, now, answered=True)
        users = [*readers.users, *takers.users, *ready.users, crowd.users[0], staff.id]
        users.append(uuid.UUID(str(writer["id"])))
        seen = _sessions(db, app, users, now)
    reading, rest = tuple(seen[: len(readers.users)]), seen[len(readers.users) :]
    handing = rest[len(takers.users) : -3]
    return Site(
        app=app,
        cohort_id=groups[0].id,
        readers=reading,
        savers=tuple(Saver(one, answers) for one in reading),
        takers=tuple(rest[: len(takers.users)]),
        submitters=tuple(
            (one, f"/fr/module/1/quiz/{attempt}/submit")
            for one, attempt in zip(handing, attempts, strict=True)
        ),
        finisher=seen[-3],
        instructor=seen[-2],
        author=seen[-1],
        questions=len(answers),
        sections=sections,
    )


def run_lms(words: Sequence[str], environ: Mapping[str, str]) -> None:
    """Let the product's own command make its tables and publish the content folder."""
    done = subprocess.run(  # noqa: S603 - our own program
        [LMS, *words], cwd=ROOT, env={**os.environ, **environ}, capture_output=True, check=False
    )
    if done.returncode:
        raise BenchError(f"lms {' '.join(words)}: {done.stderr.decode()}")


def _user(role: Role, login: str, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "login": login,
        "password_hash": "nobody signs in with a password here",
        "role": role,
        "language": "fr",
        "created_at": now,
    }


def enrol(db: Session, cohort: Cohort, count: int, now: datetime) -> People:
    """Write accounts, used codes and enrolments."""
    since = now - timedelta(days=30)
    names = [f"{cohort.name.lower()}-{one}" for one in range(count)]
    users = [_user(Role.PARTICIPANT, name, since) for name in names]
    revision = db.scalar(
        select(PublishedCourse.revision_id).where(PublishedCourse.course_id == COURSE)
    )
    course = current_course(db, COURSE)
    if course is None or revision is None:
        raise BenchError(f"{COURSE}: there is no such course in the content folder")
    codes = [_code(cohort, name, since) for name in names]
    enrolments = [
        {
            "id": new_id(),
            "programme_id": cohort.programme_id,
            "cohort_id": cohort.id,
            "code_id": code["id"],
            "user_id": user["id"],
            "course_revision_id": revision,
            "pseudonym": f"{cohort.name[0]}-{at:06}",
            "enrolled_at": since,
            "deadline": (now + timedelta(days=60)).date(),
            "notice_version": "2026-11",
            "agreed_at": since,
        }
        for at, (user, code) in enumerate(zip(users, codes, strict=True))
    ]
    _insert_all(db, {User: users, EnrolmentCode: codes, Enrolment: enrolments})
    return People(
        programme_id=cohort.programme_id,
        course_revision_id=revision,
        modules=course[1].modules,
        users=tuple(uuid.UUID(str(user["id"])) for user in users),
        enrolments=tuple(uuid.UUID(str(one["id"])) for one in enrolments),
    )


def _code(cohort: Cohort, name: str, since: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "programme_id": cohort.programme_id,
        "cohort_id": cohort.id,
        "code_hash": token_hash(name),
        "issued_at": since,
        "expires_at": since + timedelta(days=90),
        "redeemed_at": since,
    }


def _insert_all(db: Session, tables: Mapping[type, Sequence[dict[str, object]]]) -> None:
    for table, rows in tables.items():
        db.execute(insert(table), rows)


def _sessions(db: Session, app: Flask, users: Iterable[uuid.UUID], now: datetime) -> list[Visitor]:
    """Open a session for each, as signing in does, and sign its cookie."""
    tokens = {token_urlsafe(32): user for user in users}
    rows = [
        {"token_hash": token_hash(token), "user_id": user, "created_at": now, "seen_at": now}
        for token, user in tokens.items()
    ]
    db.execute(insert(SignInSession), rows)
    return [sign_in(app, token) for token in tokens]
