"""What the page "My file" says: where the file stands, in plain words, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from lms.completion.queries import Completion
from lms.exchange.queries import SentView
from lms.journey.actor import Learner, Standing
from lms.kernel.days import LOCAL_ZONE
from lms.referrals.models import Referral
from lms.referrals.service import FeeState
from lms.referrals.states import Outcome, State
from lms.web.words import _, day_text


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where a file stands: a title, what it means, and the one link that brings him on."""

    title: str
    lines: tuple[str, ...]
    url: str = ""
    link: str = ""


def standpoint(
    learner: Learner, referral: Referral | None, completion: Completion | None
) -> Standpoint:
    """Say where somebody stands, whether an agency sent him or not."""
    if learner.standing is Standing.OPEN:
        return _open(referral, completion)
    if learner.standing is Standing.SUSPENDED:
        return Standpoint(
            _("Your training is paused"),
            (
                _("The agency has asked for a pause. You do not have to do anything."),
                _("What you have done is kept. The course opens again when the pause is over."),
            ),
        )
    if learner.standing is Standing.WITHDRAWN:
        return Standpoint(
            _("You have stopped the training"),
            (_("The course is closed to you. The help pages and this page stay open."),),
        )
    return _closed(referral, completion)


def _open(referral: Referral | None, completion: Completion | None) -> Standpoint:
    if completion is not None and completion.is_revoked:
        url = url_for("participant.certificate")
        return Standpoint(_("Your certificate no longer counts"), (), url, _("What this means"))
    state = None if referral is None else State(referral.state)
    waits = completion is not None and referral is not None and referral.outcome is None
    match state:
        case State.COMPLETED_PENDING_REVIEW:
            return Standpoint(_("Your result is being looked over"), waiting_lines())
        case State.NEEDS_FOLLOW_UP:
            return Standpoint(
                _("A talk comes first"),
                (
                    _("Somebody of the programme wants to talk with you before your result is "
                      "final. Nothing that you did is lost."),
                    _("You are called, or you can call first. The talk takes place by your last "
                      "day."),
                ),
            )  # fmt: skip
        case State.EXPIRED | State.RETURNED_TO_PROSECUTOR:
            return _time_is_over()
        case _ if waits:  # the rules move his file within minutes
            return Standpoint(_("Your result is being looked over"), waiting_lines())
        case _:
            return _under_way(completion)


def waiting_lines() -> tuple[str, ...]:
    """Say what happens while a result waits to be looked over; the course page says it too."""
    return (
        _("You have done everything. A person of the programme looks your result over before it "
          "is final: a computer alone does not decide."),
        _("You do not have to do anything, and your last day does not run out while you wait."),
        _("Come back tomorrow: this page says when you can get your certificate."),
    )  # fmt: skip


def _under_way(completion: Completion | None) -> Standpoint:
    if completion is None:
        url = url_for("participant.course")
        return Standpoint(_("Your training is under way"), (), url, _("Go to my course"))
    if completion.is_issued:
        url = url_for("participant.certificate")
        return Standpoint(_("You have completed the training"), (), url, _("See my certificate"))
    return Standpoint(
        _("You have completed the training"),
        (_("One step is left before your certificate is made."),),
        url_for("participant.attestation"),
        _("Confirm and get my certificate"),
    )


def _closed(referral: Referral | None, completion: Completion | None) -> Standpoint:
    outcome = None if referral is None else referral.outcome
    if outcome == Outcome.COMPLETED:
        done = _under_way(completion)
        closed = _("Your file is closed. The pages of the course are no longer open.")
        return Standpoint(done.title, (*done.lines, closed), done.url, done.link)
    if outcome == Outcome.NOT_COMPLETED:
        return _time_is_over()
    return Standpoint(
        _("Your file is closed"),
        (_("The course is closed to you. The help pages and this page stay open."),),
    )


def _time_is_over() -> Standpoint:
    return Standpoint(
        _("The time to finish is over"),
        (
            _("Your file goes back to the prosecutor with the words “not completed” and a date."),
            _("Talk to a lawyer about what comes next."),
        ),
    )


def fee_text(referral: Referral) -> str:
    """Say whether the fee is settled."""
    if referral.fee_state == FeeState.WAIVED:
        return _("You do not have to pay.")
    if referral.fee_state == FeeState.PAID:
        return _("Paid, receipt number %(number)s", number=referral.fee_receipt or "")
    return _("Not settled yet. Call us if you cannot pay: a fee can be waived.")


def sent_rows(sent: Sequence[SentView]) -> list[list[str]]:
    """Give what was told to the agency, and when: the whole of each message."""
    words = {
        Outcome.COMPLETED: _("Completed"),
        Outcome.NOT_COMPLETED: _("Not completed"),
        Outcome.WITHDRAWN: _("Stopped by yourself"),
    }
    return [
        [
            day_text(one.at.astimezone(LOCAL_ZONE)),
            words[Outcome(one.status)],
            day_text(one.day),
            one.certificate or _("None"),
        ]
        for one in sent
    ]


def leaving_lines(referral: Referral | None) -> list[str]:
    """Say what happens to somebody who stops, before he does."""
    if referral is None:
        told = _("The person who gave you your code is not told by this site: talk to that person.")
    else:
        told = _("Your file goes back to the prosecutor. The agency learns one word, that you "
                 "stopped, and the date: no reason, none of your answers.")  # fmt: skip
    return [
        told,
        _("The course closes at once. You cannot open it again, and it is offered once."),
        _("Talk to a lawyer before you decide. You do not have to decide today."),
        _("You have the right to stop. Nobody here asks you why."),
    ]
