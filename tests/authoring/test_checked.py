"""Authors who look at many pages do not make everybody wait for the same check."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from lms.authoring import checked
from lms.content.check import check_files
from lms.content.files import Files
from lms.content.model import Content

TODAY = date(2026, 11, 21)
FILES = Files("content", {"content/facts.yml": b"[]"}, frozenset({"content/facts.yml"}))
NOTHING = Content({}, {}, {}, {}, {})


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Sequence[Any]:
    """Count the checks that are really done."""
    done: list[Any] = []
    real = check_files

    def count(*given: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever the check takes
        done.append(given)
        return real(*given, **more)

    monkeypatch.setattr(checked, "check_files", count)
    checked._check.cache_clear()  # noqa: SLF001 - another test may have asked the same
    return done


def test_the_same_files_are_checked_once_and_answer_the_same(checks: Sequence[Any]) -> None:
    first = checked.check_once(FILES, TODAY, {}, NOTHING)
    again = checked.check_once(replace(FILES), TODAY, {}, NOTHING)
    assert again == first
    assert len(checks) == 1


def test_another_text_another_file_or_another_day_is_checked_again(checks: Sequence[Any]) -> None:
    checked.check_once(FILES, TODAY, {}, NOTHING)
    checked.check_once(replace(FILES, texts={"content/facts.yml": b"[ ]"}), TODAY, {}, NOTHING)
    more = FILES.paths | {"content/modules/01-a/media/a.png"}
    checked.check_once(replace(FILES, paths=more), TODAY, {}, NOTHING)
    checked.check_once(FILES, TODAY + timedelta(days=1), {}, NOTHING)
    assert len(checks) == 4
