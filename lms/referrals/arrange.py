"""Note that something is arranged for somebody: yes or no. What, and why, is written nowhere."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.referrals.models import Referral
from lms.referrals.states import OPEN, MoveRefusedError, Party, State
from lms.referrals.steps import Mover, Note, lock, note_change, require_party


def set_arrangement(
    db: Session, referral: Referral, mover: Mover, *, is_arranged: bool, now: datetime
) -> None:
    """Say whether a file that is open has an arrangement; said again, nothing changes."""
    require_party(mover, Party.COORDINATOR)
    lock(db, referral)
    if State(referral.state) not in (*OPEN, State.SUSPENDED):
        raise MoveRefusedError(f"nothing is arranged while a file is {referral.state}")
    if referral.arrangement == is_arranged:
        return
    detail = {"arrangement": [referral.arrangement, is_arranged]}
    referral.arrangement = is_arranged
    note_change(db, referral, "arrange", mover, Note(detail), now)
