"""An author at the editor, for tests: his draft, his box, his previews."""

import time
import uuid
from typing import Any

from werkzeug.test import TestResponse

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.authoring import drafts
from lms.authoring.models import Draft
from tests import factories
from tests.sample_course import FILES
from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.site import Site

PATH = "content/modules/01-first/en.md"
TEXT = FILES["modules/01-first/en.md"]
JSON = {"Accept": "application/json"}
_PATIENCE = 120.0  # seconds: whoever makes previews gives way to all the other tests


class Writer:
    """An author at his browser, with a draft open."""

    def __init__(self, site: Site, path: str = PATH) -> None:
        self.site = site
        self.path = path
        self.user: User = site.do(factories.make_user, role=Role.AUTHOR)
        self.browser: Browser = site.staff(Role.AUTHOR, self.user)
        self.browser.get("/en/account")
        begun = self.browser.post("/en/author/drafts", {"path": path})
        assert begun.status_code == 303, begun.status_code
        self.url = begun.headers["Location"]
        self.known = dict(self.page().form(self.url).fields)["known"]

    @property
    def draft_id(self) -> uuid.UUID:
        """The draft's own name."""
        return uuid.UUID(self.url.rsplit("/", 1)[1])

    def page(self) -> Html:
        """Open the editor."""
        return self.browser.page(self.url)

    def box(self) -> str:
        """Give what stands in the box when the editor is opened."""
        return box_in(self.browser.get(self.url).text)

    def save(self, text: str, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
        """Press a button under the box."""
        sent = {"known": self.known, "do": "save", "text": text, **fields}
        return self.browser.post(self.url, sent, headers=headers)

    def draft(self) -> Draft:
        """Give the draft as the database has it."""
        with self.site.database.read() as db:
            return drafts.find_draft(db, self.draft_id)

    def ask(self, text: str, **fields: str) -> TestResponse:
        """Ask for a preview as the script does."""
        return self.browser.send(
            "POST",
            f"{self.url}/preview",
            data=text.encode(),
            query_string=fields,
            content_type="text/plain",
            headers={"X-CSRFToken": self.browser.token},
        )

    def look(self, text: str, **fields: str) -> dict[str, Any]:
        """Ask for a preview and wait until all of it is there."""
        answer = self.ask(text, **fields)
        while answer.status_code == 429:
            time.sleep(0.05)
            answer = self.ask(text, **fields)
        assert answer.status_code == 202, answer.text
        return self.wait(answer.get_json()["ticket"])

    def wait(self, ticket: str) -> dict[str, Any]:
        """Give what comes of a ticket, once all of it is there."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            told: dict[str, Any] = self.browser.get(ticket, headers=JSON).get_json()
            if told["done"]:
                return {"ticket": ticket, **told}
            time.sleep(0.03)
        raise AssertionError(f"nothing came of {ticket}")


def box_in(page: str) -> str:
    """Give what stands in the box, as a browser would show it."""
    found = [one.text for one in Html.of(page).all("textarea") if one["name"] == "text"]
    assert found, page[:2000]
    return found[0].removeprefix("\n")
