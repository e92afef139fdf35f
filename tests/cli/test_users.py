"""Accounts by the command line: an agency's people, and a second factor that was lost."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from pyotp import TOTP
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import RecoveryCode, SignInSession, User
from lms.accounts.roles import Role
from lms.accounts.second_factor import confirm, factor_of, make_key
from lms.accounts.service import find_user, open_session
from lms.agencies.models import AgencyMember
from lms.agencies.service import make_agency
from lms.enrolment.service import make_programme
from lms.kernel.audit import verify_chain
from lms.kernel.clock import system_clock
from lms.kernel.database import open_database
from lms.kernel.errors import NotFoundError
from lms.kernel.keys import read_keys
from tests.cli.conftest import Run

T = TypeVar("T")
PASSWORD = ("--password", "une phrase assez longue")


@dataclass(frozen=True, slots=True)
class Rows:
    """The database of the site that the commands work on."""

    url: str

    def do(self, act: Callable[[Session], T]) -> T:
        """Do something there, committed."""
        database = open_database(self.url)
        with database.write() as db:
            done = act(db)
            db.commit()
        database.engine.dispose()
        return done


@pytest.fixture
def rows(site: Run, tmp_path: Path) -> Rows:
    """Give the database of a site that was made."""
    assert site("db", "status").exit_code == 0
    return Rows(f"sqlite:///{tmp_path / 'site' / 'virage.db'}")


def test_an_agencys_account_is_made_at_its_agency(site: Run, rows: Rows) -> None:
    def agency(db: Session) -> None:
        now = system_clock()
        make_agency(db, make_programme(db, "P", now=now).id, "Organisme 1", "fr", now)

    rows.do(agency)
    for words in (("officer",), ("chief", "--lead")):
        made = site("user", "add", *words, "--role", "agency", "--agency", "Organisme 1", *PASSWORD)
        assert made.exit_code == 0, made.output

    def leads(db: Session) -> dict[str, bool]:
        found = db.execute(
            select(User.login, AgencyMember.is_lead)
            .join(AgencyMember, AgencyMember.user_id == User.id)
            .where(User.role == Role.AGENCY)
        )
        return {row.login: row.is_lead for row in found}

    assert rows.do(leads) == {"officer": False, "chief": True}


def test_an_agencys_account_without_an_agency_is_not_made_nor_any_other_with_one(
    site: Run, rows: Rows
) -> None:
    for words in (
        ("--role", "agency"),
        ("--role", "author", "--agency", "Organisme 1"),
        ("--role", "author", "--lead"),
    ):
        assert site("user", "add", "somebody", *words, *PASSWORD).exit_code == 2
    unknown = site("user", "add", "somebody", "--role", "agency", "--agency", "Nobody’s", *PASSWORD)
    assert isinstance(unknown.exception, NotFoundError)
    assert rows.do(lambda db: db.scalar(select(func.count()).select_from(User))) == 0


def test_whoever_lost_the_second_factor_gets_it_taken_away_and_it_is_written_down(
    site: Run, rows: Rows, tmp_path: Path
) -> None:
    assert site("user", "add", "claire", "--role", "instructor", *PASSWORD).exit_code == 0
    keys = read_keys(tmp_path / "site" / "keys")

    def turn_on(db: Session) -> None:
        now, user = system_clock(), find_user(db, "claire")
        make_key(db, user.id, field_key=keys.field)
        waiting = factor_of(db, user.id, field_key=keys.field).waiting
        assert waiting is not None
        code = TOTP(waiting.text.replace("-", "")).at(now)
        assert confirm(db, user.id, code, field_key=keys.field, now=now)
        open_session(db, user, now=now)

    rows.do(turn_on)
    assert "second factor on since" in site("user", "second-factor", "claire").stdout
    assert "10 recovery codes left" in site("user", "second-factor", "claire").stdout
    assert site("user", "second-factor", "--reset", "claire").exit_code == 0
    assert "second factor off; 0 recovery" in site("user", "second-factor", "claire").stdout
    assert rows.do(lambda db: db.scalar(select(func.count()).select_from(RecoveryCode))) == 0
    assert None not in rows.do(lambda db: db.scalars(select(SignInSession.ended_at)).all())
    verdict = rows.do(lambda db: verify_chain(db, keys.audit))
    assert (verdict.entries, verdict.is_whole) == (1, True)
    shown = site("audit", "show").stdout
    assert "second-factor-off" in shown
    assert "claire" not in shown
