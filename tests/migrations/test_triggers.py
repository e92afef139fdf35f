"""A court asks what was answered that day: no query, not even a mistaken one, can change it.

Longer than 300 lines: every table that is appended is tried with and without a permit.
"""

import uuid
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Executable,
    MetaData,
    Table,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.assessment.models import Attempt, Result
from lms.assessment.service import NewAnswer
from lms.authoring.drafts import begin, save, send
from lms.journey.take_quiz import answer_item, start_quiz
from lms.kernel.audit import Act, append_audit
from lms.kernel.database import Database
from lms.kernel.ids import new_id
from lms.kernel.table import Base, UtcDateTime
from lms.privacy.journal import write_entry
from lms.privacy.models import PurgePermit
from lms.privacy.permit import purge_permit
from lms.publishing.models import SectionText, TestimonyEvent, TestimonyUse
from lms.surveys.models import SurveyRevision
from tests.factories import (
    KEYS,
    NOW,
    attest,
    make_incident,
    make_learner,
    make_user,
    pass_course,
    read_module,
    save_all,
    submit,
)
from tests.privacy.planting import plant

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
    "exchange_delivery": "fault",
    "exchange_message": "carrier",
    "file_revision": "reason",
    "incident": "people",
    "item_text": "language",
    "module_revision": "published_by",
    "open_grade": "is_done",
    "purge_entry": "rule",
    "referral_event": "reason",
    "regrade": "passed",
    "reprint": "reason",
    "result": "language",
    "revocation": "reason",
    "section_text": "section_id",
    "survey_revision": "language",
    "testimony_event": "reason",
    "testimony_use": "language",
    "view_entry": "purpose",
    "waiver": "waived_at",
}
FOR_GOOD = frozenset({  # no permit lets these go
    "audit_entry", "course_revision", "draft_event", "file_revision", "incident", "item_text",
    "module_revision", "purge_entry", "section_text", "survey_revision", "testimony_event",
    "testimony_use",
})  # fmt: skip
REFUSED = "append-only"
CLOSED = "closed"


def _table(name: str) -> Table:
    metadata: MetaData = Base.metadata
    return metadata.tables[name]


@pytest.fixture
def passed(db: Session) -> Session:
    """Give a database where somebody has passed the course."""
    plant(db, "t", revoked=True)
    _agree(db)
    _write(db)
    _keep_registers(db)
    return db


def _keep_registers(db: Session) -> None:
    """Write a row into each register that nothing ever leaves."""
    make_incident(db)
    write_entry(db, "closure", new_id(), 1, now=NOW)
    db.add(
        SurveyRevision(
            survey_id="views", language="fr", number=1, digest="d", document={}, published_at=NOW
        )
    )
    append_audit(db, KEYS.audit, Act("site", "act", "subject", "r"), now=NOW)


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


def _with_permit(db: Session, act: Executable) -> None:
    db.add(PurgePermit())
    db.flush()
    db.execute(act)


def _fail_within_the_permit(db: Session) -> None:
    with purge_permit(db):
        db.execute(delete(_table("attestation")))
        raise ZeroDivisionError


def attest_all(db: Session) -> None:
    """Let somebody pass the course and attest."""
    learner = make_learner(db)
    pass_course(db, learner)
    attest(db, learner)


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


def test_the_permit_lets_go_what_may_be_purged_and_lets_nothing_change(passed: Session) -> None:
    for name, column in APPEND_ONLY.items():
        table = _table(name)
        changed = update(table).values({column: _other(table.c[column])})
        with pytest.raises(IntegrityError, match=REFUSED), passed.begin_nested():
            _with_permit(passed, changed)
        if name in FOR_GOOD:
            with pytest.raises(IntegrityError, match=REFUSED), passed.begin_nested():
                _with_permit(passed, delete(table))
            continue
        point = passed.begin_nested()
        try:
            _with_permit(passed, delete(table))
        except IntegrityError as error:  # rows of other tables hang on it: another refusal
            assert REFUSED not in str(error)  # noqa: PT017 - it need not be raised
        point.rollback()


def test_a_permit_is_gone_with_its_transaction(real_database: Database) -> None:
    with real_database.write() as db:
        learner = make_learner(db)
        pass_course(db, learner)
        db.commit()
    with real_database.write() as db, purge_permit(db):
        db.execute(delete(_table("standing")))
        db.execute(delete(_table("statistic_queue")))
        assert db.scalar(select(func.count()).select_from(PurgePermit)) == 1
    with real_database.write() as db:
        with purge_permit(db):
            db.execute(delete(_table("standing")))
            db.execute(delete(_table("statistic_queue")))
            db.execute(delete(_table("response")))
            db.execute(delete(_table("result")))
        assert db.scalar(select(func.count()).select_from(PurgePermit)) == 0
        with pytest.raises(IntegrityError, match=REFUSED), db.begin_nested():
            db.execute(delete(_table("attempt")))
        db.commit()
    with real_database.write() as db:
        assert db.scalar(select(func.count()).select_from(Result)) == 0
        with pytest.raises(IntegrityError, match=REFUSED):
            db.execute(delete(_table("attempt")))


def test_a_fault_within_the_permit_undoes_all_of_it(real_database: Database) -> None:
    with real_database.write() as db:
        attest_all(db)
        db.commit()
    with real_database.write() as db:
        with pytest.raises(ZeroDivisionError):
            _fail_within_the_permit(db)
        db.commit()  # of whoever caught it and went on
    with real_database.read() as db:
        assert db.scalar(select(func.count()).select_from(PurgePermit)) == 0
        assert db.scalar(select(func.count()).select_from(_table("attestation"))) == 1


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
    assert answer_item(db, attempt, new, keys=KEYS, now=NOW) == 2


def test_answers_of_a_closed_attempt_go_with_a_permit_and_change_with_none(db: Session) -> None:
    learner = make_learner(db)
    read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    save_all(db, attempt)
    submit(db, learner, attempt.id)
    table = _table("response")
    with pytest.raises(IntegrityError, match=CLOSED), db.begin_nested():
        _with_permit(db, update(table).values(version=9))
    with purge_permit(db):
        db.execute(delete(table))
    assert db.scalar(select(func.count()).select_from(table)) == 0


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
