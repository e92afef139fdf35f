"""A court asks what was answered that day: no query, not even a mistaken one, can change it."""

import uuid
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, MetaData, Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.assessment.models import Attempt, Regrade, Result
from lms.assessment.service import NewAnswer
from lms.authoring.drafts import begin, save, send
from lms.completion.models import Certificate, CompletionRecord, Reprint, Revocation
from lms.corrections.models import Correction, CorrectionDecision
from lms.journey.actor import Learner
from lms.journey.take_quiz import answer_item, start_quiz
from lms.kernel.audit import Act, append_audit
from lms.kernel.table import Base, UtcDateTime
from lms.progress.models import Waiver
from lms.publishing.models import SectionText, TestimonyEvent, TestimonyUse
from tests.factories import (
    KEYS,
    NOW,
    attest,
    make_learner,
    make_user,
    pass_course,
    read_module,
    save_all,
    submit,
)

APPEND_ONLY = {  # a column of each that somebody might wish were different
    "attempt": "language",
    "attestation": "language",
    "audit_entry": "reason",
    "certificate": "number",
    "completion_record": "success_status",
    "correction": "reason",
    "correction_decision": "accepted",
    "course_revision": "published_by",
    "draft_event": "reason",
    "file_revision": "reason",
    "item_text": "language",
    "module_revision": "published_by",
    "regrade": "passed",
    "reprint": "reason",
    "result": "language",
    "revocation": "reason",
    "section_text": "section_id",
    "testimony_event": "reason",
    "testimony_use": "language",
    "waiver": "waived_at",
}
REFUSED = "append-only"
CLOSED = "closed"


def _table(name: str) -> Table:
    metadata: MetaData = Base.metadata
    return metadata.tables[name]


@pytest.fixture
def passed(db: Session) -> Session:
    """Give a database where somebody has passed the course."""
    learner = make_learner(db)
    pass_course(db, learner)
    attest(db, learner)
    _correct(db, learner)
    _agree(db)
    _write(db)
    return db


def _write(db: Session) -> None:
    """Send a draft to review, so that its text is an edition."""
    me = make_user(db, role=Role.AUTHOR)
    draft = begin(db, "content/facts.yml", "", by=me.id, now=NOW)
    save(db, draft.id, "- x", known=draft.digest, by=me.id, now=NOW)
    send(db, draft.id, by=me.id, login=me.login, now=NOW)


def _agree(db: Session) -> None:
    """Note a testimony that a page shows, and what was agreed."""
    section = db.scalars(select(SectionText)).first()
    if section is None:
        raise LookupError
    db.add_all([
        TestimonyUse(
            module_revision_id=section.module_revision_id, language=section.language,
            position=section.position, testimony_id="lea",
        ),
        TestimonyEvent(
            testimony_id="lea", number=1, act="given", terms={}, reason="", at=NOW, by="partner"
        ),
    ])  # fmt: skip
    db.flush()


def _correct(db: Session, learner: Learner) -> None:
    """Write a row of each kind of correction, as small as the tables take it."""
    people = [make_user(db, role=Role.INSTRUCTOR).id for _ in range(2)]
    mine = {"programme_id": learner.programme_id, "enrolment_id": learner.enrolment_id}
    why = Correction(
        **mine, kind="k", module_id="first", detail={}, reason="r", proposed_by=people[0],
        proposed_at=NOW,
    )  # fmt: skip
    db.add(why)
    db.flush()
    record = db.scalars(select(CompletionRecord)).one()
    paper = db.scalars(select(Certificate)).one()
    result = db.scalars(select(Result)).first()
    if result is None:
        raise LookupError
    site = {"programme_id": learner.programme_id}
    by = {"correction_id": why.id}
    db.add_all([
        CorrectionDecision(
            **by, proposed_by=people[0], decided_by=people[1], decided_at=NOW, accepted=True
        ),
        Waiver(**mine, **by, module_id="first", waived_at=NOW),
        Revocation(**site, **by, completion_id=record.id, reason="r", revoked_at=NOW),
        Reprint(
            **site, certificate_id=paper.id, reason="r", reprinted_by=people[0], reprinted_at=NOW
        ),
        Regrade(
            **site, **by, attempt_id=result.attempt_id, number=1, raw_numerator=1,
            raw_denominator=1, maximum=1, passed=True, items=[], graded_at=NOW,
        ),
    ])  # fmt: skip
    db.flush()
    append_audit(db, KEYS.audit, Act("site", "act", "subject", "r"), now=NOW)


def _other(column: Column[Any]) -> object:
    """Give a value that the column takes."""
    if isinstance(column.type, Boolean):
        return False
    return NOW if isinstance(column.type, UtcDateTime) else "x"


@pytest.mark.parametrize("name", APPEND_ONLY)
def test_evidence_is_neither_rewritten_nor_deleted(passed: Session, name: str) -> None:
    table = _table(name)
    for act in (
        update(table).values({APPEND_ONLY[name]: _other(table.c[APPEND_ONLY[name]])}),
        delete(table),
    ):
        with pytest.raises(IntegrityError, match=REFUSED), passed.begin_nested():
            passed.execute(act)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["result", "certificate"])
def test_evidence_is_not_replaced_on_sqlite(passed: Session, name: str) -> None:
    row = dict(passed.execute(select(_table(name))).mappings().first() or {})
    with pytest.raises(IntegrityError, match=REFUSED):
        passed.execute(insert(_table(name)).prefix_with("OR REPLACE").values(**row))


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_evidence_is_not_emptied_on_postgresql(passed: Session) -> None:
    for name in APPEND_ONLY:
        with pytest.raises(IntegrityError, match=REFUSED), passed.begin_nested():
            passed.execute(text(f'TRUNCATE "{name}" CASCADE'))


def test_an_answer_may_be_changed_until_it_is_handed_in(db: Session) -> None:
    learner = make_learner(db)
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, attempt, right=False)
    new = NewAnswer("single", (1,), version=1, language="fr")
    assert answer_item(db, attempt, new, field_key=KEYS.field, now=NOW) == 2


def test_no_answer_is_touched_once_it_was_handed_in(db: Session) -> None:
    learner = make_learner(db)
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, attempt)
    submit(db, learner, attempt.id)
    read_module(db, learner, 2)
    other = start_quiz(db, learner, 2, "fr", NOW)
    save_all(db, other)
    table = _table("response")
    moved = table.c.attempt_id == other.id, table.c.item_id == "must"
    for act in (
        insert(table).values(_response(attempt.id)),
        update(table).where(table.c.attempt_id == attempt.id).values(version=9),
        update(table).where(*moved).values(attempt_id=attempt.id),
        delete(table).where(table.c.attempt_id == attempt.id),
    ):
        with pytest.raises(IntegrityError, match=CLOSED), db.begin_nested():
            db.execute(act)


def test_an_attempt_has_one_result(passed: Session) -> None:
    attempt_id = passed.scalars(select(Attempt.id)).first()
    row = passed.execute(select(Result.__table__).where(Result.attempt_id == attempt_id))
    with pytest.raises(IntegrityError, match=r"(?i)unique|duplicate"):
        passed.execute(insert(Result).values(**row.mappings().one()))


def _response(attempt_id: uuid.UUID) -> dict[str, object]:
    return {
        "attempt_id": attempt_id,
        "item_id": "late",
        "answer": [0],
        "language": "fr",
        "version": 1,
        "saved_at": NOW,
    }
