"""Somebody with a row in every table that is about people, and a canary in every private text.

A canary is a text that stands nowhere else: it says which column it was planted in, and whose.
Longer than 300 lines: a row for each table, one after the other.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import RecoveryCode, SignInSession, User
from lms.accounts.roles import Role
from lms.agencies.models import Agency
from lms.assessment.models import Attempt, Regrade, Result
from lms.assessment.service import NewAnswer
from lms.attendance.models import Attendance, LiveSession
from lms.completion.models import Certificate, Reprint, Revocation
from lms.conversations.models import Message, OpenGrade, SharedResponse
from lms.corrections.models import Correction, CorrectionDecision
from lms.enrolment.models import Cohort, Enrolment, EnrolmentCode
from lms.exchange.models import ExchangeDelivery, ExchangeMessage
from lms.journey.actor import Learner
from lms.journey.take_quiz import answer_item, start_quiz
from lms.kernel.ids import new_id
from lms.kernel.sealing import PERSON_KEY, Place, seal
from lms.outcomes.models import FollowUp
from lms.privacy.models import ViewEntry
from lms.progress.models import SeatClock, Waiver
from lms.referrals.models import Identity, Referral, ReferralEvent
from lms.surveys.models import SurveyTurn
from tests import factories
from tests.factories import KEYS, NOW

LATER = NOW + timedelta(hours=1)
CANARY = re.compile(r"zq([a-z]{2})kv([a-z])x", re.IGNORECASE)  # as it comes out, whatever its case


@dataclass
class Marks:
    """The canaries of one person; `mark` is his letter."""

    mark: str
    columns: dict[str, str] = field(default_factory=dict)

    def of(self, column: str) -> str:
        """Give the canary of a column, named table.column."""
        if column not in self.columns:
            first, second = divmod(len(self.columns), 26)
            self.columns[column] = f"zq{chr(97 + first)}{chr(97 + second)}kv{self.mark}x"
        return self.columns[column]

    def named(self) -> Mapping[str, str]:
        """Give the column of each canary."""
        return {canary: column for column, canary in self.columns.items()}


@dataclass(frozen=True)
class Planted:
    """Somebody with everything: his ids, and what was planted."""

    user: User
    enrolment: Enrolment
    learner: Learner
    referral: Referral
    certificate: Certificate
    marks: Marks


def plant(
    db: Session,
    mark: str | Marks,
    *,
    cohort: Cohort | None = None,
    agency: Agency | None = None,
    revoked: bool = False,
) -> Planted:
    """Make somebody who took the whole course, with a row in every table about people."""
    marks = mark if isinstance(mark, Marks) else Marks(mark)
    cohort = cohort or factories.make_cohort(db)
    user = factories.make_user(
        db, marks.of("user_account.login"), password_hash=marks.of("user_account.password_hash")
    )
    learner = factories.make_learner(db, cohort=cohort, user=user)
    enrolment = db.get_one(Enrolment, learner.enrolment_id)
    _fail_once(db, learner, marks)
    factories.pass_module(db, learner, 2, now=LATER)
    certificate = factories.attest(db, learner)
    referral = _refer(db, enrolment, agency, marks)
    enrolment.time_credit_percent, enrolment.read_aloud = 10, True
    enrolment.pseudonym = marks.of("enrolment.pseudonym").upper()
    enrolment.first_name = _sealed(enrolment.id, marks, "enrolment.first_name", enrolment.id)
    enrolment.address = _sealed(enrolment.id, marks, "enrolment.address", enrolment.id)
    made = Planted(user, enrolment, learner, referral, certificate, marks)
    _talk(db, made)
    _correct(db, made, revoked=revoked)
    _attend(db, made)
    _exchange(db, made)
    _leave_traces(db, made)
    db.flush()
    return made


def _sealed(subject: uuid.UUID, marks: Marks, column: str, row: object) -> bytes:
    table, _dot, name = column.partition(".")
    key = KEYS.people.find_or_make(subject)
    text = marks.of(column) + ("@example.org" if name == "address" else "")
    return seal(key, text, Place(table, name, str(row)), PERSON_KEY)


def _fail_once(db: Session, learner: Learner, marks: Marks) -> None:
    """Try the first quiz with a text and a reflection of his own."""
    factories.read_module(db, learner, 1)
    attempt = start_quiz(db, learner, 1, "fr", NOW)
    factories.save_all(db, attempt, right=False)
    said = {"text": marks.of("response.answer"), "open": f"{marks.of('response.sealed_text')} a b"}
    for item_id, text in said.items():
        new = NewAnswer(item_id, (text,), version=1, language="fr")
        answer_item(db, attempt, new, keys=KEYS, now=NOW)
    factories.submit(db, learner, attempt.id)
    for place in factories.read_again(db, learner, 1):
        factories.go_on(db, learner, (1, place), now=LATER)
    again = start_quiz(db, learner, 1, "fr", LATER)
    factories.save_all(db, again, now=LATER)
    kept = f"{marks.of('response.sealed_text (not shared)')} a b"
    new = NewAnswer("open", (kept,), version=1, language="fr")
    answer_item(db, again, new, keys=KEYS, now=LATER)
    factories.submit(db, learner, again.id, now=LATER)


def _refer(db: Session, enrolment: Enrolment, agency: Agency | None, marks: Marks) -> Referral:
    cohort = db.get_one(Cohort, enrolment.cohort_id)
    referral = factories.make_referral(
        db,
        agency=agency,
        cohort=cohort,
        reference=marks.of("referral.reference"),
        reference_mark=marks.of("referral.reference_mark"),
        fee_receipt=marks.of("referral.fee_receipt"),
        fee_state="paid",
        fee_at=NOW,
        commitment_version="v1",
        committed_on=NOW.date(),
        arrangement=True,
        state="reported",
        outcome="completed",
        outcome_on=NOW.date(),
        code_id=enrolment.code_id,
        enrolment_id=enrolment.id,
    )
    db.add_all([
        ReferralEvent(
            referral_id=referral.id, number=1, act="refer", before="", after="referred",
            detail={"note": marks.of("referral_event.detail")}, at=NOW, by="site",
            reason=marks.of("referral_event.reason"),
        ),
        Identity(
            referral_id=referral.id, recorded_at=NOW,
            recorded_by=factories.make_user(db, role=Role.COORDINATOR).id,
            **{
                name: _sealed(referral.id, marks, f"identity.{name}", referral.id)
                for name in ("name", "telephone", "file_number")
            },
        ),
        FollowUp(
            referral_id=referral.id, months=12, programme_id=referral.programme_id,
            known_again=False, reported_at=NOW,
        ),
    ])  # fmt: skip
    db.flush()
    return referral


def _talk(db: Session, made: Planted) -> None:
    own = {"programme_id": made.enrolment.programme_id, "enrolment_id": made.enrolment.id}
    own_id, asked, answered = made.enrolment.id, new_id(), new_id()
    for message_id, answers in ((asked, None), (answered, asked)):
        db.add(
            Message(
                **own, id=message_id, sender_id=made.user.id, is_from_staff=answers is not None,
                answers=answers, sent_at=NOW,
                sealed_text=_sealed(own_id, made.marks, "message.sealed_text", message_id),
            )
        )  # fmt: skip
        db.flush()
    attempt_id = _first_try(db, made)
    grader = factories.make_user(db, role=Role.INSTRUCTOR).id
    place = f"{attempt_id}:open:1"
    db.add_all([
        SharedResponse(**own, attempt_id=attempt_id, item_id="open", shared_at=NOW),
        OpenGrade(
            **own, attempt_id=attempt_id, item_id="open", number=1, is_done=True,
            graded_by=grader, graded_at=NOW,
            sealed_comment=_sealed(own_id, made.marks, "open_grade.sealed_comment", place),
        ),
    ])  # fmt: skip
    db.flush()


def _first_try(db: Session, made: Planted) -> uuid.UUID:
    own = select(Attempt.id).where(Attempt.enrolment_id == made.enrolment.id)
    return db.scalars(own.order_by(Attempt.started_at)).first() or made.enrolment.id


def _correct(db: Session, made: Planted, *, revoked: bool) -> None:
    """Write a row of each kind of correction."""
    people = [factories.make_user(db, role=Role.INSTRUCTOR).id for _ in range(2)]
    site = {"programme_id": made.enrolment.programme_id}
    mine = {**site, "enrolment_id": made.enrolment.id}
    why = Correction(
        **mine, kind="waive-module", module_id="first",
        detail={"before": {}, "after": {}, "waits": True},
        reason=made.marks.of("correction.reason"), proposed_by=people[0], proposed_at=NOW,
    )  # fmt: skip
    db.add(why)
    db.flush()
    attempt_id, by = _first_try(db, made), {"correction_id": why.id}
    db.add_all([
        CorrectionDecision(
            **by, proposed_by=people[0], decided_by=people[1], decided_at=NOW, accepted=True
        ),
        Waiver(**mine, **by, module_id="first", waived_at=NOW),
        Reprint(
            **site, certificate_id=made.certificate.id, reprinted_by=people[0], reprinted_at=NOW,
            reason=made.marks.of("reprint.reason"),
        ),
        Regrade(
            **site, **by, attempt_id=attempt_id, number=1, raw_numerator=1, raw_denominator=1,
            maximum=1, passed=False, items=db.get_one(Result, attempt_id).items, graded_at=NOW,
        ),
    ])  # fmt: skip
    if revoked:
        reason = made.marks.of("revocation.reason")
        record = made.certificate.completion_id
        db.add(Revocation(**site, **by, completion_id=record, reason=reason, revoked_at=NOW))
    db.flush()


def _attend(db: Session, made: Planted) -> None:
    by = factories.make_user(db, role=Role.COORDINATOR).id
    own = {"programme_id": made.enrolment.programme_id}
    session = LiveSession(
        **own, cohort_id=made.enrolment.cohort_id, kind="live", place="", starts_at=NOW,
        ends_at=NOW,
    )  # fmt: skip
    db.add(session)
    db.flush()
    db.add_all([
        Attendance(
            **own, session_id=session.id, enrolment_id=made.enrolment.id, arrived_at=NOW,
            left_at=NOW, whole=True, recorded_by=by, recorded_at=NOW,
        ),
        SurveyTurn(
            **own, enrolment_id=made.enrolment.id, survey_id="views", wave="before", is_over=True
        ),
    ])  # fmt: skip
    if db.get(SeatClock, made.enrolment.id) is None:
        db.add(
            SeatClock(
                enrolment_id=made.enrolment.id, until=NOW, view="", view_ms=0, before_view="",
                before_view_ms=0,
            )
        )  # fmt: skip


def _exchange(db: Session, made: Planted) -> None:
    referral = made.referral
    body = {
        "reference": made.marks.of("referral.reference"),
        "status": "completed",
        "date": NOW.date().isoformat(),
        "certificate": made.certificate.number,
    }
    numbers = select(func.max(ExchangeMessage.number)).where(
        ExchangeMessage.agency_id == referral.agency_id, ExchangeMessage.direction == "out"
    )
    message = ExchangeMessage(
        programme_id=referral.programme_id, agency_id=referral.agency_id, referral_id=referral.id,
        direction="out", number=(db.scalar(numbers) or 0) + 1, kind="status", body=body,
        digest=made.marks.of("exchange_message.digest"), signature="s", key_id="k",
        carrier="file", at=NOW,
    )  # fmt: skip
    db.add(message)
    db.flush()
    db.add(
        ExchangeDelivery(message_id=message.id, carrier="file", is_delivered=True, fault="", at=NOW)
    )


def _leave_traces(db: Session, made: Planted) -> None:
    """Leave what a person leaves behind: views of his pages, a session, a code, a purge."""
    viewer = factories.make_user(db, role=Role.INSTRUCTOR)
    db.add_all([
        ViewEntry(
            at=NOW, viewer_id=viewer.id, role=viewer.role, subject="enrolment",
            subject_id=made.enrolment.id, what="person",
            purpose=made.marks.of("view_entry.purpose"),
        ),
        RecoveryCode(
            code_hash=made.marks.of("recovery_code.code_hash"), user_id=made.user.id
        ),
        SignInSession(
            token_hash=made.marks.of("sign_in_session.token_hash"), user_id=made.user.id,
            created_at=NOW, seen_at=NOW, ended_at=NOW,
        ),
    ])  # fmt: skip
    db.execute(
        update(EnrolmentCode)
        .where(EnrolmentCode.id == made.enrolment.code_id)
        .values(code_hash=made.marks.of("enrolment_code.code_hash"))
    )
