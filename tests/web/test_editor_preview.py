"""What is typed is shown and checked by another process; what is answered there is not recorded."""

import re
import time

import pytest

from lms.accounts.roles import Role
from lms.publishing.preview import spool
from lms.publishing.preview.job import QUIZ
from tests.web.markup import Html
from tests.web.rows import all_rows
from tests.web.site import Site
from tests.web.writer import JSON, TEXT, Writer

MINE = TEXT.replace("A *short* text.", "Quite *another* text.", 1)
SPEAKING = TEXT[: TEXT.index("## Speaking")].count("\n") + 2
HIDDEN_MARKS = {"\x00": "lost-character", "\u202e": "direction-mark", "\x07": "control-character"}


@pytest.fixture(scope="module")
def engine_name() -> str:
    """Give one database: previews ask it for little, and the editor's own tests use both."""
    return "sqlite"


def with_text(text: str) -> str:
    """Give the module with a text on its first page."""
    return TEXT.replace("A *short* text.\n", f"{text}\n", 1)


def test_a_text_that_is_not_saved_is_shown_as_participants_would_see_it(site: Site) -> None:
    writer = Writer(site)
    seen = writer.look(MINE)
    assert "Quite <em>another</em> text." in seen["page"]
    assert (
        seen["counted"] == "The check finds nothing to mend here." or "warning" in seen["counted"]
    )
    assert writer.draft().text == TEXT


def test_the_answer_to_a_preview_does_not_wait_for_it(site: Site) -> None:
    writer = Writer(site)
    writer.look(TEXT)  # whoever makes previews is there
    time.sleep(0.2)
    answer = writer.ask(with_text("*a **" * 30_000))
    assert answer.status_code == 202
    ticket = answer.get_json()["ticket"]
    assert not writer.browser.get(ticket, headers=JSON).get_json()["done"]


def test_the_part_that_is_shown_is_the_one_where_the_caret_is(site: Site) -> None:
    writer = Writer(site)
    assert "<h2>Listening</h2>" in writer.look(MINE, line="1")["page"]
    assert "<h2>Speaking</h2>" in writer.look(MINE, line=str(SPEAKING))["page"]
    quiz = writer.look(MINE, line=str(MINE.count("\n")))["page"]
    assert "A week has seven days." in quiz
    assert "<h2>Listening</h2>" in writer.look(MINE, line=str(SPEAKING), part="1")["page"]


def test_a_problem_leads_to_its_line_and_to_its_rule(site: Site) -> None:
    writer = Writer(site)
    broken = TEXT.replace("- (x) B1", "- ( ) B1")
    line = broken[: broken.index("### Which answer is right?")].count("\n") + 1
    seen = writer.look(broken)
    page = Html.of(seen["problems"])
    link = next(one for one in page.all("a") if one["data-line"])
    assert int(link["data-line"]) == line
    assert link["href"] == f"{writer.url}/lines?line={line}#line-{line}"
    assert any(one["href"].endswith("#one-right-answer") for one in page.all("a"))
    assert "2 errors" in seen["counted"]
    assert "Listening" in seen["page"]


def test_without_a_script_the_button_saves_and_leads_to_a_page_that_looks_again_by_itself(
    site: Site,
) -> None:
    writer = Writer(site)
    answer = writer.save(MINE, do="preview")
    ticket = answer.headers["Location"]
    assert answer.status_code == 303
    assert writer.draft().text == MINE
    first = writer.browser.get(ticket)
    assert first.status_code == 200
    writer.wait(ticket)
    then = writer.browser.get(ticket)
    assert "Refresh" not in then.headers
    page = Html.of(then.text)
    assert "Quite another text." in page.text
    assert writer.url in page.links()
    if "Refresh" in first.headers:  # it was not ready at once
        assert first.headers["Refresh"] == "1"


