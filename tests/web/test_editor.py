"""Writing in the browser: begun, saved, told before anybody's text is replaced, never lost."""

import random
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.authoring import drafts
from lms.authoring.models import Draft, PublishedFile
from lms.authoring.revisions import Origin, Source, append_revision
from lms.authoring.states import DraftAct, DraftState
from tests.factories import PASSWORD
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


def test_a_session_that_is_over_gives_back_two_hundred_kilobytes_after_login(
    site: Site, checked: list[str]
) -> None:
    writer = Writer(site)
    chance = random.Random(20261121)  # noqa: S311 - the same text at each run
    text = TEXT + "".join(chance.choices("abcéèêàçîôû«»<&\"'’ \n", k=122_000))  # nothing repeats
    text = text.rstrip() + "\n"
    assert 190_000 < len(text.encode()) < 200_000
    site.clock.advance(minutes=16)
    answer = writer.save(text)
    assert answer.status_code == 401
    login = Html.of(answer.text).form("/login")
    fields = dict(login.fields) | {"login": writer.user.login, "password": PASSWORD}
    entered = writer.browser.send("POST", login.action, data=fields)
    again = Html.of(entered.text).form(writer.url)
    assert writer.browser.send("POST", writer.url, data=dict(again.fields)).status_code == 303
    assert writer.box() == text
    assert checked == [PASSWORD]


def test_the_script_hears_that_the_session_is_over(site: Site) -> None:
    writer = Writer(site)
    site.clock.advance(minutes=16)
    assert writer.save(MINE, JSON).status_code == 401
    assert writer.ask(MINE).status_code == 401


def test_a_form_whose_token_is_refused_comes_back_with_the_text_to_send_again(site: Site) -> None:
    writer = Writer(site)
    owner = writer.browser.token.partition("~")[0]
    stale = {"csrf_token": f"{owner}~stale", "known": writer.known, "do": "save", "text": MINE}
    answer = writer.browser.send("POST", writer.url, data=stale)
    assert answer.status_code == 400
    again = Html.of(answer.text).form(writer.url)
    assert dict(again.fields)["text"] == MINE
    assert writer.browser.send("POST", writer.url, data=dict(again.fields)).status_code == 303
    assert writer.box() == MINE


def test_an_author_who_lost_the_right_while_he_wrote_gets_his_text_back(site: Site) -> None:
    writer = Writer(site)

    def demote(db: Session) -> None:
        db.get_one(User, writer.user.id).role = Role.INSTRUCTOR

    site.do(demote)
    answer = writer.save(MINE)
    page = Html.of(answer.text)
    assert answer.status_code == 403
    assert [one.text.removeprefix("\n") for one in page.all("textarea")] == [MINE]
    assert writer.draft().text == TEXT


def test_a_stranger_gets_no_text_back_that_is_not_his(site: Site) -> None:
    writer = Writer(site)
    other = site.staff(Role.INSTRUCTOR)
    other.get("/en/account")
    sent = {"csrf_token": writer.browser.token, "known": writer.known, "text": "canary"}
    answer = other.send("POST", writer.url, data=sent)
    assert answer.status_code == 403
    assert "canary" not in answer.text


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


def test_a_problems_line_is_found_in_a_listing_with_numbers(site: Site) -> None:
    writer = Writer(site)
    writer.save("x\n" * 1000 + "here\u202e\n" + "y\n" * 1000)
    page = writer.browser.page(f"{writer.url}/lines?line=1001")
    assert [one.text for one in page.all("mark")] == ["here[U+202E]"]
    assert any(one["id"] == "line-1001" for one in page.all("li"))
    assert len(page.all("li")) < 600
    for odd in ("0", "-1", "x", "9" * 30, "٣", ""):
        assert len(writer.browser.page(f"{writer.url}/lines?line={odd}").all("mark")) == 1


def test_without_a_script_what_the_helpers_insert_stands_there_to_be_copied(site: Site) -> None:
    writer = Writer(site, "content/modules/01-first/fr.md")
    code = [one.text for one in writer.page().all("code")]
    single = next(one for one in code if "une bonne réponse" in one and "(x)" in one)
    assert single.startswith("### À ÉCRIRE :")
    assert "<!-- id: question-1, section: listening -->" in single
    assert "> Explication :" in single
    assert sum(one.startswith("### ") for one in code) == 9  # eight kinds, and one for practice
    assert any(one.startswith("[") and "../02-second/fr.md#going" in one for one in code)


def test_a_new_module_is_begun_in_both_languages_and_gets_the_next_number(site: Site) -> None:
    browser = site.staff(Role.AUTHOR)
    fields = {"name": "next-steps", "title_fr": "La suite: ici", "title_en": "  What\nnext?"}
    answer = browser.post("/fr/author/drafts/new/module", fields)
    assert answer.status_code == 303
    with site.database.read() as db:
        found = {draft.path: draft.text for draft in drafts.open_drafts(db)}
    home = "content/modules/03-next-steps"
    assert sorted(found) == [f"{home}/en.md", f"{home}/fr.md"]
    assert "\ntitle: 'La suite: ici'\n" in found[f"{home}/fr.md"]
    assert "\n# What next?\n" in found[f"{home}/en.md"]
    again = browser.post("/fr/author/drafts/new/module", {**fields, "name": "third"})
    assert again.status_code == 303
    with site.database.read() as db:
        assert drafts.open_draft(db, "content/modules/04-third/fr.md") is not None


@pytest.mark.parametrize("name", ["first", "First Steps", "../x", "é", "", "a" * 61])
def test_a_short_name_that_cannot_be_is_refused_with_what_was_typed(site: Site, name: str) -> None:
    fields = {"name": name, "title_fr": "Titre", "title_en": "Title"}
    answer = site.staff(Role.AUTHOR).post("/en/author/drafts/new/module", fields)
    page = Html.of(answer.text)
    assert answer.status_code == 422
    assert page.title.startswith("Error:")
    assert ("name", name) in page.form("/en/author/drafts/new/module").fields
    with site.database.read() as db:
        assert drafts.open_drafts(db) == []


def test_a_new_testimony_is_begun_in_both_languages(site: Site) -> None:
    browser = site.staff(Role.AUTHOR)
    answer = browser.post("/en/author/drafts/new/testimony", {"name": "rose"})
    assert answer.status_code == 303
    assert "kind: composite" in box_in(browser.get(answer.headers["Location"]).text)
    assert browser.post("/en/author/drafts/new/testimony", {"name": "rose"}).status_code == 422


def test_saving_keeps_a_session_alive_for_as_long_as_somebody_writes(site: Site) -> None:
    writer = Writer(site)
    for minute in range(5):
        site.clock.advance(minutes=10)
        answer = writer.save(f"{TEXT}\n{minute}\n", JSON)
        assert answer.status_code == 200
        writer.known = answer.get_json()["known"]
    assert site.clock() - writer.draft().created_at == timedelta(minutes=50)
