"""The workshop before somebody who means harm: no page runs, leaks or shows what it must not.

Longer than 300 lines: one scene full of hostile texts, which every page of it is asked for.
"""

import dataclasses
import re
import uuid
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.authoring.drafts import act_on, begin, save
from lms.authoring.models import Draft, DraftEvent, MediaFile
from lms.authoring.revisions import Origin, Source, append_revision
from lms.authoring.states import DraftAct
from lms.publishing.originals import keep_original
from lms.settings import Settings
from tests import factories
from tests.publishing import media_samples as samples
from tests.testimony_sample import CANARY, consent_files, publish_lea, take_back, write_files
from tests.web.browser import Browser
from tests.web.markup import Element, Html
from tests.web.site import Site

MARK = "x-canary"
HOSTILE = f"\"'><{MARK} onclick=alert(1)></title></textarea></script>{{{{7*7}}}}"
MARKDOWN = f"""\
{HOSTILE}

[a](javascript:alert(1)) [b](JaVa&#115;cript:alert(1)) [c](//evil.example/x) [d](data:text/html,x)
[e](vbscript:x) <javascript:alert(1)> [f]: javascript:alert(1) [f] [g](\\\\evil.example)

![h](https://evil.example/a.png) ![i](data:image/svg+xml,x) ![j](media/{MARK}.png "{HOSTILE}")

<img src=x onerror=alert(1)><svg onload=alert(1)><iframe src=//evil.example></iframe>

| a {HOSTILE} | b |
|---|---|
| `{HOSTILE}` | <{MARK}> |

```{MARK} onclick="x"
</code></pre><{MARK}>
```

A [note][^{MARK}] and [[testimony: {MARK}]] and ![film](media/{MARK}.mp4)
"""
FIRST = "content/modules/01-first/en.md"
LEA = "content/testimonies/lea/en.md"
STARTS = ("/en/author", "/en/author/media", "/en/author/facts", "/en/author/publish")
MOST_VISITS = 2


@pytest.fixture
def engine_name() -> str:
    """Run on one database: nothing here is about SQL."""
    return "sqlite"


@pytest.fixture
def settings(site: Site, tmp_path: Path) -> Settings:
    """Put the site on a folder and an instance of the test's own."""
    known: Settings = site.app.extensions["virage_settings"]
    folder = write_files(tmp_path, consent_files())
    mine = dataclasses.replace(known, content=folder, instance=tmp_path / "instance")
    site.app.extensions["virage_settings"] = mine
    return mine


@pytest.fixture
def author(site: Site, settings: Settings) -> tuple[Browser, User]:
    """Sign an author in."""
    assert settings.content.is_dir()
    user = site.do(factories.make_user, role=Role.AUTHOR)
    return site.staff(Role.AUTHOR, user), user


def _draft(db: Session, path: str, old: str, new: str, by: User) -> Draft:
    draft = begin(db, path, old, by=by.id, now=factories.NOW)
    return save(db, draft.id, new, known=draft.digest, by=by.id, now=factories.NOW)


def _hostile_text(text: str) -> str:
    head = text.replace("minutes: ", f"warning: '{HOSTILE.replace(chr(39), '')}'\nminutes: ", 1)
    head = re.sub(r"(?m)^## .*$", lambda found: f"{found[0]}\n\n{MARKDOWN}", head, count=1)
    return head.replace("\n### ", f"\n### {HOSTILE} ", 2)


def _walk(site: Site, browser: Browser) -> Iterator[TestResponse]:
    """Give what the author's links lead to: of each kind of page the first few, in English."""
    waiting, seen = list(STARTS), set(STARTS)
    visits: dict[str, int] = {}
    while waiting:
        response = browser.get(waiting.pop(0))
        assert response.status_code < 500, response.request.path
        yield response
        links = Html.of(response.text).links() if response.mimetype == "text/html" else []
        for url in (link.partition("#")[0] for link in links):
            endpoint = _endpoint(site, url)
            if (
                url not in seen
                and endpoint != "elsewhere"
                and visits.get(endpoint, 0) < MOST_VISITS
            ):
                seen.add(url)
                waiting.append(url)
                visits[endpoint] = visits.get(endpoint, 0) + 1


def _endpoint(site: Site, url: str) -> str:
    """Give which page an address is of; one that is not of the workshop is not visited."""
    if not url.startswith("/en/author"):
        return "elsewhere"
    with site.app.test_request_context(url) as context:
        return context.request.endpoint or "elsewhere"


