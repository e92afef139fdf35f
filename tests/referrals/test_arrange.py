"""An arrangement is noted as a yes, and why is written nowhere."""

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.referrals.arrange import set_arrangement
from lms.referrals.queries import events_of
from lms.referrals.service import Mover, MoveRefusedError
from lms.referrals.states import Party, State
from tests.factories import KEYS, NOW, make_referral, make_user


def _mover(db: Session, party: Party = Party.COORDINATOR) -> Mover:
    return Mover(party, str(make_user(db, role=Role.COORDINATOR).id), KEYS.audit)


def test_it_is_noted_once_and_can_be_taken_back(db: Session) -> None:
    file, mover = make_referral(db), _mover(db)
    set_arrangement(db, file, mover, is_arranged=True, now=NOW)
    set_arrangement(db, file, mover, is_arranged=True, now=NOW)
    assert file.arrangement
    set_arrangement(db, file, mover, is_arranged=False, now=NOW)
    steps = [one for one in events_of(db, file.id) if one.act == "arrange"]
    assert [one.detail["arrangement"] for one in steps] == [[False, True], [True, False]]
    assert {one.reason for one in steps} == {""}


def test_of_a_file_that_is_over_nothing_is_arranged(db: Session) -> None:
    file = make_referral(db, state=State.CLOSED)
    with pytest.raises(MoveRefusedError):
        set_arrangement(db, file, _mover(db), is_arranged=True, now=NOW)


def test_an_agency_does_not_note_it_here(db: Session) -> None:
    with pytest.raises(MoveRefusedError):
        set_arrangement(db, make_referral(db), _mover(db, Party.AGENCY), is_arranged=True, now=NOW)
