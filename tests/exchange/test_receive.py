"""What comes in: signed, in its turn, done once, and only as was agreed.

Longer than 300 lines: each way in which a message can be wrong is one wish.
"""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.agencies.models import Agreement
from lms.agencies.service import NoAgreementError, end_agreement
from lms.exchange.agency_keys import KeyKnownError, add_key, end_key
from lms.exchange.apply import FollowUpError, file_of
from lms.exchange.message import MessageError
from lms.exchange.service import (
    NotSignedError,
    NumberGapError,
    NumberUsedError,
    OtherAgencyError,
    receive,
    take,
)
from lms.kernel.database import Database
from lms.kernel.errors import NotFoundError
from lms.kernel.signing import key_id, public_key
from lms.referrals.models import ReferralEvent
from lms.referrals.service import ReferenceUsedError
from lms.referrals.states import MoveRefusedError
from tests import factories
from tests.exchange.desk import AGENCY_KEY, OTHER_KEY, TODAY, Sender, desk, make_sender
from tests.exchange.test_service import counted
from tests.factories import KEYS, NOW


def end_agreements(db: Session) -> None:
    """End all agreements today."""
    for one in db.scalars(select(Agreement)):
        end_agreement(db, one.id, NOW)


def state_of(db: Session, sender: Sender, reference: str = "R-1") -> str:
    """Say where a file stands."""
    found = file_of(db, KEYS, sender.agency.id, reference)
    assert found is not None
    return found.state


def test_a_referral_by_a_signed_file_becomes_a_file(db: Session) -> None:
    sender = make_sender(db)
    taken = sender.say(db, "referral", "R-1")
    found = file_of(db, KEYS, sender.agency.id, "R-1")
    assert found is not None
    assert (found.id, found.source, found.language) == (taken.message.referral_id, "file", "fr")
    assert found.deadline == TODAY + timedelta(days=90)
    assert (taken.message.direction, taken.message.number, taken.message.carrier) == (
        "in",
        1,
        "file",
    )
    assert taken.message.key_id == key_id(public_key(AGENCY_KEY))


def test_the_agency_suspends_goes_on_changes_the_last_day_and_cancels(db: Session) -> None:
    sender = make_sender(db)
    sender.say(db, "referral")
    sender.say(db, "suspend")
    assert state_of(db, sender) == "suspended"
    sender.say(db, "resume")
    assert state_of(db, sender) != "suspended"
    day = TODAY + timedelta(days=120)
    sender.say(db, "deadline", deadline=day.isoformat())
    found = file_of(db, KEYS, sender.agency.id, "R-1")
    assert found is not None
    assert found.deadline == day
    sender.say(db, "cancel")
    assert state_of(db, sender) == "cancelled"
    assert counted(db) == 5
    acts = db.scalars(select(ReferralEvent.by).where(ReferralEvent.referral_id == found.id))
    assert set(acts) == {"agency"}


def test_a_follow_up_is_kept_and_changes_no_file(db: Session) -> None:
    sender = make_sender(db)
    sender.say(db, "referral")
    before = state_of(db, sender)
    said: dict[str, Any] = {"months": 12, "known_again": True, "known_on": "2026-11-01"}
    taken = sender.say(db, "follow_up", **said)
    assert taken.message.body["known_again"] is True
    for odd in ({"known_again": False}, {"known_on": None}):
        sender.number = 2
        with pytest.raises(FollowUpError):
            sender.say(db, "follow_up", **{**said, **odd})
    assert state_of(db, sender) == before


