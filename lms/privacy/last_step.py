"""The last step: two years after closure, what is left of a file says nothing of anybody.

The file keeps its state, outcome and days, so that the years' counts stay true; the
messages keep number, kind and day, so that the register of exchanges stays whole.
"""

import secrets
from datetime import UTC, datetime, time
from typing import overload

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.completion.models import (
    Attestation,
    Certificate,
    CompletionRecord,
    Reprint,
    Revocation,
)
from lms.corrections.models import Correction, CorrectionDecision
from lms.enrolment.models import Enrolment, EnrolmentCode
from lms.exchange.models import ExchangeDelivery, ExchangeMessage
from lms.kernel.ids import new_id
from lms.privacy.journal import write_entry
from lms.privacy.permit import put_back, remove, take_out
from lms.privacy.steps import Purge
from lms.progress.models import Waiver
from lms.referrals.models import Referral, ReferralEvent
from lms.referrals.service import RULES, move
from lms.referrals.states import Act, State

PURGED_NUMBER = "certificate"  # the rule of an entry that says which number is accounted for
_NOTHING = {"digest": "", "signature": "", "key_id": ""}


def drop_file(purge: Purge) -> int:
    """Take away reference, pseudonym and certificate; gives how many rows went or changed."""
    gone = _certificate(purge)
    gone += _corrections(purge)
    gone += _enrolments(purge)
    return gone + _referrals(purge)


def _certificate(purge: Purge) -> int:
    db, of = purge.db, purge.person.by_column
    records, papers = of["completion_id"], of["certificate_id"]
    for number in db.scalars(
        select(Certificate.register_number).where(Certificate.id.in_(papers))
    ).all():
        # The number stays accounted for, with no way from it to anybody (completion/register.py).
        write_entry(db, f"{PURGED_NUMBER} {number}", new_id(), 1, now=purge.now)
    gone = remove(db, Reprint, Reprint.certificate_id.in_(papers))
    gone += remove(db, Certificate, Certificate.id.in_(papers))
    gone += remove(db, Revocation, Revocation.completion_id.in_(records))
    gone += remove(db, CompletionRecord, CompletionRecord.id.in_(records))
    return gone + remove(db, Attestation, Attestation.enrolment_id.in_(of["enrolment_id"]))


def _corrections(purge: Purge) -> int:
    db, of = purge.db, purge.person.by_column
    gone = remove(db, Waiver, Waiver.enrolment_id.in_(of["enrolment_id"]))
    mine = of["correction_id"]
    gone += remove(db, CorrectionDecision, CorrectionDecision.correction_id.in_(mine))
    return gone + remove(db, Correction, Correction.id.in_(mine))


def _enrolments(purge: Purge) -> int:
    db, of = purge.db, purge.person.by_column
    for enrolment in db.scalars(select(Enrolment).where(Enrolment.id.in_(of["enrolment_id"]))):
        enrolment.pseudonym = f"x{secrets.token_hex(8)}"
        enrolment.deadline = enrolment.agreed_at = enrolment.notice_version = None
        enrolment.enrolled_at = _day(enrolment.enrolled_at)
        enrolment.withdrawn_at = _day(enrolment.withdrawn_at)
        enrolment.suspended_at = None
    for code in db.scalars(select(EnrolmentCode).where(EnrolmentCode.id.in_(of["code_id"]))):
        code.code_hash = secrets.token_hex(32)
        code.issued_at, code.expires_at = _day(code.issued_at), _day(code.expires_at)
        code.redeemed_at = _day(code.redeemed_at)
    db.flush()
    return len(of["enrolment_id"]) + len(of["code_id"])


def _referrals(purge: Purge) -> int:
    db, file = purge.db, purge.person.by_column["referral_id"]
    for referral in db.scalars(select(Referral).where(Referral.id.in_(file))):
        if referral.state != State.PURGED:
            move(db, referral, Act.PURGE, RULES, now=purge.now)
        referral.referred_by = referral.fee_by = None
        referral.fee_receipt = referral.fee_at = None
        referral.committed_on = referral.commitment_version = None
        referral.referred_at = _day(referral.referred_at)
    db.flush()
    steps = take_out(db, ReferralEvent, ReferralEvent.referral_id.in_(file))
    for step in steps:
        step |= {"at": _day(step["at"])}
    put_back(db, ReferralEvent, steps, {"reason": "", "detail": {}, "by": "site"})
    return len(file) + len(steps) + forget_messages(db, purge.person.by_column["message_id"])


def forget_messages(db: Session, message_ids: tuple[object, ...]) -> int:
    """Empty messages of the exchange: number, kind, carrier and moment stay. Needs the permit."""
    mine = ExchangeMessage.id.in_(message_ids)
    tries = take_out(db, ExchangeDelivery, ExchangeDelivery.message_id.in_(message_ids))
    messages = take_out(db, ExchangeMessage, mine)
    for one in messages:
        one |= {"body": {"kind": one["kind"], "number": one["number"], "purged": True}}
    put_back(db, ExchangeMessage, messages, _NOTHING)
    put_back(db, ExchangeDelivery, tries, {})
    return len(messages)


@overload
def _day(moment: datetime) -> datetime: ...
@overload
def _day(moment: None) -> None: ...
def _day(moment: datetime | None) -> datetime | None:
    """Give the day of a moment, at midnight UTC: enough to count by."""
    if moment is None:
        return None
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
