"""Two people take a completion back: the agency that was told otherwise is told anew, signed."""

import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.models import Agreement
from lms.corrections.kinds import Desk, Kind, Wish
from lms.corrections.scope import staff_of
from lms.corrections.service import correct, decide
from lms.exchange.queries import sent_about
from lms.journey.due_files import advance_due_files
from lms.journey.files import confirm_completion
from lms.referrals.models import Referral
from lms.referrals.states import Party
from tests.factories import KEYS, NOW, attest, learner_of, make_user, pass_course
from tests.referrals.files import day, enrolled_file, enrolment_of, mover, steps


def _job(db: Session) -> None:
    advance_due_files(db, keys=KEYS, review=True, now=NOW)


def _completed(db: Session) -> Referral:
    """Give a file whose result a person has confirmed."""
    referral = enrolled_file(db)
    pass_course(db, learner_of(db, enrolment_of(db, referral)))
    _job(db)
    confirm_completion(db, referral, mover(db, Party.INSTRUCTOR), now=NOW)
    return referral


def _revoke(db: Session, enrolment_id: uuid.UUID) -> None:
    first, second = (make_user(db, role=Role.COORDINATOR) for _ in range(2))
    wish = Wish(Kind.REVOKE_COMPLETION, enrolment_id, reason="Une autre personne a répondu.")
    row = correct(db, wish, Desk(staff_of(first), KEYS, NOW))
    decide(db, row.id, Desk(staff_of(second), KEYS, NOW), accepted=True)


def test_an_agency_that_was_told_completed_is_told_that_it_does_not_hold(db: Session) -> None:
    referral = _completed(db)
    learner = learner_of(db, enrolment_of(db, referral))
    attest(db, learner)
    _job(db)
    assert [one.status for one in sent_about(db, referral.id)] == ["completed"]
    _revoke(db, learner.enrolment_id)
    first, second = sorted(sent_about(db, referral.id), key=lambda one: one.number)
    assert (first.status, second.status) == ("completed", "not_completed")
    assert (second.number, second.certificate) == (first.number + 1, None)
    assert (referral.state, referral.outcome) == ("reported", "not_completed")
    _job(db)
    assert len(sent_about(db, referral.id)) == 2
    assert steps(db, referral)[-1] == "revoke"


def test_what_was_revoked_before_the_word_went_out_is_told_once_as_not_completed(
    db: Session,
) -> None:
    referral = _completed(db)
    _revoke(db, enrolment_of(db, referral).id)
    assert sent_about(db, referral.id) == ()
    _job(db)
    assert [one.status for one in sent_about(db, referral.id)] == ["not_completed"]
    assert referral.state == "reported"


def test_without_an_agreement_the_revocation_holds_and_nothing_is_told(db: Session) -> None:
    referral = _completed(db)
    learner = learner_of(db, enrolment_of(db, referral))
    attest(db, learner)
    _job(db)
    db.execute(update(Agreement).values(ended_on=day(-1)))
    _revoke(db, learner.enrolment_id)
    assert referral.outcome == "not_completed"
    assert [one.status for one in sent_about(db, referral.id)] == ["completed"]
