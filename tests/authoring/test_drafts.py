"""A draft belongs to one file; nobody's words are written over unseen; who did what is kept."""

import uuid
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.approval import SecondPersonError, approve
from lms.authoring.drafts import (
    ActRefusedError,
    DraftChangedError,
    act_on,
    begin,
    events_of,
    find_draft,
    open_draft,
    open_drafts,
    save,
    send,
    senders,
)
from lms.authoring.models import Draft, DraftEvent, FileRevision
from lms.authoring.revisions import text_digest
from lms.authoring.states import DraftAct, DraftState
from lms.kernel.database import Database
from lms.kernel.errors import NotFoundError
from tests.authoring.people import (
    LATER,
    NEW,
    OLD,
    PATH,
    approved,
    author,
    begun,
    sent,
    taken_back,
    written,
)
from tests.factories import NOW
from tests.threads import at_once


def test_a_file_has_one_open_draft_however_often_it_is_begun(db: Session) -> None:
    one, other = author(db), author(db)
    draft = written(db, one.id)
    assert begun(db, other.id, "Something else.").id == draft.id
    assert (draft.text, draft.base_text, draft.created_by) == (NEW, OLD, one.id)
    assert [one.id for one in open_drafts(db)] == [draft.id]


def test_two_people_who_begin_the_same_draft_at_once_get_the_same_one(
    real_database: Database,
) -> None:
    with real_database.write() as db:
        people = [author(db).id for _ in range(6)]
        db.commit()

    begun_by = [partial(begin, path=PATH, standing=OLD, by=by, now=NOW) for by in people]
    found, refused = at_once(real_database, begun_by)
    assert not refused
    assert len({draft.id for draft in found}) == 1
    with real_database.read() as db:
        assert db.scalar(select(func.count()).select_from(Draft)) == 1
        assert db.scalar(select(func.count()).select_from(DraftEvent)) == 1


def test_a_draft_that_is_closed_makes_room_for_the_next(db: Session) -> None:
    me = author(db)
    first = taken_back(db, me)
    assert open_draft(db, PATH) is None
    second = begun(db, me.id)
    assert second.id != first.id
    assert find_draft(db, first.id).state == DraftState.WITHDRAWN


def test_whoever_saves_over_a_newer_text_is_told_and_nothing_is_lost(db: Session) -> None:
    one, other = author(db), author(db)
    draft = begun(db, one.id)
    known = draft.digest
    save(db, draft.id, "First.", known=known, by=one.id, now=LATER)
    with pytest.raises(DraftChangedError) as told:
        save(db, draft.id, "Second.", known=known, by=other.id, now=LATER)
    assert told.value.draft.text == "First."
    assert find_draft(db, draft.id).text == "First."
    assert other.id not in senders(db, draft.id)


def test_two_who_save_at_once_from_the_same_text_do_not_both_win(real_database: Database) -> None:
    with real_database.write() as db:
        people = [author(db).id for _ in range(5)]
        draft = begun(db, people[0])
        known, draft_id = draft.digest, draft.id
        db.commit()

    saves = [
        partial(save, draft_id=draft_id, text=f"By {by}.", known=known, by=by, now=LATER)
        for by in people
    ]
    done, refused = at_once(real_database, saves)
    assert len(done) == 1
    told = [one for one in refused if isinstance(one, DraftChangedError)]
    assert len(told) == len(people) - 1
    with real_database.read() as db:
        kept = find_draft(db, draft_id).text
    assert {one.draft.text for one in told} == {kept}


def test_sending_the_same_text_again_is_no_conflict_and_changes_nothing(db: Session) -> None:
    me = author(db)
    draft = sent(db, me)
    again = save(db, draft.id, NEW, known="what another tab had", by=me.id, now=LATER)
    assert again.state == DraftState.IN_REVIEW
    assert len(events_of(db, draft.id)) == 2


@pytest.mark.parametrize("state", ["in-review", "approved"])
def test_an_edit_takes_a_draft_out_of_review_and_of_approval(db: Session, state: str) -> None:
    me, second = author(db), author(db)
    draft = sent(db, me) if state == "in-review" else approved(db, me, second)
    save(db, draft.id, "Once more.", known=draft.digest, by=me.id, now=LATER)
    assert draft.state == DraftState.DRAFT
    assert events_of(db, draft.id)[-1].act == DraftAct.EDIT
    with pytest.raises(ActRefusedError):
        act_on(db, draft.id, DraftAct.PUBLISH, by=second.id, now=LATER)


