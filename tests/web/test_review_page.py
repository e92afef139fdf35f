"""A second person reads what changes, word by word, before anybody else reads it."""

import re

import pytest

from tests.web.drafting import PATH, author, draft_of, marked, published, source, standing
from tests.web.site import Site
from tests.web.wellmade import page_faults

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])  # one page, the same on both
KEY = ("- ( ) A1\n- (x) B1", "- (x) A1\n- ( ) B1")


def test_the_words_that_changed_are_marked_in_text_and_as_rendered(site: Site) -> None:
    marie = author(site)
    page = source(marie, marie.begin())
    rendered, _, text = page.partition("The text, line by line")
    for part in (rendered, text):
        assert marked(part, "del") == ["short", "short"]
        assert marked(part, "ins") == ["clear", "clear"]
    assert "<em><del>" in rendered
    assert "*<del>" in text
    assert '<span class="visually-hidden" lang="en">[inserted: </span>' in page


def test_unchanged_lines_are_folded_and_can_be_opened(site: Site) -> None:
    marie = author(site)
    page = source(marie, marie.begin())
    folded = [
        int(count) for count in re.findall(r"<summary>(\d+) unchanged lines?</summary>", page)
    ]
    lines = page.count('class="diff-line')
    assert sum(folded) > 30
    assert lines == len(standing(site).split("\n"))


def test_what_is_compared_is_what_is_published(site: Site) -> None:
    published(site, ("A *short* text.", "A *public* text."))
    marie = author(site)
    page = source(marie, marie.begin())
    assert "Compared with what is published." in page
    assert set(marked(page, "del")) == {"public"}


def test_a_new_file_is_inserted_as_a_whole(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin(("language: en", "language: en"), path=PATH)
    site.do(lambda db: setattr(db.merge(draft_of(site, draft_id)), "base_text", ""))
    page = source(marie, draft_id)
    assert "This file is new" in page
    assert not marked(page, "del")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (KEY, "Question “single” is marked in another way."),
        (("A week has seven days.", "A week has 7 days."), "Question “true-false” has other words"),
        (("### How many?\n<!-- id: number -->\n- = 7 +- 0.5\n", ""),
         "Question “number” is removed."),
        (("### How many?", "### More?\n<!-- id: more -->\n- (x) Yes\n- ( ) No\n\n### How many?"),
         "Question “more” is new."),
    ],
)  # fmt: skip
def test_what_becomes_of_the_questions_is_said_in_words(
    site: Site, change: tuple[str, str], said: str
) -> None:
    marie = author(site)
    assert said in marie.review(marie.begin(change)).text


def test_a_draft_begun_from_a_text_that_stands_no_longer_says_so(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin()
    assert "is not the one that this draft was begun from" not in marie.review(draft_id).text
    published(site, ("Listening", "Hearing"))
    assert "is not the one that this draft was begun from" in marie.review(draft_id).text


ODD = """<script>alert(1)</script> & <b onclick='x'>x</b>

right \u202e to left \u2066 hidden \u200b gone, nbsp\u00a0here and a tab\tthere

![x](https://elsewhere.example/x.png) [y](javascript:alert(1)) [z](#listening)

| a | b |
|---|---|
| c | d |

- [ ] x
- [x] y

> [!NOTE]
> z

#### A head

1. one
   - two
"""


@pytest.mark.parametrize(
    ("lang", "text"),
    [("fr", ODD), ("en", ODD), ("en", "x" * 30_000), ("en", "word " * 20_000)],
    ids=["fr", "en", "one word", "many words"],
)
def test_whatever_somebody_writes_the_page_of_its_review_is_well_made(
    site: Site, lang: str, text: str
) -> None:
    marie = author(site)
    draft_id = marie.begin(("A *short* text.", text))
    answer = marie.browser.get(f"/{lang}/author/drafts/{draft_id}/review")
    assert answer.status_code == 200
    assert list(page_faults(answer, lang)) == []
    assert not re.search('<script>alert|src="https:|href="javascript', answer.text)


def test_a_sign_that_is_not_seen_is_named_where_it_stands(site: Site) -> None:
    marie = author(site)
    page = source(marie, marie.begin(("A *short*", "A\u202e\u00a0*short*")))
    assert '<span class="sign">U+202E right-to-left override</span>' in page
    assert "U+00A0 no-break space" in page


def test_a_text_that_cannot_be_rendered_says_so_and_is_compared_as_text(site: Site) -> None:
    bomb = "".join(f"{'> ' * depth}x\n" for depth in range(300))
    marie = author(site)
    page = source(marie, marie.begin(("A *short* text.", bomb)))
    assert "One of the two pages cannot be shown." in page
    assert "diff-inserted" in page


def test_a_text_that_cannot_be_read_says_so_and_is_compared_as_text(site: Site) -> None:
    marie = author(site)
    page = source(marie, marie.begin(("---\nid: first", "--\nid: first")))
    assert "The later text cannot be read" in page
    assert "diff-deleted" in page


def test_a_hidden_sign_that_did_not_change_is_named_too(site: Site) -> None:
    published(site, ("## Listening", "\u202e\n\n## Listening"))
    marie = author(site)
    page = source(marie, marie.begin(("## Listening", "\u202e\n\n## Hearing")))
    assert "U+202E right-to-left override" not in "".join(marked(page, "ins"))
    assert '<span class="sign">U+202E right-to-left override</span>' in page
