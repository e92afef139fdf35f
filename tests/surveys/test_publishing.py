"""A survey is published with the course; what has not changed gets no second edition."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.check import check_content
from lms.content.model import Content
from lms.content.read import read_content
from lms.publishing.queries import current_course
from lms.surveys.models import SurveyRevision
from lms.surveys.queries import find_survey
from lms.surveys.service import publish_surveys
from tests.authoring.shop import COURSE, open_shop
from tests.factories import NOW

CONTENT = Path(__file__).parents[2] / "content"
FILE = "content/surveys/mood/{language}.md"
TEXT = """\
---
id: mood
language: {language}
title: Mood
---

# Mood

Nobody sees *who* answers.

### Is it <b>so</b>?
<!-- id: so -->
- ( ) No
- ( ) Perhaps
- ( ) Yes

### Is it otherwise?
<!-- id: otherwise, reverse: yes -->
- ( ) No
- ( ) Perhaps
- ( ) Yes
"""


def numbers(db: Session) -> list[tuple[str, int]]:
    rows = db.execute(
        select(SurveyRevision.language, SurveyRevision.number).order_by(
            SurveyRevision.language, SurveyRevision.number
        )
    )
    return [(row[0], row[1]) for row in rows]


def test_the_folder_publishes_its_surveys_once_and_again_only_when_they_change(
    db: Session, tmp_path: Path
) -> None:
    shop = open_shop(db, tmp_path)
    shop.start()
    shop.edit(COURSE, "deadline:", "surveys: {before: mood, after: mood}\ndeadline:")
    for language in ("fr", "en"):
        path = FILE.format(language=language)
        shop.write(path, TEXT.format(language=language).encode())
    shop.publish()
    shop.publish()
    assert numbers(db) == [("en", 1), ("fr", 1)]
    course = current_course(db, "seminar")
    assert course is not None
    assert course[1].surveys == {"before": "mood", "after": "mood"}
    shop.edit(FILE.format(language="fr"), "Perhaps", "Peut-être")
    shop.publish()
    assert numbers(db) == [("en", 1), ("fr", 1), ("fr", 2)]
    page = find_survey(db, "mood", "fr")
    assert page is not None
    assert page.questions[0].choices == ("No", "Peut-être", "Yes")
    assert page.intro.strip() == "<p>Nobody sees <em>who</em> answers.</p>"
    assert "<b>" not in page.questions[0].prompt
    assert [one.is_reversed for one in page.questions] == [False, True]


def seminar() -> Content:
    return read_content(CONTENT)[0]


def test_the_surveys_of_the_seminar_are_published_in_both_languages(db: Session) -> None:
    assert publish_surveys(db, seminar(), NOW) == 2
    assert publish_surveys(db, seminar(), NOW) == 0
    for language in ("fr", "en"):
        page = find_survey(db, "attitudes", language)
        assert page is not None
        assert page.language == language
        assert 6 <= len(page.questions) <= 8
        assert {len(one.choices) for one in page.questions} == {5}
        assert 1 <= sum(one.is_reversed for one in page.questions) < len(page.questions) / 2


def test_the_seminar_asks_before_and_after_and_the_check_has_nothing_to_say_about_it() -> None:
    content, problems = check_content(CONTENT, NOW.date())
    assert content.courses["seminar"].surveys == {"before": "attitudes", "after": "attitudes"}
    assert not [one for one in problems if "surveys" in one.place.path]
