"""The rules of living consent: what was agreed, which act a change is, what the files may change.

What is agreed with a person who speaks is kept in a register (`TestimonyEvent`), beside the files:
the files offer consent, the register says which holds (docs/adr/0018-living-consent.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from lms.content.model import Consent

_ZONE = ZoneInfo("America/Toronto")  # days are counted in the programme's zone


class ConsentAct(StrEnum):
    """What happened to a consent."""

    GIVEN = "given"
    RENEWED = "renewed"  # longer, or for more
    NARROWED = "narrowed"  # shorter, or for less
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Terms:
    """For how long, both days included, in which courses and languages; no language: in all."""

    given: date
    until: date
    courses: frozenset[str]
    languages: frozenset[str] = frozenset()

    def is_within(self, other: "Terms") -> bool:
        """Whether these terms allow nothing that the others do not allow."""
        speaks = not other.languages or (self.languages and self.languages <= other.languages)
        lasts = self.given >= other.given and self.until <= other.until
        return bool(lasts and speaks and self.courses <= other.courses)

    def cover(self, courses: Iterable[str], language: str) -> bool:
        """Whether these terms are for a language, and for every one of these courses."""
        speaks = not self.languages or language in self.languages
        return speaks and frozenset(courses) <= self.courses

    def as_document(self) -> dict[str, Any]:
        """Give what the register keeps."""
        return {
            "given": self.given.isoformat(),
            "until": self.until.isoformat(),
            "courses": sorted(self.courses),
            "languages": sorted(self.languages),
        }


@dataclass(frozen=True, slots=True)
class Agreed:
    """One entry of the register: the act, the terms from then on, the day, and who speaks in it.

    `from_files` says that publishing brought it, and no person by an act of his own.
    """

    act: ConsentAct
    terms: Terms
    on: date
    from_files: bool

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing is agreed any more."""
        return self.act is ConsentAct.WITHDRAWN

    def is_in_force(self, today: date) -> bool:
        """Whether it holds on a day, somewhere."""
        return not self.is_withdrawn and self.terms.given <= today <= self.terms.until


def terms_of_file(consent: Consent) -> Terms:
    """Give the terms that a testimony's file states; its reference to the partner stays there."""
    return Terms(
        consent.given, consent.until, frozenset(consent.scope), frozenset(consent.languages)
    )


def terms_of_document(document: Mapping[str, Any]) -> Terms:
    """Read what `as_document` wrote."""
    return Terms(
        date.fromisoformat(document["given"]),
        date.fromisoformat(document["until"]),
        frozenset(document["courses"]),
        frozenset(document["languages"]),
    )


def act_between(before: Terms | None, after: Terms) -> ConsentAct | None:
    """Say which act leads from some terms to others; None where nothing changes."""
    if before is None:
        return ConsentAct.GIVEN
    if before == after:
        return None
    return ConsentAct.NARROWED if after.is_within(before) else ConsentAct.RENEWED


def act_of_files(
    history: Sequence[Agreed], offered: Terms, *, withdrawn: bool
) -> ConsentAct | None:
    """Say which act it is that files which are published offer these terms; None: none.

    What people did in the register holds against the files: a withdrawal for good, and what was
    agreed to less, until a new consent was given on a later day. Files that say what they said
    before say nothing new.
    """
    last = history[-1] if history else None
    if withdrawn:
        is_news = last is not None and not last.is_withdrawn
        return ConsentAct.WITHDRAWN if is_news else None
    if last is None:
        return ConsentAct.GIVEN
    if last.is_withdrawn:
        return ConsentAct.GIVEN if offered.given > last.on else None
    if offered == next((one.terms for one in reversed(history) if one.from_files), None):
        return None
    act = act_between(last.terms, offered)
    own = max((one.on for one in history if not one.from_files), default=None)
    if act is ConsentAct.RENEWED and own is not None and offered.given <= own:
        return None
    return act


def day_of(moment: datetime) -> date:
    """Give the day of a moment in the programme's zone."""
    return moment.astimezone(_ZONE).date()
