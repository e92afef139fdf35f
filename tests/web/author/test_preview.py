"""A preview shows what a participant would see, and records nothing."""

import re
from pathlib import Path

import pytest
from sqlalchemy import event

from lms.kernel.database import Database
from tests.web.author.browsing import Browser, edit

_QUIZ = "/en/author/modules/1/preview/quiz"
_SECTION = "/en/author/modules/1/preview/1"
_RIGHT = {
    "q4-answer": "  LISTEN ",
    "q5-answer": "7,5",
    "q8-answer": "one two three",
}


@pytest.fixture
def engine_name() -> str:
    """Give one database: these pages read the folder, and the database next to never."""
    return "sqlite"


def _writes(database: Database) -> list[str]:
    found: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if statement.split(maxsplit=1)[0] in {"INSERT", "UPDATE", "DELETE"}:
            found.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    return found


def _option(page: str, name: str, text: str) -> str:
    """Give the value that a page sends for an option with this text."""
    pattern = rf'name="{name}" value="(\d+)"[^>]*>\s*<label[^>]*>{re.escape(text)}<'
    return str(re.findall(pattern, page)[0])


def test_a_preview_opens_with_what_the_module_speaks_of(author: Browser) -> None:
    page = author.read("/en/author/modules/2/preview")
    assert "<h1>The second</h1>" in page
    assert "Speaks of violence." in page
    assert "Nothing that you answer here is recorded." in page
    assert "Know how to go" in page


def test_switching_language_shows_the_other_file_at_the_same_place(author: Browser) -> None:
    page = author.read(_SECTION)
    assert 'href="/fr/author/modules/1/preview/1"' in page
    assert "<h1>Écouter</h1>" in author.read("/fr/author/modules/1/preview/1")


def test_a_section_is_rendered_from_the_folder_as_it_is_now(author: Browser, folder: Path) -> None:
    assert "A <em>short</em> text." in author.read(_SECTION)
    edit(folder / "modules/01-first/en.md", "A *short* text.\n\n- a", "A **new** text.\n\n- a")
    assert "A <strong>new</strong> text." in author.read(_SECTION)


def test_a_page_that_the_module_does_not_have_is_not_found(author: Browser) -> None:
    for page in ("0", "3", "9999"):
        assert author.get(f"/en/author/modules/1/preview/{page}").status_code == 404
    assert author.post(f"{_SECTION}/practice/2").status_code == 404


def test_a_practice_question_is_answered_on_the_spot(author: Browser) -> None:
    page = author.read(_SECTION)
    right, wrong = _option(page, "p1-answer", "True"), _option(page, "p1-answer", "False")
    answer = author.post(f"{_SECTION}/practice/1", **{"p1-answer": right})
    assert answer.status_code == 200
    assert "Right: 1 of 1" in answer.get_data(as_text=True)
    answer = author.post(f"{_SECTION}/practice/1", **{"p1-answer": wrong})
    assert "Not right: 0 of 1" in answer.get_data(as_text=True)


@pytest.mark.parametrize("sent", [{}, {"p1-answer": "9"}, {"p1-answer": ["0", "1"]}])
def test_an_answer_that_no_page_sends_is_said_and_not_graded(
    author: Browser, sent: dict[str, str]
) -> None:
    answer = author.post(f"{_SECTION}/practice/1", **sent)
    assert answer.status_code == 422
    assert "Choose" in answer.get_data(as_text=True)


def test_all_questions_stand_on_one_page_in_the_authors_order(author: Browser) -> None:
    page = author.read(_QUIZ)
    ids = re.findall(r'<p class="hint"><code>([^<]*)</code>', page)
    assert ids == ["true-false", "single", "multiple", "text", "number", "match", "order", "open"]
    assert "(x)" not in page
    assert "Right answer" not in page


def test_right_answers_to_all_questions_earn_all_points(author: Browser) -> None:
    page = author.read(_QUIZ)
    answers: dict[str, str | list[str]] = dict(_RIGHT)
    answers["q1-answer"] = _option(page, "q1-answer", "True")
    answers["q2-answer"] = _option(page, "q2-answer", "B1")
    answers["q3-answer"] = [_option(page, "q3-answer", text) for text in ("A2", "B2", "D2")]
    for line in range(3):
        part = page.split(f'name="q6-line{line}"')[1].split("</select>")[0]
        answers[f"q6-line{line}"] = re.findall(rf'value="(\d)">{line + 1}<', part)[0]
    steps = re.findall(r'<label for="q7-line\d">(\w)3</label>', page)
    for line, step in enumerate(steps):
        answers[f"q7-line{line}"] = str("ABCD".index(step))
    answer = author.post(_QUIZ, **answers)
    assert answer.status_code == 200
    assert "All answers together: 11 of 11" in answer.get_data(as_text=True)


