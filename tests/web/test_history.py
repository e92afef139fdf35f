"""Every edition can be read again, compared with any other, and come back as a new one."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.authoring.drafts import begin, events_of, open_draft
from lms.authoring.models import PublishedFile
from lms.authoring.revisions import Origin, Source, append_revision, text_digest
from lms.authoring.states import DraftState
from lms.publishing.consent import ConsentAct, Terms
from lms.publishing.consent_register import Clerk, Entry, append_event
from tests.web.drafting import PATH, Author, author, draft_of, standing
from tests.web.site import Site
from tests.web.wellmade import page_faults

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])  # test_revisions.py tries both
TESTIMONY = "content/testimonies/lea/en.md"
SECRET = "What she said and then took back."
WORDS = f"---\nid: lea\nlanguage: en\nkind: original\n---\n\n{SECRET}\n"


def editions(site: Site, *texts: str, path: str = PATH) -> list[uuid.UUID]:
    """Append editions of a file; the last one is published."""

    def append(db: Session) -> list[uuid.UUID]:
        made = [
            append_revision(
                db, path, text, Source(Origin.FOLDER, f"login{n}", site.clock(), f"reason {n}")
            )
            for n, text in enumerate(texts, start=1)
        ]
        met = text_digest(standing(site)) if path == PATH else ""
        db.merge(PublishedFile(path=path, revision_id=made[-1].id, met_digest=met))
        return [one.id for one in made]

    return site.do(append)


def three(site: Site) -> list[uuid.UUID]:
    """Give three editions of a module's file; the last is what the folder has."""
    now = standing(site)
    first = now.replace("A *short* text.", "The first words.")
    second = now.replace("A *short* text.", "The second words.")
    return editions(site, first, second, now)


def marked(page: str, name: str) -> set[str]:
    """Give the words that stand in `<ins>` or `<del>`."""
    found = " ".join(re.findall(f"<{name}>.*?</{name}>", page))
    return set(re.sub(r"<[^>]+>|[*\]]", " ", found).split())


def back(who: Author, edition: uuid.UUID, reason: str = "It was right.") -> int:
    """Ask for an edition to come back."""
    url = f"/en/author/history/{edition}/back"
    return who.browser.post(url, {"reason": reason}).status_code


def closed(site: Site, *, days: int = -1) -> None:
    """Let the consent for a testimony be over since a day."""
    today = site.clock().date()
    terms = Terms(today - timedelta(days=90), today + timedelta(days=days), frozenset({"seminar"}))
    site.do(append_event, Entry("lea", ConsentAct.GIVEN, terms), Clerk("tests", site.clock()))


def test_the_history_says_of_each_edition_who_when_why_and_through_which_door(site: Site) -> None:
    found = three(site)
    page = author(site).browser.page(f"/en/author/history/{found[0]}")
    heads = [" ".join(one.text.split()) for one in page.all("h2")]
    assert heads == ["Edition 3 Published now", "Edition 2", "Edition 1"]
    assert "November 21, 2026 at 09:00, login2 Folder reason 2" in page.text


def test_any_two_editions_can_be_chosen_and_the_last_two_are(site: Site) -> None:
    found = three(site)
    page = author(site).browser.page(f"/en/author/history/{found[1]}")
    form = page.form("/author/compare")
    assert form.fields == [("to", str(found[2])), ("from", str(found[1]))]
    choices = [one["value"] for one in page.all("input") if one["type"] == "radio"]
    assert sorted(choices) == sorted(str(one) for one in [*found, *found])


@pytest.mark.parametrize(("old", "new"), [(0, 2), (2, 0), (0, 1)])
def test_two_editions_are_compared_in_text_and_as_rendered(site: Site, old: int, new: int) -> None:
    found = three(site)
    words = ["The first words.", "The second words.", "short"]
    url = f"/en/author/compare?from={found[old]}&to={found[new]}"
    answer = author(site).browser.get(url)
    rendered, _, text = answer.text.partition("The text, line by line")
    for part in (rendered, text):
        here, there = set(words[old].split()), set(words[new].split())
        assert here - there <= marked(part, "del")
        assert there - here <= marked(part, "ins")
    assert list(page_faults(answer, "en")) == []


def test_an_edition_compared_with_itself_says_that_nothing_changed(site: Site) -> None:
    found = three(site)
    page = author(site).browser.page(f"/en/author/compare?from={found[0]}&to={found[0]}")
    assert "The text is the same." in page.text


