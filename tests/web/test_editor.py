"""Writing in the browser: begun, saved, told before anybody's text is replaced, never lost."""

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.authoring import drafts
from lms.authoring.models import Draft, PublishedFile
from lms.authoring.revisions import Origin, Source, append_revision
from lms.authoring.states import DraftAct, DraftState
from tests.sample_course import FILES
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.writer import JSON, PATH, TEXT, Writer, box_in

MINE = TEXT.replace("A *short* text.", "My text.")
THEIRS = TEXT.replace("A *short* text.", "Their text.")


def act(writer: Writer, what: DraftAct) -> None:
    """Let something happen to a draft that is no part of the editor."""
    site = writer.site
    site.do(drafts.act_on, writer.draft_id, what, by=writer.user.id, now=site.clock())


def test_an_author_begins_a_draft_from_what_stands_and_the_next_one_finds_it(site: Site) -> None:
    writer = Writer(site)
    assert writer.box() == TEXT
    assert Writer(site).url == writer.url


def test_what_is_saved_is_there_and_what_it_was_begun_from_is_untouched(site: Site) -> None:
    writer = Writer(site)
    assert writer.save(MINE).status_code == 303
    assert writer.box() == MINE
    assert writer.draft().base_text == TEXT


def test_the_script_is_told_the_digest_and_the_moment_of_what_it_saved(site: Site) -> None:
    writer = Writer(site)
    told = writer.save(MINE, JSON).get_json()
    assert told["known"] == writer.draft().digest
    assert told["at"].startswith("2026-11-21T14:00")
    assert told["state"] == "Draft"


@pytest.mark.parametrize(
    "path",
    [
        "content/modules/99-none/en.md",
        "content/modules/../facts.yml",
        "content/../../etc/passwd",
        "../content/modules/01-first/en.md",
        "content/modules/01-first/en.md\n",
        "",
    ],
)
def test_only_a_file_of_the_content_can_be_begun(site: Site, path: str) -> None:
    browser = site.staff(Role.AUTHOR)
    assert browser.post("/en/author/drafts", {"path": path}).status_code == 404


def test_the_register_of_facts_has_a_page_of_its_own(site: Site) -> None:
    answer = site.staff(Role.AUTHOR).post("/en/author/drafts", {"path": "content/facts.yml"})
    assert answer.status_code == 303
    assert "/drafts/" not in answer.headers["Location"]


def test_the_second_of_two_authors_is_told_before_his_text_replaces_anything(site: Site) -> None:
    first, second = Writer(site), Writer(site)
    assert first.save(THEIRS).status_code == 303
    answer = second.save(MINE)
    page = Html.of(answer.text)
    assert answer.status_code == 409
    assert first.user.login in page.text
    assert [one.text.removeprefix("\n") for one in page.all("textarea")] == [MINE, THEIRS]
    assert "− Their text." in page.text
    assert "+ My text." in page.text
    assert first.box() == THEIRS


def test_whoever_was_told_can_keep_his_own_text_by_saying_so(site: Site) -> None:
    first, second = Writer(site), Writer(site)
    first.save(THEIRS)
    conflict = Html.of(second.save(MINE).text)
    second.known = dict(conflict.form(second.url).fields)["known"]
    assert second.save(MINE).status_code == 303
    assert first.box() == MINE


def test_a_third_text_that_came_while_he_looked_at_the_two_is_told_again(site: Site) -> None:
    first, second = Writer(site), Writer(site)
    first.save(THEIRS)
    seen = dict(Html.of(second.save(MINE).text).form(second.url).fields)["known"]
    first.known = first.draft().digest
    third = THEIRS.replace("Their", "Another")
    first.save(third)
    second.known = seen
    assert second.save(MINE).status_code == 409
    assert first.box() == third


def test_editing_on_puts_his_text_in_the_box_with_the_other_under_it_and_saves_nothing(
    site: Site,
) -> None:
    first, second = Writer(site), Writer(site)
    first.save(THEIRS)
    conflict = Html.of(second.save(MINE).text)
    second.known = dict(conflict.form(second.url).fields)["known"]
    answer = second.save(MINE, do="edit")
    page = Html.of(answer.text)
    assert answer.status_code == 200
    assert box_in(answer.text) == MINE
    assert any(one["id"] == "other" and "Their text." in one.text for one in page.all("textarea"))
    assert next(one for one in page.all("form") if one["id"] == "editor")["data-hold"] == "yes"
    assert first.box() == THEIRS
    second.known = dict(page.form(second.url).fields)["known"]
    assert second.save(MINE).status_code == 303


