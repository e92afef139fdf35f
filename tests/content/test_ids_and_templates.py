"""Ids are written where they are missing and nowhere else; templates ask to be filled in."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given

from lms.content.check import check_files
from lms.content.files import Files
from lms.content.ids import missing_ids
from lms.content.model import TestimonyKind
from lms.content.new import new_module, new_testimony
from lms.content.parse_module import parse_module
from tests.content.test_safe import TEXTS

TODAY = date(2026, 11, 21)
HEAD = (
    "---\nid: law\ntitle: The law\nlanguage: en\nminutes: 5\nreviewed: 2026-11-21\n"
    "review_by: 2027-11-21\n---\n\n# The law\n\n"
)
BODY = """## Minors, and more ##

Words.

### A heading

### Practice?
<!-- practice: yes -->
- (x) Yes
- ( ) No

## Stated {#stated}

```
## Code
```

## Quiz

### Can anyone consent to being exploited?
- (x) No
- ( ) Yes

### Stated
<!-- id: minors, points: 2 -->
- (x) No
- ( ) Yes

### Stated
<!-- points: 2 -->
- (x) No
- ( ) Yes"""
WRITTEN = """## Minors, and more {#minors-and-more} ##

Words.

### A heading

### Practice?
<!-- id: practice, practice: yes -->
- (x) Yes
- ( ) No

## Stated {#stated}

```
## Code
```

## Quiz

### Can anyone consent to being exploited?
<!-- id: can-anyone-consent-to-being-exploited -->
- (x) No
- ( ) Yes

### Stated
<!-- id: minors, points: 2 -->
- (x) No
- ( ) Yes

### Stated
<!-- id: stated, points: 2 -->
- (x) No
- ( ) Yes"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_missing_ids_are_written_and_nothing_else(end: str) -> None:
    before, after = HEAD + BODY, HEAD + WRITTEN
    assert missing_ids(before.replace("\n", end)) == after.replace("\n", end)


def test_a_text_with_ids_is_left_as_it_is() -> None:
    assert missing_ids(HEAD + WRITTEN) == HEAD + WRITTEN


def test_the_check_finds_no_missing_id_afterwards() -> None:
    _, before = parse_module("a/en.md", HEAD + BODY)
    _, after = parse_module("a/en.md", missing_ids(HEAD + BODY))
    assert [problem.rule for problem in before].count("item-id") == 3
    assert after == ()


def test_a_question_gets_the_id_that_it_has_in_the_other_language() -> None:
    french = HEAD + "## Mineurs\n\nMots.\n\n## Questionnaire\n\n### Oui?\n- (x) Oui\n- ( ) Non\n"
    english = (
        HEAD + "## Minors {#minors}\n\nWords.\n\n## Quiz\n\n### Yes?\n<!-- id: consent -->\n"
        "- (x) Yes\n- ( ) No\n"
    )
    written = missing_ids(french, like=english)
    assert "## Mineurs {#minors}" in written
    assert "### Oui?\n<!-- id: consent -->\n" in written


@pytest.mark.parametrize("settings", ["<!-- points: 2", "<!-- id: -->", "<!-- id: A B -->"])
def test_settings_that_cannot_be_read_are_left_for_the_author(settings: str) -> None:
    text = f"{HEAD}## Quiz\n\n### Why?\n{settings}\n____\n"
    assert missing_ids(text) == text


def test_settings_may_stand_apart_from_their_heading() -> None:
    text = f"{HEAD}## Quiz\n\n### Why?\n\n\n\n\n<!-- points: 2 -->\n____\n"
    assert missing_ids(text) == text.replace("points", "id: why, points")


def test_two_questions_with_the_same_words_get_two_ids() -> None:
    quiz = "## Quiz\n\n" + "### Why?\n____\n\n" * 3
    written = missing_ids(HEAD + quiz)
    assert [f"id: {name} " in written for name in ("why", "why-2", "why-3")] == [True] * 3


def test_the_questions_of_a_survey_get_ids() -> None:
    text = "---\nid: a\nlanguage: en\ntitle: A\n---\n\n# A\n\n### Why?\n____\n"
    assert "### Why?\n<!-- id: why -->\n____" in missing_ids(text)


@given(TEXTS)
def test_writing_ids_takes_nothing_away_and_is_done_once(text: str) -> None:
    once = missing_ids(text)
    letters = iter(once)
    assert all(letter in letters for letter in text)
    assert missing_ids(once) == once


def check(found: dict[Path, str], root: Path) -> set[str]:
    texts = {f"content/{path.relative_to(root)}": text.encode() for path, text in found.items()}
    return {
        problem.rule for problem in check_files(Files("content", texts, frozenset(texts)), TODAY)[1]
    }


@pytest.mark.parametrize("title", ["The law", "no", "L’aide: où, quand?", "It's #1", "'quoted'"])
def test_a_new_module_lacks_only_what_its_author_must_write(tmp_path: Path, title: str) -> None:
    found = new_module(tmp_path, "law", {"fr": title, "en": title}, TODAY)
    names = {str(path.relative_to(tmp_path)) for path in found}
    assert names == {"modules/01-law/fr.md", "modules/01-law/en.md"}
    assert check(found, tmp_path) == {"to-write"}


def test_a_new_module_comes_after_the_last_one(tmp_path: Path) -> None:
    (tmp_path / "modules" / "07-health").mkdir(parents=True)
    (tmp_path / "modules" / "notes").mkdir()
    (path,) = new_module(tmp_path, "law", {"fr": "La loi"}, TODAY)
    assert path == tmp_path / "modules" / "08-law" / "fr.md"
    assert not path.exists()


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        (TestimonyKind.COMPOSITE, {"to-write", "sources-missing", "no-modules"}),
        (TestimonyKind.PARAPHRASE, {"to-write", "sources-missing", "no-modules"}),
        (TestimonyKind.ORIGINAL, {"to-write", "value-type", "no-modules"}),
    ],
)
def test_a_new_testimony_asks_for_its_words_and_its_ground(
    tmp_path: Path, kind: TestimonyKind, rules: set[str]
) -> None:
    found = new_testimony(tmp_path, "lea", ["fr", "en"], kind)
    assert check(found, tmp_path) == rules


@pytest.mark.parametrize("name", ["../up", "Law", "", "a/b", "a" * 61])
def test_a_template_is_not_made_under_a_name_that_is_no_id(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(name)}$"):
        new_module(tmp_path, name, {"fr": "La loi"}, TODAY)
    with pytest.raises(ValueError, match=f"^{re.escape(name)}$"):
        new_testimony(tmp_path, name, ["fr"])
