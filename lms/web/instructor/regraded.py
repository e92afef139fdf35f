"""What a corrected score looks like on the instructor's pages."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.assessment.queries import ItemOutcome
from lms.assessment.regrade import latest_regrades, score_of
from lms.corrections.kinds import Kind
from lms.corrections.queries import CorrectionView
from lms.reporting.person import AttemptLine, PersonView
from lms.web.instructor.review import ReviewedQuestion
from lms.web.words import _

_OF_SCORES = frozenset({Kind.REGRADE_RESPONSE, Kind.KEY_CHANGE})


def regraded_lines(
    db: Session, view: PersonView, corrections: Sequence[CorrectionView]
) -> Sequence[AttemptLine]:
    """Give somebody's attempts with their scores as they stand now."""
    if not any(one.kind in _OF_SCORES for one in corrections):
        return view.attempts
    latest = latest_regrades(db, Attempt.enrolment_id == view.person.enrolment_id)
    return [
        replace(line, score=score_of(latest[line.id]), passed=latest[line.id].passed)
        if line.id in latest
        else line
        for line in view.attempts
    ]


def told_if_dropped(question: ReviewedQuestion, outcome: ItemOutcome) -> ReviewedQuestion:
    """Say of a question that was dropped that it does not count."""
    if outcome.score.maximum:
        return question
    return replace(question, status=_("Dropped: it does not count"), kind="right")
