"""A participant in an agency's own learning system: reads, answers, leaves, comes back, passes."""

import pytest
from playwright.sync_api import Page, expect

from tests.interchange.packages.answering import answer, read_all, reported
from tests.interchange.packages.learning_system import LearningSystem

pytestmark = pytest.mark.journey
_MODULE, _SECOND = "m1/index.html", "m2/index.html"


@pytest.fixture
def engine_name() -> str:
    """Give one database: the package is the same from both."""
    return "sqlite"


def test_who_reads_all_and_answers_right_has_passed_in_the_learning_system(
    page: Page, scorm: LearningSystem
) -> None:
    page.goto(scorm.host(_MODULE))
    module = page.frame_locator("iframe")
    expect(module.get_by_role("heading", name="The first")).to_be_visible()
    assert reported(page)["cmi.core.lesson_status"] == "incomplete"
    read_all(module, 2)
    answer(module)
    module.get_by_role("button", name="Hand in my answers").click()
    expect(module.get_by_role("heading", name="Module 1 is passed")).to_be_visible()
    kept = reported(page)
    assert kept["cmi.core.lesson_status"] == "passed"
    scores = [kept[f"cmi.core.score.{name}"] for name in ("raw", "min", "max")]
    assert scores == ["100", "0", "100"]
    module.get_by_role("button", name="Save and leave").click()
    expect(module.get_by_text("You can close this window.")).to_be_visible()
    assert page.evaluate("said") == ["initialize", "finish"]
    assert reported(page)["cmi.core.session_time"].startswith("0000:00:")
    assert scorm.asked.count("favicon.ico") <= 1, "nothing else was asked of anybody"


def test_who_fails_is_told_what_came_of_each_answer_and_may_try_again(
    page: Page, scorm: LearningSystem
) -> None:
    page.goto(scorm.host(_MODULE))
    module = page.frame_locator("iframe")
    read_all(module, 2)
    answer(module, right=False)
    module.get_by_role("button", name="Hand in my answers").click()
    expect(module.get_by_role("heading", name="Not passed yet")).to_be_visible()
    expect(module.get_by_role("link", name="Read again: Listening")).to_be_visible()
    expect(module.get_by_text("Right answer").first).to_be_hidden()
    kept = reported(page)
    assert (kept["cmi.core.lesson_status"], kept["cmi.core.score.raw"]) == ("failed", "0")
    module.get_by_role("button", name="Try again").click()
    answer(module)
    module.get_by_role("button", name="Hand in my answers").click()
    expect(module.get_by_role("heading", name="Module 1 is passed")).to_be_visible()
    assert reported(page)["cmi.core.lesson_status"] == "passed"


def test_who_comes_back_finds_his_page_and_his_answers(page: Page, scorm: LearningSystem) -> None:
    page.goto(scorm.host(_MODULE))
    module = page.frame_locator("iframe")
    read_all(module, 2)
    labels = module.locator("#questions label").all_text_contents()
    answer(module)
    page.goto("about:blank")
    page.goto(scorm.host(_MODULE))
    assert reported(page)["cmi.core.lesson_location"] == "3"
    expect(module.locator("#q3-0")).to_have_value("ÉCOUTE")
    assert module.locator("#questions label").all_text_contents() == labels, "in the same order"
    module.get_by_role("button", name="Hand in my answers").click()
    expect(module.get_by_role("heading", name="Module 1 is passed")).to_be_visible()


def test_a_long_text_does_not_cost_the_rest_of_the_answers(
    page: Page, scorm: LearningSystem
) -> None:
    page.goto(scorm.host(_MODULE))
    module = page.frame_locator("iframe")
    read_all(module, 2)
    answer(module)
    module.locator("#q7-0").fill("mot " * 1200)
    page.goto("about:blank")
    page.goto(scorm.host(_MODULE))
    expect(module.locator("#q3-0")).to_have_value("ÉCOUTE")
    expect(module.locator("#q7-0")).to_have_value("")


