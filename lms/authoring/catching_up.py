"""A draft whose file was published anew since it was begun: what changed, and how it catches up."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from lms.authoring.drafts import find_draft, save
from lms.authoring.models import Draft
from lms.authoring.revisions import published_texts, text_digest
from lms.authoring.three_way import Hunk, Keep, merge, three_way
from lms.kernel.errors import NotAllowedError
from lms.publishing.service import PublishedMeanwhileError


@dataclass(frozen=True, slots=True)
class Behind:
    """A draft beside what is published: the draft's side first (`ours`), that one's second.

    `merged` is the text of both, None where a person must decide.
    """

    draft_id: uuid.UUID
    path: str
    digest: str
    published: str
    hunks: tuple[Hunk, ...]

    @property
    def merged(self) -> str | None:
        """Both sides' changes in one text; None where both changed the same lines."""
        return merge(self.hunks)

    @property
    def mark(self) -> str:
        """What a form sends back, so that what is decided is what was looked at."""
        return f"{self.digest}-{text_digest(self.published)}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of the places that both changed: a side for each, and for the rest."""

    keep: Mapping[int, Keep] = field(default_factory=dict)
    rest: Keep | None = None


class UndecidedError(NotAllowedError):
    """Both sides have changed the same lines: somebody decides; `behind` shows them."""

    def __init__(self, behind: Behind) -> None:
        super().__init__("both have changed the same lines")
        self.behind = behind


def look_behind(db: Session, draft_id: uuid.UUID) -> Behind:
    """Compare a draft, and what is published now, with the text that the draft was begun from."""
    draft = find_draft(db, draft_id)
    published = published_texts(db).get(draft.path, "")
    hunks = three_way(draft.base_text, draft.text, published)
    return Behind(draft.id, draft.path, draft.digest, published, hunks)


def catch_up(
    db: Session,
    draft_id: uuid.UUID,
    decision: Decision | None = None,
    *,
    mark: str = "",
    by: uuid.UUID,
    now: datetime,
) -> Draft:
    """Bring what was published since into a draft; one whose text changes is a draft again.

    Raises UndecidedError where both changed the same lines and nobody has decided, and
    PublishedMeanwhileError where `mark` names other texts than these.
    """
    behind = look_behind(db, draft_id)
    if mark and mark != behind.mark:
        raise PublishedMeanwhileError("the draft or the published text has changed in between")
    given = decision or Decision()
    text = merge(behind.hunks, given.keep, other=given.rest)
    if text is None:
        raise UndecidedError(behind)
    draft = save(db, draft_id, text, known=behind.digest, by=by, now=now)
    draft.base_text = behind.published
    db.flush()
    return draft
