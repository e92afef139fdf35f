"""Whether an original may be shown today: asked of the database by every page, kept by nobody."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Exists,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    select,
)
from sqlalchemy.orm import aliased

from lms.publishing.models import ItemText, ModuleRevision, SectionText, TestimonyUse
from lms.publishing.models import TestimonyWindow as Window

_TODAY = bindparam("today", type_=Date())


def section_is_closed() -> ColumnElement[bool]:
    """Say that a section shows an original which may not be shown on the day `today`.

    A condition on `SectionText` and `ModuleRevision`.
    """
    use = aliased(TestimonyUse)
    shut = select(use.testimony_id).where(
        use.module_revision_id == SectionText.module_revision_id,
        use.language == SectionText.language,
        use.position == SectionText.position,
        ~_window(use.testimony_id, use.language),
    )
    return exists(shut.correlate_except(use))


def item_is_closed() -> ColumnElement[bool]:
    """Say that an item rests on an original which may not be shown in some language of its module.

    A condition on `ItemText` and `ModuleRevision`: what is asked is the same in all languages.
    """
    twin = aliased(ItemText)
    shut = select(twin.item_id).where(
        twin.module_revision_id == ItemText.module_revision_id,
        twin.item_id == ItemText.item_id,
        twin.testimony_id.is_not(None),
        ~_window(twin.testimony_id, twin.language),
    )
    return and_(ItemText.testimony_id.is_not(None), exists(shut.correlate_except(twin)))


def _window(testimony_id: SQLColumnExpression[Any], language: SQLColumnExpression[Any]) -> Exists:
    # Of the enclosing selects the nearest alone is correlated by itself: the module is further out.
    return exists(
        select(Window.testimony_id)
        .where(
            Window.testimony_id == testimony_id,
            Window.module_id == ModuleRevision.module_id,
            Window.language == language,
            Window.from_day <= _TODAY,
            Window.until_day >= _TODAY,
        )
        .correlate_except(Window)
    )
