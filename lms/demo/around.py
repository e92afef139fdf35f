"""What goes on around the files: sessions, messages, what it costs, who looked at whom."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.assessment.models import Attempt, Response
from lms.attendance.queries import SessionKind
from lms.attendance.service import NewSession, Tick, make_session
from lms.conversations.service import About, NewMessage, mark_read, send, share
from lms.demo.diary import Life
from lms.demo.scene import Scene
from lms.enrolment.first_name import leave_first_name
from lms.enrolment.models import Enrolment, Programme
from lms.journey.attend import record_attendance
from lms.kernel.audit import Act, append_audit
from lms.kernel.days import LOCAL_ZONE, today_in_programme
from lms.outcomes.costs import NewCost, enter_cost
from lms.outcomes.queries import Period
from lms.privacy.incidents import Facts, record_incident
from lms.privacy.views import Look, log_view

PLACE = "Salle de démonstration"
LENGTH = timedelta(hours=3)
FIRST_NAMES = ("Érable", "Bouleau", "Cèdre", "Mélèze", "Tilleul", "Frêne")
ABSENT = 5  # of those who were asked to come: every fifth does not, and every seventh leaves early
EARLY = 7
COSTS = (("Animation des groupes", 4_800_00), ("Salle et matériel", 960_00),
         ("Hébergement du site", 1_200_00))  # fmt: skip


def session_life(scene: Scene) -> Life:
    """Hold a session with attendance, after some have left a first name; plan the next one."""
    held = _evening(scene.now - timedelta(days=5))
    at = yield held - timedelta(days=1)
    made = make_session(
        scene.db,
        scene.groups.now,
        NewSession(SessionKind.IN_PERSON, held, held + LENGTH, PLACE),
    )
    _planned(scene, made.id, at)
    people = _people(scene, at)
    for name, person in zip(FIRST_NAMES, people, strict=False):
        leave_first_name(scene.db, person.id, name, scene.keys)
    at = yield held + LENGTH
    ticks = [tick for place, one in enumerate(people) if (tick := _tick(place, one.id, held))]
    record_attendance(scene.db, made.id, ticks, scene.desk(at), review=scene.review)
    yield from next_session_life(scene, at)


def next_session_life(scene: Scene, at: datetime) -> Life:
    """Plan the session to come."""
    at = yield at
    to_come = _evening(scene.now + timedelta(days=9))
    new = NewSession(SessionKind.LIVE, to_come, to_come + LENGTH, PLACE)
    _planned(scene, make_session(scene.db, scene.groups.now, new).id, at)


def _evening(day: datetime) -> datetime:
    return datetime.combine(today_in_programme(day), time(18), LOCAL_ZONE)


def _planned(scene: Scene, session_id: uuid.UUID, at: datetime) -> None:
    act = Act(str(scene.coordinator().id), "plan-session", f"live_session:{session_id}")
    append_audit(scene.db, scene.keys.audit, act, now=at)


def _people(scene: Scene, at: datetime) -> list[Enrolment]:
    """Give who is in the group and has not left it, in the order in which they came."""
    query = select(Enrolment).where(
        Enrolment.cohort_id == scene.groups.now,
        Enrolment.enrolled_at <= at,
        Enrolment.closed_at.is_(None),
        Enrolment.withdrawn_at.is_(None),
    )
    return list(scene.db.scalars(query.order_by(Enrolment.enrolled_at, Enrolment.id)))


def _tick(place: int, enrolment_id: uuid.UUID, start: datetime) -> Tick | None:
    if place % ABSENT == ABSENT - 1:
        return None
    leaves_early = place % EARLY == EARLY - 1
    left = start + (LENGTH / 2 if leaves_early else LENGTH)
    return Tick(enrolment_id, start + timedelta(minutes=place % 3), left, whole=not leaves_early)


def conversation_life(scene: Scene, half_way: str, finished: str) -> Life:
    """Ask for help and get an answer; ask again; let an answer be read; write to somebody."""
    at = yield scene.now - timedelta(days=2)
    asker, reader = _enrolment(scene, half_way), _enrolment(scene, finished)
    text = "Démonstration : je ne vois pas bien la différence entre deux des réponses."
    asked = _write(scene, asker, text, at, about=_question_of(scene, asker.id))
    at = yield scene.now - timedelta(days=1, hours=12)
    mark_read(scene.db, asker.id, asked, by_staff=True, now=at)
    text = "Démonstration : relisez la deuxième page; la réponse y est dite mot pour mot."
    answer = _write(scene, asker, text, at, answers=asked, by=scene.instructor())
    at = yield scene.now - timedelta(days=1)
    mark_read(scene.db, asker.id, answer, by_staff=False, now=at)
    _share(scene, reader, at)
    at = yield scene.now - timedelta(hours=7)
    other = _who_waits(scene, (asker.id, reader.id))
    text = "Démonstration : que veut-on dire ici?"
    _write(scene, other, text, at, about=_question_of(scene, other.id))
    at = yield scene.now - timedelta(hours=4)
    text = "Démonstration : la prochaine rencontre est annoncée. Des questions d’ici là?"
    _write(scene, asker, text, at, by=scene.instructor())


def _enrolment(scene: Scene, login: str) -> Enrolment:
    query = select(Enrolment).join(User, User.id == Enrolment.user_id).where(User.login == login)
    return scene.db.scalars(query).one()


def _who_waits(scene: Scene, others: tuple[uuid.UUID, ...]) -> Enrolment:
    """Give somebody else of the group who has tried a quiz and still goes on."""
    goes_on = (
        Enrolment.cohort_id == scene.groups.now,
        Enrolment.id.not_in(others),
        Enrolment.closed_at.is_(None),
        Enrolment.suspended_at.is_(None),
    )
    tried = select(Enrolment).join(Attempt, Attempt.enrolment_id == Enrolment.id).where(*goes_on)
    return scene.db.scalars(tried.order_by(Attempt.started_at.desc(), Attempt.id).limit(1)).one()


def _question_of(scene: Scene, enrolment_id: uuid.UUID) -> About:
    """Give a question of the last quiz that somebody tried."""
    row = scene.db.execute(
        select(Attempt.module_id, Response.item_id)
        .join(Response, Response.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id == enrolment_id, Response.sealed_text.is_(None))
        .order_by(Attempt.started_at.desc(), Response.item_id)
        .limit(1)
    ).one()
    return About(*row)


def _write(  # noqa: PLR0913 - a message has as many parts
    scene: Scene,
    person: Enrolment,
    text: str,
    at: datetime,
    *,
    about: About | None = None,
    answers: uuid.UUID | None = None,
    by: User | None = None,
) -> uuid.UUID:
    message = NewMessage(
        enrolment_id=person.id,
        sender_id=by.id if by else person.user_id,
        is_from_staff=by is not None,
        text=text,
        about=about,
        answers=answers,
    )
    return send(scene.db, message, keys=scene.keys, now=at).id


def _share(scene: Scene, person: Enrolment, at: datetime) -> None:
    """Let the instructors read one of his open answers, if his course asked for one."""
    found = scene.db.execute(
        select(Response.attempt_id, Response.item_id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.enrolment_id == person.id, Response.sealed_text.is_not(None))
        .order_by(Attempt.started_at.desc(), Response.item_id)
        .limit(1)
    ).one_or_none()
    if found is not None:
        share(scene.db, person, (found[0], found[1]), at)


def office_life(scene: Scene, programme: Programme) -> Life:
    """Enter what the last year and this one cost, and practise with the register of incidents."""
    this_year = today_in_programme(scene.now).year
    for years_ago in (1, 0):
        at = yield scene.now - timedelta(days=3)
        period = Period.of_year(this_year - years_ago)
        for label, cents in COSTS:
            new = NewCost(f"{label} (démonstration)", period, cents)
            by, key = scene.coordinator().id, scene.keys.audit
            enter_cost(scene.db, programme, new, by=by, key=key, now=at)
    at = yield scene.now - timedelta(days=2)
    by = scene.staff["confidentialite.demo"].id
    facts = _exercise(today_in_programme(at))
    record_incident(scene.db, facts, by, audit_key=scene.keys.audit, now=at)


def _exercise(day: date) -> Facts:
    return Facts(
        information="Exercice, rien n’est arrivé : une liste de références inventées.",
        circumstances="Exercice : la feuille de présence est restée sur une imprimante.",
        happened="Exercice : la veille, entre 17 h et 18 h.",
        known_on=day,
        people="Exercice : 6 personnes inventées",
        risk="Exercice : faible, car la feuille ne porte que des pseudonymes.",
        notices="Exercice : aucun avis, le préjudice ne serait pas sérieux.",
        measures="Exercice : l’impression demande maintenant un code à l’imprimante.",
    )


def look_life(scene: Scene, half_way: str) -> Life:
    """Look at a person's page now and then: he sees who did, and the privacy officer too."""
    for days, viewer in _looks(scene):
        at = yield scene.now - timedelta(days=days)
        look = Look("enrolment", _enrolment(scene, half_way).id, "person")
        log_view(scene.db, viewer.id, Role(viewer.role), look, now=at)


def _looks(scene: Scene) -> Iterator[tuple[float, User]]:
    yield 2.5, scene.instructor()
    yield 1.6, scene.instructor()
    yield 0.4, scene.coordinator()
