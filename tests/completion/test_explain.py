"""Two years later somebody asks what a person saw, and what he passed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lms.assessment.models import Response, Standing
from lms.completion.agreement import Signature
from lms.completion.explain import explain_completion
from lms.completion.explain_text import explanation_text
from lms.completion.plain import plain_text
from lms.completion.queries import completion_of, is_completed
from lms.completion.service import record_completion, revoke_completion, statuses
from lms.completion.signed import digest_of
from lms.completion.stories import Explanation, ItemStory
from lms.enrolment.models import Enrolment
from lms.journey.actor import Learner
from lms.kernel.errors import NotFoundError
from lms.kernel.ids import new_id
from lms.progress.queries import load_progress
from lms.publishing.models import ItemText, ModuleRevision, PublishedModule
from tests.completion.evidence import (
    SECRET_TEXT,
    attempts_of,
    correct,
    go_through,
    record_of,
    regrade,
)
from tests.factories import KEYS, NOW, attest, change_rules, make_learner

YEARS = timedelta(days=730)


def _graduate(db: Session) -> Learner:
    learner = make_learner(db)
    go_through(db, learner)
    attest(db, learner)
    return learner


def _explain(db: Session) -> Explanation:
    db.expire_all()
    return explain_completion(db, 1, KEYS.signing, NOW)


def _item(told: Explanation, item_id: str, attempt: int = 1) -> ItemStory:
    items = told.modules[0].attempts[attempt].items
    return next(one for one in items if one.id == item_id)


def _publish_another_edition(db: Session) -> None:
    """Publish the first module anew, with other words and another right answer, and add one."""
    pointer = db.get_one(PublishedModule, "first")
    old = db.get_one(ModuleRevision, pointer.revision_id)
    fields = {
        column.name: getattr(old, column.name)
        for column in ModuleRevision.__table__.columns
        if column.name != "id"
    }
    title = {"title": "Un autre titre"}
    outline = {code: head | title for code, head in old.outline.items()}
    new = ModuleRevision(**fields | {"number": 2, "digest": "9" * 64, "outline": outline})
    db.add(new)
    db.flush()
    for row in db.scalars(select(ItemText).where(ItemText.module_revision_id == old.id)):
        db.add(
            ItemText(
                module_revision_id=new.id,
                item_id=row.item_id,
                language=row.language,
                shown=row.shown | {"prompt": ["Une autre question"]},
                key=row.key,
            )
        )
    pointer.revision_id = new.id
    change_rules(db, **{"pass": 100, "modules": ["first", "second", "third"]})
    db.flush()


def test_it_tells_course_rules_person_and_register(db: Session) -> None:
    learner = _graduate(db)
    told = _explain(db)
    enrolment = db.get_one(Enrolment, learner.enrolment_id)
    assert (told.pseudonym, told.enrolled_at) == (enrolment.pseudonym, NOW)
    assert (told.course, told.title["en"], told.rules["pass"]) == ("seminar", "Small seminar", 80)
    assert (told.certificate.number, told.attested_version) == ("000001-1", "tests")
    assert told.record_digest == record_of(db, learner).digest
    assert told.is_sound
    with pytest.raises(NotFoundError):
        explain_completion(db, 2, KEYS.signing, NOW)


def test_it_tells_every_attempt_as_shown_in_order_with_the_answers(db: Session) -> None:
    learner = _graduate(db)
    told = _explain(db)
    first = told.modules[0]
    assert [(one.number, one.passed, one.score) for one in first.attempts] == [
        (1, False, "0/1"),
        (2, True, "11/1"),
    ]
    shown = attempts_of(db, learner, "first")[1].shown
    assert [one.id for one in first.attempts[1].items] == [one["item"] for one in shown]
    single = _item(told, "single")
    orders = {one["item"]: one["order"] for one in shown}
    assert single.question == "Laquelle est la bonne réponse ?"
    assert single.options == tuple(("A1", "B1", "C1")[at] for at in orders["single"])
    assert (single.answer, single.score, single.maximum) == (("B1",), "1/1", 1)
    assert _item(told, "match").answer == ("un → 1", "deux → 2", "trois → 3")
    assert _item(told, "match").options == tuple("123"[at] for at in orders["match"])
    assert _item(told, "order").answer == ("A3", "B3", "C3", "D3")
    assert _item(told, "text").answer == ("Écoute",)
    assert _item(told, "multiple").answer == ("A2", "B2", "D2")
    assert (_item(told, "single", 0).answer, _item(told, "single", 0).score) == (("A1",), "0/1")


def test_it_tells_the_pages_the_editions_and_the_time(db: Session) -> None:
    _graduate(db)
    first = _explain(db).modules[0]
    assert [one.id for one in first.sections[:2]] == ["listening", "speaking"]
    pages = {(one.id, one.round): one for one in first.sections}
    page = pages["listening", 1]
    assert (page.title, page.revision, page.language) == ("Écouter", 1, "fr")
    assert (page.read_at, page.seat_time[:2]) == (NOW, "PT")
    assert ("listening", 2) in pages


def test_what_somebody_wrote_for_himself_is_told_by_its_length_alone(db: Session) -> None:
    learner = _graduate(db)
    told = _explain(db)
    row = db.scalars(select(Response).where(Response.sealed_text.is_not(None))).first()
    assert row is not None
    length = len(" ".join([SECRET_TEXT] * 3))
    assert _item(told, "open").answer == (f"[a private text of {length} bytes]",)
    assert f"{SECRET_TEXT} {SECRET_TEXT}" not in explanation_text(told)
    assert learner.pseudonym in explanation_text(told)


def test_no_later_edition_rule_or_module_changes_what_he_saw_or_takes_his_pass(
    db: Session,
) -> None:
    learner = _graduate(db)
    before, digest = _explain(db), record_of(db, learner).digest
    _publish_another_edition(db)
    after = _explain(db)
    assert after == before
    assert "Un autre titre" not in explanation_text(after)
    assert is_completed(db, learner.enrolment_id)
    assert statuses(learner.rules, load_progress(db, learner.enrolment_id)).success == "passed"
    assert digest_of(record_of(db, learner).document) == digest


def test_a_later_regrade_is_told_and_takes_no_pass_away(db: Session) -> None:
    learner = _graduate(db)
    correction = correct(db, None, "key-change", now=NOW + YEARS, accepted=True)
    attempt = attempts_of(db, learner, "first")[1]
    regrade(db, attempt, correction, 0, passed=False, now=NOW + YEARS)
    told = _explain(db)
    assert told.is_sound
    (again,) = told.modules[0].attempts[1].regrades
    assert (again.score, again.passed, again.graded_at) == ("0/1", False, NOW + YEARS)
    assert [one.id for one in told.corrections] == [correction.id]
    assert is_completed(db, learner.enrolment_id)
    found = completion_of(db, learner.enrolment_id)
    assert found is not None
    assert found.is_issued
    assert "why key-change" in explanation_text(told)


def test_a_standing_that_was_turned_back_takes_no_record_away(db: Session) -> None:
    learner = _graduate(db)
    standing = db.get_one(Standing, (learner.enrolment_id, "first"))
    standing.passed_at = None
    db.flush()
    progress = load_progress(db, learner.enrolment_id)
    again = record_completion(
        db,
        learner.enrolment_id,
        learner.rules,
        progress,
        signing_key=KEYS.signing,
        now=NOW + YEARS,
    )
    assert again is None
    assert is_completed(db, learner.enrolment_id)


def test_a_revocation_is_told_with_its_reason(db: Session) -> None:
    learner = _graduate(db)
    revoke_completion(
        db,
        record_of(db, learner).id,
        correction_id=new_id(),
        reason="Impersonation",
        now=NOW + YEARS,
    )
    told = _explain(db)
    assert (told.certificate.state, told.certificate.revoked_why) == ("revoked", "Impersonation")
    assert "revoked     2028-11-20 14:00:00 UTC: Impersonation" in explanation_text(told)


def _without_triggers(db: Session) -> None:
    if db.get_bind().dialect.name == "postgresql":
        for table in ("response", "result", "completion_record"):
            db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    names = db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    for name in names:
        db.execute(text(f"DROP TRIGGER {name}"))


def test_an_answer_that_was_changed_behind_the_triggers_is_told(db: Session) -> None:
    learner = _graduate(db)
    _without_triggers(db)
    attempt = attempts_of(db, learner, "first")[0]
    response = db.get_one(Response, (attempt.id, "single"))
    response.answer = [1]
    db.flush()
    told = _explain(db)
    assert told.disagreements == ("module first, attempt 1: the database says otherwise (items)",)
    assert not told.is_sound
    assert told.disagreements[0] in explanation_text(told)


def test_a_record_that_was_changed_behind_the_triggers_is_told(db: Session) -> None:
    learner = _graduate(db)
    _without_triggers(db)
    record = record_of(db, learner)
    record.document = record.document | {"recorded_at": "2020-01-01T00:00:00+00:00"}
    record.digest = digest_of(record.document)
    db.flush()
    told = _explain(db)
    assert told.signature is Signature.BROKEN
    assert not told.is_sound


def test_after_a_change_of_the_sites_key_it_says_that_it_cannot_compare(db: Session) -> None:
    _graduate(db)
    told = explain_completion(db, 1, KEYS.field, NOW)
    assert told.signature is Signature.OTHER_KEY
    assert told.disagreements == ()
    assert "as it was signed" not in explanation_text(told)
    assert told.is_sound


def test_a_record_of_before_signatures_is_still_explained(db: Session) -> None:
    learner = _graduate(db)
    _without_triggers(db)
    record = record_of(db, learner)
    record.signature = ""
    record.document = {"rules": record.document["rules"], "modules": [{"attempts": 2}]}
    db.flush()
    told = _explain(db)
    assert told.signature is Signature.NONE
    assert told.modules[0].attempts[1].passed


def test_the_report_is_read_from_top_to_bottom(db: Session) -> None:
    _graduate(db)
    lines = explanation_text(_explain(db)).splitlines()
    for wanted in (
        "Certificate 000001-1, issued",
        "  signature: holds",
        "  every attempt in the database is as it was signed",
        "Module 1, first: Le premier",
        "  Attempt 2, revision 1, passed",
        "    score 11 of 11; a pass needs 80 %",
        "Corrections",
        "  none",
    ):
        assert wanted in lines


def test_what_he_typed_does_not_steer_the_terminal(db: Session) -> None:
    _graduate(db)
    told = _explain(db)
    hostile = replace(told, pseudonym="\x1b[2Jgone\r\u202e")
    shown = explanation_text(hostile)
    assert "\x1b" not in shown
    assert "\r" not in shown
    assert "\u202e" not in shown
    assert "gone" in shown


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("plain", "plain"),
        ("<p>Un &amp; deux</p><ul><li>a</li><li>b</li></ul>", "Un & deux a b"),
        ('<p>voir <img src="x" alt="une carte"></p>', "voir [une carte]"),
        ("a<em>b</em>c", "abc"),
        ("", ""),
    ],
)
def test_a_question_is_told_in_plain_words(html: str, words: str) -> None:
    assert plain_text(html) == words
