"""Two doors, one pipe: the folder is published, and what the browser has changed stays."""

import re
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.models import FileRevision, PublishedFile
from lms.authoring.publication import (
    CheckRefusedError,
    ConflictError,
    Publisher,
    append,
    press,
)
from lms.authoring.revisions import revisions_of
from lms.authoring.sides import Side, TakeRefusedError
from lms.authoring.workspace import Meeting
from lms.kernel.database import Database
from lms.publishing.models import ModuleRevision, PublishedModule, SectionText
from lms.publishing.service import Change, PublishedMeanwhileError
from tests.authoring.shop import COURSE, FIRST, SECOND, Shop, open_shop
from tests.factories import NOW, published_course
from tests.sample_course import FILES
from tests.threads import at_once

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


def test_every_file_that_is_read_gets_an_edition_and_the_others_none(shop: Shop) -> None:
    shop.write("content/README.md", b"# For authors\n")
    shop.publish()
    paths = set(shop.db.scalars(select(PublishedFile.path)))
    assert paths == {f"content/{path}" for path in FILES}
    (edition,) = revisions_of(shop.db, FIRST)
    assert (edition.text or "").encode() == shop.file(FIRST).read_bytes()
    assert (edition.number, edition.origin, edition.made_by) == (1, "folder", "somebody")
    assert shop.how(FIRST) is Meeting.SAME


def test_what_has_not_changed_gets_no_second_edition(shop: Shop) -> None:
    shop.start()
    assert shop.plan().is_idle
    shop.edit(FIRST, _SHORT, "Another text.")
    steps = shop.publish()
    assert [step.id for step in steps if step.change is Change.CHANGED] == ["first"]
    assert len(revisions_of(shop.db, FIRST)) == 2
    assert len(revisions_of(shop.db, SECOND)) == 1
    assert "Another text." in _shown(shop)


def test_a_folder_with_an_error_publishes_nothing(shop: Shop) -> None:
    shop.edit(FIRST, "- (x) B1", "- ( ) B1")
    with pytest.raises(CheckRefusedError) as refused:
        shop.publish()
    assert {one.rule for one in refused.value.problems} >= {"one-right-answer"}
    assert shop.db.scalar(select(func.count()).select_from(FileRevision)) == 0
    assert shop.db.scalar(select(func.count()).select_from(ModuleRevision)) == 0


def test_a_site_that_has_published_before_this_release_simply_takes_the_folder(
    shop: Shop,
) -> None:
    published_course(shop.db)
    shop.edit(FIRST, _SHORT, "Another text.")
    shop.publish()
    assert shop.how(FIRST) is Meeting.SAME
    assert "Another text." in _shown(shop)


def test_publishing_the_folder_keeps_what_only_the_browser_changed(shop: Shop) -> None:
    shop.start()
    shop.publish_drafts(shop.draft(FIRST, _SHORT, "From the browser."))
    shop.edit(SECOND, _SHORT, "From the folder.")
    shop.publish()
    assert "From the browser." in _shown(shop)
    assert "From the folder." in _shown(shop, "second")
    assert shop.how(FIRST) is Meeting.BROWSER


def _collide(shop: Shop) -> None:
    """Let folder and browser change the same line."""
    shop.start()
    shop.publish_drafts(shop.draft(FIRST, _SHORT, "From the browser."))
    shop.edit(FIRST, _SHORT, "From the folder.")


def test_where_both_changed_a_file_nothing_at_all_is_published(shop: Shop) -> None:
    _collide(shop)
    shop.edit(SECOND, _SHORT, "Another text.")
    with pytest.raises(ConflictError) as refused:
        shop.publish()
    assert refused.value.paths == (FIRST,)
    assert "From the browser." in _shown(shop)
    assert "Another text." not in _shown(shop, "second")


@pytest.mark.parametrize("side", Side)
def test_whoever_takes_a_side_loses_neither(shop: Shop, side: Side) -> None:
    _collide(shop)
    shop.publish({FIRST: side})
    other = Side.BROWSER if side is Side.FOLDER else Side.FOLDER
    assert f"From the {side}." in _shown(shop)
    editions = revisions_of(shop.db, FIRST)
    assert any(f"From the {other}." in (one.text or "") for one in editions)
    assert any(f"From the {side}." in (one.text or "") for one in editions)
    assert shop.how(FIRST) is (Meeting.SAME if side is Side.FOLDER else Meeting.BROWSER)
    assert not shop.plan().conflicts


def test_a_side_is_taken_only_of_a_file_that_has_two(shop: Shop) -> None:
    shop.start()
    for path in (FIRST, "content/modules/01-first/es.md", "nowhere"):
        with pytest.raises(TakeRefusedError, match=re.escape(path)):
            shop.plan({path: Side.FOLDER})


def test_a_file_that_is_gone_from_the_folder_stands_no_longer(shop: Shop) -> None:
    shop.start()
    shop.file(SECOND).unlink()
    assert shop.plan().removed == (SECOND,)
    shop.publish()
    assert shop.db.get(PublishedFile, SECOND) is None
    assert revisions_of(shop.db, SECOND)  # and can be gone back to


def test_a_file_that_the_folder_lost_can_be_kept(shop: Shop) -> None:
    shop.start()
    shop.file(SECOND).unlink()
    shop.publish({SECOND: Side.BROWSER})
    assert shop.how(SECOND) is Meeting.BROWSER_ONLY
    assert shop.plan().is_idle


def test_a_folder_that_is_away_removes_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.start()
    shop.house.folder.rename(tmp_path / "elsewhere")
    shop.house.folder.mkdir()
    (shop.house.folder / "README.md").write_text("# Nothing here\n")
    plan = shop.plan()
    assert plan.is_idle
    assert plan.removed == ()
    assert not plan.errors


def test_of_two_who_publish_at_once_the_second_is_told(shop: Shop) -> None:
    shop.start()
    shop.edit(FIRST, _SHORT, "The first of two.")
    mine = shop.plan()
    ready = press(shop.db, mine, shop.house)
    shop.publish()
    with pytest.raises(PublishedMeanwhileError):
        append(shop.db, ready, Publisher("second"), now=NOW)


def test_a_publication_that_changes_a_file_in_no_course_is_told_as_well(shop: Shop) -> None:
    shop.start()
    mine = shop.plan()
    shop.edit(COURSE, "deadline: 90 days", "approval: none\ndeadline: 90 days")
    shop.publish()
    with pytest.raises(PublishedMeanwhileError):
        shop.finish(mine)


def test_the_mark_names_what_was_looked_at(shop: Shop) -> None:
    shop.start()
    before = shop.plan().mark
    assert before == shop.plan().mark
    shop.edit(COURSE, "deadline: 90 days", "approval: none\ndeadline: 90 days")
    assert shop.plan().mark != before


def test_of_many_at_the_same_moment_one_publishes(real_database: Database, tmp_path: Path) -> None:
    with real_database.write() as db:
        shop = open_shop(db, tmp_path)
        shop.start()
        shop.edit(FIRST, _SHORT, "The first of many.")
        db.commit()
        ready = press(db, shop.plan(), shop.house)

    def publish(db: Session) -> int:
        return len(append(db, ready, Publisher("one of many"), now=NOW))

    done, refused = at_once(real_database, [publish] * 4)
    assert len(done) == 1
    assert [type(one) for one in refused] == [PublishedMeanwhileError] * 3
    with real_database.read() as db:
        assert len(revisions_of(db, FIRST)) == 2
