"""What each kind does for one person: check that it makes sense, do it, say before and after."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assessment.models import Standing
from lms.completion.models import CompletionRecord, Revocation
from lms.corrections.kinds import (
    MOST_MINUTES,
    MOST_TIME_CREDIT,
    Kind,
    RefusedError,
    Why,
    Wish,
)
from lms.corrections.scope import Case, Document, moment
from lms.gates.seat_time import minimum_ms
from lms.kernel.errors import BadInputError, NotFoundError
from lms.progress.models import SeatKind, Waiver
from lms.progress.queries import load_progress
from lms.progress.service import Seat, grant_time
from lms.publishing.queries import ModuleOutline, module_outline

Change = tuple[Document, Document]  # before and after
_MINUTE_MS = 60_000


def do_at_once(db: Session, case: Case, wish: Wish, now: datetime) -> Change:
    """Do what one person may do alone; gives before and after."""
    return _ACTS[wish.kind](db, case, wish, now)


def check_proposal(db: Session, case: Case, wish: Wish) -> Document:
    """Check what needs a second person; gives what its decision will need."""
    if wish.kind is Kind.WAIVE_MODULE:
        refuse_if_passed(find_standing(db, case, case.check_module(wish.module_id)))
        return {}
    return {"completion": str(standing_completion(db, case).id)}


def find_standing(db: Session, case: Case, module_id: str) -> Standing | None:
    """Give where he stands in a module's quiz, as it is in the database now."""
    key = (case.enrolment.id, module_id)
    return db.get(Standing, key, populate_existing=True)


def refuse_if_passed(standing: Standing | None) -> None:
    """Refuse what only helps somebody who has not passed."""
    if standing is not None and standing.passed_at is not None:
        raise RefusedError(Why.ALREADY_PASSED)


def standing_completion(db: Session, case: Case) -> CompletionRecord:
    """Give his completion that counts, or say why there is none."""
    record = db.scalar(
        select(CompletionRecord).where(CompletionRecord.enrolment_id == case.enrolment.id)
    )
    if record is None:
        raise RefusedError(Why.NOT_COMPLETED)
    if db.get(Revocation, record.id) is not None:
        raise RefusedError(Why.ALREADY_REVOKED)
    return record


def waive(db: Session, case: Case, module_id: str, correction_id: Any, now: datetime) -> Change:  # noqa: ANN401 - a UUID
    """Let a module count as passed without an attempt that passed."""
    standing = find_standing(db, case, module_id)
    refuse_if_passed(standing)
    db.add(
        Waiver(
            enrolment_id=case.enrolment.id,
            module_id=module_id,
            programme_id=case.enrolment.programme_id,
            correction_id=correction_id,
            waived_at=now,
        )
    )
    if standing is None:
        standing = Standing(
            enrolment_id=case.enrolment.id,
            module_id=module_id,
            attempts=0,
            best_percent=0,
            last_submitted_at=now,
        )
        db.add(standing)
    standing.passed_at = now  # with no attempt that passed
    db.flush()
    return {"passed_at": None}, {"waived_at": moment(now)}


def _tried(db: Session, case: Case, wish: Wish) -> Standing:
    standing = find_standing(db, case, case.check_module(wish.module_id))
    refuse_if_passed(standing)
    if standing is None:
        raise RefusedError(Why.NO_ATTEMPT_YET)
    return standing


def _extra_attempt(db: Session, case: Case, wish: Wish, _now: datetime) -> Change:
    standing = _tried(db, case, wish)
    before = standing.extra_attempts
    standing.extra_attempts = before + 1
    db.flush()
    return {"extra_attempts": before}, {"extra_attempts": before + 1}


def _pause_lifted(db: Session, case: Case, wish: Wish, now: datetime) -> Change:
    standing = _tried(db, case, wish)
    before = moment(standing.pause_lifted_at)
    standing.pause_lifted_at = now
    db.flush()
    return {"pause_lifted_at": before}, {"pause_lifted_at": moment(now)}


def _arrange(db: Session, case: Case, wish: Wish, _now: datetime) -> Change:
    if not 0 <= wish.arrangement.time_credit_percent <= MOST_TIME_CREDIT:
        raise BadInputError(f"a time credit has 0 to {MOST_TIME_CREDIT} percent")
    if wish.arrangement == case.arrangement:
        raise RefusedError(Why.NOTHING_CHANGES)
    before = _arrangement(case)
    case.enrolment.time_credit_percent = wish.arrangement.time_credit_percent
    case.enrolment.no_pause = wish.arrangement.no_pause
    case.enrolment.read_aloud = wish.arrangement.read_aloud
    db.flush()
    return before, _arrangement(case)


def _arrangement(case: Case) -> Document:
    now = case.arrangement
    return {
        "time_credit_percent": now.time_credit_percent,
        "no_pause": now.no_pause,
        "read_aloud": now.read_aloud,
    }


def _time_credit(db: Session, case: Case, wish: Wish, now: datetime) -> Change:
    """Fill what is missing in this round, section after section, up to the minutes granted."""
    module_id = case.check_module(wish.module_id)
    if not 1 <= wish.minutes <= MOST_MINUTES:
        raise BadInputError(f"a time credit has 1 to {MOST_MINUTES} minutes")
    outline = module_outline(db, module_id, db.get_one(User, case.enrolment.user_id).language)
    if outline is None:
        raise NotFoundError(f"no module {module_id!r} is published")
    own = load_progress(db, case.enrolment.id).of(module_id)
    before: Document = {}
    after: Document = {}
    left = wish.minutes * _MINUTE_MS
    for section_id, least in _asked(outline, case, wish.section_id).items():
        short = max(least - own.credited(section_id), 0) if own.is_due(section_id) else 0
        granted = min(short, left)
        if granted:
            left -= granted
            seat = _seat(case, outline, section_id, own.round)
            before[section_id] = own.credited(section_id)
            after[section_id] = grant_time(db, seat, granted, now)
    if not after:
        raise RefusedError(Why.NO_TIME_MISSING)
    return {"credited_ms": before}, {"credited_ms": after, "minutes": wish.minutes}


def _asked(outline: ModuleOutline, case: Case, only: str) -> dict[str, int]:
    """Give the minimum of each section that is meant, in ms, in order."""
    percent = case.rules.seat_time_percent
    asked = {
        head.id: minimum_ms(head.seconds, percent, case.arrangement) for head in outline.sections
    }
    if only and only not in asked:
        raise NotFoundError(f"the module has no section {only!r}")
    return {only: asked[only]} if only else asked


def _seat(case: Case, outline: ModuleOutline, section_id: str, turn: int) -> Seat:
    return Seat(
        programme_id=case.enrolment.programme_id,
        enrolment_id=case.enrolment.id,
        kind=SeatKind.INSTRUCTION,
        module_id=outline.module_id,
        section_id=section_id,
        round=turn,
        revision_id=outline.revision_id,
        language=outline.language,
    )


_ACTS: Mapping[Kind, Callable[[Session, Case, Wish, datetime], Change]] = {
    Kind.EXTRA_ATTEMPT: _extra_attempt,
    Kind.PAUSE_LIFTED: _pause_lifted,
    Kind.ARRANGEMENT: _arrange,
    Kind.TIME_CREDIT: _time_credit,
}