def test_another_part_is_a_button_away_also_without_a_script(site: Site) -> None:
    writer = Writer(site)
    ticket = writer.look(MINE)["ticket"]
    time.sleep(0.2)
    other = writer.browser.post(f"{ticket}/part", {"part": str(QUIZ)})
    assert other.status_code == 303
    writer.wait(other.headers["Location"])
    assert "A week has seven days." in writer.browser.get(other.headers["Location"]).text


def test_a_practice_question_is_answered_with_feedback_and_nothing_is_recorded(site: Site) -> None:
    writer = Writer(site)
    ticket = writer.look(MINE)["ticket"]
    before = all_rows(site.database)
    answer = writer.browser.post(f"{ticket}/practice/1", {"p1-answer": "0"})
    assert answer.status_code == 200
    assert 'class="result ' in answer.text
    told = writer.browser.post(f"{ticket}/practice/1", {"p1-answer": "0"}, headers=JSON)
    assert 'class="result ' in told.get_json()["page"]
    assert writer.browser.post(f"{ticket}/practice/1", {"p1-answer": "9"}).status_code == 422
    assert writer.browser.post(f"{ticket}/practice/2", {"p1-answer": "0"}).status_code == 404
    assert writer.browser.post(f"{ticket}/practice/0", {}).status_code == 404
    assert all_rows(site.database) == before


def test_the_questions_of_the_quiz_are_answered_with_their_key_and_nothing_is_recorded(
    site: Site,
) -> None:
    writer = Writer(site)
    seen = writer.look(MINE, part=str(QUIZ))
    before = all_rows(site.database)
    fields = {"q4-answer": " LISTEN ", "q5-answer": "7,5", "q8-answer": "one two three"}
    answer = writer.browser.post(f"{seen['ticket']}/practice/0", fields)
    assert answer.status_code == 200
    assert "All answers together: 2 of 11" in answer.text
    half = writer.browser.post(f"{seen['ticket']}/practice/0", {"q6-line0": "0"})
    assert half.status_code == 422
    assert "Choose an answer on each line." in half.text
    assert all_rows(site.database) == before


def test_a_preview_is_its_owners_alone(site: Site) -> None:
    ticket = Writer(site).look(MINE)["ticket"]
    other = site.staff(Role.AUTHOR)
    assert other.get(ticket).status_code == 404
    assert other.post(f"{ticket}/part", {"part": "1"}).status_code == 404
    assert other.post(f"{ticket}/practice/1", {"p1-answer": "0"}).status_code == 404
    assert site.staff(Role.COORDINATOR).get(ticket).status_code == 403


def test_a_testimony_and_a_course_can_be_written_too(site: Site) -> None:
    browser = site.staff(Role.AUTHOR)
    assert browser.post("/en/author/drafts/new/testimony", {"name": "rose"}).status_code == 303
    writer = Writer(site, "content/testimonies/rose/en.md")
    seen = writer.look(writer.box().replace("TO WRITE: the testimony.", "Words *of* Rose."))
    assert "Words <em>of</em> Rose." in seen["page"]
    assert "Composite account." in seen["page"]
    course = Writer(site, "content/courses/seminar.yml")
    seen = course.look(course.box().replace("[first, second]", "[first, third]"))
    assert "no page of its own" in seen["page"]
    assert "course-module" in seen["problems"]


@pytest.mark.parametrize(
    ("bomb", "says"),
    [
        ("- " * 5000 + "a", "nested too deeply"),
        ("".join(f"{'> ' * depth}x\n" for depth in range(300)), "nested too deeply"),
        ("<![CDATA[" * 1000, None),
        ("*a **" * 30_000, None),
        ("[" * 30_000, None),
    ],
    ids=["lists", "quotations", "cdata", "emphasis", "brackets"],
)
def test_a_text_made_to_stall_the_site_is_told_or_shown_and_its_problems_come(
    site: Site, bomb: str, says: str | None
) -> None:
    seen = Writer(site).look(with_text(f"{bomb}\n"))
    assert says is None or says in seen["page"]
    assert seen["problems"]


