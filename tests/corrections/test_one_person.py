"""What an instructor does alone to help one person on; each with its reason, on record."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Standing
from lms.corrections.kinds import ARRANGED, Kind, RefusedError, Why
from lms.corrections.models import Correction
from lms.corrections.queries import State, corrections_of
from lms.corrections.service import correct
from lms.enrolment.models import Enrolment
from lms.gates.gate import Closed
from lms.gates.seat_time import Arrangement
from lms.journey.actor import Learner
from lms.journey.quiz_gate import quiz_state
from lms.journey.read import open_section
from lms.kernel.audit import AuditEntry, verify_chain
from lms.kernel.errors import BadInputError, NotFoundError
from tests.corrections.people import LATER, REASON, Team, desk, make_team, sit, wish
from tests.factories import KEYS, NOW, go_on, learner_of, read_again, take_quiz

SOON = NOW + timedelta(minutes=1)  # within the pause


def quiz_is(db: Session, learner: Learner) -> Closed | None:
    """Say why the first quiz is closed, once what it asks was read again."""
    for place in read_again(db, learner, 1):
        go_on(db, learner, (1, place))
    return quiz_state(db, learner, 1, "fr", SOON).gate.closed


def entries(db: Session) -> list[AuditEntry]:
    """Give what stands in the audit chain, which is whole."""
    assert verify_chain(db, KEYS.audit).is_whole
    return list(db.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def test_an_extra_attempt_opens_a_quiz_that_had_none_left(db: Session) -> None:
    team = make_team(db, attempts=1, pause_seconds=0)
    learner = team.learner(db)
    sit(db, learner, wrong={"multiple"})
    assert quiz_is(db, learner) is Closed.NO_ATTEMPT_LEFT
    correct(db, wish(Kind.EXTRA_ATTEMPT, learner, "first"), desk(team.first))
    assert quiz_is(db, learner) is None
    assert take_quiz(db, learner, 1).passed


def test_a_pause_that_is_lifted_is_over_and_the_next_attempt_has_its_own(
    db: Session, team: Team, learner: Learner
) -> None:
    sit(db, learner, wrong={"multiple"})
    assert quiz_is(db, learner) is Closed.PAUSE
    correct(db, wish(Kind.PAUSE_LIFTED, learner, "first"), desk(team.first))
    assert quiz_is(db, learner) is None


@pytest.mark.parametrize("kind", [Kind.EXTRA_ATTEMPT, Kind.PAUSE_LIFTED])
def test_nothing_is_added_before_a_first_attempt_or_after_a_pass(
    db: Session, team: Team, learner: Learner, kind: Kind
) -> None:
    with pytest.raises(RefusedError) as early:
        correct(db, wish(kind, learner, "first"), desk(team.first))
    assert early.value.why is Why.NO_ATTEMPT_YET
    sit(db, learner)
    with pytest.raises(RefusedError) as late:
        correct(db, wish(kind, learner, "first"), desk(team.first))
    assert late.value.why is Why.ALREADY_PASSED
    assert corrections_of(db, learner.enrolment_id) == []


@pytest.fixture
def timed(db: Session) -> tuple[Team, Learner]:
    """Give somebody of whom the whole reading time of each page is asked."""
    team = make_team(db, seat_time=100)
    return team, team.learner(db)


def missing(db: Session, learner: Learner) -> list[int]:
    """Give what is missing on the pages of the first module, in ms."""
    pages = [open_section(db, learner, (1, place), "fr", NOW) for place in (1, 2)]
    return [max(page.minimum_ms - page.credited_ms, 0) for page in pages]


def test_a_time_credit_fills_what_is_missing_in_the_order_of_the_pages(
    db: Session, timed: tuple[Team, Learner]
) -> None:
    team, learner = timed
    first, second = missing(db, learner)
    assert first < 60_000 < first + second
    correct(db, wish(Kind.TIME_CREDIT, learner, "first", minutes=1), desk(team.first))
    assert missing(db, learner) == [0, first + second - 60_000]
    correct(db, wish(Kind.TIME_CREDIT, learner, "first", minutes=600), desk(team.first))
    assert missing(db, learner) == [0, 0]
    page = open_section(db, learner, (1, 1), "fr", NOW)
    assert page.credited_ms == first  # what was missing, and no more than that
    with pytest.raises(RefusedError) as refused:
        correct(db, wish(Kind.TIME_CREDIT, learner, "first", minutes=1), desk(team.first))
    assert refused.value.why is Why.NO_TIME_MISSING


def test_a_time_credit_may_be_for_one_page(db: Session, timed: tuple[Team, Learner]) -> None:
    team, learner = timed
    first, _ = missing(db, learner)
    given = wish(Kind.TIME_CREDIT, learner, "first", section_id="speaking", minutes=60)
    correct(db, given, desk(team.first))
    assert missing(db, learner) == [first, 0]


@pytest.mark.parametrize("minutes", [0, -5, 601])
def test_a_time_credit_has_its_bounds(
    db: Session, timed: tuple[Team, Learner], minutes: int
) -> None:
    team, learner = timed
    with pytest.raises(BadInputError):
        correct(db, wish(Kind.TIME_CREDIT, learner, "first", minutes=minutes), desk(team.first))


def test_an_arrangement_is_kept_without_the_reason_that_somebody_wrote(
    db: Session, team: Team, learner: Learner
) -> None:
    arranged = Arrangement(time_credit_percent=50, no_pause=True, read_aloud=False)
    given = wish(Kind.ARRANGEMENT, learner, reason="canary: an illness", arrangement=arranged)
    correct(db, given, desk(team.coordinator))
    enrolment = db.get_one(Enrolment, learner.enrolment_id)
    assert learner_of(db, enrolment).arrangement == arranged
    (row,) = db.scalars(select(Correction))
    assert row.reason == ARRANGED
    (entry,) = entries(db)
    assert (entry.reason, entry.before["no_pause"], entry.after["no_pause"]) == (
        ARRANGED,
        False,
        True,
    )
    with pytest.raises(RefusedError) as refused:
        correct(db, given, desk(team.coordinator))
    assert refused.value.why is Why.NOTHING_CHANGES


def test_a_correction_is_on_record_with_who_why_before_and_after(
    db: Session, team: Team, learner: Learner
) -> None:
    sit(db, learner, wrong={"multiple"})
    row = correct(db, wish(Kind.EXTRA_ATTEMPT, learner, "first"), desk(team.first))
    (entry,) = entries(db)
    assert (entry.actor, entry.act, entry.at) == (str(team.first.id), "extra-attempt", LATER)
    assert entry.subject == f"enrolment:{learner.enrolment_id}"
    assert entry.reason == REASON
    assert entry.before == {"extra_attempts": 0}
    assert entry.after == {"extra_attempts": 1, "correction": str(row.id)}
    (view,) = corrections_of(db, learner.enrolment_id)
    assert (view.kind, view.reason, view.proposed_by) == (
        Kind.EXTRA_ATTEMPT,
        REASON,
        team.first.login,
    )
    assert view.state is State.DONE


@pytest.mark.parametrize("reason", ["", "   \n ", "x" * 501, "a\x07b", "a\udc80b"])
def test_no_reason_no_correction(db: Session, team: Team, learner: Learner, reason: str) -> None:
    sit(db, learner, wrong={"multiple"})
    given = wish(Kind.EXTRA_ATTEMPT, learner, "first", reason=reason)
    with pytest.raises(BadInputError), db.begin_nested():
        correct(db, given, desk(team.first))
    standing = db.get_one(Standing, (learner.enrolment_id, "first"), populate_existing=True)
    assert standing.extra_attempts == 0


def test_an_instructor_finds_only_the_people_of_his_own_groups(
    db: Session, team: Team, learner: Learner
) -> None:
    sit(db, learner, wrong={"multiple"})
    for kind in (Kind.EXTRA_ATTEMPT, Kind.WAIVE_MODULE, Kind.ARRANGEMENT):
        with pytest.raises(NotFoundError):
            correct(db, wish(kind, learner, "first"), desk(team.stranger))
    with pytest.raises(NotFoundError):
        correct(db, wish(Kind.EXTRA_ATTEMPT, learner, "nowhere"), desk(team.first))
    assert entries(db) == []