def test_the_script_is_told_who_saved_in_between(site: Site) -> None:
    first, second = Writer(site), Writer(site)
    first.save(THEIRS)
    answer = second.save(MINE, JSON)
    assert answer.status_code == 409
    assert answer.get_json()["changed_by"] == first.user.login


def test_two_tabs_that_hold_the_same_text_do_not_quarrel(site: Site) -> None:
    first, second = Writer(site), Writer(site)
    first.save(MINE)
    assert second.save(MINE).status_code == 303


@pytest.mark.parametrize("headers", [None, JSON])
def test_a_draft_that_was_taken_out_says_so_and_the_text_stays_in_the_box(
    site: Site, headers: dict[str, str] | None
) -> None:
    writer = Writer(site)
    act(writer, DraftAct.WITHDRAW)
    answer = writer.save(MINE, headers)
    assert answer.status_code == 409
    if headers:
        assert "no more changes" in answer.get_json()["closed"]
        return
    page = Html.of(answer.text)
    assert "This draft was taken back." in page.text
    assert box_in(answer.text) == MINE
    begun = writer.browser.post("/en/author/drafts", {"path": PATH, "text": MINE})
    assert begun.status_code == 303
    assert begun.headers["Location"] != writer.url
    assert box_in(writer.browser.get(begun.headers["Location"]).text) == MINE


def test_a_draft_that_was_taken_out_says_so_also_when_nothing_was_changed(site: Site) -> None:
    writer = Writer(site)
    act(writer, DraftAct.WITHDRAW)
    assert writer.save(TEXT).status_code == 409


def test_a_new_draft_with_a_text_does_not_replace_one_that_somebody_else_began(site: Site) -> None:
    writer = Writer(site)
    act(writer, DraftAct.WITHDRAW)
    other = Writer(site)
    other.save(THEIRS)
    begun = writer.browser.post("/en/author/drafts", {"path": PATH, "text": MINE})
    assert begun.status_code == 409
    assert box_in(begun.text) == MINE
    assert other.box() == THEIRS


def test_a_change_takes_a_draft_out_of_review_and_the_page_says_so_before(site: Site) -> None:
    writer = Writer(site)
    writer.save(MINE)
    writer.known = writer.draft().digest
    act(writer, DraftAct.SEND)
    page = writer.page()
    assert "takes it out of the review" in page.text
    assert next(one for one in page.all("form") if one["id"] == "editor")["data-hold"] == "yes"
    assert writer.save(MINE).status_code == 303
    assert writer.draft().state == DraftState.IN_REVIEW
    writer.save(THEIRS)
    assert writer.draft().state == DraftState.DRAFT


def test_the_ends_of_lines_that_a_browser_sends_change_nothing(site: Site) -> None:
    writer = Writer(site)
    before = writer.draft().digest
    assert writer.save(TEXT.replace("\n", "\r\n")).status_code == 303
    assert writer.draft().digest == before
    writer.save(MINE.replace("\n", "\r\n"))
    assert writer.draft().text == MINE


def test_a_file_with_the_other_ends_of_lines_is_not_changed_by_being_looked_at(site: Site) -> None:
    def begin_windows(db: Session) -> Draft:
        path = "content/courses/seminar.yml"
        text = FILES["courses/seminar.yml"].replace("\n", "\r\n")
        return drafts.begin(db, path, text, by=other.user.id, now=site.clock())

    other = Writer(site)
    digest = site.do(begin_windows).digest
    writer = Writer(site, "content/courses/seminar.yml")
    assert writer.save(writer.box()).status_code == 303
    assert writer.draft().digest == digest


def _publish(site: Site, text: str) -> None:
    def make(db: Session) -> None:
        source = Source(Origin.BROWSER, "somebody", site.clock(), "")
        revision = append_revision(db, PATH, text, source)
        db.merge(PublishedFile(path=PATH, revision_id=revision.id, met_digest=revision.digest))

    site.do(make)


def test_what_is_published_while_a_draft_is_open_is_told_on_its_page(site: Site) -> None:
    _publish(site, TEXT)
    site.clock.advance(minutes=1)
    writer = Writer(site)
    assert "published anew" not in writer.page().text
    site.clock.advance(minutes=1)
    _publish(site, THEIRS)
    assert "published anew" in writer.page().text
    writer.save(MINE)
    assert writer.box() == MINE
