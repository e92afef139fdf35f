"""A second person reads what changes, word by word, before anybody else reads it."""

import re
import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.drafts import events_of
from lms.authoring.models import DraftEvent, FileRevision, PublishedFile
from lms.authoring.revisions import Origin, Source, append_revision, text_digest
from lms.authoring.states import DraftAct, DraftState
from tests.web.browser import Browser
from tests.web.drafting import PATH, Author, author, draft_of, standing
from tests.web.site import Site
from tests.web.wellmade import page_faults

# What a page shows is the same on both databases; what somebody does is tried on each.
PAGE = pytest.mark.parametrize("engine_name", ["sqlite"])
COURSE = "content/courses/seminar.yml"
RULE = ("deadline: 90 days", "deadline: 90 days\napproval: [first]")
KEY = ("- ( ) A1\n- (x) B1", "- (x) A1\n- ( ) B1")
FEEDBACK = "- (x) B1", "- ( ) B1"  # no answer is right any more: an error


def published(site: Site, *changes: tuple[str, str], path: str = PATH) -> None:
    """Publish the text of a file, changed so."""
    text = standing(site, path)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)

    def publish(db: Session) -> None:
        made = append_revision(db, path, text, Source(Origin.BROWSER, "tests", site.clock()))
        met = text_digest(standing(site, path))  # the folder has not changed since
        db.merge(PublishedFile(path=path, revision_id=made.id, met_digest=met))

    site.do(publish)


def acts(site: Site, draft_id: uuid.UUID) -> list[str]:
    """Give what was done to a draft."""
    return [str(event.act) for event in site.do(events_of, draft_id)]


def marked(page: str, name: str) -> list[str]:
    """Give the words that stand in `<ins>` or `<del>`, without what is only said."""
    found = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
    return [re.sub(r"<span class=\"visually-hidden\".*?</span>", "", one) for one in found]


def source(site: Site, who: Author, draft_id: uuid.UUID, lang: str = "en") -> str:
    """Give the page of a review as it is sent."""
    assert site
    return who.browser.get(f"/{lang}/author/drafts/{draft_id}/review").text


def test_an_author_sends_and_a_second_person_approves(site: Site) -> None:
    marie, jean = author(site, "marie"), author(site, "jean")
    draft_id = marie.begin()
    assert marie.press(draft_id, "send", reason="One word.") == 303
    assert "Sent to review" in marie.review(draft_id).text
    assert jean.press(draft_id, "approve") == 303
    page = jean.review(draft_id)
    assert "Approved" in page.text
    assert "/en/author/publish" in page.links()
    assert acts(site, draft_id) == ["start", "send", "approve"]


def test_the_page_says_who_did_what_when_and_why(site: Site) -> None:
    marie, jean = author(site, "marie"), author(site, "jean")
    draft_id = marie.begin()
    marie.press(draft_id, "send", reason="One word.")
    site.clock.advance(seconds=600)
    jean.press(draft_id, "return", reason="Which word?")
    text = jean.review(draft_id).text
    for said in ("Begun November 21, 2026 at 09:00, marie", "Sent to review November 21, 2026"):
        assert said in text
    assert "Changes asked for November 21, 2026 at 09:10, jean Which word?" in text
    assert "One word." in text


@PAGE
def test_the_words_that_changed_are_marked_in_text_and_as_rendered(site: Site) -> None:
    marie = author(site)
    page = source(site, marie, marie.begin())
    rendered, _, text = page.partition("The text, line by line")
    for part in (rendered, text):
        assert marked(part, "del") == ["short", "short"]
        assert marked(part, "ins") == ["clear", "clear"]
    assert "<em><del>" in rendered
    assert "*<del>" in text
    assert '<span class="visually-hidden" lang="en">[inserted: </span>' in page


@PAGE
def test_unchanged_lines_are_folded_and_can_be_opened(site: Site) -> None:
    marie = author(site)
    page = source(site, marie, marie.begin())
    folded = [
        int(count) for count in re.findall(r"<summary>(\d+) unchanged lines?</summary>", page)
    ]
    lines = page.count('class="diff-line')
    assert sum(folded) > 30
    assert lines == len(standing(site).split("\n"))


