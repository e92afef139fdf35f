"""Publishing what was approved in the browser, seen first."""

import re
import uuid
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.authoring.drafts import save
from lms.authoring.models import Draft, PublishedFile
from lms.authoring.revisions import revisions_of
from lms.authoring.states import DraftState
from tests import factories
from tests.authoring.shop import FIRST, SECOND
from tests.factories import NOW
from tests.web.author.both_doors import (
    BROWSER,
    CONFLICTS,
    FOLDER,
    PUBLISH,
    BothDoors,
    both_doors,
    field,
    told,
)
from tests.web.author.browsing import Browser

_POST = f"{PUBLISH}/drafts"


@pytest.fixture
def doors(author: Browser, db: Session, tmp_path: Path, folder: Path) -> BothDoors:
    """Open both doors."""
    return both_doors(author, db, tmp_path, folder)


def _mark(page: str) -> str:
    return field(page.split('id="drafts"')[1], "plan")


def _state(doors: BothDoors, draft: Draft) -> str:
    doors.shop.db.expire_all()
    return doors.shop.db.get_one(Draft, draft.id).state


def test_an_author_sees_what_an_approved_draft_changes_then_publishes_it(
    doors: BothDoors, db: Session
) -> None:
    learner = factories.make_learner(db)
    factories.pass_module(db, learner, 1)
    draft = doors.draft()
    page = doors.author.read(PUBLISH)
    assert "The first (English)" in page
    assert "Pages that change: Listening." in page
    assert "1 pass stays as it is." in page
    assert "0 people are in the middle of this quiz" in page
    answer = doors.author.post(_POST, draft=str(draft.id), plan=_mark(page))
    assert answer.status_code == 303
    assert BROWSER in doors.published()
    assert _state(doors, draft) == DraftState.PUBLISHED
    me = db.scalars(select(User.login).order_by(User.created_at, User.id)).all()
    assert revisions_of(db, FIRST)[0].made_by in me
    assert "Published: 1 change." in doors.author.read("/en/author")
    assert "No draft is approved at the moment." in doors.author.read(PUBLISH)


def test_a_draft_that_is_not_approved_is_not_offered(doors: BothDoors, db: Session) -> None:
    draft = doors.draft()
    save(db, draft.id, f"{draft.text}\n", known=draft.digest, by=doors.shop.author, now=NOW)
    db.commit()
    assert "No draft is approved at the moment." in doors.author.read(PUBLISH)
    answer = doors.author.post(_POST, draft=str(draft.id), plan="x")
    assert "have changed since you opened this page" in told(answer, 422)


def test_of_two_drafts_one_may_be_published_alone(doors: BothDoors) -> None:
    mine = doors.draft()
    other = doors.draft(path=SECOND, old="A *short* text.", new="Of the second.")
    page = doors.author.read(PUBLISH)
    both = _mark(page)
    assert page.count(" checked") == 2
    unread = doors.author.post(_POST, draft=str(mine.id), plan=both)
    assert "have changed since you opened this page" in told(unread, 422)
    look = told(doors.author.post(_POST, draft=str(mine.id), plan=both, look="yes"), 200)
    assert look.count(" checked") == 1
    assert _mark(look) != both
    assert doors.author.post(_POST, draft=str(mine.id), plan=_mark(look)).status_code == 303
    assert _state(doors, mine) == DraftState.PUBLISHED
    assert _state(doors, other) == DraftState.APPROVED


@pytest.mark.parametrize("sent", [[], ["nonsense"], [str(uuid.UUID(int=7))], ["x" * 9000]])
def test_a_choice_of_nothing_that_is_there_is_said(doors: BothDoors, sent: list[str]) -> None:
    doors.draft()
    answer = doors.author.post(_POST, draft=sent, plan="x")
    assert "Nothing was published" in told(answer, 422)


def test_a_draft_with_an_error_shows_it_and_is_not_published(doors: BothDoors) -> None:
    draft = doors.draft("- (x) B1", "- ( ) B1")
    page = doors.author.read(PUBLISH)
    assert re.search(r"\d errors? refuses? publication\.", page)
    assert f"{FIRST}:" in page
    assert "Publish the chosen drafts" not in page
    answer = doors.author.post(_POST, draft=str(draft.id), plan=_mark(page))
    assert "The check found errors." in told(answer, 422)


def test_two_tabs_publish_at_once_and_the_second_is_told(doors: BothDoors) -> None:
    draft = doors.draft()
    page = doors.author.read(PUBLISH)
    first = doors.author.post(_POST, draft=str(draft.id), plan=_mark(page))
    second = doors.author.post(_POST, draft=str(draft.id), plan=_mark(page))
    assert first.status_code == 303
    assert "have changed since you opened this page" in told(second, 422)
    assert len(revisions_of(doors.shop.db, FIRST)) == 2


def test_an_author_who_lost_his_role_publishes_nothing_any_more(
    doors: BothDoors, db: Session
) -> None:
    draft = doors.draft()
    page = doors.author.read(PUBLISH)
    for user in db.scalars(select(User).where(User.role == Role.AUTHOR)):
        user.role = Role.INSTRUCTOR
    db.commit()
    for address, fields in (
        (_POST, {"draft": str(draft.id), "plan": _mark(page)}),
        (PUBLISH, {"plan": _mark(page)}),
        (CONFLICTS, {"path": FIRST, "mark": "x", "act": "folder"}),
        (f"{_POST}/{draft.id}", {"mark": "x"}),
    ):
        assert doors.author.post(address, **fields).status_code == 403
    assert BROWSER not in doors.published()


def test_a_file_newer_in_the_browser_is_named_and_stays(doors: BothDoors) -> None:
    doors.publish_draft()
    page = doors.author.read(PUBLISH)
    assert "1 file is newer in the browser: the published text stays" in page
    assert re.search(rf"<code>{FIRST}</code>", page)
    assert "Nothing has changed since the last publication." in page


def test_a_conflict_keeps_the_folder_from_being_published(doors: BothDoors) -> None:
    doors.collide()
    page = doors.author.read(PUBLISH)
    assert "1 file was changed in the folder and in the browser" in page
    assert f'href="{CONFLICTS}"' in page
    assert "Publish all changes" not in page
    answer = doors.author.post(PUBLISH, plan="x")
    assert "The folder and the browser have both changed a file." in told(answer, 422)
    assert FOLDER not in doors.published()


def test_before_the_folder_was_ever_published_drafts_wait(
    author: Browser, db: Session, tmp_path: Path, folder: Path
) -> None:
    doors = both_doors(author, db, tmp_path, folder)
    draft = doors.draft()
    db.execute(delete(PublishedFile))
    db.commit()
    assert "The folder has never been published here." in author.read(PUBLISH)
    answer = author.post(_POST, draft=str(draft.id), plan="x")
    assert "Nothing was published" in told(answer, 422)
