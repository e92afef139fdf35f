"""A site that all come to with a real browser: the staff at a desk, participants on a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.agencies.models import Agency, AgencyMember
from lms.kernel.database import Database
from lms.settings import Settings
from tests import factories
from tests.clocks import FixedClock
from tests.factories import KEYS, PASSWORD
from tests.journeys import conftest, mending, programme
from tests.journeys.programme import PASSES, PEOPLE
from tests.journeys.walker import DESK, PHONE, Walker
from tests.serving import HOST, serving
from tests.web.one_app import app_on
from tests.web.site import Person, Site

MODULES = ("first", "second")
FIRST, LEAVER, LAST = mending.SITTERS, PASSES, PEOPLE - 1  # who comes with a browser of his own


@dataclass(frozen=True, slots=True)
class House:
    """The site behind the pages, and in front of them the browser and the language."""

    site: Site
    place: conftest.Site
    browser: Browser
    language: str
    agency: Agency
    coordinator: User
    instructor: User
    member: User
    seen: dict[str, int] = field(default_factory=dict)  # by axe, in French, once a kind of page

    @contextmanager
    def staff(self, user: User) -> Iterator[Walker]:
        """Let somebody who works here log in at a desk."""
        walker = self._enter(user.login, DESK)
        walker.log_in(user.login, PASSWORD)
        yield walker
        walker.leave()

    def enrol(self, code: str, number: int) -> Person:
        """Let one of the forty begin with his letter, on a phone if he is one of the three."""
        if number not in {FIRST, LEAVER, LAST}:
            return programme.enrol(self.site, code, number)
        walker = self._enter(f"personne-{number}", PHONE)
        walker.enrol(code, walker.name, programme.PASSWORD)
        assert walker.page.url.endswith(f"/{self.language}/course")
        walker.leave()
        return programme.find_person(self.site, walker.name, self.site.stranger())

    @contextmanager
    def participant(self, number: int) -> Iterator[Walker]:
        """Let one of the forty come back."""
        walker = self._enter(f"personne-{number}", PHONE)
        walker.log_in(walker.name, programme.PASSWORD)
        yield walker
        walker.leave()

    def _enter(self, name: str, size: dict[str, int]) -> Walker:
        looks = int(self.language == "fr")
        walker = Walker.enter(
            self.place, self.browser, self.language, name=name, size=size, most_looks=looks
        )
        walker.modules, walker.seen = MODULES, self.seen
        return walker


@contextmanager
def open_house(
    database: Database, language: str, folder: Path, clock: FixedClock, browser: Browser
) -> Iterator[House]:
    """Serve a site in this language until the block ends."""
    settings = Settings(instance=folder / "instance", database_url="", content=folder)
    app = app_on(database, settings, clock)
    site = Site(app, database, clock)
    mending.open_house(site, folder)
    coordinator, instructor, member = (
        site.do(factories.make_user, role=role, language=language)
        for role in (Role.COORDINATOR, Role.INSTRUCTOR, Role.AGENCY)
    )
    cohort = site.do(factories.make_cohort, instructors=[instructor])
    agency = site.do(factories.make_agency)
    site.do(_join, agency, member)
    with serving(app) as port:
        url = f"http://{HOST}:{port}"
        app.extensions["virage_settings"] = replace(
            app.extensions["virage_settings"], base_url=url, exit_url=f"{url}/healthz"
        )
        place = conftest.Site(url, database, KEYS, clock, folder, cohort)
        yield House(site, place, browser, language, agency, coordinator, instructor, member)


def _join(db: Session, agency: Agency, member: User) -> None:
    """Let somebody see all the files of an agency, once he has given his second factor."""
    factories.with_second_factor(db, member)
    db.add(AgencyMember(user_id=member.id, agency_id=agency.id, is_lead=True))