@PAGE
def test_what_is_compared_is_what_is_published(site: Site) -> None:
    published(site, ("A *short* text.", "A *public* text."))
    marie = author(site)
    page = source(site, marie, marie.begin())
    assert "Compared with what is published." in page
    assert set(marked(page, "del")) == {"public"}


@PAGE
def test_a_new_file_is_inserted_as_a_whole(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin(("language: en", "language: en"), path=PATH)
    site.do(lambda db: setattr(db.merge(draft_of(site, draft_id)), "base_text", ""))
    page = source(site, marie, draft_id)
    assert "This file is new" in page
    assert not marked(page, "del")


@PAGE
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


@PAGE
def test_a_text_with_errors_is_not_sent_and_the_page_says_what_to_mend(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin(FEEDBACK)
    page = marie.review(draft_id)
    assert "mended before this draft can be sent to review" in page.text
    assert "exactly one (x), found none" in page.text
    assert not [form for form in page.forms() if form.action.endswith("/send")]
    digest = draft_of(site, draft_id).digest
    answer = marie.browser.post(f"/en/author/drafts/{draft_id}/send", {"digest": digest})
    assert answer.status_code == 409
    assert "The text has errors." in answer.text
    assert draft_of(site, draft_id).state == DraftState.DRAFT


@PAGE
def test_warnings_do_not_stop_a_review(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin(("reviewed: 2026-11-01", "reviewed: 2026-11-02"))
    assert "Warning" in marie.review(draft_id).text
    assert marie.press(draft_id, "send") == 303


@PAGE
def test_a_question_added_in_both_languages_is_sent_though_each_needs_the_other(
    site: Site,
) -> None:
    added = "\n### More?\n<!-- id: more -->\n- (x) Yes\n- ( ) No\n"
    marie = author(site)
    french = "content/modules/01-first/fr.md"
    one = marie.begin(("____\n", f"____\n{added}"))
    alone = marie.review(one)
    both = marie.begin(("____\n", f"____\n{added}"), path=french)
    assert "more" in alone.text
    assert marie.press(both, "send") == 303
    assert marie.press(one, "send") == 303


def test_whoever_had_a_hand_in_it_reads_why_there_is_no_button_to_approve(site: Site) -> None:
    published(site, RULE, path=COURSE)
    marie, jean = author(site), author(site)
    draft_id = marie.begin()
    marie.press(draft_id, "send")
    page = marie.review(draft_id)
    assert "A second person approves this text" in page.text
    assert not [form for form in page.forms() if form.action.endswith("/approve")]
    digest = draft_of(site, draft_id).digest
    tried = marie.browser.post(f"/en/author/drafts/{draft_id}/approve", {"digest": digest})
    assert tried.status_code == 409
    assert "You had a hand in this text." in tried.text
    assert draft_of(site, draft_id).state == DraftState.IN_REVIEW
    assert jean.press(draft_id, "approve") == 303


@PAGE
def test_where_no_second_person_is_asked_for_an_author_approves_alone(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin()
    marie.press(draft_id, "send")
    assert marie.press(draft_id, "approve") == 303


@PAGE
def test_no_draft_of_a_course_lifts_the_rule_by_which_it_is_reviewed(site: Site) -> None:
    published(site, RULE, path=COURSE)
    marie = author(site)
    draft_id = marie.begin(("deadline: 90 days", "deadline: 80 days\napproval: []"), path=COURSE)
    marie.press(draft_id, "send")
    assert not [one for one in marie.review(draft_id).forms() if one.action.endswith("/approve")]


@PAGE
def test_asking_for_changes_needs_a_reason(site: Site) -> None:
    marie, jean = author(site), author(site)
    draft_id = marie.begin()
    marie.press(draft_id, "send")
    assert jean.press(draft_id, "return", reason="  ") == 422
    assert jean.press(draft_id, "return", reason="x" * 501) == 422
    assert draft_of(site, draft_id).state == DraftState.IN_REVIEW
    assert jean.press(draft_id, "return", reason="x" * 500) == 303


@pytest.mark.parametrize("act", ["send", "return", "approve", "withdraw"])
def test_a_second_press_of_a_button_finds_it_done(site: Site, act: str) -> None:
    marie, jean = author(site), author(site)
    draft_id = marie.begin()
    if act != "send":
        marie.press(draft_id, "send")
    form = jean.review(draft_id).form(f"/{act}")
    fields = dict(form.fields) | {f"{act}-reason": "A reason."}
    first, second = (jean.browser.post(form.action, fields) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert acts(site, draft_id).count({"send": "send", "return": "return"}.get(act, act)) == 1


@pytest.mark.parametrize("act", ["send", "return", "approve", "withdraw"])
def test_nobody_decides_about_a_text_that_he_has_not_read(site: Site, act: str) -> None:
    """Between his opening the page and his press, another text went the same way."""
    marie, jean = author(site), author(site)
    draft_id = marie.begin()
    if act != "send":
        marie.press(draft_id, "send")
    form = jean.review(draft_id).form(f"/{act}")
    marie.write(draft_id, standing(site).replace("A *short* text.", "Another text."))
    if act != "send":
        marie.press(draft_id, "send")
    before = acts(site, draft_id)
    answer = jean.browser.post(form.action, {**dict(form.fields), f"{act}-reason": "A reason."})
    assert answer.status_code == 409
    assert "The text has changed since you opened this page." in answer.text
    assert "Another" in marked(answer.text, "ins")[0]
    assert acts(site, draft_id) == before


@PAGE
def test_what_was_typed_is_still_there_after_a_refusal(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin()
    fields = {"digest": "another", "send-reason": "Please look at page two."}
    answer = marie.browser.post(f"/en/author/drafts/{draft_id}/send", fields)
    assert answer.status_code == 409
    assert "Please look at page two." in answer.text


def test_a_draft_that_is_taken_back_changes_nothing_that_is_read(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin()
    assert marie.press(draft_id, "withdraw") == 303
    page = marie.review(draft_id)
    assert "This draft is closed." in page.text
    assert page.forms()[-1].action.endswith("/logout")
    assert site.do(lambda db: db.scalar(select(func.count()).select_from(FileRevision))) == 0


@PAGE
def test_a_text_that_was_sent_is_kept_as_an_edition_of_the_browser(site: Site) -> None:
    marie = author(site, "marie")
    draft_id = marie.begin()
    marie.press(draft_id, "send", reason="One word.")
    edition = site.do(lambda db: db.scalars(select(FileRevision)).one())
    assert (edition.made_by, edition.reason, edition.origin) == ("marie", "One word.", "browser")
    event = site.do(lambda db: db.scalars(select(DraftEvent).where(
        DraftEvent.act == DraftAct.SEND)).one())  # fmt: skip
    assert event.revision_id == edition.id


@PAGE
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


@PAGE
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


@PAGE
def test_a_sign_that_is_not_seen_is_named_where_it_stands(site: Site) -> None:
    marie = author(site)
    page = source(site, marie, marie.begin(("A *short*", "A\u202e\u00a0*short*")))
    assert '<span class="sign">U+202E right-to-left override</span>' in page
    assert "U+00A0 no-break space" in page


@PAGE
def test_a_text_that_cannot_be_rendered_says_so_and_is_compared_as_text(site: Site) -> None:
    bomb = "".join(f"{'> ' * depth}x\n" for depth in range(300))
    marie = author(site)
    page = source(site, marie, marie.begin(("A *short* text.", bomb)))
    assert "The page cannot be rendered:" in page
    assert "diff-inserted" in page


@PAGE
def test_a_text_that_cannot_be_read_says_so_and_is_compared_as_text(site: Site) -> None:
    marie = author(site)
    page = source(site, marie, marie.begin(("---\nid: first", "--\nid: first")))
    assert "The later text cannot be read" in page
    assert "diff-deleted" in page


@PAGE
def test_a_review_is_for_authors_alone_and_of_a_draft_that_is_there(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin()
    url = f"/en/author/drafts/{draft_id}/review"
    assert site.stranger().get(url).status_code == 401
    assert site.participant().browser.get(url).status_code == 403
    assert marie.browser.get(f"/en/author/drafts/{uuid.uuid4()}/review").status_code == 404
    stranger: Browser = site.participant().browser
    assert stranger.post(f"/en/author/drafts/{draft_id}/approve").status_code == 403


@PAGE
def test_a_form_without_its_token_does_nothing(site: Site) -> None:
    marie = author(site)
    draft_id = marie.begin()
    url = f"/en/author/drafts/{draft_id}/withdraw"
    assert marie.browser.send("POST", url, data={"digest": "x"}).status_code == 400
    assert draft_of(site, draft_id).state == DraftState.DRAFT
