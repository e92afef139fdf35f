"""Ask for every address as every role, and give all that came back, also what is packed."""

import io
import zipfile
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from flask import url_for
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.authoring.models import Draft, FileRevision
from tests.pdf import text_of
from tests.privacy.stage import Stage
from tests.proof.asking import WORDS
from tests.web.scene import FIELDS, rules
from tests.web.site import Site

MOST = {"GET": 30, "POST": 3}  # addresses of one rule: things and places, and no more
SHUT = frozenset({401, 403})
LEAVES = frozenset({"public.leave", "auth_entrance.logout"})
NUMBERS = {"number": (1, 2), "page": (1,), "place": range(1, 10)}


def looks(site: Site, stage: Stage, role: str) -> Iterator[tuple[str, TestResponse]]:
    """Give the answer to every GET, each with its address."""
    yield from _asked(site, stage, role, "GET")


def sends(site: Site, stage: Stage, role: str) -> Iterator[tuple[str, TestResponse]]:
    """Give the answer to every form, empty and with its fields; each is undone after."""
    yield from _asked(site, stage, role, "POST")


def _asked(site: Site, stage: Stage, role: str, method: str) -> Iterator[tuple[str, TestResponse]]:
    for rule, its_method in rules(site):
        if its_method != method or rule.endpoint in LEAVES:
            continue
        for url in islice(_urls(site, stage, rule), MOST[method]):
            browser = stage.browsers[role].copy()
            with site.undone():
                answer = (
                    browser.get(url)
                    if method == "GET"
                    else browser.post(url, FIELDS.get(rule.endpoint, {}))
                )
            yield f"{method} {url}", answer
            if answer.status_code in SHUT:
                break  # shut to this role, whatever stands in the address


def _urls(site: Site, stage: Stage, rule: Rule) -> Iterator[str]:
    names = sorted(rule.arguments)
    pools = [_pool(site, stage, name) for name in names]
    with site.app.test_request_context():
        found = [
            url_for(rule.endpoint, **dict(zip(names, values, strict=True)))
            for values in product(*pools)
        ]
    yield from found


def _pool(site: Site, stage: Stage, name: str) -> Any:  # noqa: ANN401 - what fits the address
    if name in stage.pools:
        return stage.pools[name]
    if name in NUMBERS:
        return NUMBERS[name]
    if name == "draft_id":
        return site.do(lambda db: db.scalars(select(Draft.id)).all())
    if name == "revision_id":
        return site.do(lambda db: db.scalars(select(FileRevision.id)).all())
    if name in WORDS:
        return WORDS[name]
    raise LookupError(f"an address has <{name}>: say in tests/privacy what exists to put there")


def received(answer: TestResponse) -> str:
    """Give all that came: address, status line, headers, body; a packed file unpacked."""
    data = answer.get_data()
    return "\n".join([
        answer.request.url, str(answer.headers), data.decode("utf-8", errors="replace"),
        *_unpacked(data),
    ])  # fmt: skip


def _unpacked(data: bytes) -> Iterator[str]:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for name in file.namelist():
                yield name
                yield file.read(name).decode("utf-8", errors="replace")
    if data.startswith(b"%PDF"):
        yield text_of(data)
        # The particulars of a PDF are UTF-16 in hex, or bytes as they are.
        yield _utf16(data)


def _utf16(data: bytes) -> str:
    found = []
    for part in data.split(b"<FEFF")[1:]:
        digits = part.partition(b">")[0]
        try:
            found.append(bytes.fromhex(digits.decode()).decode("utf-16-be"))
        except (ValueError, UnicodeDecodeError):
            continue
    return "\n".join(found)
