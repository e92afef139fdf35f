"""F11: the tab is closed and nobody comes back; what was saved counts when the attempt ends."""

from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assessment.models import Attempt, Result
from lms.enrolment.models import Enrolment
from lms.gates.ending import ABANDONED_AFTER, EndedBy
from lms.journey.end_attempts import end_due_attempts
from tests.factories import KEYS
from tests.faults.chance import chance
from tests.faults.check import check_store
from tests.faults.grounds import Grounds
from tests.faults.here import Here, expect, here
from tests.faults.knowledge import fill
from tests.faults.ledger import Ledger
from tests.faults.outcome import Tally
from tests.faults.people import DONE, QUESTIONS, Taker, enrol_taker

PEOPLE = 4  # of one round
UNGRADED = "open"


def left(grounds: Grounds, engine_name: str, rounds: int) -> Tally:
    """Leave so many rounds of attempts; gives the answers that did not count."""
    tally, ledger = Tally(rounds=rounds), Ledger()
    with grounds.store(engine_name) as store:
        with here(store) as site:
            for number in range(rounds):
                _leave(site, ledger, tally, number)
        check_store(store, ledger, tally, everybody=True)
    tally.acknowledge(ledger.acknowledged())
    return tally


def _leave(site: Here, ledger: Ledger, tally: Tally, number: int) -> None:
    random = chance(f"left:{number}")
    answered: dict[str, int] = {}
    for _ in range(PEOPLE):
        login = site.site.do(enrol_taker, now=site.site.clock())
        taker = Taker.enter(site.port, login, ledger)
        places = random.sample(range(1, QUESTIONS[1] + 1), random.randint(0, QUESTIONS[1]))
        pages = [taker.look(place) for place in places]
        for page in pages:
            taker.send(page, fill(page.html, random, right=True)).expect(DONE)
        answered[login] = sum(not page.html.all("textarea") for page in pages)
    _end(site, 0)  # nobody's time is over yet
    site.site.clock.advance(seconds=ABANDONED_AFTER.total_seconds() + 1)
    _end(site, PEOPLE)
    _end(site, 0)  # once and no more
    for login, answers in answered.items():
        _judge(*site.site.do(_result, login), answers, tally)


def _end(site: Here, many: int) -> None:
    ended = site.site.do(end_due_attempts, keys=KEYS, now=site.site.clock())
    expect(len(ended) == many, f"{len(ended)} attempts ended, not {many}")


def _result(db: Session, login: str) -> tuple[str, Result]:
    query = (
        select(Result)
        .join(Attempt, Attempt.id == Result.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(User, User.id == Enrolment.user_id)
        .where(User.login == login)
    )
    return login, db.scalars(query).one()


def _judge(login: str, result: Result, answers: int, tally: Tally) -> None:
    """Every saved answer was right: each question that has one, and counts, earned all points."""
    expect(result.ended_by == EndedBy.ABANDONED, f"{login}: ended by {result.ended_by}")
    counted = [one for one in result.items if one["item"] != UNGRADED]
    earned = sum(Fraction(*one["raw"]) == one["max"] for one in counted)
    if earned != answers:
        tally.lost.append(f"{login}: {answers} right answers saved, {earned} counted")