def _faults(response: TestResponse) -> list[str]:
    """Give what a browser would run, load from elsewhere, or send elsewhere."""
    where = response.request.path
    found = [
        f"header {name}"
        for name, value in response.headers
        if "\n" in value or "\r" in value or MARK in name
    ]
    named = response.headers.get("Content-Disposition", "")
    if named and not re.fullmatch(r"(?:inline|attachment); filename=[a-z0-9.-]+", named):
        found.append(named)
    if response.mimetype == "text/html":
        for one in Html.of(response.text).elements:
            found += _element_faults(one)
    return [f"{where}: {fault}" for fault in found]


def _element_faults(one: Element) -> Iterator[str]:
    if one.name in {MARK, "iframe", "object", "embed", "base"}:
        yield f"<{one.name}>"
    if one.name == "script" and not one["src"].startswith("/static/"):
        yield "a script of its own"
    for name, value in one.attributes.items():
        if name.startswith("on") or name in {"style", "srcdoc", "formaction"}:
            yield f"{one.name} {name}"
        if name in {"href", "src", "action", "poster"} and not _is_harmless(one.name, value):
            yield f"{one.name} {name}={value}"


def _is_harmless(name: str, value: str) -> bool:
    parts = urlsplit(value)
    is_ours = not parts.scheme and not parts.netloc and not value.startswith(("\\", "//"))
    leads_out = name == "a" and parts.scheme in {"https", "mailto", "tel", "sms"}
    return is_ours or leads_out


def test_nothing_that_an_author_can_type_runs_on_any_page_of_another_author(
    site: Site, author: tuple[Browser, User], settings: Settings
) -> None:
    browser, user = author
    path = settings.content / "modules/01-first/en.md"
    path.write_text(_hostile_text(path.read_text(encoding="utf-8")), encoding="utf-8")
    facts = settings.content / "facts.yml"
    facts.write_text(
        facts.read_text(encoding="utf-8")
        .replace("A fact.", f'"{MARK}<{MARK}>"')
        .replace("A source, 2026", f"'<{MARK} onclick=x>'")
        .replace("example.org", "'javascript:alert(1)'"),
        encoding="utf-8",
    )
    (settings.content / "modules/02-second/media").mkdir()
    odd = settings.content / f"modules/02-second/media/<{MARK}>\u202egnp.png"
    odd.write_bytes(samples.png())
    text = path.read_text(encoding="utf-8")

    def write(db: Session) -> None:
        draft = _draft(db, FIRST, "# A\n", text, user)
        act_on(db, draft.id, DraftAct.SEND, by=user.id, reason=HOSTILE, now=factories.NOW)
        act_on(db, draft.id, DraftAct.RETURN, by=user.id, reason=HOSTILE, now=factories.NOW)
        _draft(db, "content/courses/seminar.yml", "", f"title: {HOSTILE}\n{MARKDOWN}", user)
        for number in range(2):
            source = Source(Origin.BROWSER, HOSTILE[:60], factories.NOW, HOSTILE)
            append_revision(db, FIRST, f"{text}\n{number} {MARKDOWN}", source)
        digest = keep_original(settings.instance / "originals", [samples.png((9, 9))])
        row = MediaFile(path="content/modules/01-first/media/x.png", digest=digest, size=1)
        row.alt = {"fr": HOSTILE, "en": HOSTILE}
        row.uploaded_at, row.uploaded_by = factories.NOW, user.id
        db.add(row)

    site.do(write)
    faults: list[str] = []
    pages = 0
    for response in _walk(site, browser):
        pages += 1
        faults += _faults(response)
    assert faults == []
    assert pages > 20


def _closed_things(site: Site, user: User, settings: Settings) -> list[str]:
    """Let a testimony stand wherever the workshop can hold it; gives the addresses that show it."""
    home = settings.content / "testimonies/lea"
    long = " ".join([f"{CANARY}-LONG", *["and"] * 60])
    text = (home / "en.md").read_text(encoding="utf-8")
    text += f"\n{long}.\n\n[{CANARY}-LINK](../{CANARY}-LINK.md) <{CANARY}-TAG> [^{CANARY}-FACT]\n"
    (home / "en.md").write_text(text, encoding="utf-8")
    (home / "media").mkdir()
    (home / "media/street.png").write_bytes(samples.png((7, 7)))

    def write(db: Session) -> list[str]:
        draft = _draft(db, LEA, text, f"{text}\n{CANARY}-DRAFT.\n", user)
        found = [f"/en/author/drafts/{draft.id}", f"/en/author/drafts/{draft.id}/review"]
        found += [f"{found[0]}/lines", f"/en/author/publish/drafts/{draft.id}"]
        source = Source(Origin.BROWSER, user.login, factories.NOW, "")
        ids = [append_revision(db, LEA, f"{text}{n}\n", source).id for n in range(2)]
        found += [f"/en/author/history/{one}" for one in ids]
        found += [f"/en/author/history/{ids[0]}/back"]
        return [*found, f"/en/author/compare?from={ids[0]}&to={ids[1]}"]

    return site.do(write)