@pytest.mark.parametrize("act", [act for act in DraftAct if act is not DraftAct.START])
def test_a_closed_draft_refuses_everything_and_keeps_its_text(db: Session, act: DraftAct) -> None:
    me = author(db)
    draft = taken_back(db, me)
    before = len(events_of(db, draft.id))
    tries = {
        DraftAct.EDIT: partial(save, text="More.", known=draft.digest, by=me.id),
        DraftAct.SEND: partial(send, by=me.id, login=me.login),
    }
    do = tries.get(act, partial(act_on, act=act, by=me.id))
    with pytest.raises(ActRefusedError):
        do(db, draft.id, now=LATER)
    assert (draft.text, draft.state) == (NEW, DraftState.WITHDRAWN)
    assert len(events_of(db, draft.id)) == before


def test_autosaves_make_no_event_each_but_everybody_who_wrote_is_named(db: Session) -> None:
    one, other = author(db), author(db)
    draft = begun(db, one.id)
    for by, text in ((one, "a"), (one, "b"), (other, "c"), (other, "d"), (one, "e")):
        save(db, draft.id, text, known=draft.digest, by=by.id, now=LATER)
    assert [(event.act, event.by) for event in events_of(db, draft.id)] == [
        (DraftAct.START, one.id),
        (DraftAct.EDIT, other.id),
    ]
    assert senders(db, draft.id) == {one.id, other.id}


def test_what_is_sent_becomes_an_edition_that_says_who_when_and_why(db: Session) -> None:
    me = author(db)
    draft = sent(db, me)
    event = events_of(db, draft.id)[-1]
    edition = db.get_one(FileRevision, event.revision_id)
    assert (edition.text, edition.made_by, edition.reason) == (NEW, me.login, "Please read it.")
    assert (edition.origin, edition.path, edition.made_at) == ("browser", PATH, LATER)
    assert (event.act, event.reason, event.digest) == (
        DraftAct.SEND, "Please read it.", text_digest(NEW),
    )  # fmt: skip


def test_a_text_that_is_sent_again_unchanged_is_one_edition(db: Session) -> None:
    me, second = author(db), author(db)
    draft = sent(db, me)
    act_on(db, draft.id, DraftAct.RETURN, by=second.id, reason="Why?", now=LATER)
    send(db, draft.id, by=me.id, login=me.login, now=LATER)
    assert db.scalar(select(func.count()).select_from(FileRevision)) == 1
    assert [event.act for event in events_of(db, draft.id)] == [
        DraftAct.START, DraftAct.SEND, DraftAct.RETURN, DraftAct.SEND,
    ]  # fmt: skip


@pytest.mark.parametrize("hand", ["began", "wrote", "sent"])
def test_nobody_approves_what_he_had_a_hand_in_where_a_second_person_must(
    db: Session, hand: str
) -> None:
    starter, writer, sender, second = (author(db) for _ in range(4))
    draft = begun(db, starter.id)
    save(db, draft.id, NEW, known=draft.digest, by=writer.id, now=LATER)
    send(db, draft.id, by=sender.id, login=sender.login, now=LATER)
    me = {"began": starter, "wrote": writer, "sent": sender}[hand]
    with pytest.raises(SecondPersonError):
        approve(db, draft.id, needs_second=True, by=me.id, now=LATER)
    assert find_draft(db, draft.id).state == DraftState.IN_REVIEW
    done = approve(db, draft.id, needs_second=True, by=second.id, now=LATER)
    assert done.state == DraftState.APPROVED


def test_events_are_numbered_and_say_the_digest_of_that_moment(db: Session) -> None:
    me, second = author(db), author(db)
    draft = approved(db, me, second)
    assert [event.number for event in events_of(db, draft.id)] == [1, 2, 3]
    assert [event.digest for event in events_of(db, draft.id)] == [
        text_digest(OLD), text_digest(NEW), text_digest(NEW),
    ]  # fmt: skip


def test_a_draft_that_nobody_has_is_not_found(db: Session) -> None:
    nobody = uuid.uuid4()
    with pytest.raises(NotFoundError):
        find_draft(db, nobody)
    with pytest.raises(NotFoundError):
        save(db, nobody, NEW, known="", by=nobody, now=NOW)
    with pytest.raises(NotFoundError):
        act_on(db, nobody, DraftAct.WITHDRAW, by=nobody, now=NOW)
