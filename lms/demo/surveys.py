"""Sheets of the anonymous survey as invented people fill them in: a little surer at the end."""

import random
from datetime import datetime

from sqlalchemy.orm import Session

from lms.journey.actor import Learner
from lms.kernel.days import today_in_programme
from lms.kernel.keys import Keys
from lms.surveys.queries import find_survey
from lms.surveys.service import answer, end_turn, offer
from lms.surveys.sheet import Question, Sheet, Wave, survey_token

ANSWERS = {Wave.BEFORE: 0.85, Wave.AFTER: 0.92}  # how many of those who are asked
MIDDLE = {Wave.BEFORE: 2.1, Wave.AFTER: 2.8}  # where they stand on the scale, from 0
SPREAD = 0.9
LANGUAGE = "fr"


def fill_in(
    db: Session,
    learner: Learner,
    wave: Wave,
    *,
    keys: Keys,
    chance: random.Random,
    at: datetime,
) -> None:
    """Offer the survey of this wave to somebody, who answers it or leaves it."""
    survey_id = learner.rules.surveys.get(wave.value, "")
    page = find_survey(db, survey_id, LANGUAGE) if survey_id else None
    if page is None or not offer(
        db, learner.enrolment_id, learner.programme_id, page.survey_id, wave
    ):
        return
    if chance.random() < ANSWERS[wave]:
        token = survey_token(keys.people.find_or_make(learner.enrolment_id), page.survey_id)
        answers = {one.id: _place(one, wave, chance) for one in page.questions}
        day = today_in_programme(at)
        answer(db, Sheet(page.survey_id, wave, token, page.language, day, answers))
    end_turn(db, learner.enrolment_id, page.survey_id, wave)


def _place(question: Question, wave: Wave, chance: random.Random) -> int:
    last = len(question.choices) - 1
    place = min(max(round(chance.gauss(MIDDLE[wave], SPREAD)), 0), last)
    return last - place if question.is_reversed else place
