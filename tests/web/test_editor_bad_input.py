"""Whatever is pasted into the box: a problem in words, and the text still in the box."""

import time

import pytest
from werkzeug.test import TestResponse

from lms.accounts.roles import Role
from lms.web.author.editor import MOST_BYTES
from tests.web.markup import Html
from tests.web.rows import all_rows
from tests.web.site import Site
from tests.web.writer import JSON, TEXT, Writer, box_in

EDGE = "edge-of-a-part"
HUGE = "é x\n" * 2_000_000  # ten megabytes


def send_parts(writer: Writer, text: bytes) -> TestResponse:
    """Press Save as a browser sends the form: its fields as they are."""
    fields = {
        "csrf_token": writer.browser.token.encode(),
        "known": writer.known.encode(),
        "do": b"save",
        "text": text,
    }
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    parts = [(head % name).encode() + value + b"\r\n" for name, value in fields.items()]
    body = b"".join(parts) + f"--{EDGE}--\r\n".encode()
    kind = f"multipart/form-data; boundary={EDGE}"
    return writer.browser.send("POST", writer.url, data=body, content_type=kind)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_ten_megabytes_come_back_in_the_box_and_nothing_is_saved(site: Site) -> None:
    writer = Writer(site)
    form = next(one for one in writer.page().all("form") if one["id"] == "editor")
    began = time.process_time()
    answer = send_parts(writer, HUGE.encode())
    assert time.process_time() - began < 5
    assert form["enctype"] == "multipart/form-data"
    assert answer.status_code == 422
    assert f">\n{HUGE}</textarea>" in answer.text
    assert "This text is too long: 10000 kB." in answer.text
    assert writer.draft().text == TEXT


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_body_that_no_editor_sends_is_refused_unread(site: Site) -> None:
    writer = Writer(site)
    assert send_parts(writer, b"x" * MOST_BYTES).status_code == 413
    assert writer.save("x" * 1_600_000).status_code == 413  # a form that takes long to be read
    assert writer.draft().text == TEXT


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_long_bodies_are_for_the_box_alone_and_not_for_strangers(site: Site) -> None:
    writer = Writer(site)
    long = "x" * 1_600_000
    assert writer.ask(long).status_code == 413
    assert writer.browser.post(f"{writer.url}/preview", {"text": "x"}).status_code in {422, 429}
    assert writer.browser.post("/en/author/drafts/new/module", {"name": long}).status_code == 413
    stranger = site.stranger()
    answer = stranger.send("POST", writer.url, data={"text": "canary" * 300_000})
    assert answer.status_code == 401
    assert len(answer.data) < 20_000


def test_a_text_just_too_long_is_told_to_the_script_and_to_the_page(site: Site) -> None:
    writer = Writer(site)
    most = TEXT + "x" * (200_000 - len(TEXT.encode()))
    over = f"{most}y"
    assert "too long" in writer.save(over, JSON).get_json()["fault"]
    assert "too long" in writer.ask(over).get_json()["fault"]
    assert writer.save(most).status_code == 303
    assert writer.box() == most


@pytest.mark.parametrize("blank", ["", " ", "\r\n\t  \n", "\ufeff\n"])
def test_a_box_with_nothing_but_blanks_does_not_empty_a_draft(site: Site, blank: str) -> None:
    writer = Writer(site)
    answer = writer.save(blank)
    assert answer.status_code == 422
    assert "There is no text." in Html.of(answer.text).text
    assert writer.draft().text == TEXT


def test_bytes_that_are_no_text_are_kept_as_far_as_they_can_be_read(site: Site) -> None:
    writer = Writer(site)
    answer = send_parts(writer, b"caf\xe9 \x00 \x07 end")
    assert answer.status_code == 303
    assert writer.draft().text == "caf\ufffd \ufffd \x07 end"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "canary"},
        {"text": "canary", "known": ""},
        {"text": "canary", "known": "x" * 64},
        {"known": "0" * 64},
    ],
)
def test_a_form_that_is_not_the_editors_saves_nothing(site: Site, fields: dict[str, str]) -> None:
    writer = Writer(site)
    before = all_rows(site.database)["draft"]
    answer = writer.browser.post(writer.url, fields)
    assert answer.status_code in {409, 422}
    assert all_rows(site.database)["draft"] == before


def test_odd_lines_parts_and_wishes_are_taken_for_none(site: Site) -> None:
    writer = Writer(site)
    odd = {"line": "-5", "part": "99999999999999999999", "do": "'; DROP TABLE draft; --"}
    assert writer.save(f"{TEXT}\n", None, **odd).status_code == 303
    assert writer.box() == f"{TEXT}\n"


def test_html_in_a_text_stands_in_the_box_as_it_was_typed(site: Site) -> None:
    writer = Writer(site)
    text = TEXT + "</textarea><script>alert(1)</script>\"'&amp;&lt;{{7*7}}\n"
    writer.save(text)
    page = writer.browser.get(writer.url).text
    assert "<script>alert(1)" not in page
    assert box_in(page) == text


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.INSTRUCTOR, Role.COORDINATOR])
def test_nobody_but_an_author_sees_or_changes_a_draft(site: Site, role: Role) -> None:
    writer = Writer(site)
    other = site.participant().browser if role is Role.PARTICIPANT else site.staff(role)
    other.get("/en/account")
    for answer in (
        other.get(writer.url),
        other.get(f"{writer.url}/lines"),
        other.post(writer.url, {"text": "x", "known": writer.known}),
        other.post("/en/author/drafts", {"path": writer.path}),
        other.post(f"{writer.url}/preview", {"text": "x"}),
    ):
        assert answer.status_code == 403
