"""Read a section as it may be shown today, in one statement. Nothing here renders."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, bindparam, case, or_, select
from sqlalchemy.orm import Session

from lms.publishing.models import ModuleRevision, PublishedModule, SectionText
from lms.publishing.queries import ModuleOutline, module_outline, outline_of
from lms.publishing.windows import section_is_closed


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A section as a page shows it; the html in `blocks` was made safe at publication."""

    outline: ModuleOutline
    position: int
    section_id: str
    title: str
    blocks: Sequence[Mapping[str, Any]]
    is_closed: bool = False  # an original in it may not be shown today
    is_instead: bool = False  # its reader asked for it without its testimonies


# Built once: to build a statement costs as much as to run it. Only the blocks that are to be shown
# leave the database.
_VISIBLE = case(
    (
        or_(section_is_closed(), bindparam("instead", type_=Boolean())),
        SectionText.blocks_instead,
    ),
    else_=SectionText.blocks,
)
_PAGE = (
    select(
        ModuleRevision.id,
        ModuleRevision.outline,
        SectionText.section_id,
        _VISIBLE.label("visible"),
        section_is_closed().label("closed"),
    )
    .join(PublishedModule, PublishedModule.revision_id == ModuleRevision.id)
    .join(SectionText, SectionText.module_revision_id == ModuleRevision.id)
    .where(
        PublishedModule.module_id == bindparam("module_id"),
        SectionText.language == bindparam("language"),
        SectionText.position == bindparam("position"),
    )
)


def section_page(
    db: Session, module_id: str, language: str, position: int, today: date, *, instead: bool = False
) -> SectionPage | None:
    """Give one section's page with its module's outline, in one statement.

    While an original in it may not be shown, everybody gets the page without its testimonies.
    """
    wanted = {"module_id": module_id, "language": language, "position": position}
    asked = {**wanted, "instead": instead, "today": today}
    row = db.connection().execute(_PAGE, asked).one_or_none()
    if row is None:
        outline = module_outline(db, module_id, language)
        if outline is None or outline.language == language:
            return None
        return section_page(db, module_id, outline.language, position, today, instead=instead)
    if row.visible is None and not row.closed:  # nothing in it has an equivalent
        return section_page(db, module_id, language, position, today)
    outline = outline_of((module_id, row.id), row.outline, language, {})
    return SectionPage(
        outline=outline,
        position=position,
        section_id=row.section_id,
        title=outline.sections[position - 1].title,
        blocks=row.visible or (),
        is_closed=row.closed,
        is_instead=instead and not row.closed,
    )


_SHOWN = (
    select(_VISIBLE)
    .select_from(SectionText)
    .join(ModuleRevision, ModuleRevision.id == SectionText.module_revision_id)
    .join(PublishedModule, PublishedModule.revision_id == ModuleRevision.id)
)


def is_shown(db: Session, address: str, today: date) -> bool:
    """Whether a page of what is published now has this address of media in it today."""
    rows = db.scalars(_SHOWN, {"today": today, "instead": False})
    return any(address in json.dumps(blocks) for blocks in rows)
