"""What may happen to a draft, and what it is then: one table, obeyed by every route and command."""

from collections.abc import Mapping
from enum import StrEnum


class DraftState(StrEnum):
    """Where a draft stands on its way to the participants."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class DraftAct(StrEnum):
    """What somebody does to a draft."""

    START = "start"
    EDIT = "edit"
    SEND = "send"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


OPEN = frozenset({DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.APPROVED})
# Whoever changes a text takes it out of review: what was approved is what is published.
TRANSITIONS: Mapping[tuple[DraftState, DraftAct], DraftState] = {
    (DraftState.DRAFT, DraftAct.EDIT): DraftState.DRAFT,
    (DraftState.DRAFT, DraftAct.SEND): DraftState.IN_REVIEW,
    (DraftState.DRAFT, DraftAct.WITHDRAW): DraftState.WITHDRAWN,
    (DraftState.IN_REVIEW, DraftAct.EDIT): DraftState.DRAFT,
    (DraftState.IN_REVIEW, DraftAct.RETURN): DraftState.DRAFT,
    (DraftState.IN_REVIEW, DraftAct.APPROVE): DraftState.APPROVED,
    (DraftState.IN_REVIEW, DraftAct.WITHDRAW): DraftState.WITHDRAWN,
    (DraftState.APPROVED, DraftAct.EDIT): DraftState.DRAFT,
    (DraftState.APPROVED, DraftAct.RETURN): DraftState.DRAFT,
    (DraftState.APPROVED, DraftAct.PUBLISH): DraftState.PUBLISHED,
    (DraftState.APPROVED, DraftAct.WITHDRAW): DraftState.WITHDRAWN,
}


def after(state: DraftState, act: DraftAct) -> DraftState | None:
    """Give the state that an act leads to; None where it is not allowed."""
    return TRANSITIONS.get((state, act))
