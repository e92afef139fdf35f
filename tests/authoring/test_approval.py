"""A second pair of eyes, where the course asks for it."""

import uuid
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.authoring.approval import SecondPersonError, approve, needs_second_person
from lms.authoring.drafts import ActRefusedError, act_on, begin, save
from lms.authoring.states import DraftAct, DraftState
from lms.content.files import Files
from lms.content.model import Content
from lms.content.read import read
from tests.authoring.shop import COURSE, FIRST, SECOND
from tests.factories import NOW, make_user
from tests.sample_course import FILES

_NEW = "content/modules/03-third/en.md"
_TESTIMONY = "content/testimonies/lea/en.md"
_FACTS = "content/facts.yml"


def _content(approval: str = "", *, law: bool = False) -> Content:
    texts = {f"content/{path}": text for path, text in FILES.items()}
    texts[COURSE] += f"approval: {approval}\n" if approval else ""
    if law:
        texts = {path: text.replace("id: second", "id: law") for path, text in texts.items()}
        texts[COURSE] = texts[COURSE].replace("second]", "law]")
    data = {path: text.encode() for path, text in texts.items()}
    return read(Files("content", data, frozenset(data))).content


@pytest.mark.parametrize(
    ("approval", "asked"),
    [
        ("all", {FIRST, SECOND, _NEW, _TESTIMONY, _FACTS, COURSE}),
        ("none", {_TESTIMONY}),
        ("[first]", {FIRST, _NEW, _TESTIMONY, _FACTS, COURSE}),
        ("", {_NEW, _TESTIMONY, _FACTS, COURSE}),
    ],
)
def test_the_course_says_which_files_a_second_person_approves(
    approval: str, asked: set[str]
) -> None:
    paths = {FIRST, SECOND, _NEW, _TESTIMONY, _FACTS, COURSE, "content/surveys/a/en.md"}
    content = _content(approval)
    assert {path for path in paths if needs_second_person(content, path)} == asked


def test_a_course_that_is_silent_asks_it_for_health_and_law() -> None:
    assert needs_second_person(_content(law=True), SECOND)
    assert not needs_second_person(_content(law=True), FIRST)


def test_a_site_without_a_course_asks_it_for_what_nobody_knows_yet() -> None:
    nothing = read(Files("content", {}, frozenset())).content
    assert needs_second_person(nothing, FIRST)
    assert needs_second_person(nothing, COURSE)


def _sent(db: Session, *hands: uuid.UUID) -> uuid.UUID:
    """Let somebody begin a draft, the next write it, the last send it."""
    draft = begin(db, FIRST, "A text.", by=hands[0], now=NOW)
    save(db, draft.id, "Another.", known=draft.digest, by=hands[1], now=NOW)
    act_on(db, draft.id, DraftAct.SEND, by=hands[2], now=NOW)
    return draft.id


@pytest.mark.parametrize("hand", [0, 1, 2])
def test_nobody_approves_what_he_began_wrote_or_sent(db: Session, hand: int) -> None:
    hands = [make_user(db, role=Role.AUTHOR).id for _ in range(3)]
    draft_id = _sent(db, *hands)
    with pytest.raises(SecondPersonError):
        approve(db, draft_id, needs_second=True, by=hands[hand], now=NOW)
    other = make_user(db, role=Role.AUTHOR)
    done = approve(db, draft_id, needs_second=True, by=other.id, now=NOW)
    assert done.state == DraftState.APPROVED


def test_where_no_second_person_is_asked_for_one_approves_alone(db: Session) -> None:
    one = make_user(db, role=Role.AUTHOR).id
    done = approve(db, _sent(db, one, one, one), needs_second=False, by=one, now=NOW)
    assert done.state == DraftState.APPROVED


def test_what_is_not_in_review_is_not_approved(db: Session, tmp_path: Path) -> None:
    one = make_user(db, role=Role.AUTHOR).id
    draft = begin(db, FIRST, f"A text of {tmp_path.name}.", by=one, now=NOW)
    with pytest.raises(ActRefusedError):
        approve(db, draft.id, needs_second=False, by=one, now=NOW)
