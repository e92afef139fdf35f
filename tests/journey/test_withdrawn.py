"""A testimony is taken back while people are at their quizzes: nobody loses anything by that."""

from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.draw import draw_items
from lms.assessment.grading import grade_attempt
from lms.assessment.models import Attempt, Result, Standing
from lms.assessment.queries import closed_attempt, find_open_attempt
from lms.assessment.service import NewAnswer
from lms.assessment.values import Score
from lms.completion.explain import explain_completion
from lms.completion.explain_text import explanation_text
from lms.completion.models import CompletionRecord
from lms.journey.actor import Learner
from lms.journey.recap import recap_items
from lms.journey.take_quiz import answer_item, start_quiz, unfinished_places
from lms.publishing.queries import item_keys, item_texts
from tests.assessment.items import item, quiz
from tests.factories import (
    KEYS,
    NOW,
    attest,
    make_learner,
    pass_course,
    pass_module,
    read_module,
    right_answer,
    save_all,
    submit,
    wrong_answer,
)
from tests.testimony_sample import CANARY, RESTING, publish_lea, take_back

TODAY = NOW.date()


def _learner(db: Session) -> Learner:
    publish_lea(db)
    return make_learner(db)


def test_a_new_attempt_does_not_ask_what_rests_on_her(db: Session) -> None:
    learner = _learner(db)
    take_back(db)
    read_module(db, learner, 1)
    asked = {one.item for one in start_quiz(db, learner, 1, "fr", NOW).asked}
    assert asked == {"true-false", "multiple", "number", "match", "order", "open"}


def test_a_pool_gives_what_it_has_left() -> None:
    pool = [item(id=f"pool-{number}", pool="cases") for number in range(4)]
    rules = quiz(*pool, draw={"cases": 3})
    gone = frozenset({"pool-0", "pool-1"})
    asked = {one.item for one in draw_items(rules, 1, last_seen={}, withheld=gone)}
    assert asked == {"pool-2", "pool-3"}


def test_an_open_attempt_is_handed_in_without_an_answer_to_what_was_taken_back(
    db: Session,
) -> None:
    learner = _learner(db)
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    assert set(RESTING["first"]) <= {one.item for one in attempt.asked}
    take_back(db)
    running = find_open_attempt(db, learner.enrolment_id, "first", NOW)
    assert running is not None
    assert running.withheld == set(RESTING["first"])
    for name in running.items.keys() - running.withheld:
        new = NewAnswer(name, right_answer(running.items[name]), version=0, language="fr")
        answer_item(db, running, new, keys=KEYS, now=NOW)
    done = submit(db, learner, attempt.id)
    assert done.passed
    result = db.get_one(Result, attempt.id)
    assert (result.raw_numerator, result.raw_denominator, result.maximum) == (9, 1, 9)
    withheld = {one["item"]: one for one in result.items if one["item"] in running.withheld}
    assert all((one["raw"], one["max"]) == ([0, 1], 0) for one in withheld.values())


def test_a_wrong_answer_to_what_was_taken_back_does_not_count_against_anybody(
    db: Session,
) -> None:
    learner = _learner(db)
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    for asked in attempt.asked:
        one = attempt.items[asked.item]
        answer = wrong_answer(one) if one.testimony else right_answer(one)
        new = NewAnswer(one.id, answer, version=0, language="fr")
        answer_item(db, attempt, new, keys=KEYS, now=NOW)
    take_back(db)
    assert submit(db, learner, attempt.id).passed
    standing = db.scalars(select(Standing)).one()
    assert (standing.best_percent, standing.review) == (100, [])


def test_a_must_question_that_was_taken_back_keeps_nobody_from_passing() -> None:
    rests, stays = item(id="rests", must=True), item(id="stays")
    gone = frozenset({"rests"})
    right = {"stays": right_answer(stays)}
    graded = grade_attempt([rests, stays], right, passing_percent=80, withheld=gone)
    assert (graded.score, graded.passed) == (Score(Fraction(1), 1), True)
    graded = grade_attempt([rests, stays], {}, passing_percent=80, withheld=gone)
    assert not graded.passed