def test_a_message_that_comes_twice_is_done_once_and_answered_alike(db: Session) -> None:
    sender = make_sender(db)
    document = sender.document("referral")
    first = take(db, sender.agency.id, document, desk())
    events = db.scalar(select(func.count()).select_from(ReferralEvent))
    again = take(db, sender.agency.id, document, desk("api"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.message.id == first.message.id
    assert again.message.carrier == "file"
    assert counted(db) == 1
    assert db.scalar(select(func.count()).select_from(ReferralEvent)) == events
    same = receive(db, sender.agency.id, document, carrier="file", keys=KEYS, now=NOW, today=TODAY)
    assert same.id == first.message.id


def test_another_message_under_a_number_that_was_used_is_refused(db: Session) -> None:
    sender = make_sender(db)
    sender.say(db, "referral")
    sender.number = 0
    with pytest.raises(NumberUsedError):
        sender.say(db, "cancel")
    assert state_of(db, sender) != "cancelled"
    assert counted(db) == 1


def test_a_gap_is_refused_and_the_number_that_is_awaited_is_named(db: Session) -> None:
    sender = make_sender(db)
    sender.say(db, "referral")
    sender.number = 4
    with pytest.raises(NumberGapError) as gap:
        sender.say(db, "cancel")
    assert gap.value.expected == 2
    assert counted(db) == 1


def test_a_message_that_is_refused_uses_up_no_number(db: Session) -> None:
    sender = make_sender(db)
    sender.say(db, "referral")
    with pytest.raises(ReferenceUsedError):
        sender.say(db, "referral")
    sender.number = 1
    with pytest.raises(NotFoundError):
        sender.say(db, "cancel", "R-2")
    sender.number = 1
    with pytest.raises(MoveRefusedError):
        sender.say(db, "resume")
    sender.number = 1
    assert sender.say(db, "suspend").message.number == 2


def test_every_field_that_is_changed_on_the_way_makes_the_message_refused(db: Session) -> None:
    sender = make_sender(db)
    good = sender.document("referral", "R-1")
    other = {
        "number": 2,
        "kind": "cancel",
        "language": "en",
        "deadline": (TODAY + timedelta(days=91)).isoformat(),
        "arrangement": True,
        "decided_by": "police",
        "decided_on": (TODAY - timedelta(days=1)).isoformat(),
        "committed_on": TODAY.isoformat(),
        "commitment_version": "2",
        "reference": "R-2",
        "at": "2026-11-21T14:00:01Z",
        "agency": str(factories.make_agency(db).id),
        "direction": "out",
        "version": 2,
    }
    for name in good["message"]:
        changed = {**good["message"], name: other.get(name, False)}
        with pytest.raises((NotSignedError, OtherAgencyError, MessageError)):
            take(db, sender.agency.id, {**good, "message": changed}, desk())
    for name in ("signature", "key_id"):
        for value in ("", "0" * len(good[name]), good[name][:-1] + "0"):
            if value == good[name]:
                continue
            with pytest.raises((NotSignedError, MessageError)):
                take(db, sender.agency.id, {**good, name: value}, desk())
    assert counted(db) == 0
    assert take(db, sender.agency.id, good, desk()).is_new


def test_nobody_speaks_for_an_agency_with_another_key(db: Session) -> None:
    sender, other = make_sender(db), factories.make_agency(db)
    add_key(db, other.id, public_key(OTHER_KEY), keys=KEYS, now=NOW)
    stranger = Sender(sender.agency, key=OTHER_KEY)
    for carrier in ("file", "api"):
        stranger.number = 0
        with pytest.raises(NotSignedError):
            take(db, sender.agency.id, stranger.document("referral"), desk(carrier))
    with pytest.raises(OtherAgencyError):
        take(db, other.id, Sender(sender.agency).document("referral"), desk())
    assert counted(db) == 0


def test_a_key_that_ended_signs_nothing_new_but_what_came_before_is_still_known(
    db: Session,
) -> None:
    sender = make_sender(db)
    document = sender.document("referral")
    take(db, sender.agency.id, document, desk())
    later = desk()
    later = type(later)(later.carrier, later.keys, NOW + timedelta(hours=1), TODAY)
    name = key_id(public_key(AGENCY_KEY))
    end_key(db, sender.agency.id, name, keys=KEYS, now=NOW + timedelta(minutes=1))
    with pytest.raises(NotSignedError):
        take(db, sender.agency.id, sender.document("cancel"), later)
    assert not take(db, sender.agency.id, document, later).is_new
    with pytest.raises(KeyKnownError):
        add_key(db, sender.agency.id, public_key(AGENCY_KEY), keys=KEYS, now=NOW)


def test_unsigned_is_taken_by_the_api_alone_and_only_where_the_agency_has_no_key(
    db: Session,
) -> None:
    agency = factories.make_agency(db)
    message = Sender(agency).message("referral")
    with pytest.raises(NotSignedError):
        take(db, agency.id, {"message": message}, desk("file"))
    taken = take(db, agency.id, {"message": message}, desk("api"))
    assert (taken.message.signature, taken.message.key_id) == ("", "")
    sender = make_sender(db)
    unsigned = {"message": sender.message("referral")}
    with pytest.raises(NotSignedError):
        take(db, sender.agency.id, unsigned, desk("api"))
    signed = Sender(agency).document("referral", "R-5")
    with pytest.raises(NotSignedError):  # by nobody knows whom
        take(db, agency.id, signed, desk("api"))


def test_nothing_comes_in_without_an_agreement_not_even_what_is_known(db: Session) -> None:
    sender = make_sender(db)
    document = sender.document("referral")
    take(db, sender.agency.id, document, desk())
    end_agreements(db)
    for one in (document, sender.document("cancel")):
        with pytest.raises(NoAgreementError):
            take(db, sender.agency.id, one, desk("api"))
    assert state_of(db, sender) != "cancelled"


def test_an_agency_reaches_its_own_files_alone(db: Session) -> None:
    sender = make_sender(db)
    factories.make_referral(db, reference="R-9")
    for kind in ("cancel", "suspend", "resume"):
        sender.number = 0
        with pytest.raises(NotFoundError):
            sender.say(db, kind, "R-9")


def test_the_same_message_twice_at_the_same_moment_is_done_once(real_database: Database) -> None:
    with real_database.write() as db:
        sender = make_sender(db)
        db.commit()
    document, together, became = sender.document("referral"), Barrier(6), []

    def send() -> None:
        together.wait()
        with real_database.write() as db:
            became.append(take(db, sender.agency.id, document, desk()).is_new)
            db.commit()

    threads = [Thread(target=send) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(became) == [False] * 5 + [True]
    with real_database.read() as db:
        assert counted(db) == 1


def test_two_messages_for_one_number_at_the_same_moment_one_is_taken(
    real_database: Database,
) -> None:
    with real_database.write() as db:
        sender = make_sender(db)
        db.commit()
    documents = []
    for at in range(4):
        sender.number = 0
        documents.append(sender.document("referral", f"R-{at}"))
    together, became = Barrier(4), []

    def send(document: dict[str, Any]) -> None:
        together.wait()
        with real_database.write() as db:
            try:
                take(db, sender.agency.id, document, desk())
                became.append("taken")
                db.commit()
            except NumberUsedError:
                became.append("used")

    threads = [Thread(target=send, args=(one,)) for one in documents]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(became) == ["taken", "used", "used", "used"]
