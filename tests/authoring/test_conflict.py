"""A folder edited in git and a draft edited in the browser meet without loss."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.authoring.conflict import (
    Conflict,
    DraftOpenError,
    LookedAt,
    draft_with_both,
    find_conflicts,
    settle,
)
from lms.authoring.drafts import begin
from lms.authoring.export import plan_export, write_export
from lms.authoring.models import Draft
from lms.authoring.revisions import revisions_of
from lms.authoring.sides import Side
from lms.authoring.three_way import Changed, Hunk
from lms.authoring.workspace import Meeting
from lms.kernel.errors import NotAllowedError
from lms.publishing.service import PublishedMeanwhileError
from tests.authoring.shop import FIRST, SECOND, TODAY, Shop, open_shop
from tests.factories import NOW
from tests.publishing.media_samples import png

_SHORT = "A *short* text.\n\n- a"
_BROWSER, _FOLDER = "From the browser.\n\n- a", "From the folder.\n\n- a"
_PICTURE = "content/modules/01-first/media/a.png"


@pytest.fixture
def shop(db: Session, tmp_path: Path) -> Shop:
    """Open a workshop in which both doors have changed one line, and each another one."""
    shop = open_shop(db, tmp_path)
    shop.start()
    draft = shop.draft(FIRST, _SHORT, _BROWSER)
    shop.publish_drafts(draft)
    shop.edit(FIRST, _SHORT, _FOLDER)
    shop.edit(FIRST, "How many?", "How many are there?")
    return shop


def _one(shop: Shop) -> Conflict:
    (found,) = find_conflicts(shop.db, shop.house.folder, TODAY)
    return found


def _settle(shop: Shop, side: Side, conflict: Conflict | None = None) -> None:
    one = conflict or _one(shop)
    looked = LookedAt(one.path, one.mark)
    settle(shop.db, shop.house, looked, side, by="somebody", now=NOW)


def _both(shop: Shop) -> Draft:
    one = _one(shop)
    by = shop.author, "somebody"
    return draft_with_both(shop.db, shop.house, LookedAt(one.path, one.mark), by=by, now=NOW)


def _changed(conflict: Conflict, changed: Changed) -> Hunk:
    (found,) = [hunk for hunk in conflict.hunks if hunk.changed is changed]
    return found


def test_the_view_names_the_lines_of_all_three_texts(shop: Shop) -> None:
    conflict = _one(shop)
    line = shop.file(FIRST).read_text().splitlines().index("From the folder.") + 1
    both = _changed(conflict, Changed.BOTH)
    assert (both.ours.first, both.theirs.first, both.base.first) == (line, line, line)
    assert both.ours.lines == ("From the folder.\n",)
    assert both.theirs.lines == ("From the browser.\n",)
    assert both.base.lines == ("A *short* text.\n",)
    assert _changed(conflict, Changed.OURS).ours.lines == ("### How many are there?\n",)
    assert (conflict.path, conflict.by, conflict.at) == (FIRST, "somebody", NOW)


def test_whoever_keeps_the_folders_publishes_it_and_can_go_back(shop: Shop) -> None:
    _settle(shop, Side.FOLDER)
    assert shop.how(FIRST) is Meeting.FOLDER
    shop.publish()
    assert shop.published(FIRST) == shop.file(FIRST).read_text()
    assert any(_BROWSER in (one.text or "") for one in revisions_of(shop.db, FIRST))


def test_whoever_keeps_the_browsers_exports_it_and_can_go_back(shop: Shop) -> None:
    folders = shop.file(FIRST).read_text()
    _settle(shop, Side.BROWSER)
    assert shop.plan().conflicts == ()
    write_export(shop.db, plan_export(shop.db, shop.house, TODAY))
    assert _BROWSER in shop.file(FIRST).read_text()
    assert shop.how(FIRST) is Meeting.SAME
    assert folders in [one.text for one in revisions_of(shop.db, FIRST)]


def test_a_draft_with_both_holds_every_line_and_ends_the_conflict_once_published(
    shop: Shop,
) -> None:
    draft = _both(shop)
    for words in ("From the folder.", "From the browser.", "How many are there?"):
        assert words in draft.text
    assert shop.how(FIRST) is Meeting.BOTH  # until it is published, nobody has decided
    shop.publish_drafts(shop.approve(draft))
    assert shop.how(FIRST) is Meeting.BROWSER
    write_export(shop.db, plan_export(shop.db, shop.house, TODAY))
    assert shop.file(FIRST).read_text() == draft.text


def test_a_folder_that_changes_again_meets_the_draft_with_both_again(shop: Shop) -> None:
    draft = _both(shop)
    shop.edit(FIRST, "From the folder.", "From the folder, later.")
    shop.publish_drafts(shop.approve(draft))
    assert shop.how(FIRST) is Meeting.BOTH


def test_a_draft_that_is_open_already_is_not_written_over(shop: Shop) -> None:
    draft = begin(shop.db, FIRST, shop.published(FIRST), by=shop.author, now=NOW)
    with pytest.raises(DraftOpenError) as refused:
        _both(shop)
    assert refused.value.draft is draft
    assert "From the folder." not in draft.text


@pytest.mark.parametrize("side", Side)
def test_what_has_changed_since_it_was_looked_at_is_not_settled(shop: Shop, side: Side) -> None:
    before = _one(shop)
    shop.edit(FIRST, "From the folder.", "From the folder, later.")
    with pytest.raises(PublishedMeanwhileError):
        _settle(shop, side, before)
    with pytest.raises(PublishedMeanwhileError):
        _settle(shop, side, replace(_one(shop), path=SECOND))
    assert shop.how(FIRST) is Meeting.BOTH


@pytest.mark.parametrize("side", Side)
def test_of_a_picture_one_side_is_kept_and_the_other_can_be_had_again(
    db: Session, tmp_path: Path, side: Side
) -> None:
    shop = open_shop(db, tmp_path)
    first, second, third = (png((1, width)) for width in (1, 2, 3))
    shop.write(_PICTURE, first)
    shop.edit(FIRST, "A *short* text.\n\n- a", "![A picture](media/a.png)\n\n- a")
    shop.publish()
    shop.upload(_PICTURE, second)
    shop.write(_PICTURE, third)
    conflict = _one(shop)
    assert (conflict.path, conflict.hunks) == (_PICTURE, ())
    with pytest.raises(NotAllowedError):
        _both(shop)
    _settle(shop, side)
    shop.publish()
    kept = {file.read_bytes() for file in shop.house.originals.iterdir()}
    assert kept == {first, second, third}
    assert shop.published_bytes(_PICTURE) == (third if side is Side.FOLDER else second)
