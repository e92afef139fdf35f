"""A module that is not translated yet is shown in the language that it is written in."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.content.read import read_content
from lms.publishing.media import Keeper
from lms.publishing.originals import Sources
from lms.publishing.service import Press, publish_content
from tests.factories import NOW, WORDS
from tests.sample_course import write_course
from tests.web.quizzes import answer_all
from tests.web.site import Site


@pytest.fixture
def french_only(site: Site, tmp_path: Path) -> Site:
    """Give a site whose first module has no English."""
    source = write_course(tmp_path)
    first = min((source / "modules").iterdir())
    (first / "en.md").unlink()
    content, _problems = read_content(source)
    press = Press(WORDS, Keeper(Sources(source), tmp_path / "media"))

    def publish(db: Session) -> None:
        publish_content(db, content, press, by="tests", now=NOW)

    site.do(publish)
    return site


def test_an_english_reader_gets_french_pages_that_say_so(french_only: Site) -> None:
    browser = french_only.participant().browser
    for url in ("/en/course", "/en/module/1", "/en/module/1/quiz"):
        assert browser.get(url).status_code == 200, url
    page = browser.get("/en/module/1/page/1")
    assert page.status_code == 200
    assert '<div lang="fr">' in page.text
    assert '<html lang="en">' in page.text


def test_he_can_take_its_quiz_and_see_the_result(french_only: Site) -> None:
    person, attempt_id = french_only.taker(1)
    assert person.browser.get("/en/module/1/quiz/1").status_code == 200
    answer_all(french_only, person, 1)
    sent = person.browser.post(f"/en/module/1/quiz/{attempt_id}/submit")
    assert sent.status_code == 303
    assert person.browser.get(sent.headers["Location"]).status_code == 200
