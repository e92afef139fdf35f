"""The server as it runs in production, two workers: what is taken back is gone in both at once."""

from http import HTTPStatus
from pathlib import Path

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.enrolment.service import agree
from lms.kernel.clock import system_clock
from tests import factories
from tests.faults.grounds import SQLITE, Grounds
from tests.faults.serve import served
from tests.faults.visitor import Visitor
from tests.testimony_sample import CANARY, publish_lea, take_back

PAGE = "/en/module/1/page/1"
MANY = 24  # pages, so that each worker draws some


def _people(db: Session) -> str:
    """Make a reader and a partner; gives the reader's login."""
    now = system_clock()
    enrolment = factories.make_enrolment(db, now=now)
    agree(db, enrolment.id, notice_version="tests", now=now)
    factories.make_user(db, "partner.tests", role=Role.PARTNER)
    return db.get_one(User, enrolment.user_id).login


def test_after_a_withdrawal_no_worker_shows_a_word(sqlite_template: Path) -> None:
    with Grounds(sqlite_template).store(SQLITE) as store, store.open() as database:
        with database.write() as db:
            publish_lea(db)
            login = _people(db)
            db.commit()
        with served(store) as server:
            server.start()
            reader = Visitor(server.port)
            reader.log_in(login).expect(HTTPStatus.SEE_OTHER)
            for _ in range(MANY):
                assert CANARY in reader.get(PAGE).expect(HTTPStatus.OK).text
            with database.write() as db:
                take_back(db, now=system_clock())
                db.commit()
            for _ in range(MANY):  # from the very first page on
                assert CANARY not in reader.get(PAGE).expect(HTTPStatus.OK).text
