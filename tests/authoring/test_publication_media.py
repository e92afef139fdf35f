"""Media go through both doors as well, and a site keeps them as they came."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import PublishedFile
from lms.authoring.publication import CheckRefusedError
from lms.authoring.revisions import digest_of, revisions_of
from lms.authoring.sides import sides_of
from lms.authoring.workspace import Meeting, read_workspace
from lms.publishing.media_kinds import MediaRefusedError
from lms.publishing.service import Change
from tests.authoring.shop import FIRST, SECOND, Shop, open_shop
from tests.publishing.media_samples import VTT, png, talkative

_SHORT = "A *short* text."
_MARK = "![A picture](media/a.png)"
_MEDIA = "content/modules/01-first/media"
_PICTURE = f"{_MEDIA}/a.png"


@pytest.fixture
def shop(db: Session, tmp_path: Path) -> Shop:
    """Open a workshop where nothing is published."""
    return open_shop(db, tmp_path)


def _how(shop: Shop, path: str) -> Meeting:
    workspace = read_workspace(shop.db, shop.house.folder)
    return sides_of(shop.db, workspace, shop.house.folder)[path].how


def test_the_originals_are_kept_as_they_came_for_their_owner_alone(shop: Shop) -> None:
    shop.write(_PICTURE, talkative("PNG"))
    shop.edit(FIRST, _SHORT, _MARK)
    shop.publish()
    assert shop.published_bytes(_PICTURE) == talkative("PNG")
    (edition,) = revisions_of(shop.db, _PICTURE)
    assert (edition.text, edition.digest) == (None, digest_of(talkative("PNG")))
    for file in shop.house.originals.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(shop.house.originals.stat().st_mode) == 0o700


def test_all_that_stands_in_a_media_folder_is_published_and_nothing_else(shop: Shop) -> None:
    for name in (f"{_MEDIA}/unused.png", f"{_MEDIA}/talk.fr.md", f"{_MEDIA}/talk.fr.vtt"):
        shop.write(name, png() if name.endswith("png") else VTT)
    shop.write("content/modules/01-first/stray.png", png())
    shop.publish()
    paths = set(shop.db.scalars(select(PublishedFile.path)))
    assert {one for one in paths if "media" in one} == {
        f"{_MEDIA}/unused.png",
        f"{_MEDIA}/talk.fr.md",
        f"{_MEDIA}/talk.fr.vtt",
    }
    assert not any("stray" in one for one in paths)


def test_a_site_without_its_folder_publishes_a_page_with_its_picture(
    shop: Shop, tmp_path: Path
) -> None:
    shop.write(_PICTURE, png())
    shop.edit(FIRST, _SHORT, _MARK)
    shop.publish()
    shop.house.folder.rename(tmp_path / "away")
    steps = shop.publish_drafts(shop.draft(FIRST, "How many?", "How many are there?"))
    assert [step.id for step in steps if step.change is Change.CHANGED] == ["first"]
    (tmp_path / "away").rename(shop.house.folder)
    assert _how(shop, _PICTURE) is Meeting.SAME


def test_a_picture_that_came_in_by_the_browser_is_published_with_the_draft_that_shows_it(
    shop: Shop,
) -> None:
    shop.publish()
    shop.upload(_PICTURE, png((2, 2)))
    assert shop.plan().is_idle  # nothing shows it yet
    shop.publish_drafts(shop.draft(FIRST, _SHORT, _MARK))
    assert shop.published_bytes(_PICTURE) == png((2, 2))
    assert _how(shop, _PICTURE) is Meeting.BROWSER_ONLY
    assert shop.plan().is_idle


def test_a_folders_text_may_show_what_came_in_by_the_browser(shop: Shop) -> None:
    shop.start()
    shop.upload(_PICTURE, png((2, 2)))
    shop.edit(FIRST, _SHORT, _MARK)
    shop.publish()
    assert shop.published_bytes(_PICTURE) == png((2, 2))


def test_a_draft_does_not_show_what_only_the_folder_has(shop: Shop) -> None:
    shop.start()
    shop.write(_PICTURE, png())
    with pytest.raises(CheckRefusedError) as refused:
        shop.publish_drafts(shop.draft(FIRST, _SHORT, _MARK))
    assert {one.rule for one in refused.value.problems} >= {"media-missing"}


def test_a_picture_that_changed_makes_a_new_edition_of_its_page(shop: Shop) -> None:
    shop.write(_PICTURE, png())
    shop.edit(FIRST, _SHORT, _MARK)
    shop.publish()
    shop.write(_PICTURE, png((4, 4)))
    assert [step.id for step in shop.plan().changed] == ["first"]
    shop.publish()
    assert len(revisions_of(shop.db, _PICTURE)) == 2
    assert len(revisions_of(shop.db, SECOND)) == 1
    assert shop.published_bytes(_PICTURE) == png((4, 4))


def test_a_picture_that_is_another_than_the_one_that_was_planned_is_not_published(
    shop: Shop,
) -> None:
    shop.write(_PICTURE, png())
    shop.edit(FIRST, _SHORT, _MARK)
    plan = shop.plan()
    shop.write(_PICTURE, png((4, 4)))
    with pytest.raises(MediaRefusedError, match=r"a\.png"):
        shop.finish(plan)
    assert shop.db.scalars(select(PublishedFile.path)).all() == []


def test_a_link_on_disk_is_no_picture(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    shop.file(_PICTURE).parent.mkdir()
    shop.file(_PICTURE).symlink_to(tmp_path / "secret.png")
    shop.edit(FIRST, _SHORT, _MARK)
    with pytest.raises(CheckRefusedError):
        shop.publish()
    assert not shop.house.originals.exists()


def test_a_picture_that_is_gone_from_the_folder_stands_no_longer(shop: Shop) -> None:
    shop.write(_PICTURE, png())
    shop.publish()
    shop.file(_PICTURE).unlink()
    assert shop.plan().removed == (_PICTURE,)
    shop.publish()
    assert shop.db.get(PublishedFile, _PICTURE) is None