def test_a_pass_stays_when_the_module_is_opened_again(page: Page, scorm: LearningSystem) -> None:
    page.goto(scorm.host(_MODULE))
    module = page.frame_locator("iframe")
    read_all(module, 2)
    answer(module)
    module.get_by_role("button", name="Hand in my answers").click()
    page.goto("about:blank")
    page.goto(scorm.host(_MODULE))
    expect(module.get_by_role("heading", name="Module 1 is passed")).to_be_visible()
    expect(module.get_by_role("button", name="Try again")).to_be_hidden()
    assert reported(page)["cmi.core.lesson_status"] == "passed"


def test_the_questions_wait_until_every_page_is_read(page: Page, scorm: LearningSystem) -> None:
    page.goto(scorm.host(_MODULE))
    module = page.frame_locator("iframe")
    module.get_by_role("link", name="Questions").click()
    expect(module.get_by_text("every page of the module is read")).to_be_visible()
    expect(module.locator("#quiz")).to_be_hidden()
    module.get_by_role("link", name="Go to page 1").click()
    expect(module.get_by_role("heading", name="Listening")).to_be_focused()


def test_nothing_is_handed_in_while_a_question_has_no_answer(
    page: Page, scorm: LearningSystem
) -> None:
    page.goto(scorm.host(_MODULE))
    module = page.frame_locator("iframe")
    read_all(module, 2)
    module.get_by_role("button", name="Hand in my answers").click()
    expect(module.get_by_role("heading", name="Some questions have no answer yet")).to_be_visible()
    assert module.locator("#missing a").count() == 8
    assert "cmi.core.score.raw" not in reported(page)


def test_a_missed_required_answer_is_never_a_pass_for_the_learning_system_either(
    page: Page, scorm: LearningSystem
) -> None:
    """It compares the score with the pass mark itself: 67 % would pass at 50 %."""
    page.goto(scorm.host(_SECOND, {"cmi.student_data.mastery_score": "50"}))
    module = page.frame_locator("iframe")
    read_all(module, 1)
    assert module.locator(".question:visible").count() == 3, "one required, two of the pool"
    answer(module)
    module.locator("#q0-1").check()  # the required one
    module.get_by_role("button", name="Hand in my answers").click()
    expect(module.get_by_text("have to be right to pass")).to_be_visible()
    kept = reported(page)
    assert (kept["cmi.core.lesson_status"], kept["cmi.core.score.raw"]) == ("failed", "49")


def test_a_second_attempt_asks_what_the_first_did_not(page: Page, scorm: LearningSystem) -> None:
    page.goto(scorm.host(_SECOND))
    module = page.frame_locator("iframe")
    read_all(module, 1)

    def asked() -> set[str]:
        shown = module.locator(".question:visible legend").all_text_contents()
        return {one for one in shown if one.startswith("Case")}

    first = asked()
    answer(module, right=False)
    module.get_by_role("button", name="Hand in my answers").click()
    module.get_by_role("button", name="Try again").click()
    assert len(first) == 2
    assert not first & asked()


def test_a_practice_question_is_answered_on_the_spot_and_not_reported(
    page: Page, scorm: LearningSystem
) -> None:
    page.goto(scorm.host(_MODULE))
    module = page.frame_locator("iframe")
    module.locator('[data-do="following"]').click()
    module.locator("#t1-1-1").check()
    module.get_by_role("button", name="See if it is right").click()
    expect(module.get_by_text("Not right: 0 of 1")).to_be_visible()
    expect(module.locator('[data-question="t1-1"]').get_by_text("Right answer")).to_be_visible()
    assert "cmi.core.score.raw" not in reported(page)


def test_without_a_learning_system_the_page_says_that_nothing_is_recorded(
    page: Page, scorm: LearningSystem
) -> None:
    page.goto(f"{scorm.url}/{_MODULE}")
    expect(page.get_by_text("nothing of this is recorded")).to_be_visible()
