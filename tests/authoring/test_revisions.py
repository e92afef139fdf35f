"""Editions are appended: each can be found again, and going back is one more step forward."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.authoring.conflict import DraftOpenError
from lms.authoring.drafts import events_of
from lms.authoring.editions import editions_of, find_revision, go_back, last_editions
from lms.authoring.models import FileRevision, PublishedFile
from lms.authoring.revisions import (
    Origin,
    Source,
    append_revision,
    digest_of,
    published_texts,
    revisions_of,
)
from lms.authoring.states import DraftAct, DraftState
from lms.kernel.errors import NotFoundError
from tests.authoring.people import LATER, NEW, OLD, PATH, author, begun
from tests.factories import NOW

FROM_FOLDER = Source(Origin.FOLDER, "marie", NOW, "first")
FROM_BROWSER = Source(Origin.BROWSER, "jean", NOW + timedelta(days=1), "better words")


def two_editions(db: Session) -> tuple[FileRevision, FileRevision]:
    """Append two editions of a file, the second of which is published."""
    old = append_revision(db, PATH, OLD, FROM_FOLDER)
    new = append_revision(db, PATH, NEW, FROM_BROWSER)
    db.add(PublishedFile(path=PATH, revision_id=new.id, met_digest=old.digest))
    db.flush()
    return old, new


def test_every_edition_says_who_when_why_and_through_which_door(db: Session) -> None:
    two_editions(db)
    assert [
        (one.number, one.by, one.reason, one.origin, one.is_published)
        for one in editions_of(db, PATH)
    ] == [
        (2, "jean", "better words", "browser", True),
        (1, "marie", "first", "folder", False),
    ]
    assert editions_of(db, PATH)[1].at == NOW
    assert editions_of(db, "content/facts.yml") == ()


def test_the_same_text_twice_is_one_edition_and_again_after_another_a_third(db: Session) -> None:
    texts = [OLD, OLD, NEW, OLD]
    made = [append_revision(db, PATH, text, FROM_FOLDER) for text in texts]
    assert [one.number for one in made] == [1, 1, 2, 3]
    assert [one.text for one in revisions_of(db, PATH)] == [OLD, NEW, OLD]


def test_of_media_an_edition_keeps_the_digest_alone(db: Session) -> None:
    data = b"\x89PNG"
    made = append_revision(db, "content/modules/01-first/media/a.png", data, FROM_FOLDER)
    assert (made.text, made.digest) == (None, digest_of(data))
    assert [one.is_text for one in editions_of(db, made.path)] == [False]
    with pytest.raises(NotFoundError):
        go_back(db, made, "", by=author(db).id, reason="r", now=LATER)


def test_what_is_published_is_the_edition_that_is_pointed_to(db: Session) -> None:
    _old, new = two_editions(db)
    append_revision(db, PATH, "Not published yet.", FROM_BROWSER)
    assert published_texts(db) == {PATH: NEW}
    assert [one.id for one in editions_of(db, PATH) if one.is_published] == [new.id]


def test_the_last_edition_of_many_files_is_found_at_once(db: Session) -> None:
    _old, new = two_editions(db)
    other = append_revision(db, "content/facts.yml", "- x\n", FROM_FOLDER)
    paths = [PATH, "content/facts.yml", "content/nothing.md"]
    assert last_editions(db, paths) == {PATH: new.id, "content/facts.yml": other.id}


def test_going_back_makes_a_new_draft_and_changes_no_edition(db: Session) -> None:
    old, new = two_editions(db)
    me = author(db)
    draft = go_back(db, old, NEW, by=me.id, reason="It was right.", now=LATER)
    assert (draft.text, draft.base_text, draft.state) == (OLD, NEW, DraftState.DRAFT)
    event = events_of(db, draft.id)[-1]
    assert (event.act, event.reason, event.revision_id) == (
        DraftAct.EDIT, "It was right.", old.id,
    )  # fmt: skip
    assert published_texts(db) == {PATH: NEW}
    assert [one.id for one in editions_of(db, PATH)] == [new.id, old.id]


def test_going_back_is_refused_while_somebody_writes_and_says_which_draft(db: Session) -> None:
    old, _new = two_editions(db)
    me = author(db)
    draft = begun(db, me.id, NEW)
    with pytest.raises(DraftOpenError) as told:
        go_back(db, old, NEW, by=me.id, reason="r", now=LATER)
    assert told.value.draft.id == draft.id
    assert draft.text == NEW


def test_an_edition_that_nobody_has_is_not_found(db: Session) -> None:
    with pytest.raises(NotFoundError):
        find_revision(db, author(db).id)
