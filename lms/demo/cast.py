"""Who is in the demonstration: plainly invented people, and how the file of each of them goes."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from lms.demo.person import Person
from lms.kernel.days import today_in_programme

OLD_SIZE = 12  # the smallest round number of which figures are shown
CODE_DAYS = 90
STUCK, STUCK_TRIES = 6, 4  # who calls for a talk on the instructor's start page
NAMED = ("mi-chemin.demo", "termine.demo")


class Ending(StrEnum):
    """Where a file stands when a visitor comes."""

    REFERRED = "referred"
    FEE_DUE = "fee due"
    READY = "ready, in a group"
    CODE = "code issued"
    LAPSED = "code ran out"
    CANCELLED = "cancelled"
    ENROLLED = "enrolled"
    IN_PROGRESS = "in progress"
    EXTENDED = "in progress, with a later last day"
    WAITS = "waits for review"
    TALK = "a talk comes first"
    CONFIRMED = "completed"
    REPORTED = "reported"
    CERTIFIED = "reported, with a certificate"
    WITHDRAWN = "withdrawn"
    TIME_OVER = "returned"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the demonstration; `person` is None where nobody comes by the end of it."""

    language: str
    referred_at: datetime
    last_day: date
    ending: Ending
    reference: str = ""
    is_by_message: bool = False
    is_leads: bool = False  # referred by the agency's lead; her officer does not see it
    is_waived: bool = False
    is_arranged: bool = False
    is_old: bool = False
    is_known_again: bool = False  # what the agency says a year later
    person: Person | None = None


ALL = 5  # modules
# How many files end where, and how many modules each of these people passes.
_ENDINGS: tuple[tuple[Ending, tuple[int, ...]], ...] = (
    (Ending.IN_PROGRESS, (2, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4)),
    (Ending.CERTIFIED, (ALL,) * 11),
    (Ending.REPORTED, (ALL, ALL)),
    (Ending.CONFIRMED, (ALL,)),
    (Ending.WAITS, (ALL, ALL, ALL)),
    (Ending.TALK, (ALL,)),
    (Ending.EXTENDED, (2,)),
    (Ending.ENROLLED, (-1, -1)),
    (Ending.WITHDRAWN, (0, 1)),
    (Ending.TIME_OVER, (1, 2)),
    (Ending.SUSPENDED, (1, 3)),
)
WAITING = (
    Ending.LAPSED,
    Ending.CANCELLED,
    Ending.CODE,
    Ending.CODE,
    Ending.CODE,
    Ending.READY,
    Ending.READY,
    Ending.FEE_DUE,
    Ending.FEE_DUE,
    Ending.REFERRED,
    Ending.REFERRED,
    Ending.REFERRED,
)
_FINISHERS = frozenset(
    {Ending.CERTIFIED, Ending.REPORTED, Ending.CONFIRMED, Ending.WAITS, Ending.TALK}
)


def all_parts(now: datetime, password_hash: str) -> list[Part]:
    """Give everybody's file, numbered in the order in which they were referred."""
    every = [*_old_parts(now, password_hash), *_cohort_parts(now, password_hash)]
    return _numbered([*every, *_waiting_parts(now)])


def later_parts(now: datetime) -> list[Part]:
    """Give the files of those alone who have not come yet."""
    return _numbered(list(_waiting_parts(now)))


def _numbered(parts: list[Part]) -> list[Part]:
    parts = sorted(parts, key=lambda one: one.referred_at)
    return [replace(one, reference=reference(at)) for at, one in enumerate(parts, start=1)]


def reference(number: int) -> str:
    """Give the reference of the file with this number."""
    return f"DEMO-{number:04}"


