"""Another edition of a module, published after the attempts: as when an author mends a key."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.publishing.models import ItemText, ModuleRevision, PublishedModule, SectionText

Document = dict[str, Any]


def publish_again(
    db: Session,
    module_id: str,
    item_id: str,
    *,
    key: Callable[[Document], None] = lambda _document: None,
    shown: Callable[[Document], None] = lambda _document: None,
) -> ModuleRevision:
    """Publish the module with this question's key and texts changed; gives the new revision."""
    pointer = db.get_one(PublishedModule, module_id)
    old = db.get_one(ModuleRevision, pointer.revision_id)
    quiz = deepcopy(old.quiz)
    for item in quiz["items"]:
        if item["id"] == item_id:
            key(item)
    new = ModuleRevision(
        module_id=module_id,
        number=old.number + 1,
        digest=f"{old.number + 1:064}",
        source=old.source,
        outline=old.outline,
        quiz=quiz,
        published_at=old.published_at,
        published_by="tests",
    )
    db.add(new)
    db.flush()
    for text in db.scalars(select(ItemText).where(ItemText.module_revision_id == old.id)):
        document = deepcopy(text.shown)
        if text.item_id == item_id:
            shown(document)
        db.add(
            ItemText(
                module_revision_id=new.id,
                item_id=text.item_id,
                language=text.language,
                shown=document,
                key=text.key,
            )
        )
    for page in db.scalars(select(SectionText).where(SectionText.module_revision_id == old.id)):
        db.add(
            SectionText(
                module_revision_id=new.id,
                language=page.language,
                position=page.position,
                section_id=page.section_id,
                blocks=page.blocks,
            )
        )
    pointer.revision_id = new.id
    db.flush()
    return new
