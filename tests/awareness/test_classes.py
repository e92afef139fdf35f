"""A class is two codes; what it answered is told by tens, and never of one alone."""

import itertools
import uuid
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.awareness.codes import Door, code_hash, new_code
from lms.awareness.figures import FEWEST, class_figures, classes
from lms.awareness.models import AwarenessClass, AwarenessResult
from lms.awareness.service import (
    OPEN_FOR,
    ClassUnknownError,
    CourseKindError,
    NewClass,
    Sheet,
    find_class,
    keep_sheet,
    make_class,
    open_door,
)
from lms.enrolment.service import CourseUnknownError, make_cohort
from lms.kernel.database import Database
from lms.publishing.queries import module_outline
from tests.factories import NOW, change_rules, make_programme, published_course

TODAY = NOW.date()


def _class(db: Session) -> NewClass:
    """Make a class of the small course, published as an awareness course."""
    published_course(db)
    change_rules(db, kind="awareness")
    return make_class(db, "seminar", now=NOW)


def _sheet(db: Session, mark: int, *, right: bool = True, item: str = "a") -> Sheet:
    head = module_outline(db, "first", "fr")
    assert head is not None
    items: tuple[dict[str, Any], ...] = ({"item": item, "right": right, "answer": [0]},)
    return Sheet("first", head.revision_id, "fr", items, mark)


def test_each_code_opens_its_own_door_and_no_other(db: Session) -> None:
    made = _class(db)
    assert open_door(db, Door.CLASS, made.class_code.lower(), now=NOW).id == made.class_id
    assert open_door(db, Door.LEADER, made.leader_code, now=NOW).id == made.class_id
    for door, code in ((Door.LEADER, made.class_code), (Door.CLASS, made.leader_code)):
        with pytest.raises(ClassUnknownError):
            open_door(db, door, code, now=NOW)
    for wrong in ("", "AAAA", new_code(Door.CLASS), "x" * 500):
        with pytest.raises(ClassUnknownError):
            open_door(db, Door.CLASS, wrong, now=NOW)


def test_a_class_closes_after_its_days(db: Session) -> None:
    made = _class(db)
    over = NOW + OPEN_FOR
    assert find_class(db, made.class_id, now=over - timedelta(seconds=1)).id == made.class_id
    with pytest.raises(ClassUnknownError):
        find_class(db, made.class_id, now=over)
    with pytest.raises(ClassUnknownError):
        open_door(db, Door.CLASS, made.class_code, now=over)


def test_a_code_is_kept_as_a_hash_alone(db: Session) -> None:
    made = _class(db)
    row = db.get_one(AwarenessClass, made.class_id)
    kept = f"{row.class_hash} {row.leader_hash}"
    for code in (made.class_code, made.leader_code):
        assert code.replace("-", "") not in kept
    assert code_hash(Door.CLASS, made.class_code) == row.class_hash


def test_no_class_takes_the_seminar_and_no_group_takes_the_schools_course(db: Session) -> None:
    published_course(db)
    with pytest.raises(CourseKindError):
        make_class(db, "seminar", now=NOW)
    with pytest.raises(CourseKindError):
        make_class(db, "nothing", now=NOW)
    change_rules(db, kind="awareness")
    with pytest.raises(CourseUnknownError):
        make_cohort(db, make_programme(db), "Groupe", course_id="seminar", now=NOW)
    assert [one.course_id for one in classes(db, limit=9)] == []


def test_a_sheet_sent_twice_is_one(db: Session) -> None:
    made = _class(db)
    assert keep_sheet(db, made.class_id, _sheet(db, 7), today=TODAY)
    assert not keep_sheet(db, made.class_id, _sheet(db, 7), today=TODAY)
    assert len(db.scalars(select(AwarenessResult.id)).all()) == 1


def test_nothing_is_told_under_ten_sheets_and_then_only_whole_tens(db: Session) -> None:
    made = _class(db)
    for mark in range(2 * FEWEST + 5):
        keep_sheet(db, made.class_id, _sheet(db, mark, right=mark < FEWEST), today=TODAY)
        shares = class_figures(db, made.class_id, "first")
        assert shares.sheets == (mark + 1) // FEWEST * FEWEST
        if mark + 1 < FEWEST:
            assert shares.items == ()
            continue
        # The first ten are all right, those after them all wrong: each ten stays as it was told.
        assert [(one.right, one.asked) for one in shares.items] == [(FEWEST, shares.sheets)]


def test_a_question_that_only_another_edition_asks_is_told_by_its_own_tens(db: Session) -> None:
    made = _class(db)
    for mark in range(2 * FEWEST):
        keep_sheet(db, made.class_id, _sheet(db, mark, item="b" if mark < 3 else "a"), today=TODAY)
    shares = class_figures(db, made.class_id, "first")
    assert [(one.item_id, one.asked) for one in shares.items] == [("a", FEWEST)]


def test_a_mark_that_was_made_up_in_two_classes_is_no_fault_of_ours(db: Session) -> None:
    first = _class(db)
    second = make_class(db, "seminar", now=NOW)
    assert keep_sheet(db, first.class_id, _sheet(db, 0), today=TODAY)
    assert not keep_sheet(db, second.class_id, _sheet(db, 0), today=TODAY)
    assert keep_sheet(db, second.class_id, _sheet(db, 1), today=TODAY)


def test_two_looks_differ_by_ten_sheets_or_by_none(db: Session) -> None:
    made = _class(db)
    told: list[tuple[int, int]] = []
    for mark in range(3 * FEWEST):
        # Marks that fall, so that the random half of the ids runs against the order of arrival.
        sheet = _sheet(db, (1 << 64) - 1 - mark, right=mark % 3 == 0)
        keep_sheet(db, made.class_id, sheet, today=TODAY)
        items = class_figures(db, made.class_id, "first").items
        told.extend((one.right, one.asked) for one in items)
    differences = {(later[1] - earlier[1]) for earlier, later in itertools.pairwise(told)}
    assert differences == {0, FEWEST}
    by_ten = {asked: right for right, asked in told}
    assert len({(right, asked) for right, asked in told}) == len(by_ten)


def test_a_sheet_holds_nothing_that_tells_who_wrote_it_or_at_what_hour(db: Session) -> None:
    columns = set(AwarenessResult.__table__.columns.keys())
    assert columns == {
        *("id", "class_id", "module_id", "module_revision_id", "language", "day"),
        *("right_count", "asked_count", "items"),
    }
    made = _class(db)
    keep_sheet(db, made.class_id, _sheet(db, 5), today=TODAY)
    assert db.scalars(select(AwarenessResult.id)).one() == uuid.UUID(int=5)


def test_thirty_sheets_at_once_are_thirty(real_database: Database) -> None:
    with real_database.write() as db:
        made = _class(db)
        sheets = [_sheet(db, mark) for mark in range(30)]
        db.commit()

    def send(sheet: Sheet) -> None:
        with real_database.write() as db:
            keep_sheet(db, made.class_id, sheet, today=TODAY)
            db.commit()

    threads = [Thread(target=send, args=(sheet,)) for sheet in sheets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with real_database.read() as db:
        ids = db.scalars(select(AwarenessResult.id)).all()
        assert sorted(one.int >> 64 for one in ids) == list(range(30))
