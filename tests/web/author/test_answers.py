"""An author sees where a question goes wrong, and nobody: groups of ten, and the way to mend it."""

from sqlalchemy.orm import Session

from lms.assessment.statistics import take_in
from tests.assessment.sitting import Chooser, make_people, sit_quiz
from tests.factories import published_course, right_answer
from tests.reporting.test_item_figures import chooses, wrong_at
from tests.web.author.browsing import Browser
from tests.web.markup import Html

PAGE = "/en/author/modules/1/answers"


def sit(db: Session, *groups: tuple[int, Chooser, str]) -> None:
    """Let so many people sit the first quiz in each way, and count their answers."""
    for many, choose, language in groups:
        for person in make_people(db, many):
            sit_quiz(db, person, "first", choose, language=language)
    while take_in(db):
        pass
    db.commit()


def words(page: str) -> str:
    """Give the words of a page."""
    return Html.of(page).text


def test_the_way_from_the_odd_question_to_the_editor_is_one_button(
    db: Session, author: Browser
) -> None:
    sit(db, (16, chooses(0), "fr"), (8, chooses(1, "text", "order", "match"), "fr"))
    page = author.read(PAGE)
    assert "Most who passed chose A." in words(page)
    assert f"{PAGE}/2" in Html.of(page).links()
    assert PAGE in Html.of(author.read("/en/author")).links()
    form = next(
        one
        for one in Html.of(author.read(f"{PAGE}/2")).forms()
        if ("path", "content/modules/01-first/en.md") in one.fields
    )
    assert (form.method, form.action) == ("post", "/en/author/drafts")


def test_what_fewer_than_ten_answered_is_not_told(db: Session, author: Browser) -> None:
    sit(db, (9, wrong_at("single"), "fr"))
    page = author.read(PAGE)
    assert "First tries counted Fewer than 10" in words(page)
    assert "nothing is odd" in words(page)
    assert '<svg class="plot"' not in page
    sit(db, (12, right_answer, "en"))
    assert "First tries counted 21" in words(author.read(PAGE))
    for part in ("fr", "en"):  # nine, and what would tell of the nine
        assert "First tries counted Fewer than 10" in words(author.read(f"{PAGE}?answers={part}"))
        one = words(author.read(f"{PAGE}/2?answers={part}"))
        assert "Asked of Fewer than 10" in one
        assert "Chosen by" not in one


def test_a_module_that_nobody_can_answer_yet_says_so(db: Session, author: Browser) -> None:
    assert "nobody has answered it yet" in author.read(PAGE)
    published_course(db)
    db.commit()
    assert "First tries counted Fewer than 10" in words(author.read(PAGE))
    assert "nobody has answered it yet" in author.read(f"{PAGE}?edition=5")


def test_nothing_else_is_found(db: Session, author: Browser) -> None:
    published_course(db)
    db.commit()
    for url in (
        f"{PAGE}/0",
        f"{PAGE}/8",
        f"{PAGE}/99",
        PAGE.replace("/1/", "/3/"),
        f"{PAGE}/2?edition=9",
    ):
        assert author.get(url).status_code == 404, url
