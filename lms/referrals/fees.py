"""The fee of a file: due, paid with a receipt number, or waived. No amount and no card is kept."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy.orm import Session

from lms.kernel.errors import BadInputError
from lms.referrals.models import Referral
from lms.referrals.states import OPEN, Act, MoveRefusedError, Party, State
from lms.referrals.steps import Mover, Note, lock, move, note_change, require_party

LONGEST_RECEIPT = 40
_CARD_DIGITS = range(13, 20)
_SETTLING: Mapping[State, tuple[Act, ...]] = MappingProxyType({
    State.REFERRED: (Act.CHARGE, Act.SETTLE),
    State.FEE_DUE: (Act.SETTLE,),
})  # fmt: skip


class FeeState(StrEnum):
    """Whether the fee is settled. No amount, no card: the agency's books have those."""

    DUE = "due"
    PAID = "paid"
    WAIVED = "waived"


class ReceiptError(BadInputError):
    """What is paid has a receipt number of 1 to 40 signs, which is no card's number."""


def settle_fee(
    db: Session,
    referral: Referral,
    state: FeeState,
    receipt: str,
    mover: Mover,
    *,
    now: datetime,
) -> None:
    """Note that the fee was asked for, paid (with a receipt number) or waived.

    Paid and waived make the file ready, from the referral on; later they change what it says of
    the fee, and where it stands stays.
    """
    require_party(mover, Party.COORDINATOR)
    number = clean_receipt(receipt) if state is FeeState.PAID else None
    lock(db, referral)
    here = State(referral.state)
    if state is FeeState.DUE:
        move(db, referral, Act.CHARGE, mover, now=now)
        return
    if here not in OPEN:
        raise MoveRefusedError(f"a fee is not settled while a file is {here}")
    before = referral.fee_state
    referral.fee_state = state
    referral.fee_receipt = number
    referral.fee_at = now
    referral.fee_by = uuid.UUID(mover.actor)
    note_change(db, referral, "fee", mover, Note({"fee": [before, str(state)]}), now)
    for act in _SETTLING.get(here, ()):
        move(db, referral, act, mover, now=now)


def settle_open_fee(
    db: Session,
    referral: Referral,
    state: FeeState,
    receipt: str,
    mover: Mover,
    *,
    now: datetime,
) -> None:
    """Note a fee that nobody has settled yet; MoveRefusedError where somebody has."""
    lock(db, referral)
    if State(referral.state) not in _SETTLING:
        raise MoveRefusedError(f"the fee of a file that is {referral.state} is settled")
    settle_fee(db, referral, state, receipt, mover, now=now)


def clean_receipt(text: str) -> str:
    """Give a receipt number as it is kept; ReceiptError where it is none or may be a card's."""
    number = " ".join(text.split())
    digits = "".join(sign for sign in number if sign.isdigit())
    is_card = len(digits) in _CARD_DIGITS and _has_card_check(digits)
    if not 1 <= len(number) <= LONGEST_RECEIPT or not number.isprintable() or is_card:
        raise ReceiptError
    return number


def _has_card_check(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1 (Luhn), as on every card."""
    doubled = [int(one) * (1 + at % 2) for at, one in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0  # noqa: PLR2004 - digits
