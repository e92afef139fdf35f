"""An author sees the whole course as a participant will, and nothing is recorded."""

from pathlib import Path

import pytest
from sqlalchemy import event

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.authoring.drafts import begin, save
from lms.kernel.database import Database
from tests.clocks import FixedClock
from tests.web.author.browsing import Browser, edit, sign_in
from tests.web.course_preview.walking import Walker, answers, read_second, seen
from tests.web.wellmade import page_faults

_HERE = "/en/author/courses/1/preview"


def test_the_course_opens_with_its_tasks_its_rules_and_a_word_that_nothing_is_recorded(
    walker: Walker,
) -> None:
    assert walker.answer.status_code == 200
    for text in (
        "Seen as a participant. Nothing that you do here is recorded.",
        "It is now November 21, 2026, 09:00:00.",
        "You have until February 19, 2027 to finish.",
        "Opens when “The first” is passed.",
        "Cannot start yet",
        "Between two tries there is a pause of 10 minutes.",
    ):
        seen(walker, text)


def test_every_page_of_a_walk_is_well_made_in_both_languages(author: Browser) -> None:
    for lang, names in (
        ("en", ("The first", "Start reading", "Continue", "Continue", "Start")),
        ("fr", ("Le premier", "Commencer la lecture", "Continuer", "Continuer", "Commencer")),
    ):
        walker = Walker(author).begin(f"/{lang}/author/courses/1/preview")
        assert list(page_faults(walker.answer, lang)) == []
        for label in names:
            walker.press(label)
            assert list(page_faults(walker.answer, lang)) == [], label
            assert walker.answer.status_code == 200
        assert 'name="q1-' in walker.answer.text


def test_a_module_is_read_page_by_page_and_then_its_questions_open(walker: Walker) -> None:
    walker.press("The first").press("Questions")
    assert walker.answer.status_code == 200
    seen(walker, "The questions open when every page of the module is read.")
    walker.press("Go to page 1")
    seen(walker, "Page 1 of 2").press("Continue")
    seen(walker, "Page 2 of 2").press("The first").press("My course")
    seen(walker, "1 of 2 pages read").press("The first").press("Go on reading")
    seen(walker, "Page 2 of 2").press("Continue")
    assert "Start" in walker.buttons()


def test_a_page_of_a_module_that_is_shut_stays_shut_whatever_is_sent(walker: Walker) -> None:
    walker.send(go="page-2-1")
    assert walker.answer.status_code == 409
    seen(walker, "Module 2 opens when module 1 is passed.")
    assert "A short text." not in walker.text
    walker.send(go="quiz-2").send(act="begin")
    assert "q1-answer" not in walker.answer.text


def test_a_walk_that_passes_opens_what_comes_next_and_ends_in_a_completion(
    walker: Walker, folder: Path
) -> None:
    for language in ("fr", "en"):
        path = folder / f"modules/01-first/{language}.md"
        told = path.read_text("utf-8")
        kept = told[told.index("<!-- id: single") :].split("\n### ", 1)[0]
        text = f"{told.split('## Quiz')[0]}## Quiz\n\n### Which answer is right?\n{kept}\n"
        path.write_text(text, "utf-8")
    walker.begin().press("The first").press("Start reading").press("Continue").press("Continue")
    walker.press("Start")
    name = walker.questions()["Which answer is right?"]
    walker.press("Hand in my answers", **{name: walker.option(name, "B1")})
    seen(walker, "Module 1 is passed")
    seen(walker, "Module 2 is open.").press("Go to module 2")
    walker.press("Start reading").press("Continue").press("Start")
    walker.press("Hand in my answers", **answers(walker))
    walker.press("Go to my course")
    seen(walker, "You have passed the whole training")


def test_a_second_attempt_asks_questions_that_the_first_did_not(free: Walker) -> None:
    walker = read_second(free).press("Start")
    first = {one for one in walker.questions() if one.startswith("Case")}
    walker.press("Hand in my answers", **answers(walker, right=False)).press("One hour later")
    walker.send(go="quiz-2").press("Start")
    second = {one for one in walker.questions() if one.startswith("Case")}
    assert len(first) == len(second) == 2
    assert not first & second


