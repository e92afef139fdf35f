"""A second person approves, and only the very text that he has read."""

import uuid

import pytest
from sqlalchemy import func, select

from lms.authoring.drafts import events_of
from lms.authoring.models import DraftEvent, FileRevision
from lms.authoring.states import DraftAct, DraftState
from tests.web.browser import Browser
from tests.web.drafting import author, draft_of, marked, published, standing
from tests.web.site import Site

# What a page shows is the same on both databases; what somebody does is tried on each.
PAGE = pytest.mark.parametrize("engine_name", ["sqlite"])
FACTS = "content/facts.yml"
COURSE = "content/courses/seminar.yml"
RULE = ("deadline: 90 days", "deadline: 90 days\napproval: [first]")
FEEDBACK = "- (x) B1", "- ( ) B1"  # no answer is right any more: an error


def acts(site: Site, draft_id: uuid.UUID) -> list[str]:
    """Give what was done to a draft."""
    return [str(event.act) for event in site.do(events_of, draft_id)]


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
def test_two_languages_that_need_each_other_can_both_be_sent(site: Site) -> None:
    added = "____\n\n### More?\n<!-- id: more -->\n- (x) Yes\n- ( ) No\n"
    marie = author(site)
    english = marie.begin(("____\n", added))
    assert marie.press(english, "send") == 409
    french = marie.begin(("____\n", added), path="content/modules/01-first/fr.md")
    assert marie.press(english, "send") == 303
    assert marie.press(french, "send") == 303


@PAGE
def test_a_draft_may_rest_on_what_is_in_review_and_not_on_what_is_half_written(
    site: Site,
) -> None:
    fact = standing(site, FACTS).replace("T01", "T99")
    marie, jean = author(site), author(site)
    draft_id = marie.begin(("A *short* text.", "A *short* text[^T99]."))
    facts = jean.begin(("- id: T01", f"{fact.rstrip()}\n- id: T01"), path=FACTS)
    assert marie.press(draft_id, "send") == 409
    assert jean.press(facts, "send") == 303
    assert marie.press(draft_id, "send") == 303


@PAGE
def test_what_somebody_else_has_half_written_stops_nobody(site: Site) -> None:
    marie, jean = author(site), author(site)
    used = ("A *short* text.", "A *short* text[^T01].")
    draft_id = marie.begin(used)
    jean.begin(("- id: T01", "- id: ["), path=FACTS)
    assert marie.press(draft_id, "send") == 303


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