def test_questions_left_alone_show_their_key(author: Browser) -> None:
    page = author.post(_QUIZ, **_RIGHT).get_data(as_text=True)
    assert "All answers together: 2 of 11" in page
    assert page.count("Right answer") == 7
    assert "Done: not scored" in page
    assert 'value="  LISTEN "' in page


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"q2-answer": "17"}, "Question 2: Choose again"),
        ({"q3-answer": ["0", "0"]}, "Question 3: Choose again"),
        ({"q4-answer": "x" * 300_000}, "Question 4: Shorten this"),
        ({"q4-answer": ["a", "b"]}, "Question 4: Write one answer."),
        ({"q6-line0": "0"}, "Question 6: Choose an answer on each line."),
        ({"q7-line0": ["0", "1"]}, "Question 7: Choose an answer on each line."),
        ({"q8-answer": "one"}, "Question 8: Write at least 3 words."),
    ],
)
def test_an_answer_to_the_quiz_that_cannot_be_taken_is_said_and_the_form_is_kept(
    author: Browser, sent: dict[str, str | list[str]], fault: str
) -> None:
    answer = author.post(_QUIZ, **{"q5-answer": "7", **sent})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert fault in page
    assert 'name="q5-answer" value="7"' in page
    assert "All answers together" not in page


def test_nothing_of_a_preview_is_written(author: Browser, database: Database) -> None:
    author.read("/en/account")
    written = _writes(database)
    page = author.read(_SECTION)
    author.post(f"{_SECTION}/practice/1", **{"p1-answer": _option(page, "p1-answer", "True")})
    author.post(_QUIZ, **_RIGHT)
    author.read("/en/author")
    author.read("/en/author/publish")
    assert written == []


def test_links_between_modules_stay_in_the_preview(author: Browser, folder: Path) -> None:
    edit(
        folder / "modules/01-first/en.md",
        "A *short* text.\n\n- a",
        "[on](../02-second/en.md#going) and [here](#speaking)\n\n- a",
    )
    page = author.read(_SECTION)
    assert 'href="/en/author/modules/2/preview/1"' in page
    assert 'href="/en/author/modules/1/preview/2"' in page
    assert "/to/" not in page


_WITHDRAWN = (
    "given: 2026-01-01, until: 2027-11-20, scope: [seminar], contact: P-1, withdrawn: 2026-11-01"
)


def _add_testimony(folder: Path, consent: str) -> None:
    for language in ("fr", "en"):
        path = folder / f"testimonies/rose/{language}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"---\nid: rose\nlanguage: {language}\nkind: original\n{consent}---\n\n"
        path.write_text(head + "The words of Rose.\n", encoding="utf-8")
        module = folder / f"modules/01-first/{language}.md"
        edit(module, "\n- a\n", "\n[[testimony: rose]]\n\n- a\n")


@pytest.mark.parametrize(
    ("consent", "is_shown"),
    [
        ("given: 2026-01-01, until: 2026-11-21, scope: [seminar], contact: P-1", True),
        ("given: 2026-01-01, until: 2026-11-20, scope: [seminar], contact: P-1", False),
        ("given: 2026-11-22, until: 2027-11-20, scope: [seminar], contact: P-1", False),
        ("given: 2026-01-01, until: 2027-11-20, scope: [other], contact: P-1", False),
        (_WITHDRAWN, False),
    ],
)
def test_an_original_without_consent_in_force_is_not_shown_even_in_a_preview(
    author: Browser, folder: Path, consent: str, is_shown: bool
) -> None:
    _add_testimony(folder, f"consent: {{{consent}}}\n")
    page = author.read(_SECTION)
    assert ("The words of Rose." in page) is is_shown
    assert ("no longer shown" in page) is not is_shown
    assert "P-1" not in page


def test_a_draft_with_unknown_facts_and_testimonies_is_shown_as_far_as_it_goes(
    author: Browser, folder: Path
) -> None:
    edit(
        folder / "modules/01-first/en.md",
        "A *short* text.\n\n- a",
        "A *short* text[^T99].\n\n[[testimony: nobody]]\n\n- a",
    )
    page = author.read(_SECTION)
    assert "A <em>short</em> text" in page
    assert "refuse its publication" in page


def test_a_text_that_cannot_be_rendered_is_named(author: Browser, folder: Path) -> None:
    bomb = "".join(f"{'> ' * depth}x\n" for depth in range(300))
    edit(folder / "modules/01-first/en.md", "A *short* text.\n\n- a", bomb + "\n- a")
    answer = author.get(_SECTION)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "content/modules/01-first/en.md: ## Listening" in page


def test_markup_of_an_author_reaches_no_page_unsafe(author: Browser, folder: Path) -> None:
    edit(
        folder / "modules/01-first/en.md",
        "A *short* text.\n\n- a",
        '<script>alert(1)</script> <img src=x onerror="alert(1)"> [x](javascript:alert(1))\n\n- a',
    )
    edit(folder / "modules/01-first/en.md", "Know how to listen", "<script>alert(2)</script>")
    edit(folder / "modules/01-first/en.md", "## Speaking ", "## <script>alert(3)</script> ")
    pages = "".join(
        author.read(f"/en/author{page}")
        for page in ("", "/modules/1/en", "/modules/1/preview", "/modules/1/preview/1",
                     "/modules/1/preview/2", "/publish")
    )  # fmt: skip
    assert "<script>alert" not in pages
    assert not re.search(r'href="javascript', pages)
    assert "<img" not in pages


def test_a_module_in_no_course_can_be_previewed(author: Browser, folder: Path) -> None:
    edit(folder / "courses/seminar.yml", "modules: [first, second]", "modules: [second]")
    assert "A <em>short</em> text." in author.read(_SECTION)
    assert "In no course" in author.read("/en/author")


def test_a_module_without_questions_says_so(author: Browser, folder: Path) -> None:
    path = folder / "modules/01-first/en.md"
    path.write_text(path.read_text().split("## Quiz")[0])
    assert "This module has no questions yet." in author.read(_QUIZ)
