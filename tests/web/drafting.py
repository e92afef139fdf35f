"""Authors at their browsers, and drafts of the small course's first module."""

import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.authoring.drafts import begin, find_draft, save
from lms.authoring.models import Draft, PublishedFile
from lms.authoring.revisions import Origin, Source, append_revision, text_digest
from lms.settings import Settings
from tests.factories import make_user
from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.site import Site

PATH = "content/modules/01-first/en.md"
WORDS = ("A *short* text.", "A *clear* text.")


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who writes here, with his browser."""

    site: Site
    user: User
    browser: Browser

    def begin(self, *changes: tuple[str, str], path: str = PATH) -> uuid.UUID:
        """Begin a draft of a file and change some of its words, in the editor."""
        draft = self.site.do(
            begin, path, standing(self.site, path), by=self.user.id, now=self.site.clock()
        )
        text = draft.text
        for old, new in changes or (WORDS,):
            assert old in text, old
            text = text.replace(old, new)
        self.write(draft.id, text)
        return draft.id

    def write(self, draft_id: uuid.UUID, text: str) -> None:
        """Save a text."""
        known = draft_of(self.site, draft_id).digest
        self.site.do(save, draft_id, text, known=known, by=self.user.id, now=self.site.clock())

    def review(self, draft_id: uuid.UUID) -> Html:
        """Open the page of a review."""
        return self.browser.page(f"/en/author/drafts/{draft_id}/review")

    def press(self, draft_id: uuid.UUID, act: str, **fields: str) -> int:
        """Send what the form of an act sends for the text as it stands; gives the status."""
        filled = {f"{act}-{name}": text for name, text in fields.items()}
        filled["digest"] = draft_of(self.site, draft_id).digest
        return self.browser.post(f"/en/author/drafts/{draft_id}/{act}", filled).status_code


def standing(site: Site, path: str = PATH) -> str:
    """Give the text of a file in the folder."""
    settings: Settings = site.app.extensions["virage_settings"]
    file: Path = settings.content / path.removeprefix("content/")
    return file.read_text(encoding="utf-8")


def author(site: Site, login: str = "") -> Author:
    """Give an author, signed in."""
    user = site.do(make_user, login, role=Role.AUTHOR)
    return Author(site, user, site.staff(Role.AUTHOR, user))


def draft_of(site: Site, draft_id: uuid.UUID) -> Draft:
    """Give a draft as it stands."""
    return site.do(find_draft, draft_id)


def published(site: Site, *changes: tuple[str, str], path: str = PATH) -> None:
    """Publish the text of a file, changed so."""
    text = standing(site, path)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)

    def publish(db: Session) -> None:
        made = append_revision(db, path, text, Source(Origin.BROWSER, "tests", site.clock()))
        met = text_digest(standing(site, path))  # the folder has not changed since
        db.merge(PublishedFile(path=path, revision_id=made.id, met_digest=met))

    site.do(publish)


def marked(page: str, name: str) -> list[str]:
    """Give the words that stand in `<ins>` or `<del>`, without what is only said."""
    found = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
    return [re.sub(r"<span class=\"visually-hidden\".*?</span>", "", one) for one in found]


def source(who: Author, draft_id: uuid.UUID, lang: str = "en") -> str:
    """Give the page of a review as it is sent."""
    return who.browser.get(f"/{lang}/author/drafts/{draft_id}/review").text
