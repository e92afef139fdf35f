"""A file of the exchange from end to end: referred by message, its word told within a day."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agencies.models import Agreement
from lms.exchange.apply import Desk
from lms.exchange.lines import Became
from lms.exchange.queries import messages_of
from lms.journey.due_files import advance_due_files
from lms.journey.exchange import take_message, take_messages
from lms.kernel.days import today_in_programme
from lms.kernel.errors import BadInputError
from lms.outcomes.follow_up import take_follow_ups
from lms.outcomes.models import FollowUp
from lms.referrals.models import Referral
from tests import factories
from tests.exchange.desk import Sender, desk, make_sender
from tests.exchange.test_service import DONE
from tests.factories import KEYS, NOW

A_YEAR_ON = NOW + timedelta(days=400)


def a_year_on() -> Desk:
    """Give the desk where messages come in then."""
    return Desk("file", KEYS, A_YEAR_ON, today_in_programme(A_YEAR_ON))


def follow_up(sender: Sender, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    """Write what is known a year on."""
    body = {"months": 12, "known_again": True, "known_on": "2027-03-01", **said}
    return sender.document("follow_up", "R-1", **body)


def make_done(db: Session) -> Sender:
    """Give an agency with one file that was completed today."""
    sender = make_sender(db)
    db.scalars(select(Agreement)).one().in_force_until = A_YEAR_ON.date()
    sender.say(db, "referral", "R-1")
    referral = db.scalars(select(Referral)).one()
    for name, value in DONE.items():
        setattr(referral, name, value)
    db.flush()
    return sender


def test_the_word_goes_out_within_a_day_of_the_completion(db: Session) -> None:
    """The job runs every few minutes; here every hour, and a certificate never comes."""
    agency = factories.make_agency(db)
    enrolment = factories.make_enrolment(db)
    factories.pass_course(db, factories.learner_of(db, enrolment))
    state: dict[str, Any] = {"state": "in_progress", "enrolment_id": enrolment.id}
    factories.make_referral(db, agency=agency, reference="R-1", **state)
    for hours in range(25):
        now = NOW + timedelta(hours=hours)
        advance_due_files(db, keys=KEYS, review=False, now=now)
    (told,) = messages_of(db, agency.id, "out", 0, 10)
    assert told.at - NOW <= timedelta(hours=24)
    assert (told.body["reference"], told.body["status"]) == ("R-1", "completed")


def test_a_follow_up_is_counted_when_it_comes_and_not_again_by_the_job(db: Session) -> None:
    sender = make_done(db)
    take_message(db, sender.agency.id, follow_up(sender), a_year_on())
    kept = db.scalars(select(FollowUp)).one()
    assert (kept.months, kept.known_again, kept.known_on) == (12, True, date(2027, 3, 1))
    assert take_follow_ups(db) == 0


def test_a_follow_up_that_cannot_be_so_yet_is_refused_and_its_number_stays_free(
    db: Session,
) -> None:
    sender = make_done(db)
    early = follow_up(sender, known_again=False, known_on=None)
    with pytest.raises(BadInputError), db.begin_nested():
        take_message(db, sender.agency.id, early, desk())
    assert messages_of(db, sender.agency.id, "in", 1, 10) == []
    assert db.scalars(select(FollowUp)).all() == []


def test_a_file_of_messages_is_taken_whole(db: Session) -> None:
    sender = make_sender(db)
    lines = [sender.document("referral", f"R-{at}") for at in range(1, 4)]
    lines.append(sender.document("suspend", "R-2"))
    data = "\n".join(json.dumps(one) for one in lines).encode()
    reports = take_messages(db, sender.agency.id, data, desk())
    assert [one.became for one in reports] == [Became.TAKEN] * 4
