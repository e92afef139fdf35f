"""Read what is published of testimonies: which there are, where they stand, and their text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.publishing.consent import Agreed
from lms.publishing.consent_register import agreed_from, standing_events
from lms.publishing.models import ModuleRevision, PublishedModule, SectionText, TestimonyUse
from lms.publishing.windows import section_is_closed

Place = tuple[str, str]  # module id, section id


@dataclass(slots=True)
class ShownTestimony:
    """One testimony: its kind as it is labelled, where it stands, its text by language.

    A text that may not be shown today is not in it; `agreed` is what the register says, for an
    original.
    """

    id: str
    kind: str = ""
    agreed: Agreed | None = None
    places: set[Place] = field(default_factory=set)
    blocks: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def shown_testimonies(db: Session, today: date) -> Mapping[str, ShownTestimony]:
    """Give every testimony that a page shows or that the register knows, in the order of ids."""
    found: dict[str, ShownTestimony] = {}
    for row in _sections(db, today):
        for block in row.blocks:
            if block["kind"] == "testimony" and block.get("testimony"):
                one = found.setdefault(block["testimony"], ShownTestimony(block["testimony"]))
                language = None if row.shut else row.language
                _add(one, block, (row.module_id, row.section_id), language)
    for testimony_id, event in standing_events(db).items():
        one = found.setdefault(testimony_id, ShownTestimony(testimony_id, "original"))
        one.agreed = agreed_from(event)
        if not one.agreed.is_in_force(today):
            one.blocks.clear()
    for testimony_id, place in _once_shown(db):
        if testimony_id in found:
            found[testimony_id].places.add(place)
    return dict(sorted(found.items()))


def _add(one: ShownTestimony, block: Mapping[str, Any], place: Place, language: str | None) -> None:
    one.kind = block["label"]
    one.places.add(place)
    if language is not None:
        one.blocks.setdefault(language, block)


def _sections(db: Session, today: date) -> Sequence[Any]:
    query = (
        select(
            ModuleRevision.module_id,
            SectionText.section_id,
            SectionText.language,
            SectionText.blocks,
            section_is_closed().label("shut"),
        )
        .join(ModuleRevision, ModuleRevision.id == SectionText.module_revision_id)
        .join(PublishedModule, PublishedModule.revision_id == ModuleRevision.id)
        .order_by(ModuleRevision.module_id, SectionText.language, SectionText.position)
    )
    return db.execute(query, {"today": today}).all()


def _once_shown(db: Session) -> Sequence[tuple[str, Place]]:
    """Give where an original stood in any edition: it was read there."""
    use = TestimonyUse
    rows = db.execute(
        select(use.testimony_id, ModuleRevision.module_id, SectionText.section_id)
        .join(ModuleRevision, ModuleRevision.id == use.module_revision_id)
        .join(
            SectionText,
            (SectionText.module_revision_id == use.module_revision_id)
            & (SectionText.language == use.language)
            & (SectionText.position == use.position),
        )
        .distinct()
    )
    return [(row[0], (row[1], row[2])) for row in rows]