def _old_parts(now: datetime, password_hash: str) -> list[Part]:
    """Give the files of last year's group: all done, closed, and reported on a year later."""
    chance = random.Random(1793)  # noqa: S311 - the same people each time
    parts = []
    for place in range(1, OLD_SIZE + 1):
        started = now - timedelta(days=chance.randint(420, 428), hours=chance.randint(0, 12))
        referred = started - timedelta(days=chance.randint(3, 9), minutes=place)
        parts.append(
            Part(
                language="fr",
                referred_at=referred,
                last_day=today_in_programme(started + timedelta(days=CODE_DAYS)),
                ending=Ending.CERTIFIED,
                is_old=True,
                is_known_again=place in {4, 9},
                person=Person(
                    login=f"annee-passee-{place:02}.demo",
                    password_hash=password_hash,
                    language="fr",
                    started=started,
                    modules=ALL,
                    skill=0.99,
                    seed=chance.random(),
                ),
            )
        )
    return parts


def _cohort_parts(now: datetime, password_hash: str) -> list[Part]:
    """Give the forty who are at work; the first two are those whose logins are printed."""
    chance = random.Random(1804)  # noqa: S311 - the same forty people each time
    wanted = [(ending, modules) for ending, every in _ENDINGS for modules in every]
    of_progress = len(_ENDINGS[0][1])
    wanted[1], wanted[of_progress] = wanted[of_progress], wanted[1]  # `termine.demo` is second
    return [
        _cohort_part(place, story, now, password_hash, chance)
        for place, story in enumerate(wanted, start=1)
    ]


def _cohort_part(
    place: int, story: tuple[Ending, int], now: datetime, password_hash: str, chance: random.Random
) -> Part:
    ending, modules = story
    is_named = place <= len(NAMED)
    started = _start(ending, now, chance)
    if ending is Ending.IN_PROGRESS and (is_named or place == STUCK):
        started = now - timedelta(days=4)  # and has done something since
    person = Person(
        login=NAMED[place - 1] if is_named else f"personne-{place - len(NAMED):02}.demo",
        password_hash=password_hash,
        language="fr" if is_named else chance.choice(("fr", "fr", "fr", "en")),
        started=started,
        modules=modules,
        skill=0.97 if is_named else chance.uniform(0.84, 0.98),
        seed=chance.random(),
        misses=STUCK_TRIES if place == STUCK else 0,
    )
    return Part(
        language=person.language,
        # Nobody in the same minute as somebody else: references are numbered by it.
        referred_at=started
        - timedelta(days=chance.randint(2, 4), hours=chance.randint(0, 9), minutes=place),
        last_day=_last_day(ending, place, now, started),
        ending=ending,
        is_by_message=place % 4 == 0,
        is_leads=place % 5 == 0,
        is_waived=place % 7 == 0,
        is_arranged=place % 9 == 0,
        person=person,
    )


def _start(ending: Ending, now: datetime, chance: random.Random) -> datetime:
    if ending in _FINISHERS or ending is Ending.TIME_OVER:
        first, last = 17, 24
    elif ending is Ending.ENROLLED:
        first, last = 1, 3
    elif ending is Ending.IN_PROGRESS:
        first, last = 1, 14
    else:
        first, last = 6, 20
    return now - timedelta(days=chance.randint(first, last), hours=chance.randint(0, 12))


def _last_day(ending: Ending, place: int, now: datetime, started: datetime) -> date:
    if ending is Ending.TIME_OVER:
        return today_in_programme(now - timedelta(days=4))
    if ending is Ending.IN_PROGRESS and place in {4, 5}:  # near: the start page says so
        return today_in_programme(now + timedelta(days=place))
    return today_in_programme(started + timedelta(days=CODE_DAYS))


def _waiting_parts(now: datetime) -> Iterator[Part]:
    """Give the files of people who have not come yet, one referred each day."""
    for place, ending in enumerate(WAITING):
        part = waiting_part(now - timedelta(days=len(WAITING) - place), ending)
        is_settled = ending is not Ending.FEE_DUE
        yield replace(
            part,
            language="fr" if place % 4 else "en",
            is_leads=place % 5 == 0,
            is_waived=is_settled and place % 6 == 0,
            is_arranged=place % 3 == 0,
        )


def waiting_part(referred_at: datetime, ending: Ending) -> Part:
    """Give the file of somebody who has not come yet."""
    last_day = today_in_programme(referred_at + timedelta(days=CODE_DAYS))
    return Part("fr", referred_at, last_day, ending)
