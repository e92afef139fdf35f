"""What somebody writes is sealed with his own key; what is older opens with the site's."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.assessment.models import Response
from lms.assessment.queries import OpenAttempt, response_place, saved_responses
from lms.assessment.service import NewAnswer
from lms.journey.actor import Learner
from lms.journey.take_quiz import answer_item, start_quiz
from lms.kernel.sealing import UnreadableFieldError, seal, unseal
from tests.factories import KEYS, NOW, make_learner, read_module


@pytest.fixture
def learner(db: Session) -> Learner:
    """Give somebody who has read the first module."""
    one = make_learner(db)
    read_module(db, one, 1)
    return one


def _write(db: Session, attempt: OpenAttempt) -> None:
    new = NewAnswer("open", ("Je retiens ceci, en bref.",), version=0, language="fr")
    answer_item(db, attempt, new, keys=KEYS, now=NOW)


def test_what_was_sealed_with_the_sites_key_can_still_be_read(
    db: Session, learner: Learner
) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    _write(db, attempt)
    place = response_place(attempt.id, "open")
    old = seal(KEYS.field, "Je retenais cela.", place)
    db.execute(update(Response).where(Response.item_id == "open").values(sealed_text=old))
    assert saved_responses(db, attempt.id, KEYS)["open"].answer == ("Je retenais cela.",)
    KEYS.people.destroy(learner.enrolment_id)
    assert saved_responses(db, attempt.id, KEYS)["open"].answer == ("Je retenais cela.",)


def test_a_text_does_not_open_with_anothers_key_nor_with_the_sites(
    db: Session, learner: Learner
) -> None:
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    _write(db, attempt)
    sealed = db.scalars(select(Response.sealed_text).where(Response.item_id == "open")).one()
    assert sealed is not None
    place = response_place(attempt.id, "open")
    for key in (KEYS.field, KEYS.people.find_or_make(make_learner(db).enrolment_id)):
        with pytest.raises(UnreadableFieldError):
            unseal(key, sealed, place)