def test_no_link_of_a_preview_leads_to_a_script_and_no_picture_to_another_site(site: Site) -> None:
    tricks = (
        "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](java\tscript:alert(1)) "
        "[d](&#106;avascript:alert(1)) [e](data:text/html,x) [f](vbscript:x) [g](//evil.example) "
        "[h](\\\\evil.example) <javascript:alert(1)> [i](  javascript:alert(1)) "
        "[j](javascript&colon;alert(1)) [k](\u0001javascript:alert(1)) [l](https:evil.example) "
        '![p](https://evil.example/x.png) ![q](//evil.example/x.png) <img src="https://evil.example">'
    )
    page = Html.of(Writer(site).look(with_text(tricks))["page"])
    addresses = [one["href"] for one in page.all("a")] + [one["action"] for one in page.all("form")]
    assert [one for one in addresses if not one.startswith("/") or one.startswith("//")] == []
    assert page.all("img", "script", "iframe", "object", "svg") == []


def test_no_name_in_a_text_takes_the_place_of_one_of_the_editors(site: Site) -> None:
    writer = Writer(site)
    names = ("text", "editor", "preview", "problems", "saved", "counted", "main")
    text = with_text("\n\n".join(f"#### {name}\n\n[x](#{name})" for name in names))
    shown = Html.of(writer.look(text)["page"])
    mine = {one["id"] for one in writer.page().elements if one["id"]}
    theirs = [one["id"] for one in shown.elements if one["id"]]
    assert len(theirs) > len(names)
    assert not mine & set(theirs)


@pytest.mark.parametrize("sign", HIDDEN_MARKS, ids=["nul", "bidi", "bell"])
def test_a_sign_that_nobody_sees_is_told_with_its_line_and_the_text_is_kept(
    site: Site, sign: str
) -> None:
    writer = Writer(site)
    text = TEXT.replace("A *short*", f"A{sign} *short*", 1)
    line = text[: text.index(f"A{sign}")].count("\n") + 1
    seen = writer.look(text)
    assert HIDDEN_MARKS[sign] in seen["problems"]
    assert f'data-line="{line}"' in seen["problems"]
    assert writer.save(text).status_code == 303
    assert writer.box() == text.replace("\x00", "\ufffd")


def test_a_title_that_turns_the_direction_of_writing_is_shown_with_its_mark(site: Site) -> None:
    writer = Writer(site)
    text = TEXT.replace("title: The first", "title: The \u202etsrif").replace(
        "# The first", "# The \u202etsrif"
    )
    writer.save(text)
    assert "The [U+202E]tsrif" in writer.page().h1


def test_an_author_who_asks_without_a_pause_is_told_to_wait(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "PAUSE", 600)
    writer = Writer(site)
    statuses = [writer.ask(f"{MINE}{number}").status_code for number in range(3)]
    assert statuses == [202, 429, 429]


def test_a_newer_text_takes_the_place_of_the_one_that_is_being_worked_on(site: Site) -> None:
    writer = Writer(site)
    writer.look(TEXT)
    time.sleep(0.2)
    slow = writer.ask(with_text("[a](b " * 25_000)).get_json()["ticket"]
    time.sleep(0.3)
    newest = writer.look(MINE)
    assert "Quite <em>another</em> text." in newest["page"]
    told = writer.wait(slow)
    assert "taken the place" in told["page"] or told["problems"] is not None


def test_a_ticket_is_forgotten_with_what_it_showed(site: Site) -> None:
    writer = Writer(site)
    first = writer.look(MINE)["ticket"]
    for number in range(7):
        last = writer.look(f"{MINE}\nmore {number}\n")["ticket"]
    assert writer.browser.get(first).status_code == 404
    assert writer.browser.get(last).status_code == 200


def test_the_editor_says_nothing_of_the_file_in_its_address_or_title(site: Site) -> None:
    page = Writer(site).page()
    assert page.title == "Editor – Training"
    assert not re.search(r"01-first|en\.md", " ".join(page.links()))
