"""The words of somebody who takes them back are in no preview, not even in one that was ready."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.publishing.consent import ConsentAct, Terms
from lms.publishing.consent_register import Clerk, Entry, append_event, withdraw_testimony
from lms.publishing.preview import start
from lms.publishing.preview.spool import Spool
from lms.settings import Settings
from tests.factories import NOW
from tests.web.site import Site
from tests.web.writer import JSON, TEXT, Writer

CANARY = "canary-of-rose"
ROSE = f"""---
id: rose
language: en
kind: original
consent: {{given: 2026-01-01, until: 2027-11-20, scope: [seminar], contact: P-1}}
---

The words of {CANARY}.
"""
CALLING = TEXT.replace("A *short* text.\n", "Before.\n\n[[testimony: rose]]\n\nAfter.\n", 1)


@pytest.fixture
def engine_name() -> str:
    """Give one database: the register's own tests use both."""
    return "sqlite"


@pytest.fixture(autouse=True)
def _end_previews(shared_app: Flask) -> Iterator[None]:
    yield
    settings: Settings = shared_app.extensions["virage_settings"]
    start.end(Spool(settings.instance / "previews"))


@pytest.fixture
def _rose(content_folder: Path) -> Iterator[None]:
    """Put an original testimony among the files that stand."""
    home = content_folder / "testimonies" / "rose"
    home.mkdir(parents=True)
    (home / "en.md").write_text(ROSE, encoding="utf-8")
    yield
    shutil.rmtree(home.parent)


def take_back(db: Session) -> None:
    """Write down that the consent was given, and that it is withdrawn."""
    clerk = Clerk("partner", NOW)
    terms = Terms(date(2026, 1, 1), date(2027, 11, 20), frozenset({"seminar"}))
    append_event(db, Entry("rose", ConsentAct.GIVEN, terms), clerk)
    withdraw_testimony(db, "rose", clerk)


@pytest.mark.usefixtures("_rose")
def test_a_preview_that_is_ready_loses_the_words_that_are_taken_back(site: Site) -> None:
    writer = Writer(site)
    seen = writer.look(CALLING)
    assert CANARY in seen["page"]
    site.do(take_back)
    again = writer.browser.get(seen["ticket"], headers=JSON).get_json()["page"]
    whole = writer.browser.get(seen["ticket"]).text
    tried = writer.browser.post(f"{seen['ticket']}/practice/1", {"p1-answer": "0"}).text
    anew = writer.look(f"{CALLING}\n")["page"]
    for page in (again, whole, tried, anew):
        assert CANARY not in page
        assert "After." in page
        assert "no longer shown" in page


@pytest.mark.usefixtures("_rose")
def test_the_box_does_not_show_the_words_either(site: Site) -> None:
    writer = Writer(site, "content/testimonies/rose/en.md")
    seen = writer.look(ROSE)
    assert CANARY in seen["page"]
    site.do(take_back)
    for url in (writer.url, f"{writer.url}/lines", seen["ticket"]):
        answer = writer.browser.get(url)
        assert answer.status_code == 409
        assert CANARY not in answer.text
    assert writer.browser.post("/en/author/drafts", {"path": writer.path}).status_code == 409
    assert CANARY not in writer.save(f"{ROSE}\nmore\n").text
    assert CANARY not in writer.ask(ROSE).text
