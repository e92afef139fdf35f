"""What is published says how long each page takes, and how much of that the course asks for."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.read import read_content
from lms.publishing.media import Keeper
from lms.publishing.models import CourseRevision
from lms.publishing.originals import Sources
from lms.publishing.queries import current_course, module_outline
from lms.publishing.service import Press, publish_content
from tests.factories import NOW, WORDS
from tests.sample_course import write_course


def publish(db: Session, folder: Path, seat_time: str) -> None:
    source = write_course(folder)
    course = source / "courses" / "seminar.yml"
    course.write_text(course.read_text("utf-8") + seat_time, "utf-8")
    # French has other minutes and other words; it comes first, so its times are those of both.
    french = source / "modules" / "01-first" / "fr.md"
    text = french.read_text("utf-8").replace("minutes: 5", "minutes: 4")
    french.write_text(text.replace("- a\n- b\n", "- a\n- b\n\n" + "mot " * 60 + "\n"), "utf-8")
    content, problems = read_content(source)
    assert problems == ()
    publish_content(
        db, content, Press(WORDS, Keeper(Sources(source), folder / "kept")), by="a", now=NOW
    )


def times(db: Session, language: str) -> list[int]:
    outline = module_outline(db, "first", language)
    assert outline is not None
    return [section.seconds for section in outline.sections]


def test_a_page_takes_as_long_in_every_language(db: Session, tmp_path: Path) -> None:
    publish(db, tmp_path, "")
    listening, speaking = times(db, "fr")
    assert times(db, "en") == [listening, speaking]
    assert listening > 60 > speaking > 0
    assert listening + speaking < 4 * 60  # the quiz has its share


def test_the_share_that_a_course_asks_for_is_published(db: Session, tmp_path: Path) -> None:
    publish(db, tmp_path, "seat_time: 70%\n")
    current = current_course(db, "seminar")
    assert current is not None
    assert current[1].seat_time_percent == 70


def test_a_course_that_asks_for_no_time_says_so(db: Session, tmp_path: Path) -> None:
    publish(db, tmp_path, "")
    document = db.scalars(select(CourseRevision.document)).one()
    assert document["seat_time"] == 0
