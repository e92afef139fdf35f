"""Any fields at all, sent to any form by anybody: never a fault of ours."""

import random

import pytest

from lms.web.request import LANGUAGES
from tests.web.scene import make_scene, rules
from tests.web.site import Site

ROUNDS = 2
NAMES = (
    "answer", "line0", "line1", "line2", "p1-answer", "version", "switch", "then", "agree",
    "language", "login", "password", "password_again", "code", "number", "secret", "kept", "name",
    "course", "instructors", "count", "plan", "x", "",
)  # fmt: skip
VALUES = (
    "", " ", "0", "1", "-1", "3", "99", "9" * 30, "9" * 5000, "1e309", "NaN", "0x10", "٣", "yes",
    "fr", "en", "xx", "\x00", "a\x00b", "\ufffd", "\ud7ff", "🙂" * 50, "\u202e", "é" * 300,
    "x" * 6000, "' OR 1=1 --", "{{7*7}}", "<script>alert(1)</script>", "../../etc/passwd", "%00",
    "%ff%fe", "a\r\nSet-Cookie: x=1", "=1+1", "[]", "{}", "null", "true",
    "00000000-0000-0000-0000-000000000000",
)  # fmt: skip


def test_no_form_breaks_whatever_is_sent(site: Site) -> None:
    chance = random.Random(20261121)  # noqa: S311 - the same fields at each run
    scene = make_scene(site)
    broken = []
    for rule, method in rules(site):
        if method == "GET":
            continue
        for role in ("anonymous", "participant-own", "participant-other", "author", "coordinator"):
            for _ in range(ROUNDS):
                fields = [
                    (chance.choice(NAMES), chance.choice(VALUES))
                    for _ in range(chance.randrange(6))
                ]
                url = scene.url(rule, chance.choice(LANGUAGES))
                query = {chance.choice(NAMES): chance.choice(VALUES)}
                with site.undone():
                    browser = scene.browser(role, rule.endpoint)
                    response = browser.post(url, fields, query_string=query)
                if response.status_code >= 500 or "x=1" in str(response.headers):
                    broken.append((rule.endpoint, role, fields, query, response.status_code))
    assert broken == []


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"])
def test_no_page_breaks_whatever_stands_in_its_address(site: Site) -> None:
    scene = make_scene(site)
    broken = []
    for rule, method in rules(site):
        if method != "GET":
            continue
        role = "participant-own" if rule.endpoint.startswith("participant") else "instructor-own"
        browser = scene.browser(role, rule.endpoint)
        for value in ("\x00", "9" * 5000, "%ff"):
            query = dict.fromkeys(("page", "sort", "order", "state", "q", "n", "s", "then"), value)
            url = scene.url(rule)
            with site.undone():
                statuses = [browser.copy().get(url, query_string=query).status_code]
                parts = url.split("/")
                for at in range(2, len(parts)):
                    bent = "/".join(
                        [
                            *parts[:at],
                            value.replace("%", "%25") if value != "%ff" else value,
                            *parts[at + 1 :],
                        ]
                    )
                    statuses.append(browser.copy().get(bent).status_code)
            if max(statuses) >= 500:
                broken.append((rule.endpoint, value[:20], statuses))
    assert broken == []
