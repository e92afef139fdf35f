"""A browser, and the real seminar served from this process with a clock that the test moves."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from lms.accounts.roles import Role
from lms.accounts.service import make_user
from lms.app import create_app
from lms.demo.make import PASSWORD
from lms.enrolment.models import Cohort
from lms.enrolment.service import issue_codes, make_cohort, make_programme
from lms.kernel.database import Database, open_database
from lms.kernel.keys import Keys, make_keys, read_keys
from lms.kernel.migrate import upgrade
from lms.settings import Settings
from tests.clocks import FixedClock
from tests.databases import Cluster
from tests.journeys.publishing import publish_folder
from tests.serving import HOST, serving

CONTENT = Path(__file__).parents[2] / "content"


@dataclass(frozen=True, slots=True)
class Site:
    """A running site with the seminar published."""

    url: str
    database: Database
    keys: Keys
    clock: FixedClock
    content: Path
    cohort: Cohort

    def new_code(self) -> str:
        """Issue one code for the cohort."""
        with self.database.write() as db:
            codes = issue_codes(db, self.cohort.id, 1, valid=timedelta(days=30), now=self.clock())
            db.commit()
        return codes[0]


@pytest.fixture(scope="session")
def sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the seminar on SQLite."""
    instance = tmp_path_factory.mktemp("instance")
    yield from _serve(instance, f"sqlite:///{instance / 'virage.db'}")


@pytest.fixture(scope="session")
def postgresql_site(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Site]:
    """Serve the seminar on PostgreSQL."""
    instance = tmp_path_factory.mktemp("instance")
    yield from _serve(instance, cluster.create(f"journey_{uuid4().hex}", "template1"))


def _serve(instance: Path, database_url: str) -> Iterator[Site]:
    upgrade(database_url)
    make_keys(instance / "keys")
    keys = read_keys(instance / "keys")
    content = instance / "content"
    shutil.copytree(CONTENT, content)
    settings = Settings(instance=instance, database_url=database_url, content=content)
    database, clock = open_database(database_url), FixedClock()
    app = create_app(settings, database=database, keys=keys, clock=clock)
    publish_folder(app, database, content, clock())
    cohort = _staff(database, clock)
    with serving(app) as port:
        url = f"http://{HOST}:{port}"
        app.extensions["virage_settings"] = replace(
            settings, base_url=url, exit_url=f"{url}/healthz"
        )
        yield Site(url, database, keys, clock, content, cohort)
    database.engine.dispose()


def _staff(database: Database, clock: FixedClock) -> Cohort:
    with database.write() as db:
        people = {
            role: make_user(db, f"{role}.essai", PASSWORD, role=role, language="fr", now=clock())
            for role in Role
            if role not in {Role.PARTICIPANT, Role.AGENCY}
        }
        programme = make_programme(db, "Programme", now=clock())
        cohort = make_cohort(
            db, programme, "Groupe 1", course_id="seminar",
            instructors=[people[Role.INSTRUCTOR]], now=clock(),
        )  # fmt: skip
        db.commit()
    return cohort
