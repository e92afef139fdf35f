"""The database is locked, gone or of another day: a sentence, and nothing typed is lost."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text

from lms.kernel.database import Database, open_database
from lms.kernel.migrate import downgrade
from tests.web.markup import Html
from tests.web.quizzes import open_attempt, place_of
from tests.web.site import Person, Site
from tests.web.wellmade import header_faults, page_faults

TEXT = "canary-typed : ce que je retiens"
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


def open_question(site: Site) -> tuple[Person, str]:
    """Give somebody before the open question, with its token, and its address."""
    person, _attempt = site.taker()
    url = f"/fr/module/1/quiz/{place_of(open_attempt(site, person), 'open')}"
    person.browser.get(url)
    return person, url


def assert_said(person: Person, url: str) -> None:
    """Expect that he is told in his language, and that the answer is still in the page."""
    for lang in ("fr", "en"):
        where = url.replace("/fr/", f"/{lang}/")
        response = person.browser.post(where, {"answer": TEXT, "version": "0"})
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        assert [*header_faults(response), *page_faults(response, lang)] == []
        page = Html.of(response.text)
        assert (page.h1 == "This could not be saved") == (lang == "en")
        assert dict(page.form(where).fields)["answer"] == TEXT


def send_again(person: Person, url: str) -> int:
    """Send the answer; gives the status."""
    return person.browser.post(url, {"answer": TEXT, "version": "0"}).status_code


@contextmanager
def other_database(app: Flask, database: Database) -> Iterator[None]:
    """Let the application work on another database for a while."""
    kept = app.extensions["virage_database"]
    app.extensions["virage_database"] = database
    try:
        yield
    finally:
        app.extensions["virage_database"] = kept
        database.engine.dispose()


def impatient(url: str) -> Database:
    """Open a database that waits 20 ms for a lock and not 5 s."""
    database = open_database(url)

    def hurry(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=20")

    event.listen(database.engine, "connect", hurry)
    return database


def test_while_the_database_is_locked_pages_are_shown_and_answers_wait(real_site: Site) -> None:
    person, url = open_question(real_site)
    path = str(real_site.database.engine.url.database)
    database = impatient(f"sqlite:///{path}")
    with other_database(real_site.app, database), closing(sqlite3.connect(path)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        real_site.clock.advance(minutes=2)  # so that last-seen would be noted
        assert person.browser.get("/fr/course").status_code == 200
        assert_said(person, url)
        other.execute("ROLLBACK")
        assert send_again(person, url) == 303


@pytest.mark.parametrize(
    "address", ["sqlite:////no/such/folder/virage.db", "postgresql+psycopg://x@/x?host=/no/such"]
)
def test_when_the_database_is_gone_he_is_told_and_can_send_again_when_it_is_back(
    real_site: Site, address: str
) -> None:
    person, url = open_question(real_site)
    gone = open_database(address)
    with other_database(real_site.app, gone):
        assert_said(person, url)
        for path in ("/fr/course", "/en/account", "/readyz"):
            assert person.browser.get(path).status_code == 503
        assert real_site.stranger().get("/fr/help").status_code == 200
        assert real_site.stranger().get("/healthz").status_code == 200
    assert send_again(person, url) == 303


def test_a_database_that_cannot_be_written_still_lets_people_read(
    real_site: Site, tmp_path: Path
) -> None:
    person, url = open_question(real_site)
    real_site.database.engine.dispose()
    source = Path(str(real_site.database.engine.url.database))
    shutil.copy(source, tmp_path / "copy.db")
    database = open_database(f"sqlite:///{tmp_path / 'copy.db'}")

    def refuse(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    event.listen(database.engine, "connect", refuse)
    with other_database(real_site.app, database):
        real_site.clock.advance(minutes=2)
        assert person.browser.get("/fr/course").status_code == 200
        assert_said(person, url)
        assert (
            real_site.stranger().post("/fr/login", {"login": "a", "password": "b"}).status_code
            == 503
        )
    assert send_again(person, url) == 303


def test_a_database_that_was_never_migrated_or_is_one_migration_behind_is_not_ready(
    real_site: Site, tmp_path: Path
) -> None:
    person, url = open_question(real_site)
    empty = open_database(f"sqlite:///{tmp_path / 'empty2.db'}")
    with other_database(real_site.app, empty):
        ready = real_site.stranger().get("/readyz")
        assert ready.status_code == 503
        assert ready.json == {"status": "the database needs `lms db upgrade`"}
        assert_said(person, url)
    real_site.database.engine.dispose()
    source = Path(str(real_site.database.engine.url.database))
    shutil.copy(source, tmp_path / "behind.db")
    behind_url = f"sqlite:///{tmp_path / 'behind.db'}"
    downgrade(behind_url, "-1")
    with other_database(real_site.app, open_database(behind_url)):
        assert real_site.stranger().get("/readyz").status_code == 503
        assert person.browser.get("/fr/course").status_code in {200, 503}
    assert real_site.stranger().get("/readyz").status_code == 200


def test_a_stranger_who_logs_in_meanwhile_does_not_lose_his_login(
    real_site: Site, tmp_path: Path
) -> None:
    browser = real_site.stranger()
    browser.get("/fr/login")
    with other_database(real_site.app, open_database(f"sqlite:///{tmp_path}/no/virage.db")):
        response = browser.post("/fr/login", {"login": "canary-login", "password": "canary-secret"})
    assert response.status_code == 503
    assert dict(Html.of(response.text).form("/fr/login").fields)["login"] == "canary-login"
    assert "canary-secret" not in response.text


def test_nothing_of_the_databases_own_words_reaches_a_page(
    real_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        with real_site.database.read() as db:
            db.execute(text("SELECT canary_column FROM canary_table"))
        return ""

    monkeypatch.setitem(real_site.app.view_functions, "public.help_lines", broken)
    response = real_site.stranger().get("/fr/help")
    assert response.status_code == 503
    assert "canary" not in response.text


def test_the_way_out_and_the_help_lines_do_not_wait_for_the_database(
    real_site: Site, tmp_path: Path
) -> None:
    person = real_site.participant()
    gone = open_database(f"sqlite:///{tmp_path / 'nowhere' / 'virage.db'}")
    with other_database(real_site.app, gone):
        assert person.browser.copy().get("/fr/help").status_code == 200
        out = person.browser.get("/fr/exit")
    assert out.status_code == 303
    assert out.headers["Location"] == "https://meteo.gc.ca/"
    assert "_user_id" not in person.browser.cookies().get("s", "")
    assert person.browser.get("/fr/course").status_code == 401


def test_the_way_out_is_open_while_somebody_else_writes(real_site: Site) -> None:
    person = real_site.participant()
    real_site.clock.advance(minutes=5)  # its last use is due to be noted as well
    with real_site.database.write() as other:
        other.execute(text("UPDATE programme SET name = name"))
        begun = time.perf_counter()
        assert person.browser.get("/fr/exit").status_code == 303
        assert time.perf_counter() - begun < 4  # a write waits five seconds and more
        other.rollback()
