"""When a section last changed, as far as the kept editions tell."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.authoring.history import MOST_EDITIONS, Edition, last_changes, section_changes
from lms.authoring.revisions import Origin, Source, append_revision
from lms.content.twins import Change, item_key, section_key
from tests.clocks import FixedClock
from tests.sample_course import FILES

PATH = "content/modules/01-first/en.md"
TEXT = FILES["modules/01-first/en.md"]
TODAY = date(2026, 11, 21)
FIRST = date(2026, 5, 1)


def _append(db: Session, text: str, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 16, tzinfo=FixedClock().now.tzinfo)
    append_revision(db, PATH, text, Source(Origin.FOLDER, "ana", at))


def _changes(db: Session, standing: str) -> dict[str, Change]:
    return dict(section_changes(db, {PATH: standing.encode()}, TODAY)[PATH])


def test_a_section_changed_on_the_day_of_the_first_edition_that_says_what_stands(
    db: Session,
) -> None:
    changed = TEXT.replace("## Speaking", "## Talking")
    _append(db, TEXT, FIRST)
    _append(db, changed, date(2026, 9, 1))
    _append(db, changed.replace("True", "Right"), date(2026, 10, 1))
    found = _changes(db, changed.replace("True", "Right"))
    assert found[section_key("speaking")] == Change(date(2026, 9, 1), is_exact=True)
    assert found[item_key("true-false")] == Change(date(2026, 10, 1), is_exact=True)
    assert found[item_key("single")] == Change(FIRST, is_exact=False)


def test_lines_that_move_and_a_new_front_matter_change_no_section(db: Session) -> None:
    _append(db, TEXT, FIRST)
    moved = TEXT.replace("minutes: 5", "minutes: 6").replace("# The first\n", "# The first\n\n\n")
    _append(db, moved, date(2026, 10, 1))
    assert {change.on for change in _changes(db, moved).values()} == {FIRST}


def test_what_stands_and_was_never_published_changed_today(db: Session) -> None:
    _append(db, TEXT, FIRST)
    found = _changes(db, TEXT.replace("## Speaking", "## Talking"))
    assert found[section_key("speaking")] == Change(TODAY, is_exact=True)
    assert found[section_key("listening")] == Change(FIRST, is_exact=False)


def test_a_sentence_that_was_changed_and_changed_back_counts_from_when_it_came_back(
    db: Session,
) -> None:
    _append(db, TEXT, FIRST)
    _append(db, TEXT.replace("## Speaking", "## Talking"), date(2026, 9, 1))
    _append(db, f"{TEXT}\n", date(2026, 10, 1))
    found = _changes(db, f"{TEXT}\n")
    assert found[section_key("speaking")] == Change(date(2026, 10, 1), is_exact=True)


def test_a_file_without_editions_has_no_history(db: Session) -> None:
    assert section_changes(db, {PATH: TEXT.encode(), "content/facts.yml": b""}, TODAY) == {}


def test_a_day_is_counted_where_the_programme_is(db: Session) -> None:
    late = datetime(2026, 9, 2, 2, tzinfo=FixedClock().now.tzinfo)  # ten at night in Longueuil
    append_revision(db, PATH, TEXT, Source(Origin.FOLDER, "ana", late))
    assert _changes(db, TEXT)[section_key("listening")].on == date(2026, 9, 1)


def test_no_more_editions_are_read_than_anybody_asks_about(db: Session) -> None:
    for day in range(MOST_EDITIONS + 5):
        _append(db, TEXT.replace("minutes: 5", f"minutes: {day + 1}"), FIRST + timedelta(days=day))
    standing = TEXT.replace("minutes: 5", f"minutes: {MOST_EDITIONS + 5}")
    oldest = FIRST + timedelta(days=5)
    assert _changes(db, standing)[section_key("listening")] == Change(oldest, is_exact=False)


def test_an_edition_is_read_once_a_process(db: Session) -> None:
    _append(db, TEXT.replace("## Speaking", f"## {uuid4()}"), FIRST)
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.get_bind(), "before_cursor_execute", note)
    _changes(db, TEXT)
    first, seen[:] = len(seen), []
    _changes(db, TEXT)
    event.remove(db.get_bind(), "before_cursor_execute", note)
    assert (first, len(seen)) == (2, 1)


def test_an_edition_that_cannot_be_read_hides_nothing_behind_it() -> None:
    says = {"section:a": "1"}
    broken = Edition(date(2026, 6, 1), {})
    found = last_changes(says, [Edition(date(2026, 7, 1), says), broken], TODAY)
    assert found == {"section:a": Change(date(2026, 7, 1), is_exact=True)}
