"""An author's browser beside the folder: the same site, seen from below the web as well."""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts.roles import Role
from lms.authoring.models import Draft
from lms.authoring.publication import House
from tests.authoring.shop import FIRST, Shop
from tests.factories import WORDS, make_user
from tests.web.author.browsing import Browser

PUBLISH = "/en/author/publish"
CONFLICTS = f"{PUBLISH}/conflicts"
SHORT = "A *short* text.\n\n- a"
BROWSER, FOLDER = "From the browser.", "From the folder."


@dataclass(frozen=True, slots=True)
class BothDoors:
    """A browser, and the workshop whose database and folder it shares."""

    author: Browser
    shop: Shop

    def draft(self, old: str = SHORT, new: str = f"{BROWSER}\n\n- a", path: str = FIRST) -> Draft:
        """Approve a draft of a colleague's."""
        draft = self.shop.draft(path, old, new)
        self.shop.db.commit()
        return draft

    def publish_draft(self) -> None:
        """Publish a draft of a colleague's."""
        self.shop.publish_drafts(self.draft())
        self.shop.db.commit()

    def in_folder(self, old: str = SHORT, new: str = f"{FOLDER}\n\n- a") -> None:
        """Change the folder, as git would."""
        self.shop.edit(FIRST, old, new)

    def publish_folder(self) -> None:
        """Publish the folder at the command line."""
        self.shop.publish()
        self.shop.db.commit()

    def collide(self) -> None:
        """Let both doors change one line."""
        self.publish_draft()
        self.in_folder()

    def published(self) -> str:
        """Give the published text."""
        self.shop.db.expire_all()
        return self.shop.published(FIRST)


def both_doors(author: Browser, db: Session, place: Path, folder: Path) -> BothDoors:
    """Open both doors of a site whose folder is published."""
    house = House(folder, place / "originals", place / "media", WORDS)
    shop = Shop(db, house, make_user(db, role=Role.AUTHOR).id)
    shop.start()
    db.commit()
    return BothDoors(author, shop)


def field(page: str, name: str) -> str:
    """Give the value of the first field of this name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def told(answer: TestResponse, status: int) -> str:
    """Give the text of an answer that has this status."""
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, text
    return text
