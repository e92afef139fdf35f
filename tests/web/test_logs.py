"""Logs say what happened and never to whom: fields on a list, and no others."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from lms.accounts.roles import Role
from lms.kernel.database import open_database
from lms.web.logs import JsonLines
from tests.factories import PASSWORD, make_code, make_user
from tests.web.crawl import crawl
from tests.web.quizzes import answer_all, hand_in
from tests.web.site import Site

FIELDS = frozenset(
    {"time", "level", "logger", "event", "fault", "endpoint", "method", "status", "ms", "trace"}
)
LOGIN = "canary-login"
TYPED = "canary-typed"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Give all that this process logs, as it would stand in the file."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    """Read the lines."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_whole_stay_leaves_no_login_code_answer_or_token_in_the_logs(
    site: Site, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = site.do(make_code)
    browser = site.stranger()
    account = {"login": LOGIN, "password": PASSWORD, "password_again": PASSWORD}
    browser.post("/fr/begin", {"code": code})
    browser.post("/fr/begin/account", account)
    browser.post("/fr/notice", {"agree": "yes"})
    browser.post("/fr/login", {"login": LOGIN, "password": "canary-password"})
    browser.get(f"/fr/check?n={TYPED}&s={TYPED}")
    browser.get(f"/fr/{TYPED}")
    person, _attempt = site.taker()
    answer_all(site, person, 1, right=False)
    person.browser.post("/fr/module/1/quiz/1", {"answer": TYPED})
    browser.send("POST", "/fr/notice", data={"agree": TYPED})
    secrets = [code, code.replace("-", ""), LOGIN, TYPED, "canary-password", PASSWORD]
    secrets += [browser.token, *browser.cookies().values(), *person.browser.cookies().values()]
    secrets += [person.user.login, person.enrolment.pseudonym, str(person.enrolment.id)]

    def broken() -> str:
        raise RuntimeError(TYPED)

    monkeypatch.setitem(site.app.view_functions, "participant.course", broken)
    assert person.browser.get(f"/fr/course?{TYPED}").status_code == 500
    assert browser.post(f"/fr/login?{TYPED}", {"login": f"{LOGIN}\x00"}).status_code == 422
    for _ in crawl(site.staff(Role.COORDINATOR), "/fr/coordinator"):
        pass
    written = log.getvalue()
    assert [secret for secret in secrets if secret in written] == []
    assert "127.0.0.1" not in written
    assert len(lines(log)) > 15


def test_every_line_is_json_with_fields_of_the_list_alone(site: Site, log: io.StringIO) -> None:
    person = site.reader()
    hand_in(site, person, 1)
    logging.getLogger("lms.web").info("noted", extra={"login": LOGIN, "endpoint": "x"})
    logging.getLogger("somebody.else").warning("talks of %s", TYPED)
    found = lines(log)
    assert {name for line in found for name in line} <= FIELDS
    assert {"request", "message", "noted"} <= {line["event"] for line in found}
    asked = [line for line in found if line["event"] == "request"]
    assert {"participant.submit", "participant.answer"} <= {line["endpoint"] for line in asked}
    assert all(isinstance(line["ms"], float) for line in asked)
    assert LOGIN not in log.getvalue()
    assert TYPED not in log.getvalue()


def test_a_fault_is_noted_with_its_places_in_the_code_and_without_its_words(
    site: Site, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError(TYPED)

    monkeypatch.setitem(site.app.view_functions, "public.help_lines", broken)
    assert site.stranger().get("/fr/help").status_code == 500
    fault = next(line for line in lines(log) if line["event"] == "unexpected")
    assert fault["fault"] == "RuntimeError"
    assert fault["trace"][-1].endswith(" broken")
    assert TYPED not in log.getvalue()


def test_a_database_that_fails_does_not_tell_what_was_asked_of_it(
    site: Site, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = site.stranger()
    browser.get("/fr/login")
    gone = open_database("sqlite:////no/such/folder/canary.db")
    monkeypatch.setitem(site.app.extensions, "virage_database", gone)
    response = browser.post("/fr/login", {"login": LOGIN, "password": "canary-password"})
    assert response.status_code == 503
    fault = next(line for line in lines(log) if line["event"] == "database")
    assert fault["fault"] == OperationalError.__name__
    assert "canary" not in log.getvalue()


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_fault_inside_an_error_page_is_noted_without_the_address(
    site: Site, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_values: object) -> str:
        raise RuntimeError(TYPED)

    monkeypatch.setattr("lms.web.errors.render_template", broken)
    with pytest.raises(RuntimeError):
        site.stranger().get(f"/fr/{TYPED}")
    assert any(line["event"] == "unexpected" for line in lines(log))
    assert TYPED not in log.getvalue()


def test_nobody_is_named_when_a_row_is_written_into_a_message(site: Site) -> None:
    user = site.do(make_user, LOGIN)
    assert LOGIN not in repr(user)
    assert str(user.id)[:13] not in repr(user)