def test_nothing_is_passed_by_an_attempt_of_which_nothing_is_left() -> None:
    rests = item(id="rests")
    gone = frozenset({"rests"})
    answers = {"rests": right_answer(rests)}
    graded = grade_attempt([rests], answers, passing_percent=80, withheld=gone)
    assert (graded.score.raw, graded.score.maximum) == (Fraction(0), 0)
    assert not graded.passed


def test_an_attempt_is_finished_without_what_was_taken_back(db: Session) -> None:
    learner = _learner(db)
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    take_back(db)
    running = find_open_attempt(db, learner.enrolment_id, "first", NOW)
    assert running is not None
    asked = {one.item: place for place, one in enumerate(attempt.asked, start=1)}
    places = unfinished_places(running, {})
    assert {asked[name] for name in RESTING["first"]} & set(places) == set()
    assert len(places) == len(attempt.asked) - len(RESTING["first"])


def test_a_closed_attempt_keeps_its_score_and_loses_the_text(db: Session) -> None:
    learner = _learner(db)
    done = pass_module(db, learner, 1)
    before = closed_attempt(db, done.attempt_id, KEYS)
    take_back(db)
    after = closed_attempt(db, done.attempt_id, KEYS)
    assert before is not None
    assert after == before
    for language in ("fr", "en"):
        ids = [one.item.id for one in after.outcomes]
        texts = item_texts(db, after.revision_id, ids, language, TODAY)
        keys = item_keys(db, after.revision_id, ids, language, TODAY)
        assert CANARY not in str(texts) + str(keys)
        assert {name for name in ids if texts[name].get("withheld")} == set(RESTING["first"])
        assert texts["single"]["choices"] == ["…"] * 3
        assert len(keys["single"]["feedback"]) == 3
    assert CANARY in str(after.outcomes)  # what grades a typed answer; it is shown nowhere


def test_texts_are_whole_while_she_agrees(db: Session) -> None:
    learner = _learner(db)
    attempt = pass_module(db, learner, 1).attempt_id
    revision_id = db.get_one(Attempt, attempt).module_revision_id
    texts = item_texts(db, revision_id, ["single", "number"], "fr", TODAY)
    assert CANARY in str(texts["single"])
    assert "withheld" not in texts["single"]


def test_no_recap_asks_what_was_taken_back(db: Session) -> None:
    for _ in range(6):
        learner = _learner(db)
        pass_module(db, learner, 1)
        found = recap_items(db, learner, 2, NOW)
        assert len(found) == 2
    take_back(db)
    for one in db.scalars(select(Standing)):
        assert one.passed_at
    asked = recap_items(db, learner, 2, NOW)
    assert {one.item.id for one in asked} & set(RESTING["first"]) == set()
    assert len(asked) == 2


def test_who_completed_the_course_before_has_completed_it(db: Session) -> None:
    learner = _learner(db)
    assert pass_course(db, learner).completed
    attest(db, learner)
    told = explain_completion(db, 1, KEYS.signing, NOW)
    assert CANARY in explanation_text(told)
    record = db.scalars(select(CompletionRecord)).one()
    before = (record.success_status, record.recorded_at)
    take_back(db)
    db.expire_all()
    record = db.scalars(select(CompletionRecord)).one()
    assert (record.success_status, record.recorded_at) == before
    after = explain_completion(db, 1, KEYS.signing, NOW)
    assert after.is_sound  # the record and all its digests still agree
    assert CANARY not in explanation_text(after)
    assert "rested on a testimony that was taken back" in explanation_text(after)


def test_who_was_on_his_way_can_complete_it_after(db: Session) -> None:
    learner = _learner(db)
    pass_module(db, learner, 1)
    read_module(db, learner, 2)
    attempt = start_quiz(db, learner, 2, "fr", NOW)
    save_all(db, attempt)
    take_back(db)
    assert submit(db, learner, attempt.id).completed
