"""What goes out: numbered, signed, told once, and counted in the register."""

from datetime import timedelta
from threading import Barrier, Event, Thread
from time import sleep
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.agencies.models import Agreement
from lms.agencies.service import NoAgreementError
from lms.exchange.lines import write_file
from lms.exchange.message import Direction
from lms.exchange.models import ExchangeMessage
from lms.exchange.queries import messages_of, register_counts, sent_about
from lms.exchange.service import (
    NothingToReportError,
    Report,
    report_again,
    report_outcome,
    take,
)
from lms.exchange.signed import open_document, read_line
from lms.kernel.database import Database
from lms.kernel.outbox import OutboxEntry
from lms.kernel.signing import public_key
from lms.referrals.models import Referral
from lms.referrals.states import Outcome
from lms.referrals.steps import lock
from tests import factories
from tests.exchange.desk import TODAY, desk, make_sender
from tests.factories import KEYS, NOW

DONE: dict[str, Any] = {"outcome": "completed", "outcome_on": TODAY, "state": "completed"}


def counted(db: Session) -> int:
    """Count the messages."""
    return db.scalar(select(func.count()).select_from(ExchangeMessage)) or 0


def test_the_agency_learns_reference_word_day_and_certificate_and_nothing_else(
    db: Session,
) -> None:
    referral = factories.make_referral(db, reference="R-77", **DONE)
    sent = report_outcome(db, referral, certificate_number="000001-1", keys=KEYS, now=NOW)
    assert sent.body == {
        "version": 1,
        "agency": str(referral.agency_id),
        "direction": "out",
        "number": 1,
        "kind": "status",
        "at": "2026-11-21T14:00:00Z",
        "reference": "R-77",
        "status": "completed",
        "date": "2026-11-21",
        "certificate": "000001-1",
    }
    document = read_line(next(write_file([sent])))
    assert open_document(document).is_by(public_key(KEYS.signing))


def test_the_person_sees_what_was_told_about_him(db: Session) -> None:
    referral = factories.make_referral(db, **DONE)
    assert sent_about(db, referral.id) == ()
    report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)
    report_again(db, referral, Report(Outcome.NOT_COMPLETED, TODAY), keys=KEYS, now=NOW)
    told = sent_about(db, referral.id)
    assert [(one.number, one.status, one.day, one.certificate) for one in told] == [
        (1, "completed", TODAY, None),
        (2, "not_completed", TODAY, None),
    ]


def test_the_same_is_not_told_twice_in_a_row_and_a_correction_is_a_new_message(
    db: Session,
) -> None:
    referral = factories.make_referral(db, **DONE)
    first = report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)
    assert report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW) is first
    body = dict(first.body)
    later = NOW + timedelta(days=3)
    report_again(db, referral, Report(Outcome.NOT_COMPLETED, TODAY), keys=KEYS, now=later)
    back = report_outcome(db, referral, certificate_number=None, keys=KEYS, now=later)
    assert (back.number, back.body["status"]) == (3, "completed")
    db.expire_all()
    assert db.get_one(ExchangeMessage, first.id).body == body


def test_nothing_is_told_of_a_file_without_an_outcome_or_without_its_reference(
    db: Session,
) -> None:
    for fields in (dict[str, Any](), {**DONE, "reference": None}):
        referral = factories.make_referral(db, **fields)
        with pytest.raises(NothingToReportError):
            report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)
    assert counted(db) == 0


def test_nothing_goes_out_without_an_agreement_and_it_goes_out_once_there_is_one(
    db: Session,
) -> None:
    referral = factories.make_referral(db, **DONE)
    agreement = db.scalars(select(Agreement)).one()
    agreement.ended_on = TODAY
    with pytest.raises(NoAgreementError):
        report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)
    assert counted(db) == 0
    agreement.ended_on = None
    assert report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW).number == 1


def test_each_agency_counts_for_itself_from_one(db: Session) -> None:
    ours, theirs = factories.make_agency(db), factories.make_agency(db)
    numbers = []
    for agency in (ours, theirs, ours, ours, theirs):
        referral = factories.make_referral(db, agency=agency, **DONE)
        sent = report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)
        numbers.append(sent.number)
    assert numbers == [1, 1, 2, 3, 2]
    assert [one.number for one in messages_of(db, ours.id, "out", 1, 10)] == [2, 3]
    assert [one.number for one in messages_of(db, ours.id, Direction.OUT, 0, 2)] == [1, 2]
    assert messages_of(db, ours.id, "in", 0, 10) == []


