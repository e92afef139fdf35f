"""What an agency says of somebody whom it refers, and whether it can be taken. Pure.

Eligibility is yes to each of four, decided by an office on a day; the grounds are never here.
"""

import hmac
import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lms.kernel.errors import BadInputError
from lms.kernel.keys import Keys

LONGEST_FILE = timedelta(days=366)  # from the referral to the last day, extensions included
LANGUAGES = ("fr", "en")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}", re.ASCII)
_SEPARATORS = re.compile(r"[._/-]+")
_VERSION = re.compile(r"(?:[A-Za-z0-9.-]{1,20})?", re.ASCII)
_PURPOSE = b"referral-reference"


class ReferenceFormError(BadInputError):
    """A reference has 1 to 40 letters without accents, digits, `.`, `_`, `/`, `-`; one digit."""


class NotEligibleError(BadInputError):
    """The answer is not yes to all four. Which one is nobody's business here."""


class DeadlineError(BadInputError):
    """The last day is over, or more than 366 days after the referral."""


class DetailError(BadInputError):
    """The language, the day of the decision or the commitment cannot be so."""


class DecidedBy(StrEnum):
    """Which office decided; never who."""

    PROSECUTOR = "prosecutor"
    POLICE = "police"


@dataclass(frozen=True, slots=True)
class NewReferral:
    """All that an agency ever says about somebody."""

    reference: str
    language: str
    deadline: date
    arrangement: bool
    decided_by: DecidedBy
    decided_on: date
    first_time: bool
    no_minor: bool
    accepts: bool
    lawyer_told: bool
    committed_on: date | None = None
    commitment_version: str = ""


def check_referral(new: NewReferral, today: date) -> None:
    """Raise what stands against taking a file as the agency tells it."""
    if not is_eligible(new):
        raise NotEligibleError
    clean_reference(new.reference)
    check_deadline(new.deadline, referred_on=today, today=today)
    days = (new.decided_on, new.committed_on or new.decided_on)
    if new.language not in LANGUAGES or max(days) > today:
        raise DetailError
    if not _VERSION.fullmatch(new.commitment_version):
        raise DetailError


def is_eligible(new: NewReferral) -> bool:
    """Whether the answer is yes to all four."""
    return new.first_time and new.no_minor and new.accepts and new.lawyer_told


def check_deadline(day: date, *, referred_on: date, today: date) -> None:
    """Raise DeadlineError for a last day that is over, or too long after the referral."""
    if not today <= day <= referred_on + LONGEST_FILE:
        raise DeadlineError


def clean_reference(text: str) -> str:
    """Give a reference as it is kept; ReferenceFormError for what could be a name.

    One digit at least: a name, typed into the wrong field, does not come in by accident.
    """
    found = unicodedata.normalize("NFKC", text).strip()
    if not _REFERENCE.fullmatch(found) or not any(sign.isdigit() for sign in found):
        raise ReferenceFormError
    return found


def reference_mark(keys: Keys, agency_id: uuid.UUID, reference: str) -> str:
    """Give what stays of a reference for good: an HMAC that only this site can compute.

    Case and separators do not count: `r-00 12` typed for `R0012` is the same file at the agency.
    """
    plain = _SEPARATORS.sub("", clean_reference(reference)).upper()
    key = hmac.digest(keys.field, _PURPOSE, "sha256")
    return hmac.digest(key, f"{agency_id}:{plain}".encode(), "sha256").hex()
