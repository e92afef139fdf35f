"""Publishing in the browser: seen before it is done, all of it or nothing."""

import re
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.publishing.models import CourseRevision, ModuleRevision, SectionText
from lms.publishing.queries import current_course
from tests.web.author.browsing import Browser, edit

_PAGE = "/en/author/publish"


def _mark(page: str) -> str:
    return str(re.findall(r'name="plan" value="(\w+)"', page)[0])


def _plan(page: str) -> dict[str, str]:
    pattern = r'<th scope="row">([^<]*)</th>.*?class="tag[^"]*">([^<]*)<'
    return dict(re.findall(pattern, page.split('id="plan"')[1], re.DOTALL))


def _publish(author: Browser) -> None:
    answer = author.post(_PAGE, plan=_mark(author.read(_PAGE)))
    assert answer.status_code == 303


def test_an_author_sees_what_changes_then_publishes_it(author: Browser, db: Session) -> None:
    page = author.read(_PAGE)
    assert _plan(page) == {
        "The first": "Not published yet",
        "The second": "Not published yet",
        "Small seminar": "Not published yet",
    }
    answer = author.post(_PAGE, plan=_mark(page))
    assert answer.location == "/en/author"
    start = author.read("/en/author")
    assert "Published: 3 changes." in start
    assert "Nothing has changed since the last publication." in author.read(_PAGE)
    assert current_course(db, "seminar") is not None
    login = db.scalars(select(CourseRevision.published_by)).one()
    assert login.startswith("author-")


def test_only_what_changed_is_published_again(author: Browser, folder: Path, db: Session) -> None:
    _publish(author)
    edit(folder / "modules/02-second/en.md", "A *short* text.", "Another text.")
    page = author.read(_PAGE)
    assert _plan(page) == {
        "The first": "Published",
        "The second": "Changed in the folder",
        "Small seminar": "Published",
    }
    _publish(author)
    numbers = db.execute(select(ModuleRevision.module_id, ModuleRevision.number)).all()
    assert sorted(tuple(row) for row in numbers) == [("first", 1), ("second", 1), ("second", 2)]


def test_nothing_is_published_while_there_are_errors(
    author: Browser, folder: Path, db: Session
) -> None:
    mark = _mark(author.read(_PAGE))
    (folder / "facts.yml").write_text("no list")  # an error that changes nothing in the plan
    page = author.read(_PAGE)
    assert "Publish all changes" not in page
    assert "1 error refuses publication." in page
    answer = author.post(_PAGE, plan=mark)
    assert answer.status_code == 422
    assert "Nothing was published" in answer.get_data(as_text=True)
    assert db.scalar(select(func.count()).select_from(ModuleRevision)) == 0


def test_what_was_not_read_on_the_page_is_not_published(
    author: Browser, folder: Path, db: Session
) -> None:
    mark = _mark(author.read(_PAGE))
    edit(folder / "modules/01-first/en.md", "A *short* text.", "Another text.")
    answer = author.post(_PAGE, plan=mark)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "The folder has changed since you opened this page." in page
    assert db.scalar(select(func.count()).select_from(ModuleRevision)) == 0
    assert author.post(_PAGE, plan=_mark(page)).status_code == 303


def test_a_form_without_its_plan_publishes_nothing(author: Browser, db: Session) -> None:
    mark = _mark(author.read(_PAGE))
    for sent in ({}, {"plan": ""}, {"plan": [mark, mark]}, {"plan": "x" * 400_000}):
        assert author.post(_PAGE, **sent).status_code == 422
    assert db.scalar(select(func.count()).select_from(ModuleRevision)) == 0


def test_publishing_twice_publishes_once(author: Browser, db: Session) -> None:
    mark = _mark(author.read(_PAGE))
    assert author.post(_PAGE, plan=mark).status_code == 303
    again = author.post(_PAGE, plan=mark)
    assert again.status_code == 422
    assert "Nothing has changed since the last publication." in again.get_data(as_text=True)
    assert db.scalar(select(func.count()).select_from(CourseRevision)) == 1


def test_one_text_that_cannot_be_rendered_stops_all_of_it(
    author: Browser, folder: Path, db: Session
) -> None:
    bomb = "".join(f"{'> ' * depth}x\n" for depth in range(300))
    for language in ("fr", "en"):
        path = folder / f"modules/02-second/{language}.md"
        text = path.read_text()
        path.write_text(text.replace("\n\n## Quiz", f"\n\n{bomb}\n## Quiz", 1))
    page = author.read(_PAGE)
    assert "Publish all changes" in page
    answer = author.post(_PAGE, plan=_mark(page))
    told = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Nothing was published" in told
    assert "content/modules/02-second/fr.md" in told
    for table in (ModuleRevision, CourseRevision, SectionText):
        assert db.scalar(select(func.count()).select_from(table)) == 0
