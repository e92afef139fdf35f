"""The lives of files: referred, paid for, given a code, and whatever comes of the person then."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, time, timedelta
from types import MappingProxyType

from lms.completion.service import attest
from lms.demo.cast import CODE_DAYS, Ending, Part
from lms.demo.diary import Life
from lms.demo.messages import send
from lms.demo.person import Played, play
from lms.demo.scene import Scene
from lms.exchange.message import Kind
from lms.journey.agency_files import CancelReason
from lms.journey.files import Run, advance, withdraw
from lms.journey.reviews import ask_for_talk, confirm_result
from lms.kernel.days import LOCAL_ZONE, end_of_day, today_in_programme
from lms.outcomes.months import month_of
from lms.referrals.eligibility import DecidedBy, NewReferral
from lms.referrals.models import Referral
from lms.referrals.service import (
    FeeState,
    Source,
    assign,
    change_deadline,
    issue_code,
    move,
    refer,
    settle_fee,
)
from lms.referrals.states import Act, Party, State
from lms.referrals.steps import Mover
from lms.web.participant.certificate import ATTESTATION_VERSION

SHORT = timedelta(days=5)  # a code that runs out
LETTERS = time(16)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def file_life(scene: Scene, part: Part) -> Life:
    """Let a file go as far as its ending says."""
    at = yield part.referred_at
    referral = _refer(scene, part, at)
    if part.ending is Ending.REFERRED:
        return
    if not part.is_waived:
        at = yield at + 4 * HOUR
        _settle(scene, referral, FeeState.DUE, at)
    if part.ending is Ending.FEE_DUE:
        return
    at = yield at + 14 * HOUR
    _settle(scene, referral, FeeState.WAIVED if part.is_waived else FeeState.PAID, at)
    at = yield _letters_after(at)
    assign(scene.db, referral, _group(scene, part), scene.coordinator_moves(), now=at)
    if part.ending is Ending.CANCELLED:
        at = yield at + HOUR
        _cancel(scene, referral, at)
    elif part.ending is not Ending.READY:
        code = give_code(scene, part, referral, at)
        yield from _with_code(scene, part, (referral, code), at)


def _letters_after(at: datetime) -> datetime:
    """Give the next afternoon at four: letters are made once a day, all together."""
    day = today_in_programme(at)
    today = datetime.combine(day, LETTERS, LOCAL_ZONE)
    return today if at <= today else datetime.combine(day + DAY, LETTERS, LOCAL_ZONE)


def _with_code(scene: Scene, part: Part, file: tuple[Referral, str], at: datetime) -> Life:
    referral, code = file
    if part.ending is Ending.LAPSED:
        at = yield at + SHORT + HOUR
        _advance(scene, referral, at)
    elif part.person is None:
        scene.codes.append(code)
    else:
        yield part.person.started
        until = min(scene.now, end_of_day(part.last_day))
        played = play(
            scene.db, part.person, file, keys=scene.keys, review=scene.review, until=until
        )
        following = _AFTERWARDS.get(part.ending)
        if following is not None:
            yield from following(scene, part, referral, played)


def give_code(scene: Scene, part: Part, referral: Referral, at: datetime) -> str:
    """Issue the code of a file that has a place in a group, and give it as printed."""
    valid = SHORT if part.ending is Ending.LAPSED else timedelta(days=CODE_DAYS)
    return issue_code(scene.db, referral, scene.coordinator_moves(), valid=valid, now=at)


def _refer(scene: Scene, part: Part, at: datetime) -> Referral:
    new = _new(part, at)
    if part.is_by_message:
        body = {one.name: getattr(new, one.name) for one in fields(new) if one.name != "reference"}
        sent = send(scene, Kind.REFERRAL, part.reference, at, **body)
        return scene.db.get_one(Referral, sent.referral_id)
    return refer(
        scene.db,
        scene.agency_id,
        new,
        source=Source.FORM,
        by=scene.officer(is_lead=part.is_leads).id,
        keys=scene.keys,
        now=at,
        today=today_in_programme(at),
    )


def _new(part: Part, at: datetime) -> NewReferral:
    return NewReferral(
        reference=part.reference,
        language=part.language,
        deadline=part.last_day,
        arrangement=part.is_arranged,
        decided_by=DecidedBy.PROSECUTOR,
        decided_on=today_in_programme(at - 6 * DAY),
        first_time=True,
        no_minor=True,
        accepts=True,
        lawyer_told=True,
        committed_on=today_in_programme(at),
        commitment_version="1",
    )


def _settle(scene: Scene, referral: Referral, state: FeeState, at: datetime) -> None:
    receipt = f"RECU-{referral.reference}" if state is FeeState.PAID else ""
    settle_fee(scene.db, referral, state, receipt, scene.coordinator_moves(), now=at)


def _group(scene: Scene, part: Part) -> uuid.UUID:
    if part.is_old and scene.groups.last_year is not None:
        return scene.groups.last_year
    return scene.groups.to_come if part.ending is Ending.READY else scene.groups.now


def _cancel(scene: Scene, referral: Referral, at: datetime) -> None:
    lead = Mover(Party.AGENCY, str(scene.officer(is_lead=True).id), scene.keys.audit)
    move(scene.db, referral, Act.CANCEL, lead, reason=CancelReason.WRONG_PERSON, now=at)
    _advance(scene, referral, at)


def _advance(scene: Scene, referral: Referral, at: datetime) -> None:
    advance(scene.db, referral, Run(scene.keys, scene.review, at))


def _confirm(scene: Scene, referral: Referral, at: datetime) -> None:
    """Make a result final, where a person does that."""
    if State(referral.state) is State.COMPLETED_PENDING_REVIEW:
        confirm_result(scene.db, referral.id, scene.desk(at), review=scene.review)


def _certified(scene: Scene, part: Part, referral: Referral, played: Played) -> Life:
    if not played.is_completed:
        return
    at = yield played.left_at + 20 * HOUR
    _confirm(scene, referral, at)
    at = yield at + 3 * HOUR
    attest(
        scene.db,
        played.enrolment_id,
        text_version=ATTESTATION_VERSION,
        language=part.language,
        now=at,
    )
    _advance(scene, referral, at)
    if part.is_old:
        yield from _years_later(scene, part, referral, at)


def _years_later(scene: Scene, part: Part, referral: Referral, at: datetime) -> Life:
    """Close the file when it has rested, and let the agency say what it knows after a year."""
    at = yield at + 31 * DAY
    _advance(scene, referral, at)
    at = yield at + 338 * DAY
    known_on = month_of(today_in_programme(at - 200 * DAY)) if part.is_known_again else None
    send(
        scene,
        Kind.FOLLOW_UP,
        part.reference,
        at,
        months=12,
        known_again=part.is_known_again,
        known_on=known_on,
    )


def _reported(scene: Scene, _part: Part, referral: Referral, played: Played) -> Life:
    """Let him leave the certificate: the word goes out without its number."""
    if not played.is_completed:
        return
    at = yield played.left_at + 20 * HOUR
    _confirm(scene, referral, at)
    at = yield at + 21 * HOUR
    _advance(scene, referral, at)


def _confirmed(scene: Scene, _part: Part, referral: Referral, _played: Played) -> Life:
    at = yield scene.now - 2 * HOUR
    _confirm(scene, referral, at)


def _talk(scene: Scene, _part: Part, referral: Referral, played: Played) -> Life:
    at = yield played.left_at + 20 * HOUR
    if State(referral.state) is State.COMPLETED_PENDING_REVIEW:
        reason = "Démonstration : on s’assure de vive voix que tout est compris."
        ask_for_talk(scene.db, referral.id, scene.desk(at), reason)


def _extended(scene: Scene, part: Part, referral: Referral, played: Played) -> Life:
    at = yield played.left_at + 5 * HOUR
    reason = "Démonstration : panne d’Internet pendant une semaine."
    day = part.last_day + 14 * DAY
    change_deadline(scene.db, referral, day, scene.coordinator_moves(), reason=reason, now=at)


def _withdrawn(scene: Scene, _part: Part, _referral: Referral, played: Played) -> Life:
    at = yield played.left_at + 5 * HOUR
    withdraw(scene.db, played.enrolment_id, keys=scene.keys, settings_review=scene.review, now=at)


def _time_over(scene: Scene, part: Part, referral: Referral, _played: Played) -> Life:
    at = yield end_of_day(part.last_day) + HOUR
    _advance(scene, referral, at)


def _suspended(scene: Scene, part: Part, _referral: Referral, played: Played) -> Life:
    at = yield played.left_at + 9 * HOUR
    send(scene, Kind.SUSPEND, part.reference, at)


_AFTERWARDS: Mapping[Ending, Callable[[Scene, Part, Referral, Played], Life]] = MappingProxyType(
    {
        Ending.CERTIFIED: _certified,
        Ending.REPORTED: _reported,
        Ending.CONFIRMED: _confirmed,
        Ending.TALK: _talk,
        Ending.EXTENDED: _extended,
        Ending.WITHDRAWN: _withdrawn,
        Ending.TIME_OVER: _time_over,
        Ending.SUSPENDED: _suspended,
    }
)
