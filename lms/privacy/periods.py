"""How long what is kept: one table, read by the job, by the pages and by docs/PRIVACY.md.

The periods are proposals (PRIVACY.md says which law each rests on): the privacy officer confirms
them, and this is the one place where they stand. The clock of a person starts when his file is
closed (`Referral.closed_at`, `Enrolment.closed_at`).
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType


class Rule(StrEnum):
    """What goes together, in the order in which it goes; each rule also does those before it."""

    CLOSURE = "closure"  # texts: reflections, messages, comments; arrangements
    ACCOUNT = "account"  # who he is to this site: login, password, first name, address, identity
    LEARNING = "learning"  # attempts, answers, scores, times; the counts of questions stay
    FILE = "file"  # reference, pseudonym, certificate: what is left says nothing of anybody


AFTER_CLOSURE: Mapping[Rule, timedelta] = MappingProxyType(
    {
        Rule.CLOSURE: timedelta(0),
        Rule.ACCOUNT: timedelta(days=30),
        Rule.LEARNING: timedelta(days=90),
        Rule.FILE: timedelta(days=731),  # two years, whatever the calendar
    }
)
CLOSES_AFTER = timedelta(days=30)  # an enrolment that nobody referred: after its end
SESSIONS = timedelta(days=30)
VIEWS = timedelta(days=731)
MAIL = timedelta(days=7)
EXCHANGED = timedelta(days=731)  # a message that led to no file
GUESSES = timedelta(minutes=15)
INCIDENTS_AT_LEAST_YEARS = 5  # after awareness; nothing deletes them