def test_words_that_were_taken_back_are_not_in_drafts_editions_problems_or_media(
    site: Site, author: tuple[Browser, User], settings: Settings
) -> None:
    site.do(publish_lea)
    browser, user = author
    addresses = _closed_things(site, user, settings)
    shown = [url for url in addresses if CANARY in browser.get(url).text]
    assert len(shown) >= 5
    page = browser.page("/en/author/media")
    [street] = [one["src"] for one in page.elements if one.name == "img"]
    assert browser.get(street).status_code == 200
    site.do(take_back)
    for url in addresses:
        response = browser.get(url)
        assert response.status_code in {404, 409}, url
        assert CANARY not in response.text, url
    assert browser.get(street).status_code == 404
    token = {"path": LEA}
    answer = browser.post("/en/author/drafts", token)
    assert answer.status_code == 409
    assert CANARY not in answer.text
    words = ("LONG", "LINK", "TAG", "FACT", "DRAFT", "WORDS", "WARNING")
    told = [
        (response.request.path, word)
        for response in _walk(site, browser)
        for word in words
        if f"{CANARY}-{word}".encode() in response.get_data()
    ]
    assert told == []


def test_a_draft_of_words_that_were_taken_back_cannot_be_written_or_shown(
    site: Site, author: tuple[Browser, User], settings: Settings
) -> None:
    site.do(publish_lea)
    browser, user = author
    url = _closed_things(site, user, settings)[0]
    known = dict(browser.page(url).form(url).fields)["known"]
    site.do(take_back)
    sent = {"known": known, "text": "New words.", "digest": known}
    for path in ("", "/preview", "/send", "/approve", "/return", "/withdraw"):
        answer = browser.post(f"{url}{path}", sent)
        assert answer.status_code == 409, path
        assert CANARY not in answer.text, path
    draft_id = uuid.UUID(url.rsplit("/", 1)[1])
    assert site.do(lambda db: db.get_one(Draft, draft_id).state) == "draft"


ACTS = (
    "/en/author/drafts",
    "/en/author/drafts/{draft}",
    "/en/author/drafts/{draft}/preview",
    "/en/author/drafts/{draft}/send",
    "/en/author/drafts/{draft}/approve",
    "/en/author/drafts/{draft}/return",
    "/en/author/drafts/{draft}/withdraw",
    "/en/author/drafts/new/module",
    "/en/author/drafts/new/testimony",
    "/en/author/publish",
    "/en/author/publish/drafts",
    "/en/author/publish/conflicts",
    "/en/author/publish/drafts/{draft}",
    "/en/author/facts/T01",
    "/en/author/new-fact",
    "/en/author/media/new",
    "/en/author/media/delete",
    "/en/author/modules/1/en/questions",
    "/en/author/modules/1/en/questions/draft",
)


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.PARTNER])
def test_an_author_who_is_one_no_longer_changes_nothing_from_a_page_that_is_still_open(
    site: Site, author: tuple[Browser, User], role: Role
) -> None:
    browser, user = author
    draft = site.do(lambda db: _draft(db, FIRST, "# A\n", "# A\n\nB\n", user).id)
    browser.get(f"/en/author/drafts/{draft}")

    def demote(db: Session) -> None:
        db.get_one(User, user.id).role = role

    def state(db: Session) -> tuple[object, ...]:
        row = db.get_one(Draft, draft)
        return row.state, row.text, len(db.scalars(select(DraftEvent)).all())

    before = site.do(state)
    site.do(demote)
    fields = {"path": FIRST, "text": "# C\n", "known": "0" * 64, "reason": "x"}
    for path in ACTS:
        assert browser.post(path.format(draft=draft), fields).status_code == 403, path
    assert site.do(state) == before
    assert browser.get(f"/en/author/drafts/{draft}").status_code == 403


def test_a_forms_file_with_a_hostile_name_and_type_is_told_by_neither(
    author: tuple[Browser, User],
) -> None:
    browser, _user = author
    url = "/en/author/modules/1/en/questions"
    browser.get(url)
    name = f"../../<{MARK}>\r\nSet-Cookie: a=b.gift"
    gift = f"::{HOSTILE}:: {HOSTILE}? {{ =a ~b }}".encode()
    data = {"csrf_token": browser.token, "file": (BytesIO(gift), name, f"text/{MARK}")}
    answer = browser.send("POST", url, data=data, content_type="multipart/form-data")
    assert answer.status_code < 500
    assert _faults(answer) == []
    assert "a=b" not in str(answer.headers)
