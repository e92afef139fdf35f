"""The certificate comes when he says that he did it himself; once, with the next number."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.completion.models import Attestation, Certificate, CompletionRecord
from lms.completion.queries import certificate_of, completion_of, is_completed
from lms.completion.service import RevokedError, revoke_completion
from lms.journey.actor import Learner
from lms.kernel.database import Database
from lms.kernel.errors import NotFoundError
from lms.kernel.ids import new_id
from tests.factories import NOW, attest, day_after, make_cohort, make_learner, pass_course
from tests.threads import at_once

PEOPLE = 8
CLICKS = 20
LATER = NOW + timedelta(days=2)


def _finisher(db: Session) -> Learner:
    learner = make_learner(db)
    pass_course(db, learner)
    return learner


def test_what_he_declared_is_kept_with_its_version_language_and_moment(db: Session) -> None:
    learner = _finisher(db)
    attest(db, learner, now=LATER)
    kept = db.scalars(select(Attestation)).one()
    assert (kept.enrolment_id, kept.text_version) == (learner.enrolment_id, "tests")
    assert (kept.language, kept.attested_at) == ("fr", LATER)
    found = completion_of(db, learner.enrolment_id)
    assert found is not None
    assert found.is_issued


def test_the_certificate_says_the_course_and_the_time_and_no_name(db: Session) -> None:
    learner = _finisher(db)
    assert certificate_of(db, learner.enrolment_id) is None
    attest(db, learner, now=LATER)
    certificate = certificate_of(db, learner.enrolment_id)
    assert certificate is not None
    assert (certificate.register_number, certificate.number) == (1, "000001-1")
    assert certificate.title == {"fr": "Petit séminaire", "en": "Small seminar"}
    assert (certificate.minutes, certificate.modules) == (8, 2)
    assert (certificate.completed_at, certificate.issued_at) == (NOW, LATER)
    assert certificate.record_digest == db.scalar(select(CompletionRecord.digest))


def test_nobody_attests_a_course_that_he_has_not_passed(db: Session) -> None:
    with pytest.raises(NotFoundError):
        attest(db, make_learner(db))
    assert db.scalar(select(func.count()).select_from(Attestation)) == 0


def test_whoever_attests_after_his_last_day_still_gets_his_certificate(db: Session) -> None:
    learner = _finisher(db)
    assert attest(db, learner, now=day_after(learner.deadline)).register_number == 1


def test_a_second_click_gives_the_certificate_that_is_there(db: Session) -> None:
    learner = _finisher(db)
    first = attest(db, learner)
    assert attest(db, learner, now=LATER) is first
    assert first.issued_at == NOW


def test_twenty_clicks_at_once_give_one_attestation_and_one_certificate(
    real_database: Database,
) -> None:
    with real_database.write() as db:
        learner = _finisher(db)
        db.commit()

    def click(db: Session) -> int:
        return attest(db, learner).register_number

    done, refused = at_once(real_database, [click] * CLICKS)
    assert (done, refused) == ([1] * CLICKS, [])
    with real_database.read() as db:
        for table in (Attestation, Certificate):
            assert db.scalar(select(func.count()).select_from(table)) == 1


def test_many_who_attest_at_once_get_numbers_without_gaps(real_database: Database) -> None:
    with real_database.write() as db:
        cohort = make_cohort(db)
        learners = [make_learner(db, cohort=cohort) for _ in range(PEOPLE)]
        for learner in learners:
            pass_course(db, learner)
        db.commit()

    def click(learner: Learner) -> Callable[[Session], int]:
        return lambda db: attest(db, learner).register_number

    done, refused = at_once(real_database, [click(learner) for learner in learners])
    assert refused == []
    assert sorted(done) == list(range(1, PEOPLE + 1))


def test_an_attestation_that_is_rolled_back_leaves_no_gap(real_database: Database) -> None:
    with real_database.write() as db:
        first, second = _finisher(db), _finisher(db)
        attest(db, first)
        db.commit()
        attest(db, second)
        db.rollback()
        attest(db, second)
        db.commit()
        assert sorted(db.scalars(select(Certificate.register_number))) == [1, 2]


def _revoke(db: Session, learner: Learner) -> CompletionRecord:
    query = select(CompletionRecord).where(CompletionRecord.enrolment_id == learner.enrolment_id)
    record = db.scalars(query).one()
    revoke_completion(db, record.id, correction_id=new_id(), reason="Impersonation", now=LATER)
    return record


def test_a_revoked_completion_no_longer_counts_and_its_record_stays(db: Session) -> None:
    learner, other = _finisher(db), _finisher(db)
    attest(db, learner)
    record = _revoke(db, learner)
    view = certificate_of(db, learner.enrolment_id)
    assert view is not None
    assert view.is_revoked
    assert not is_completed(db, learner.enrolment_id)
    assert is_completed(db, other.enrolment_id)
    assert db.get(CompletionRecord, record.id) is record


def test_a_completion_is_revoked_once(db: Session) -> None:
    record = _revoke(db, _finisher(db))
    with pytest.raises(RevokedError):
        revoke_completion(db, record.id, correction_id=new_id(), reason="Again", now=LATER)
    with pytest.raises(NotFoundError):
        revoke_completion(db, new_id(), correction_id=new_id(), reason="None", now=LATER)


def test_nobody_gets_a_certificate_of_a_completion_that_was_revoked(db: Session) -> None:
    learner = _finisher(db)
    _revoke(db, learner)
    with pytest.raises(RevokedError):
        attest(db, learner)
    assert db.scalar(select(func.count()).select_from(Certificate)) == 0
