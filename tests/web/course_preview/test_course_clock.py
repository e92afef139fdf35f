"""The clock of a walk moves on, and every rule of time looks as it will then."""

from pathlib import Path

import pytest

from tests.web.author.browsing import Browser, edit
from tests.web.course_preview.walking import Walker, answers, read_second, seen


def test_a_miss_shows_what_to_read_again_and_waits_out_its_pause(free: Walker) -> None:
    walker = read_second(free).press("Start")
    walker.press("Hand in my answers", **answers(walker, right=False))
    seen(walker, "Not passed yet")
    seen(walker, "one question has to be right to pass, and was not")
    seen(walker, "The questions open again at 21 November, 09:10.")
    assert "Right answer" not in walker.text
    walker.send(go="quiz-2")
    seen(walker, "You can try again from 21 November, 09:10.").send(act="begin")
    assert "q1-answer" not in walker.answer.text, "no button, no attempt"
    walker.press("One hour later")
    seen(walker, "It is now November 21, 2026, 10:00:00.")
    assert "Start" in walker.buttons()


def test_the_clock_moves_by_a_day_or_to_a_date_and_never_back(walker: Walker) -> None:
    walker.press("One day later")
    seen(walker, "It is now November 22, 2026, 09:00:00.")
    walker.press("Move the clock to this day", day="2027-01-15")
    seen(walker, "It is now January 15, 2027, 09:00:00.")
    for day in ("2027-01-15", "2026-12-01", "2099-01-01", "soon", ""):
        walker.press("Move the clock to this day", day=day)
        assert walker.answer.status_code == 422, day
        seen(walker, "Choose a day after the one on the clock")
        seen(walker, "It is now January 15, 2027, 09:00:00.")


def test_summer_time_moves_the_day_and_not_the_hour(walker: Walker) -> None:
    walker.press("Move the clock to this day", day="2027-01-02")
    walker.press("Move the clock to this day", day="2027-07-01")
    seen(walker, "It is now July 1, 2027, 09:00:00.")


def test_after_the_last_day_nothing_more_can_be_read_or_begun(free: Walker) -> None:
    walker = read_second(free)
    walker.press("Move the clock to this day", day="2027-02-19")
    assert "Start" in walker.buttons(), "the last day is still good"
    walker.press("One day later")
    seen(walker, "The time to finish ended on February 19, 2027.")
    assert "Start" not in walker.buttons()
    walker.send(act="begin")
    assert "q1-answer" not in walker.answer.text
    walker.send(go="page-1-1").press("Continue")
    assert walker.answer.status_code == 409
    seen(walker, "The time to finish ended on February 19, 2027.")


def test_an_attempt_that_is_left_for_a_week_ends_with_what_was_answered(free: Walker) -> None:
    walker = read_second(free).press("Start")
    name = walker.questions()["The required question?"]
    walker.press("One day later", **{name: walker.option(name, "A")})
    assert f'name="{name}" value="{walker.option(name, "A")}" checked' in walker.answer.text
    walker.press("Move the clock to this day", day="2026-12-05")
    seen(walker, "These questions were left for 7 days.")
    seen(walker, "1 of 3 points: 33%.")


def test_a_page_asks_for_its_time_and_the_clock_can_let_it_go_by(
    author: Browser, folder: Path
) -> None:
    edit(folder / "courses/seminar.yml", "deadline: 90 days", "deadline: 90 days\nseat_time: 50")
    walker = Walker(author).begin().press("The first").press("Start reading")
    seen(walker, "This page asks for").press("Continue")
    assert walker.answer.status_code == 409
    seen(walker, "Page 1 of 2").press("One hour later").press("Continue")
    assert walker.answer.status_code == 200
    seen(walker, "Page 2 of 2")


def _consented(folder: Path, consent: str) -> None:
    for language in ("fr", "en"):
        path = folder / f"testimonies/rose/{language}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"---\nid: rose\nlanguage: {language}\nkind: original\nconsent: {consent}\n---\n\n"
        path.write_text(f"{head}The words of Rose.\n", encoding="utf-8")
        edit(
            folder / f"modules/01-first/{language}.md", "\n- a\n", "\n[[testimony: rose]]\n\n- a\n"
        )


@pytest.mark.parametrize(
    ("from_day", "until", "now_shown", "later_shown"),
    [
        ("2026-01-01", "2027-12-31", True, True),
        ("2026-01-01", "2026-11-30", True, False),
        ("2026-11-30", "2027-12-31", False, False),
    ],
)
def test_an_original_is_shown_while_its_consent_holds_today_and_on_the_clock(
    walker: Walker, folder: Path, from_day: str, until: str, now_shown: bool, later_shown: bool
) -> None:
    """No clock that an author moves shows what may not be shown today."""
    consent = f"{{given: {from_day}, until: {until}, scope: [seminar], contact: P-1}}"
    _consented(folder, consent)
    walker.begin().press("The first").press("Start reading")
    assert ("The words of Rose." in walker.text) is now_shown
    walker.press("Move the clock to this day", day="2026-12-24")
    assert ("The words of Rose." in walker.text) is later_shown


def test_the_last_try_is_the_last(author: Browser, folder: Path) -> None:
    edit(folder / "courses/seminar.yml", "sequence: in-order", "sequence: free")
    edit(folder / "courses/seminar.yml", "attempts: unlimited", "attempts: 1")
    walker = read_second(Walker(author).begin()).press("Start")
    walker.press("Hand in my answers", **answers(walker, right=False))
    seen(walker, "No try is left for these questions.").press("One day later")
    seen(walker, "No try is left for these questions.")
