"""Make the demonstration: content published, an agency and its files, people at work, codes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.passwords import hash_password
from lms.assessment.models import QuizStatistic
from lms.assessment.statistics import begin_rebuild, take_in
from lms.authoring.plan import plan_folder
from lms.authoring.publication import House, Publisher, append, house_of, press
from lms.authoring.sides import Side
from lms.demo.around import (
    PLACE,
    conversation_life,
    look_life,
    next_session_life,
    office_life,
    session_life,
)
from lms.demo.cast import NAMED, Ending, all_parts, later_parts, reference, waiting_part
from lms.demo.classes import ClassCodes, class_codes
from lms.demo.diary import Life, live
from lms.demo.files import file_life
from lms.demo.scene import AGENCY, AGENCY_KEY, Groups, Scene, find_agency, open_agency
from lms.demo.staff import (
    PASSWORD,
    STAFF,
    Account,
    DemoError,
    SecondFactor,
    make_staff,
    turn_on_factors,
)
from lms.enrolment.codes import code_hash
from lms.enrolment.models import Cohort, Enrolment, EnrolmentCode, Programme
from lms.enrolment.service import CohortPlan, change_cohort, make_cohort, make_programme
from lms.journey.read import today_in_programme
from lms.kernel.clock import system_clock
from lms.publishing.markdown.request import Words
from lms.referrals.models import Referral
from lms.settings import Environment, Settings, site_keys

__all__ = ["PASSWORD", "Account", "Demo", "DemoError", "claim_instance", "make_demo", "reset_demo"]

COHORT = "Groupe de démonstration"
TO_COME = "Groupe à venir (démonstration)"
LAST_YEAR = "Groupe de l’an passé (démonstration)"
PROGRAMME = "Démonstration"
COURSE = "seminar"
UNUSED_CODES = 3
PLACES = 12
STARTED = timedelta(days=30)
STARTED_LAST_YEAR = timedelta(days=440)
WAITED = timedelta(days=2)  # a code is there by then
LEARNERS = (("participant half way", NAMED[0]), ("participant finished", NAMED[1]))
NO_FILES = (
    "This demonstration was made by an earlier version: its forty people have no files, and "
    "nothing was added to what they did. `lms demo --reset` makes it anew."
)
_KEPT = ("demo-codes.json", "demo-recovery.json", "demo-class.json")


@dataclass(frozen=True, slots=True)
class Demo:
    """What a visitor needs: the address, the logins, and codes that are not used yet."""

    url: str
    accounts: tuple[Account, ...]
    second_factor: SecondFactor
    codes: tuple[str, ...]
    class_codes: ClassCodes | None
    agency_id: str
    notes: tuple[str, ...] = ()

    def as_document(self) -> dict[str, object]:
        """Give it for `lms demo --json`."""
        of_class = self.class_codes
        return {
            "url": self.url,
            "accounts": [
                {"role": one.role, "login": one.login, "password": one.password}
                for one in self.accounts
            ],
            "second_factor": {
                "key": self.second_factor.key,
                "recovery_codes": {
                    login: list(codes) for login, codes in self.second_factor.recovery_codes.items()
                },
            },
            "codes": list(self.codes),
            "class": of_class and {"code": of_class.code, "leader_code": of_class.leader_code},
            "agency": {"name": AGENCY, "id": self.agency_id, "signing_key": AGENCY_KEY.hex()},
            "notes": list(self.notes),
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
    staff = make_staff(db, now)
    codes_file, recovery_file, class_file = (settings.instance / name for name in _KEPT)
    field_key = site_keys(settings).field
    factor = turn_on_factors(db, staff, recovery_file, field_key=field_key, now=now)
    scene = _scene(db, settings, staff, now)
    _count_answers(db)
    accounts = [Account(role, login, PASSWORD) for role, login in LEARNERS]
    accounts += [Account(role, login, PASSWORD) for role, login, _ in STAFF]
    return Demo(
        url=settings.base_url,
        accounts=tuple(accounts),
        second_factor=factor,
        codes=_unused_codes(scene, codes_file),
        class_codes=class_codes(db, class_file, now),
        agency_id=str(scene.agency_id),
        notes=() if _has_files(scene) else (NO_FILES,),
    )


def _count_answers(db: Session) -> None:
    """Bring the figures of questions up to date, also those of an earlier version's answers."""
    if not db.scalar(select(func.count()).select_from(QuizStatistic)):
        begin_rebuild(db)
    while take_in(db):
        pass


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
    for name in (path, f"{path}-wal", f"{path}-shm", *_KEPT):
        (settings.instance / name).unlink(missing_ok=True)


