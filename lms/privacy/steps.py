"""What each rule takes away from one person, in a transaction of its own that holds the permit.

Every step can be done again without harm: a later rule does the earlier ones too, and a backup
that is restored goes through them once more (journal.py).
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import RecoveryCode, SignInSession, User
from lms.accounts.roles import Role
from lms.assessment.models import (
    Attempt,
    Regrade,
    Response,
    Result,
    Standing,
    StatisticQueue,
)
from lms.attendance.models import Attendance
from lms.conversations.models import Message, OpenGrade, SharedResponse
from lms.enrolment.models import Enrolment
from lms.kernel.keys import Keys
from lms.kernel.person_keys import KeyDestroyedError
from lms.kernel.sealing import Place, UnreadableFieldError, seal, unseal
from lms.privacy.permit import put_back, remove, take_out
from lms.privacy.person import PersonIds
from lms.privacy.record import reduce_record
from lms.progress.models import SeatClock, SeatTime
from lms.referrals.models import Identity, Referral
from lms.surveys.models import SurveyTurn

NO_PASSWORD = "!"  # noqa: S105 - no hash: nothing opens it
_KEPT_A_WHILE = ("first_name", "address")  # sealed with his key, and not gone with the texts


@dataclass(frozen=True, slots=True)
class Purge:
    """One purge at work. A rehearsal leaves the keys alone, and its transaction is undone."""

    db: Session
    person: PersonIds
    keys: Keys
    now: datetime
    is_rehearsal: bool = False


def drop_texts(purge: Purge) -> int:
    """Take away what he wrote and what was written to him, and that something was arranged.

    With a new key, so that what the old one sealed is noise in every backup too.
    """
    db, of = purge.db, purge.person.by_column
    mine = Message.enrolment_id.in_(of["enrolment_id"])
    db.execute(update(Message).where(mine).values(answers=None))
    gone = remove(db, Message, mine)
    gone += remove(db, SharedResponse, SharedResponse.enrolment_id.in_(of["enrolment_id"]))
    texts = Response.attempt_id.in_(of["attempt_id"]), Response.sealed_text.is_not(None)
    gone += remove(db, Response, texts[0] & texts[1])
    commented = (
        OpenGrade.enrolment_id.in_(of["enrolment_id"]),
        OpenGrade.sealed_comment.is_not(None),
    )
    comments = take_out(db, OpenGrade, commented[0] & commented[1])
    put_back(db, OpenGrade, comments, {"sealed_comment": None})
    for enrolment in db.scalars(select(Enrolment).where(Enrolment.id.in_(of["enrolment_id"]))):
        enrolment.time_credit_percent = 0
        enrolment.no_pause = enrolment.read_aloud = False
        _renew_key(purge, enrolment)
    for referral in db.scalars(select(Referral).where(Referral.id.in_(of["referral_id"]))):
        referral.arrangement = False
    db.flush()
    return gone + len(comments)


def _renew_key(purge: Purge, enrolment: Enrolment) -> None:
    """Seal with a new key what is kept for some days more.

    The keys are in another store: undone here after this, the first name is lost and no text is
    readable, which is the better of the two ways to fail.
    """
    if purge.is_rehearsal:
        return
    people = purge.keys.people
    try:
        old = people.find(enrolment.id)
    except KeyDestroyedError:
        return
    opened = {}
    for name in _KEPT_A_WHILE:
        sealed = getattr(enrolment, name)
        if sealed is None:
            continue
        try:
            opened[name] = sealed[0], unseal(old, sealed, _place(enrolment, name))
        except UnreadableFieldError:
            setattr(enrolment, name, None)
    new = people.renew(enrolment.id)
    for name, (version, text) in opened.items():
        setattr(enrolment, name, seal(new, text, _place(enrolment, name), version))


def _place(enrolment: Enrolment, name: str) -> Place:
    return Place("enrolment", name, str(enrolment.id))


def drop_account(purge: Purge) -> int:
    """Take away who he is to this site: login, password, first name, address, identity, keys."""
    db, of = purge.db, purge.person.by_column
    gone = remove(db, Identity, Identity.referral_id.in_(of["referral_id"]))
    remove(db, SignInSession, SignInSession.user_id.in_(of["user_id"]))  # counted by their own rule
    gone += remove(db, RecoveryCode, RecoveryCode.user_id.in_(of["user_id"]))
    his = User.id.in_(of["user_id"]), User.role == Role.PARTICIPANT
    for user in db.scalars(select(User).where(*his)):
        user.login = f"gone-{secrets.token_hex(12)}"
        user.password_hash = NO_PASSWORD
        user.disabled_at = user.disabled_at or purge.now
        user.totp_secret = user.totp_since = user.totp_last_step = None
        gone += 1
    for enrolment in db.scalars(select(Enrolment).where(Enrolment.id.in_(of["enrolment_id"]))):
        enrolment.first_name = enrolment.address = None
    db.flush()
    if not purge.is_rehearsal:
        for subject in of["subject_id"]:
            purge.keys.people.destroy(subject)
    return gone


def drop_learning(purge: Purge) -> int:
    """Take away attempts, answers, scores and times; the record keeps that he passed, and when.

    The counters of questions have taken in what they need before (retention.py sees to it).
    """
    db, of = purge.db, purge.person.by_column
    own, attempts = of["enrolment_id"], of["attempt_id"]
    gone = reduce_record(db, of["completion_id"], purge.keys.signing, purge.now)
    gone += remove(db, OpenGrade, OpenGrade.enrolment_id.in_(own))
    remove(db, StatisticQueue, StatisticQueue.attempt_id.in_(attempts))
    gone += remove(db, Standing, Standing.enrolment_id.in_(own))
    for table in (Regrade, Response, Result):
        gone += remove(db, table, table.attempt_id.in_(attempts))
    gone += remove(db, Attempt, Attempt.enrolment_id.in_(own))
    for timed in (SeatTime, SeatClock, Attendance, SurveyTurn):
        gone += remove(db, timed, timed.enrolment_id.in_(own))
    return gone


def without_attempts(purge: Purge) -> Purge:
    """Give the purge as it goes on when the attempts are gone."""
    by_column = {**purge.person.by_column, "attempt_id": ()}
    return replace(purge, person=replace(purge.person, by_column=by_column))
