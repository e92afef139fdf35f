"""What the testimony partner's templates show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lms.publishing.consent_register import agreed_from
from lms.publishing.models import TestimonyEvent
from lms.publishing.testimonies import ShownTestimony
from lms.reporting.testimony_views import count_views
from lms.web.consent_words import Status, kind_text, status_of
from lms.web.html import shown_block
from lms.web.request import language
from lms.web.words import _, day_text, plural


@dataclass(frozen=True, slots=True)
class TestimonyRow:
    """One line of the list."""

    __test__ = False  # the name starts with Test; pytest is not to collect it

    id: str
    url: str
    kind: str
    status: Status
    until: str
    views: int


def testimony_row(db: Session, one: ShownTestimony, today: date) -> TestimonyRow:
    """Make the line of a testimony."""
    agreed = one.agreed
    return TestimonyRow(
        id=one.id,
        url=url_for("partner.testimony", testimony_id=one.id),
        kind=kind_text(one.kind),
        status=status_of(agreed, today),
        until=day_text(agreed.terms.until) if agreed and not agreed.is_withdrawn else "",
        views=count_views(db, one.places),
    )


def gate_texts(events: Sequence[TestimonyEvent]) -> tuple[str, ...]:
    """Say what the withdrawal did to the courses; nothing where it is not withdrawn."""
    last = agreed_from(events[-1]) if events else None
    if last is None or not last.is_withdrawn:
        return ()
    broken = len(events[-1].terms.get("gates", ()))
    if not broken:
        return (_("The courses go on without it: their gates were proved again."),)
    return (
        plural(
            "%(num)s place of a course does not hold without its questions. The authors are told.",
            "%(num)s places of courses do not hold without its questions. The authors are told.",
            broken,
        ),
    )


def text_parts(one: ShownTestimony) -> list[tuple[str, Mapping[str, Any]]]:
    """Give (language, block) of the text as participants see it; the page's language first."""
    codes = sorted(one.blocks, key=lambda code: (code != language(), code))
    return [(code, shown_block(one.blocks[code])) for code in codes]