def test_answers_stay_when_the_page_is_left_and_when_the_language_is_changed(free: Walker) -> None:
    walker = read_second(free).press("Start")
    name = walker.questions()["The required question?"]
    value = walker.option(name, "A")
    walker.send(go="module-2", **{name: value}).press("Go to the questions")
    assert f'name="{name}" value="{value}" checked' in walker.answer.text
    switched = walker.browser.post(_HERE, **{**walker.fields(), "switch": "fr"})
    assert switched.status_code == 307, "what was sent is sent again, to the other language"
    assert switched.headers["Location"] == "/fr/author/courses/1/preview"
    there = walker.browser.post("/fr/author/courses/1/preview", **walker.fields())
    assert "La question obligatoire ?" in there.text
    assert f'name="{name}" value="{value}" checked' in there.text


def test_nothing_is_handed_in_while_a_question_has_no_answer(free: Walker) -> None:
    walker = read_second(free).press("Start").press("Hand in my answers")
    assert walker.answer.status_code == 422
    assert [one.text for one in walker.page.all("a") if one["href"].startswith("#question-")] == [
        f"Answer question {place}" for place in (1, 2, 3)
    ]


def test_a_practice_question_is_answered_on_the_spot(walker: Walker) -> None:
    walker.press("The first").press("Start reading")
    walker.press("See if it is right", **{"p1-answer": walker.option("p1-answer", "False")})
    seen(walker, "Not right: 0 of 1")
    seen(walker, "Page 1 of 2")
    walker.press("See if it is right", **{"p1-answer": "17"})
    assert walker.answer.status_code == 422


def test_open_drafts_are_seen_where_they_are_asked_for(
    database: Database, clock: FixedClock, walker: Walker, folder: Path
) -> None:
    path = folder / "modules/01-first/en.md"
    with database.write() as db:
        me = db.query(User).first()
        assert me is not None
        text = path.read_text("utf-8")
        draft = begin(db, "content/modules/01-first/en.md", text, by=me.id, now=clock.now)
        new = text.replace("A *short* text.", "A **drafted** text.", 1)
        save(db, draft.id, new, known=draft.digest, by=me.id, now=clock.now)
        db.commit()
    walker.begin().press("The first").press("Start reading")
    assert "drafted" not in walker.text
    walker.begin(f"{_HERE}?drafts=yes")
    seen(walker, "With the open drafts, as if they were published.")
    walker.press("The first").press("Start reading")
    seen(walker, "A drafted text.")


def test_a_walk_of_somebody_else_or_of_another_day_begins_anew(
    database: Database, clock: FixedClock, tmp_path: Path, folder: Path, walker: Walker
) -> None:
    stolen = walker.press("One day later").fields()
    other = sign_in(database, clock, tmp_path, Role.AUTHOR, folder)
    for state in (stolen["state"], "", "x" * 100_000, stolen["state"][:-2]):
        answer = other.post(_HERE, **{**stolen, "state": state})
        assert answer.status_code == 422
        assert "It begins anew." in answer.text
        assert "November 21, 2026" in answer.text


def test_nothing_of_a_walk_is_written(free: Walker, database: Database) -> None:
    free.browser.read("/en/account")
    written: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if statement.split(maxsplit=1)[0] in {"INSERT", "UPDATE", "DELETE"}:
            written.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    walker = read_second(free).press("Start")
    walker.press("Hand in my answers", **answers(walker)).press("One hour later")
    event.remove(database.engine, "before_cursor_execute", note)
    assert written == []


@pytest.mark.parametrize("go", ["page-1-99", "page-99-1", "quiz-0", "x" * 50_000, "result", "-"])
def test_a_place_that_does_not_exist_is_a_page_all_the_same(walker: Walker, go: str) -> None:
    walker.send(go=go)
    assert walker.answer.status_code == 200
    assert len(walker.fields()["state"]) < 2000


def test_a_course_that_nobody_has_is_not_found(author: Browser) -> None:
    for number in ("0", "2", "99999"):
        assert author.get(f"/en/author/courses/{number}/preview").status_code == 404


def test_titles_and_addresses_of_a_walk_say_nothing_of_the_subject(walker: Walker) -> None:
    walker.press("The first")
    assert walker.page.title == "Training, seen as a participant"
    assert walker.page.form("/preview").action == _HERE


def test_a_text_that_cannot_be_rendered_is_named(walker: Walker, folder: Path) -> None:
    bomb = "".join(f"{'> ' * depth}x\n" for depth in range(300))
    edit(folder / "modules/01-first/en.md", "A *short* text.\n\n- a", f"{bomb}\n- a")
    walker.begin().press("The first").press("Start reading")
    assert walker.answer.status_code == 409
    seen(walker, "content/modules/01-first/en.md: ## Listening")
