"""What a participant does in a module of a package, in a browser."""

import json
from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

from tests.interchange.packages.learning_system import LearningSystem


def reported(page: Page) -> dict[str, str]:
    """Give what the learning system keeps of a SCORM module."""
    found: dict[str, str] = page.evaluate("JSON.parse(localStorage.getItem('cmi') || '{}')")
    return found


def read_all(module: FrameLocator | Page, sections: int) -> None:
    for _ in range(sections + 1):
        module.locator('[data-do="following"]').click()
    expect(module.locator("#quiz")).to_be_visible()


def answer(module: FrameLocator | Page, *, right: bool = True) -> None:
    """Answer every question that is shown; the fields say published positions."""
    data = json.loads(module.locator("#module").text_content() or "")
    for place, item in enumerate(data["items"]):
        box = module.locator(f'[data-question="q{place}"]')
        if box.is_visible():
            answer_one(module, f"#q{place}-", item, right=right)


def answer_one(
    module: FrameLocator | Page, name: str, item: dict[str, Any], *, right: bool
) -> None:
    match item["kind"]:
        case "true-false" | "single" | "multiple":
            others = [n for n in range(item["size"]) if n not in item["correct"]]
            for position in item["correct"] if right else others[:1]:
                module.locator(f"{name}{position}").check()
        case "match" | "order":
            size = item["size"]
            for position in range(size):
                wrong = (position + 1) % size if item["kind"] == "match" else size - 1 - position
                label = str((position if right else wrong) + 1)
                module.locator(f"{name}{position}").select_option(label=label)
        case "number":
            module.locator(f"{name}0").fill("7,5" if right else "70")
        case "text":
            module.locator(f"{name}0").fill("  ÉCOUTE " if right else "other")
        case _:
            module.locator(f"{name}0").fill("one two three four")


def wait_for(page: Page, lms: LearningSystem, verb: str) -> None:
    for _ in range(50):
        if verb in lms.verbs():
            return
        page.wait_for_timeout(100)
    raise AssertionError(lms.verbs())