def _scene(db: Session, settings: Settings, staff: Mapping[str, User], now: datetime) -> Scene:
    """Give the site as it stands, with all lives lived that were not yet.

    A group that was made before there were agencies stays as it is: only files of people who have
    not come yet are added.
    """
    keys, review = site_keys(settings), settings.completion_review
    programme = make_programme(db, PROGRAMME, now=now - STARTED_LAST_YEAR)
    known = db.scalar(select(Cohort).where(Cohort.name == COHORT))
    agency = find_agency(db)
    is_new_agency = agency is None
    if agency is None:
        agency = open_agency(db, programme, staff, keys=keys, now=now)
    groups = _groups(db, programme, staff, now)
    scene = Scene(db, keys, review, now, staff, agency.id, groups)
    if known is None:
        live(_all_lives(scene, programme), now)
    elif is_new_agency:
        live(_later_lives(scene, programme), now)
    return scene


def _all_lives(scene: Scene, programme: Programme) -> Iterator[Life]:
    hashed = hash_password(PASSWORD)  # one for all saves many slow ones
    yield from (file_life(scene, one) for one in all_parts(scene.now, hashed))
    yield session_life(scene)
    yield office_life(scene, programme)
    yield conversation_life(scene, *NAMED)
    yield look_life(scene, NAMED[0])


def _later_lives(scene: Scene, programme: Programme) -> Iterator[Life]:
    yield from (file_life(scene, one) for one in later_parts(scene.now))
    yield next_session_life(scene, scene.now)
    yield office_life(scene, programme)


def _groups(db: Session, programme: Programme, staff: Mapping[str, User], now: datetime) -> Groups:
    """Give the groups; one that is missing is made."""
    today = today_in_programme(now)
    soon, later = today + timedelta(days=21), today + timedelta(days=60)
    last_year = (now - STARTED_LAST_YEAR, CohortPlan(place=PLACE))
    made = {
        LAST_YEAR: last_year,
        COHORT: (now - STARTED, CohortPlan(today - STARTED, later, place=PLACE)),
        TO_COME: (now, CohortPlan(soon, later, PLACES, PLACE)),
    }
    found = {one.name: one for one in db.scalars(select(Cohort).where(Cohort.name.in_(made)))}
    for name, (at, plan) in made.items():
        if name not in found:
            found[name] = make_cohort(
                db,
                programme,
                name,
                course_id=COURSE,
                instructors=[staff["formatrice.demo"]],
                now=at,
            )
            change_cohort(db, found[name], name, plan)
    return Groups(found[COHORT].id, found[TO_COME].id, found[LAST_YEAR].id)


def _has_files(scene: Scene) -> bool:
    """Whether the people of the group were referred."""
    query = (
        select(func.count())
        .select_from(Referral)
        .join(Enrolment, Enrolment.id == Referral.enrolment_id)
        .where(Enrolment.cohort_id == scene.groups.now)
    )
    return bool(scene.db.scalar(query))


def _unused_codes(scene: Scene, path: Path) -> tuple[str, ...]:
    """Give three codes that are not used: those printed before, and new ones in place of used."""
    known: list[str] = json.loads(path.read_text()) if path.exists() else []
    codes = [code for code in known if _is_unused(scene.db, code, scene.now)] + scene.codes
    while len(codes) < UNUSED_CODES:
        codes.append(_new_code(scene))
    path.touch(mode=0o600)
    path.write_text(json.dumps(codes))
    return tuple(codes[:UNUSED_CODES])


def _new_code(scene: Scene) -> str:
    """Let the agency refer one more, and give the code."""
    of_agency = select(func.count()).where(Referral.agency_id == scene.agency_id)
    number = (scene.db.scalar(of_agency) or 0) + 1
    part = waiting_part(scene.now - WAITED, Ending.CODE)
    live([file_life(scene, replace(part, reference=reference(number)))], scene.now)
    return scene.codes[-1]


def _is_unused(db: Session, code: str, now: datetime) -> bool:
    row = db.scalar(select(EnrolmentCode).where(EnrolmentCode.code_hash == code_hash(code)))
    return row is not None and row.redeemed_at is None and row.expires_at > now
