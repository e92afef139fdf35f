"""What was approved in the browser is published, over what stands, and nothing else."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.drafts import ActRefusedError, DraftChangedError, act_on, begin, events_of, save
from lms.authoring.plan import FolderFirstError
from lms.authoring.publication import (
    CheckRefusedError,
    DraftBehindError,
)
from lms.authoring.revisions import revisions_of
from lms.authoring.states import DraftAct, DraftState
from lms.authoring.workspace import Meeting
from lms.publishing.models import PublishedModule, SectionText
from tests.authoring.shop import FIRST, SECOND, Shop, open_shop
from tests.factories import NOW

_SHORT = "A *short* text."


@pytest.fixture
def shop(db: Session, tmp_path: Path) -> Shop:
    """Open a workshop where nothing is published."""
    return open_shop(db, tmp_path)


def _shown(shop: Shop, module: str = "first") -> str:
    query = (
        select(SectionText.blocks)
        .join(PublishedModule, PublishedModule.revision_id == SectionText.module_revision_id)
        .where(PublishedModule.module_id == module, SectionText.language == "en")
        .order_by(SectionText.position)
    )
    return str(shop.db.scalars(query).all())


def test_an_approved_draft_is_published_and_the_draft_is_closed(shop: Shop) -> None:
    shop.start()
    draft = shop.draft(FIRST, _SHORT, "From the browser.")
    shop.publish_drafts(draft)
    assert "From the browser." in _shown(shop)
    assert (draft.state, draft.open_path) == (DraftState.PUBLISHED, None)
    edition = revisions_of(shop.db, FIRST)[0]
    assert (edition.number, edition.origin) == (2, "browser")
    last = events_of(shop.db, draft.id)[-1]
    assert (last.act, last.revision_id, last.digest) == ("publish", edition.id, edition.digest)
    assert shop.how(FIRST) is Meeting.BROWSER


def test_publishing_a_draft_leaves_the_folders_changes_unpublished(shop: Shop) -> None:
    shop.start()
    shop.edit(SECOND, _SHORT, "From the folder.")
    shop.publish_drafts(shop.draft(FIRST, _SHORT, "From the browser."))
    assert "From the browser." in _shown(shop)
    assert "From the folder." not in _shown(shop, "second")
    assert shop.how(SECOND) is Meeting.FOLDER


def test_a_site_without_a_folder_publishes_what_is_written_in_the_browser(
    shop: Shop, tmp_path: Path
) -> None:
    shop.publish()
    shop.house.folder.rename(tmp_path / "elsewhere")
    shop.publish_drafts(shop.draft(FIRST, _SHORT, "From the browser."))
    assert "From the browser." in _shown(shop)
    (tmp_path / "elsewhere").rename(shop.house.folder)
    assert shop.how(FIRST) is Meeting.BROWSER
    assert shop.how(SECOND) is Meeting.SAME


def test_only_what_was_approved_is_published(shop: Shop) -> None:
    shop.start()
    draft = begin(shop.db, FIRST, shop.standing(FIRST), by=shop.author, now=NOW)
    with pytest.raises(ActRefusedError):
        shop.plan_drafts(draft)
    act_on(shop.db, draft.id, DraftAct.SEND, by=shop.author, now=NOW)
    with pytest.raises(ActRefusedError):
        shop.plan_drafts(draft)


def test_a_draft_that_is_edited_after_the_plan_is_not_published(shop: Shop) -> None:
    shop.start()
    draft = shop.draft(FIRST, _SHORT, "From the browser.")
    plan = shop.plan_drafts(draft)
    save(shop.db, draft.id, draft.text + "\n", known=draft.digest, by=shop.author, now=NOW)
    with pytest.raises(ActRefusedError):
        shop.finish(plan)
    shop.approve(draft)
    with pytest.raises(DraftChangedError):
        shop.finish(plan)
    assert "From the browser." not in _shown(shop)
    assert draft.state == DraftState.APPROVED


def test_a_draft_with_an_error_is_refused_and_stays_open(shop: Shop) -> None:
    shop.start()
    draft = shop.draft(FIRST, "- (x) B1", "- ( ) B1")
    with pytest.raises(CheckRefusedError):
        shop.publish_drafts(draft)
    assert draft.state == DraftState.APPROVED


def test_a_draft_whose_file_was_published_since_must_catch_up_first(shop: Shop) -> None:
    shop.start()
    draft = shop.draft(FIRST, _SHORT, "From the browser.")
    shop.edit(FIRST, "- a\n", "- aa\n")
    shop.publish()
    with pytest.raises(DraftBehindError) as refused:
        shop.publish_drafts(draft)
    assert refused.value.paths == (FIRST,)
    assert "From the browser." not in _shown(shop)


def test_a_draft_begun_from_the_folders_newer_text_takes_it_along(shop: Shop) -> None:
    shop.start()
    shop.edit(FIRST, "- a\n", "- folder\n")
    draft = shop.draft(FIRST, _SHORT, "From the browser.")
    shop.publish_drafts(draft)
    assert "From the browser." in _shown(shop)
    assert "folder" in _shown(shop)
    assert shop.how(FIRST) is Meeting.BROWSER  # not a conflict: the draft holds both
    texts = [one.text or "" for one in revisions_of(shop.db, FIRST)]
    assert shop.file(FIRST).read_text() in texts


def test_the_first_publication_is_the_folders(shop: Shop) -> None:
    draft = shop.draft(FIRST, _SHORT, "From the browser.")
    with pytest.raises(FolderFirstError):
        shop.plan_drafts(draft)


def test_a_site_that_never_had_a_folder_publishes_its_drafts(shop: Shop, tmp_path: Path) -> None:
    shop.house.folder.rename(tmp_path / "typed")
    drafts = []
    for file in (tmp_path / "typed").rglob("*.*"):
        draft = begin(shop.db, f"content/{file.relative_to(tmp_path / 'typed')}", "",
                      by=shop.author, now=NOW)  # fmt: skip
        save(shop.db, draft.id, file.read_text(), known=draft.digest, by=shop.author, now=NOW)
        drafts.append(shop.approve(draft))
    shop.publish_drafts(*drafts)
    assert "short" in _shown(shop)
    assert shop.how(FIRST) is Meeting.BROWSER_ONLY
