"""Make the demonstration: content published, staff, a cohort of forty at work, codes to try."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.accounts.service import make_user
from lms.authoring.plan import plan_folder
from lms.authoring.publication import House, Publisher, append, house_of, press
from lms.authoring.sides import Side
from lms.demo.person import Person, play
from lms.enrolment.codes import code_hash
from lms.enrolment.models import Cohort, EnrolmentCode
from lms.enrolment.service import issue_codes, make_cohort, make_programme
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.kernel.errors import VirageError
from lms.publishing.markdown.request import Words
from lms.settings import Environment, Settings, site_keys

COHORT = "Groupe de démonstration"
PROGRAMME = "Démonstration"
COURSE = "seminar"
PASSWORD = "virage-en-demonstration"  # noqa: S105 - of invented people; production refuses the demo
SIZE = 40
UNUSED_CODES = 3
CODE_DAYS = 90
STAFF = (
    ("instructor", "formatrice.demo", Role.INSTRUCTOR),
    ("author", "redactrice.demo", Role.AUTHOR),
    ("coordinator", "coordination.demo", Role.COORDINATOR),
    ("testimony partner", "partenaire.demo", Role.PARTNER),
)
LEARNERS = (
    ("participant half way", "mi-chemin.demo", 2),
    ("participant finished", "termine.demo", 5),
)


class DemoError(VirageError):
    """The demonstration cannot be made here."""


@dataclass(frozen=True, slots=True)
class Account:
    """One login of the demonstration."""

    role: str
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Demo:
    """What a visitor needs: the address, the logins, and codes that are not used yet."""

    url: str
    accounts: tuple[Account, ...]
    codes: tuple[str, ...]

    def as_document(self) -> dict[str, object]:
        """Give it for `lms demo --json`."""
        return {
            "url": self.url,
            "accounts": [
                {"role": one.role, "login": one.login, "password": one.password}
                for one in self.accounts
            ],
            "codes": list(self.codes),
        }


def claim_instance(settings: Settings) -> Settings:
    """Mark an instance folder as a demonstration's; a real site is refused and left alone."""
    started = (settings.instance / "virage.db").exists() and not settings.demo
    if settings.environment is Environment.PRODUCTION or started:
        raise DemoError(
            f"{settings.instance} holds a real site; set LMS_INSTANCE to a folder of its own"
        )
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.instance / "settings.toml"
    if not path.exists():
        path.write_text("demo = true\n", encoding="utf-8")
    return replace(settings, demo=True)


def make_demo(db: Session, settings: Settings, words: Mapping[str, Words]) -> Demo:
    """Make what is missing and keep what is there; the caller commits."""
    now = system_clock()
    _publish(db, house_of(settings, words), settings, now)
    staff = _staff(db, now)
    there = db.scalar(select(Cohort).where(Cohort.name == COHORT))
    cohort = there or _populate(db, settings, staff, now)
    codes = _unused_codes(db, settings, cohort, now)
    accounts = [Account(role, login, PASSWORD) for role, login, _ in LEARNERS]
    accounts += [Account(role, login, PASSWORD) for role, login, _ in STAFF]
    return Demo(settings.base_url, tuple(accounts), codes)


def _publish(db: Session, house: House, settings: Settings, now: datetime) -> None:
    """Publish the folder; where somebody has tried the browser's editor, what he published stays.

    The demonstration is for trying: where both sides changed a file, the browser's stands.
    """
    today = today_in_programme(now)
    plan = plan_folder(db, house, today)
    if plan.conflicts:
        plan = plan_folder(db, house, today, dict.fromkeys(plan.conflicts, Side.BROWSER))
    if plan.errors or not plan.content.courses:
        raise DemoError(f"{house.folder}: run `lms content check` and mend the errors")
    publisher = Publisher("demo", audit_key=site_keys(settings).audit)
    append(db, press(db, plan, house), publisher, now=now)


def reset_demo(settings: Settings) -> None:
    """Remove the demonstration's database and codes; `claim_instance` has found it to be one."""
    if not settings.database_url.startswith("sqlite:///"):
        raise DemoError("`lms demo --reset` works on SQLite; on PostgreSQL make a new database")
    path = settings.database_url.removeprefix("sqlite:///")
    for name in (path, f"{path}-wal", f"{path}-shm", str(_codes_file(settings))):
        (settings.instance / name).unlink(missing_ok=True)


def _codes_file(settings: Settings) -> Path:
    return settings.instance / "demo-codes.json"


def _staff(db: Session, now: datetime) -> list[User]:
    """Give the staff; who is missing in a demonstration that was made before is made now."""
    logins = [login for _, login, _ in STAFF]
    there = {one.login: one for one in db.scalars(select(User).where(User.login.in_(logins)))}
    return [
        there.get(login) or make_user(db, login, PASSWORD, role=role, language="fr", now=now)
        for _, login, role in STAFF
    ]


def _populate(db: Session, settings: Settings, staff: list[User], now: datetime) -> Cohort:
    started = now - timedelta(days=30)
    programme = make_programme(db, PROGRAMME, now=started)
    instructors = [user for user in staff if user.role == Role.INSTRUCTOR]
    cohort = make_cohort(
        db, programme, COHORT, course_id=COURSE, instructors=instructors, now=started
    )
    valid = timedelta(days=CODE_DAYS)
    codes = issue_codes(db, cohort.id, SIZE, valid=valid, now=started)
    keys = site_keys(settings)
    for place, (code, person) in enumerate(zip(codes, _people(now), strict=True)):
        password_of = _shared_hash(db) if place else None
        play(db, code, person, keys=keys, now=now, password_hash=password_of)
    return cohort


def _shared_hash(db: Session) -> str:
    """Give the hash of the demonstration's password: one for all saves forty slow hashes."""
    return db.scalars(select(User.password_hash).where(User.role == Role.PARTICIPANT)).first() or ""


def _people(now: datetime) -> list[Person]:
    chance = random.Random(1804)  # noqa: S311 - the same forty people each time
    people = [
        Person(login, PASSWORD, "fr", now - timedelta(days=12), modules, 0.97, chance.random())
        for _, login, modules in LEARNERS
    ]
    while len(people) < SIZE:
        modules = chance.choice((0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 5, 5))
        people.append(
            Person(
                login=f"personne-{len(people) - 1:02}.demo",
                password=PASSWORD,
                language=chance.choice(("fr", "fr", "fr", "en")),
                started=now - timedelta(days=chance.randint(3, 25), hours=chance.randint(0, 12)),
                modules=modules,
                skill=chance.uniform(0.72, 0.98),
                seed=chance.random(),
            )
        )
    return people


def _unused_codes(
    db: Session, settings: Settings, cohort: Cohort, now: datetime
) -> tuple[str, ...]:
    """Give three codes that are not used: those printed before, and new ones in place of used."""
    path = _codes_file(settings)
    known: list[str] = json.loads(path.read_text()) if path.exists() else []
    unused = [code for code in known if _is_unused(db, code, now)]
    missing = UNUSED_CODES - len(unused)
    if missing > 0:
        valid = timedelta(days=CODE_DAYS)
        unused += issue_codes(db, cohort.id, missing, valid=valid, now=now)
    path.touch(mode=0o600)
    path.write_text(json.dumps(unused))
    return tuple(unused[:UNUSED_CODES])


def _is_unused(db: Session, code: str, now: datetime) -> bool:
    row = db.scalar(select(EnrolmentCode).where(EnrolmentCode.code_hash == code_hash(code)))
    return row is not None and row.redeemed_at is None and row.expires_at > now