def test_what_is_no_edition_or_of_two_files_is_not_found(site: Site) -> None:
    found = three(site)
    other = editions(site, "id: seminar\n", path="content/courses/seminar.yml")
    browser = author(site).browser
    for query in (
        "",
        f"from={found[0]}",
        f"from={found[0]}&to=x",
        f"from={found[0]}&to={uuid.uuid4()}",
        f"from={found[0]}&to={other[0]}",
    ):
        assert browser.get(f"/en/author/compare?{query}").status_code == 404, query
    assert browser.get(f"/en/author/history/{uuid.uuid4()}").status_code == 404


def test_going_back_shows_first_what_it_changes_and_asks_why(site: Site) -> None:
    found = three(site)
    who = author(site)
    page = who.browser.page(f"/en/author/history/{found[0]}/back")
    assert "The first words" in page.text
    assert back(who, found[0], "  ") == 422
    assert site.do(open_draft, PATH) is None


def test_going_back_is_a_new_draft_that_takes_the_way_of_all(site: Site) -> None:
    found = three(site)
    who = author(site)
    assert back(who, found[0]) == 303
    draft = site.do(open_draft, PATH)
    assert draft is not None
    assert draft.state == DraftState.DRAFT
    assert "The first words." in draft.text
    assert site.do(events_of, draft.id)[-1].reason == "It was right."
    review = who.review(draft.id)
    assert "It was right." in review.text
    assert who.press(draft.id, "send") == 303
    heads = who.browser.page(f"/en/author/history/{found[0]}").all("h2")
    assert [" ".join(one.text.split()) for one in heads][:2] == [
        "Edition 4", "Edition 3 Published now",
    ]  # fmt: skip


def test_while_a_draft_is_open_going_back_is_refused_and_the_draft_is_one_link_away(
    site: Site,
) -> None:
    found = three(site)
    who = author(site)
    draft_id = who.begin()
    page = who.browser.page(f"/en/author/history/{found[0]}/back")
    assert "A file has one draft at a time." in page.text
    assert f"/en/author/drafts/{draft_id}/review" in page.links()
    assert back(who, found[0]) == 409
    assert "*clear*" in draft_of(site, draft_id).text


def test_there_is_no_going_back_to_what_stands(site: Site) -> None:
    found = three(site)
    who = author(site)
    page = who.browser.page(f"/en/author/history/{found[2]}/back")
    assert "there is nothing to go back to" in page.text
    assert back(who, found[2]) == 409
    assert site.do(open_draft, PATH) is None


def test_of_media_there_is_a_history_without_texts(site: Site) -> None:
    def append(db: Session) -> uuid.UUID:
        source = Source(Origin.BROWSER, "marie", site.clock())
        return append_revision(db, "content/modules/01-first/media/a.png", b"\x89", source).id

    made = site.do(append)
    browser = author(site).browser
    page = browser.page(f"/en/author/history/{made}")
    assert "marie" in page.text
    assert not [one for one in page.all("input") if one["type"] == "radio"]
    assert browser.get(f"/en/author/history/{made}/back").status_code == 404


@pytest.mark.parametrize("is_over", [True, False])
def test_the_words_of_a_testimony_whose_consent_is_over_are_on_no_page(
    site: Site, *, is_over: bool
) -> None:
    found = editions(site, WORDS, f"{WORDS}\nMore.\n", path=TESTIMONY)
    who = author(site)
    draft_id = site.do(begin, TESTIMONY, WORDS, by=who.user.id, now=site.clock()).id
    closed(site, days=-1 if is_over else 1)
    pages = [
        f"history/{found[0]}",
        f"history/{found[0]}/back",
        f"compare?from={found[0]}&to={found[1]}",
        f"drafts/{draft_id}/review",
    ]
    for url in pages:
        answer = who.browser.get(f"/en/author/{url}")
        assert answer.status_code == (409 if is_over else 200), url
        assert ("This testimony is not shown" in answer.text) == is_over
        assert (SECRET in answer.text) == (not is_over and url != pages[0]), url
        assert list(page_faults(answer, "en")) == []
    for act in ("send", "approve", "return", "withdraw"):
        if is_over:
            assert who.press(draft_id, act, reason="x") == 409
    assert (SECRET in who.browser.get("/en/author").text) is False
