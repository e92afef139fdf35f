"""What a cmi5 learning system is told, and what it is never told."""

import pytest
from playwright.sync_api import Page, expect

from tests.interchange.packages.answering import answer, read_all, wait_for
from tests.interchange.packages.learning_system import (
    ACTIVITY,
    ACTOR,
    REGISTRATION,
    SESSION,
    LearningSystem,
    launch_data,
)

pytestmark = pytest.mark.journey
_MODULE = "m1/index.html"


@pytest.fixture
def engine_name() -> str:
    """Give one database: the package is the same from both."""
    return "sqlite"


def test_cmi5_is_told_of_beginning_reading_passing_and_leaving(
    page: Page, cmi5: LearningSystem
) -> None:
    page.goto(cmi5.launch_url(_MODULE))
    read_all(page, 2)
    answer(page)
    page.get_by_role("button", name="Hand in my answers").click()
    expect(page.get_by_role("heading", name="Module 1 is passed")).to_be_visible()
    page.get_by_role("button", name="Save and leave").click()
    expect(page.get_by_text("You can close this window.")).to_be_visible()
    assert cmi5.verbs() == ["initialized", "completed", "passed", "terminated"]
    assert len({one["id"] for one in cmi5.statements}) == 4
    for one in cmi5.statements:
        assert one["actor"] == ACTOR
        assert one["object"]["id"] == ACTIVITY
        assert one["context"]["registration"] == REGISTRATION
        assert one["context"]["extensions"].items() >= SESSION.items()
        assert one["context"]["contextActivities"]["grouping"] == [
            {"objectType": "Activity", "id": "urn:publisher"}
        ]
        categories = [
            c["id"].rsplit("/", 1)[-1] for c in one["context"]["contextActivities"]["category"]
        ]
        judged = {"success", "completion"} & one.get("result", {}).keys()
        assert categories == (["cmi5", "moveon"] if judged else ["cmi5"])
    passed = cmi5.said("passed")
    assert passed["result"]["score"] == {"scaled": 1, "raw": 100, "min": 0, "max": 100}
    assert passed["result"]["success"] is True
    assert (
        passed["context"]["extensions"][
            "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
        ]
        == 0.8
    )
    assert cmi5.said("completed")["result"]["completion"] is True
    assert "duration" in cmi5.said("terminated")["result"]
    assert "xapi/agents/profile" in cmi5.asked


def test_cmi5_never_hears_of_a_failure_and_a_pass_in_one_session(
    page: Page, cmi5: LearningSystem
) -> None:
    page.goto(cmi5.launch_url(_MODULE))
    read_all(page, 2)
    answer(page, right=False)
    page.get_by_role("button", name="Hand in my answers").click()
    expect(page.get_by_role("heading", name="Not passed yet")).to_be_visible()
    page.get_by_role("button", name="Save and leave").click()
    expect(page.get_by_text("You can close this window.")).to_be_visible()
    assert cmi5.verbs() == ["initialized", "completed", "failed", "terminated"]
    assert cmi5.said("failed")["result"]["score"]["scaled"] < 0.8
    cmi5.statements.clear()
    page.goto(cmi5.launch_url(_MODULE))
    page.get_by_role("button", name="Try again").click()
    answer(page, right=False)
    page.get_by_role("button", name="Hand in my answers").click()
    page.get_by_role("button", name="Try again").click()
    answer(page)
    page.get_by_role("button", name="Hand in my answers").click()
    expect(page.get_by_role("heading", name="Module 1 is passed")).to_be_visible()
    page.get_by_role("button", name="Save and leave").click()
    expect(page.get_by_text("You can close this window.")).to_be_visible()
    assert cmi5.verbs() == ["initialized", "passed", "terminated"], "completed once a registration"


def test_cmi5_in_review_judges_nobody(page: Page, cmi5: LearningSystem) -> None:
    cmi5.launch = launch_data("Review")
    page.goto(cmi5.launch_url(_MODULE))
    read_all(page, 2)
    answer(page)
    page.get_by_role("button", name="Hand in my answers").click()
    page.get_by_role("button", name="Save and leave").click()
    expect(page.get_by_text("You can close this window.")).to_be_visible()
    assert cmi5.verbs() == ["initialized", "terminated"]


def test_closing_the_window_ends_the_cmi5_session(page: Page, cmi5: LearningSystem) -> None:
    page.goto(cmi5.launch_url(_MODULE))
    wait_for(page, cmi5, "initialized")
    page.goto("about:blank")
    wait_for(page, cmi5, "terminated")
    assert cmi5.verbs() == ["initialized", "terminated"]


def test_a_record_store_that_is_down_is_told_again_when_it_is_back(
    page: Page, cmi5: LearningSystem
) -> None:
    cmi5.is_down = True
    page.clock.install()
    page.goto(cmi5.launch_url(_MODULE))
    expect(page.get_by_text("Keep this page open")).to_be_visible()
    cmi5.is_down = False
    page.clock.fast_forward(11_000)
    expect(page.get_by_text("Keep this page open")).to_be_hidden()
    assert cmi5.verbs() == ["initialized"]