def test_an_agency_with_an_address_is_sent_it_and_one_without_fetches_it(db: Session) -> None:
    agency = factories.make_agency(db, webhook_url="https://agency.example/in")
    for one in (agency, factories.make_agency(db)):
        referral = factories.make_referral(db, agency=one, **DONE)
        report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)
    entries = db.scalars(select(OutboxEntry)).all()
    assert [one.kind for one in entries] == ["webhook"]


def test_reports_at_the_same_moment_get_numbers_without_gaps_or_repeats(
    real_database: Database,
) -> None:
    with real_database.write() as db:
        agency = factories.make_agency(db)
        ids = [factories.make_referral(db, agency=agency, **DONE).id for _ in range(8)]
        db.commit()
    together, numbers = Barrier(len(ids)), []

    def report(referral_id: object) -> None:
        together.wait()
        with real_database.write() as db:
            referral = db.get_one(Referral, referral_id)
            sent = report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)
            numbers.append(sent.number)
            db.commit()

    threads = [Thread(target=report, args=(one,)) for one in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(numbers) == list(range(1, 9))


def test_who_tells_an_outcome_and_who_sends_about_the_same_file_do_not_block_each_other(
    real_database: Database,
) -> None:
    """The one holds the file and wants the numbers; the other must not hold them the other way."""
    with real_database.write() as db:
        sender = make_sender(db)
        referral = sender.say(db, "referral").message.referral_id
        db.commit()
    document, is_held, sent = sender.document("suspend"), Event(), []

    def tell() -> None:
        with real_database.write() as db:
            found = db.get_one(Referral, referral)
            lock(db, found)
            is_held.set()
            sleep(0.3)
            told = report_again(db, found, Report(Outcome.COMPLETED, TODAY), keys=KEYS, now=NOW)
            sent.append(told.number)
            db.commit()

    def send() -> None:
        is_held.wait()
        with real_database.write() as db:
            sent.append(take(db, sender.agency.id, document, desk()).message.number)
            db.commit()

    threads = [Thread(target=tell), Thread(target=send)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(sent) == [1, 2]


def test_a_report_that_is_undone_leaves_no_gap(db: Session) -> None:
    agency = factories.make_agency(db)
    first, second = (factories.make_referral(db, agency=agency, **DONE) for _ in range(2))
    undone = db.begin_nested()
    report_outcome(db, first, certificate_number=None, keys=KEYS, now=NOW)
    undone.rollback()
    assert report_outcome(db, second, certificate_number=None, keys=KEYS, now=NOW).number == 1


def test_the_register_counts_by_agency_month_direction_and_kind(db: Session) -> None:
    sender = make_sender(db, factories.make_agency(db, name="Organisme A"))
    sender.say(db, "referral", "R-1")
    sender.say(db, "referral", "R-2")
    sender.say(db, "suspend", "R-1")
    other = factories.make_agency(db, name="Organisme B")
    for moment in (NOW, NOW + timedelta(days=20)):
        referral = factories.make_referral(db, agency=other, **DONE)
        report_outcome(db, referral, certificate_number=None, keys=KEYS, now=moment)
    rows = register_counts(db, from_day=TODAY.replace(day=1), until_day=TODAY + timedelta(days=60))
    assert [(r.agency, r.month.isoformat(), r.direction, r.kind, r.count) for r in rows] == [
        ("Organisme A", "2026-11-01", "in", "referral", 2),
        ("Organisme A", "2026-11-01", "in", "suspend", 1),
        ("Organisme B", "2026-11-01", "out", "status", 1),
        ("Organisme B", "2026-12-01", "out", "status", 1),
    ]


def test_the_register_counts_whole_days_of_the_programme(db: Session) -> None:
    """21 November ends in Longueuil five hours after it ends in Greenwich."""
    agency = factories.make_agency(db)
    for hours in (14, 15, 38):  # 04:00 and 05:00 UTC of the 22nd; 04:00 UTC of the 23rd
        referral = factories.make_referral(db, agency=agency, **DONE)
        moment = NOW + timedelta(hours=hours)
        report_outcome(db, referral, certificate_number=None, keys=KEYS, now=moment)

    def count(first: int, last: int) -> int:
        days = (TODAY.replace(day=first), TODAY.replace(day=last))
        return sum(r.count for r in register_counts(db, from_day=days[0], until_day=days[1]))

    assert (count(21, 21), count(22, 22), count(21, 22), count(23, 30)) == (1, 2, 3, 0)
    assert register_counts(db, from_day=TODAY, until_day=TODAY - timedelta(days=1)) == ()
