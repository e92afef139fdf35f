"""Texts that nobody may see who has not earned it: each is marked, so that it is known again."""

import copy
import re
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.publishing.models import ItemText, ModuleRevision, PublishedModule, SectionText
from tests.factories import published_course

CANARY = re.compile(r"canary-[a-z]+-[a-z0-9-]+", re.IGNORECASE)
LOCKED = "second"
PRACTICE = frozenset({"try"})  # its key is told on the spot


def plant_canaries(db: Session) -> None:
    """Publish both modules once more, with a canary in every text that a gate or a key guards."""
    published_course(db)
    for module_id in ("first", LOCKED):
        _plant(db, module_id)


def _plant(db: Session, module_id: str) -> None:
    pointer = db.get_one(PublishedModule, module_id)
    old = db.get_one(ModuleRevision, pointer.revision_id)
    revision = ModuleRevision(
        module_id=module_id,
        number=old.number + 1,
        digest=f"{old.number:064}",
        source=dict.fromkeys(old.source, f"canary-source-{module_id}"),
        outline=_outline(old.outline) if module_id == LOCKED else old.outline,
        quiz=old.quiz,
        published_at=old.published_at,
        published_by="canary-author-name",
    )
    db.add(revision)
    db.flush()
    for section in _rows(db, SectionText, old.id):
        if module_id == LOCKED:
            section["blocks"] = [
                block | {"html": "<p>canary-section-text</p>"} for block in section["blocks"]
            ]
        db.execute(insert(SectionText), [section | {"module_revision_id": revision.id}])
    for item in _rows(db, ItemText, old.id):
        if item["item_id"] not in PRACTICE:
            item["shown"] = _shown(item["shown"], f"{module_id}-{item['item_id']}")
            item["key"] = _key(item["key"], item["item_id"])
        db.execute(insert(ItemText), [item | {"module_revision_id": revision.id}])
    pointer.revision_id = revision.id
    db.flush()


def _rows(db: Session, table: type[Any], revision_id: uuid.UUID) -> list[dict[str, Any]]:
    columns = table.__table__.columns
    rows = db.execute(select(*columns).where(table.module_revision_id == revision_id))
    return [dict(row) for row in rows.mappings()]


def _outline(outline: Mapping[str, Any]) -> dict[str, Any]:
    planted: dict[str, Any] = copy.deepcopy(dict(outline))
    for head in planted.values():
        head["objectives"], head["warning"] = ["canary-objective-text"], "canary-warning-text"
        for section in head["sections"]:
            section["title"] = "canary-title-text"
    return planted


def _shown(shown: Mapping[str, Any], name: str) -> dict[str, Any]:
    texts = {
        part: [f"{text} canary-asked-{name}" for text in shown[part]]
        for part in ("prompt", "choices", "lefts", "rights")
    }
    return dict(shown) | texts


def _key(key: Mapping[str, Any], name: str) -> dict[str, Any]:
    feedback = [f"<p>canary-feedback-{name}-{at}</p>" for at, _ in enumerate(key["feedback"])]
    return dict(key) | {
        "feedback": feedback,
        "explanation": [f"<p>canary-key-{name}</p>"],
        "accepted": [f"canary-key-{name}"],
    }
