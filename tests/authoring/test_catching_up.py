"""A draft that something was published past takes it over, and nobody's line is lost."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.authoring.catching_up import Decision, UndecidedError, catch_up, look_behind
from lms.authoring.drafts import DraftChangedError, events_of, save
from lms.authoring.models import Draft
from lms.authoring.states import DraftState
from lms.authoring.three_way import Changed, Keep
from lms.publishing.service import PublishedMeanwhileError
from tests.authoring.shop import FIRST, Shop, open_shop
from tests.factories import NOW

_SHORT = "A *short* text.\n\n- a"
_MINE, _THEIRS = "Of the draft.\n\n- a", "Of the folder.\n\n- a"


@pytest.fixture
def shop(db: Session, tmp_path: Path) -> Shop:
    """Open a workshop with something published."""
    shop = open_shop(db, tmp_path)
    shop.start()
    return shop


def _behind(shop: Shop, theirs: tuple[str, str]) -> Draft:
    """Approve a draft, then publish the folder with another change."""
    draft = shop.draft(FIRST, _SHORT, _MINE)
    shop.edit(FIRST, *theirs)
    shop.publish()
    return draft


def _catch_up(shop: Shop, draft: Draft, decision: Decision | None = None, mark: str = "") -> Draft:
    return catch_up(shop.db, draft.id, decision, mark=mark, by=shop.author, now=NOW)


def test_changes_of_other_lines_come_into_the_draft_which_is_reviewed_again(shop: Shop) -> None:
    draft = _behind(shop, ("How many?", "How many are there?"))
    _catch_up(shop, draft)
    assert "Of the draft." in draft.text
    assert "How many are there?" in draft.text
    assert draft.base_text == shop.published(FIRST)
    assert draft.state == DraftState.DRAFT
    shop.publish_drafts(shop.approve(draft))
    assert shop.published(FIRST) == draft.text


def test_a_draft_that_says_it_already_stays_approved(shop: Shop) -> None:
    draft = _behind(shop, (_SHORT, _MINE))
    _catch_up(shop, draft)
    assert draft.state == DraftState.APPROVED
    assert draft.base_text == shop.published(FIRST)
    shop.publish_drafts(draft)
    assert events_of(shop.db, draft.id)[-1].act == "publish"


@pytest.mark.parametrize(
    ("keep", "there", "gone"),
    [
        (Keep.OURS, ["Of the draft."], ["Of the folder."]),
        (Keep.THEIRS, ["Of the folder."], ["Of the draft."]),
        (Keep.BOTH, ["Of the draft.", "Of the folder."], []),
    ],
)
def test_where_both_changed_a_line_somebody_says_what_stays(
    shop: Shop, keep: Keep, there: list[str], gone: list[str]
) -> None:
    draft = _behind(shop, (_SHORT, _THEIRS))
    text = draft.text
    with pytest.raises(UndecidedError) as refused:
        _catch_up(shop, draft)
    assert draft.text == text
    hunks = refused.value.behind.hunks
    (place,) = [at for at, hunk in enumerate(hunks) if hunk.changed is Changed.BOTH]
    _catch_up(shop, draft, Decision({place: keep}))
    assert all(words in draft.text for words in there)
    assert not any(words in draft.text for words in gone)
    assert draft.base_text == shop.published(FIRST)


def test_who_decides_on_a_text_that_has_changed_is_told(shop: Shop) -> None:
    draft = _behind(shop, (_SHORT, _THEIRS))
    mark = look_behind(shop.db, draft.id).mark
    shop.edit(FIRST, "How many?", "How many are there?")
    shop.publish()
    with pytest.raises(PublishedMeanwhileError):
        _catch_up(shop, draft, Decision(rest=Keep.OURS), mark)
    mark = look_behind(shop.db, draft.id).mark
    save(shop.db, draft.id, draft.text + "\n", known=draft.digest, by=shop.author, now=NOW)
    with pytest.raises((PublishedMeanwhileError, DraftChangedError)):
        _catch_up(shop, draft, Decision(rest=Keep.OURS), mark)
    assert "How many are there?" not in draft.text
