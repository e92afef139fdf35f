"""What a participant asks and what his instructors answer: his own, sealed, and read when said."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lms.conversations.models import Message
from lms.conversations.queries import (
    MessageView,
    is_answered,
    thread,
    unread_count,
    waiting_messages,
)
from lms.conversations.service import (
    LONGEST_TEXT,
    MOST_AN_HOUR,
    About,
    EmptyTextError,
    NewMessage,
    TextTooLongError,
    mark_read,
    send,
)
from lms.kernel.errors import NotFoundError, TooOftenError
from tests.conversations.people import Group, make_group
from tests.factories import KEYS, NOW

MINUTE = timedelta(minutes=1)
TODAY = NOW.date()
QUESTION = About("first", "single")


@pytest.fixture
def group(db: Session) -> Group:
    return make_group(db, counts=False)


def _ask(
    db: Session, group: Group, words: str = "Je ne comprends pas.", **fields: object
) -> Message:
    learner = group.learner
    sender = db.execute(
        text("SELECT user_id FROM enrolment WHERE pseudonym = :name"), {"name": learner.pseudonym}
    ).scalar_one()
    given = {"about": None, "at": NOW} | fields
    new = NewMessage(
        enrolment_id=learner.enrolment_id,
        sender_id=UUID(str(sender)),
        is_from_staff=False,
        text=words,
        about=given["about"],  # type: ignore[arg-type]  # a field
    )
    return send(db, new, keys=KEYS, now=given["at"])  # type: ignore[arg-type]  # a moment


def _answer(db: Session, group: Group, to: Message | None = None, *, after: int = 1) -> Message:
    new = NewMessage(
        enrolment_id=group.learner.enrolment_id,
        sender_id=group.readers[0].id,
        is_from_staff=True,
        text="Regardez la page 2.",
        answers=to.id if to else None,
    )
    return send(db, new, keys=KEYS, now=NOW + after * MINUTE)


def _thread(db: Session, group: Group) -> tuple[MessageView, ...]:
    return thread(db, group.learner.enrolment_id, KEYS, "fr", TODAY)


def test_a_thread_is_read_in_the_order_in_which_it_was_written(db: Session, group: Group) -> None:
    _ask(db, group, "Bonjour", at=NOW)
    _answer(db, group, after=1)
    _ask(db, group, "Merci", at=NOW + 2 * MINUTE)
    assert [(one.text, one.is_from_staff) for one in _thread(db, group)] == [
        ("Bonjour", False),
        ("Regardez la page 2.", True),
        ("Merci", False),
    ]


def test_what_is_written_stands_in_no_table_in_clear(db: Session, group: Group) -> None:
    kept = _ask(db, group, "canari-4f7k").sealed_text
    assert b"canari" not in kept
    assert kept[:1] == b"\x02"  # sealed with his own key, not with the site's


def test_once_his_key_is_destroyed_a_text_is_no_longer_kept_and_the_page_still_stands(
    db: Session, group: Group
) -> None:
    _ask(db, group)
    KEYS.people.destroy(group.learner.enrolment_id)
    assert [one.text for one in _thread(db, group)] == [None]


def test_a_message_about_a_question_says_which_one_as_it_is_asked_now(
    db: Session, group: Group
) -> None:
    asked = _ask(db, group, about=QUESTION)
    (view,) = _thread(db, group)
    assert view.asks_for_help
    assert view.shown is not None
    assert "Laquelle est la bonne" in str(view.shown["prompt"])
    answer = _answer(db, group, asked)
    assert (answer.module_id, answer.item_id) == ("first", "single")


def test_a_question_that_left_the_course_leaves_the_message(db: Session, group: Group) -> None:
    _ask(db, group, about=About("first", "gone"))
    assert [one.shown for one in _thread(db, group)] == [None]


@pytest.mark.parametrize("words", ["", "  \n ", "\x00\x1b"])
def test_nothing_is_no_message(db: Session, group: Group, words: str) -> None:
    with pytest.raises(EmptyTextError):
        _ask(db, group, words)


def test_a_message_has_two_thousand_characters_at_the_most(db: Session, group: Group) -> None:
    _ask(db, group, "é" * LONGEST_TEXT)
    with pytest.raises(TextTooLongError):
        _ask(db, group, "é" * (LONGEST_TEXT + 1))


def test_nobody_answers_what_somebody_else_asked(db: Session, group: Group) -> None:
    other = make_group(db, counts=False)
    theirs = _ask(db, other)
    with pytest.raises(NotFoundError):
        _answer(db, group, theirs)
    mine = _answer(db, group)
    with pytest.raises(NotFoundError):  # an instructor does not answer himself
        _answer(db, group, mine)


def test_one_participant_cannot_bury_his_instructor(db: Session, group: Group) -> None:
    for _ in range(MOST_AN_HOUR):
        _ask(db, group)
    with pytest.raises(TooOftenError):
        _ask(db, group)
    _ask(db, group, at=NOW + 61 * MINUTE)
    _answer(db, group)
    assert len(_thread(db, group)) == MOST_AN_HOUR + 2


def test_what_a_participant_has_not_marked_as_read_is_counted(db: Session, group: Group) -> None:
    enrolment_id = group.learner.enrolment_id
    _ask(db, group)
    assert unread_count(db, enrolment_id) == 0
    first = _answer(db, group, after=1)
    _answer(db, group, after=2)
    assert unread_count(db, enrolment_id) == 2
    mark_read(db, enrolment_id, first.id, by_staff=False, now=NOW + 3 * MINUTE)
    assert unread_count(db, enrolment_id) == 1  # the second came since he opened the page


def test_reading_marks_the_other_sides_messages_alone(db: Session, group: Group) -> None:
    _ask(db, group, at=NOW)
    last = _answer(db, group, after=1)
    mark_read(db, group.learner.enrolment_id, last.id, by_staff=True, now=NOW + 2 * MINUTE)
    assert [one.read_at is None for one in _thread(db, group)] == [False, True]


@pytest.mark.parametrize("until", [None, uuid4()])
def test_what_no_page_showed_marks_nothing(db: Session, group: Group, until: UUID | None) -> None:
    _answer(db, group)
    mark_read(db, group.learner.enrolment_id, until, by_staff=False, now=NOW + 2 * MINUTE)
    assert unread_count(db, group.learner.enrolment_id) == 1


def test_a_message_of_another_thread_marks_nothing(db: Session, group: Group) -> None:
    other = make_group(db, counts=False)
    theirs = _answer(db, other, after=5)
    _answer(db, group, after=1)
    mark_read(db, group.learner.enrolment_id, theirs.id, by_staff=False, now=NOW + 9 * MINUTE)
    assert unread_count(db, group.learner.enrolment_id) == 1


def test_a_request_waits_until_it_is_answered_and_a_word_until_it_is_read(
    db: Session, group: Group
) -> None:
    me = group.readers[0].id
    request = _ask(db, group, about=QUESTION)
    word = _ask(db, group, at=NOW + MINUTE)
    waiting = waiting_messages(db, me, most=9)
    assert [one.message_id for one in waiting] == [request.id, word.id]
    assert (waiting[0].pseudonym, waiting[0].item_id) == (group.learner.pseudonym, "single")
    mark_read(db, group.learner.enrolment_id, word.id, by_staff=True, now=NOW + 2 * MINUTE)
    assert [one.message_id for one in waiting_messages(db, me, most=9)] == [request.id]
    _answer(db, group, request, after=3)
    assert waiting_messages(db, me, most=9) == ()
    views = _thread(db, group)
    assert [is_answered(one, views) for one in views] == [True, False, False]


def test_nothing_waits_for_an_instructor_of_another_group(db: Session, group: Group) -> None:
    other = make_group(db, counts=False)
    _ask(db, group, about=QUESTION)
    assert waiting_messages(db, other.readers[0].id, most=9) == ()
    assert db.scalar(select(Message.id)) is not None
