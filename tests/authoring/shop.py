"""A workshop under test: a content folder, an instance, and the acts of its authors."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.authoring.drafts import act_on, begin, save
from lms.authoring.models import Draft, MediaFile
from lms.authoring.plan import plan_drafts, plan_folder
from lms.authoring.publication import House, Publication, Publisher, append, press
from lms.authoring.sides import Side
from lms.authoring.states import DraftAct
from lms.authoring.workspace import Meeting, read_workspace
from lms.kernel.table import Base
from lms.publishing.originals import keep_original
from lms.publishing.service import Step
from tests.factories import NOW, WORDS, make_user
from tests.sample_course import write_course

FIRST = "content/modules/01-first/en.md"
SECOND = "content/modules/02-second/en.md"
COURSE = "content/courses/seminar.yml"
TODAY = NOW.date()
_TABLES = (
    "course_revision",
    "module_revision",
    "section_text",
    "item_text",
    "published_course",
    "published_module",
    "file_revision",
    "published_file",
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A folder and the database beside it."""

    db: Session
    house: House
    author: uuid.UUID

    def file(self, path: str) -> Path:
        """Give a file of the folder."""
        return self.house.folder / path.removeprefix("content/")

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a file of the folder, as git would."""
        data = self.file(path).read_bytes()
        assert old.encode() in data, old
        self.file(path).write_bytes(data.replace(old.encode(), new.encode()))

    def write(self, path: str, data: bytes) -> None:
        """Put a file into the folder."""
        self.file(path).parent.mkdir(parents=True, exist_ok=True)
        self.file(path).write_bytes(data)

    def start(self) -> None:
        """Let the folder be published as it was written first; it is rendered once a run."""
        for name, rows in _published_rows().items():
            self.db.execute(insert(Base.metadata.tables[name]), list(rows))

    def plan(self, take: Mapping[str, Side] | None = None) -> Publication:
        """Plan to publish the folder."""
        return plan_folder(self.db, self.house, TODAY, take or {})

    def publish(self, take: Mapping[str, Side] | None = None) -> tuple[Step, ...]:
        """Publish the folder."""
        return self.finish(self.plan(take))

    def finish(self, plan: Publication) -> tuple[Step, ...]:
        """Press and append what was planned."""
        ready = press(self.db, plan, self.house)
        return append(self.db, ready, Publisher("somebody", self.author), now=NOW)

    def standing(self, path: str) -> str:
        """Give the text of a file that stands."""
        files = read_workspace(self.db, self.house.folder).files
        return files.texts[path].decode() if path in files.texts else ""

    def published(self, path: str) -> str:
        """Give the published text of a file."""
        return read_workspace(self.db, self.house.folder).published[path].text or ""

    def published_bytes(self, path: str) -> bytes:
        """Give the published bytes of a file of media."""
        digest = read_workspace(self.db, self.house.folder).published[path].digest
        return (self.house.originals / digest).read_bytes()

    def upload(self, path: str, data: bytes) -> None:
        """Put a file of media in by the browser, as it is after it was cleaned."""
        digest = keep_original(self.house.originals, [data])
        self.db.merge(
            MediaFile(
                path=path,
                digest=digest,
                size=len(data),
                alt={},
                uploaded_at=NOW,
                uploaded_by=self.author,
            )
        )
        self.db.flush()

    def how(self, path: str) -> Meeting:
        """Say how folder and browser stand."""
        return read_workspace(self.db, self.house.folder).meetings[path]

    def draft(self, path: str, old: str, new: str) -> Draft:
        """Write a draft in the browser, and have it approved."""
        draft = begin(self.db, path, self.standing(path), by=self.author, now=NOW)
        assert old in draft.text, old
        text = draft.text.replace(old, new)
        save(self.db, draft.id, text, known=draft.digest, by=self.author, now=NOW)
        return self.approve(draft)

    def approve(self, draft: Draft) -> Draft:
        """Send a draft and approve it."""
        for act in (DraftAct.SEND, DraftAct.APPROVE):
            act_on(self.db, draft.id, act, by=self.author, now=NOW)
        return draft

    def publish_drafts(self, *drafts: Draft) -> tuple[Step, ...]:
        """Publish approved drafts."""
        return self.finish(self.plan_drafts(*drafts))

    def plan_drafts(self, *drafts: Draft) -> Publication:
        """Plan to publish approved drafts."""
        return plan_drafts(self.db, self.house, TODAY, [draft.id for draft in drafts])


def open_shop(db: Session, place: Path) -> Shop:
    """Open a workshop whose folder is the small course."""
    author = make_user(db, role=Role.AUTHOR)
    instance = place / "instance"
    folder = write_course(place)
    return Shop(db, House(folder, instance / "originals", instance / "media", WORDS), author.id)


@cache
def _published_rows() -> Mapping[str, Sequence[dict[str, Any]]]:
    """Publish the small course through the whole pipe, once a run, and keep its rows."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with TemporaryDirectory() as place, Session(engine) as db:
        shop = open_shop(db, Path(place))
        shop.publish()
        rows = {
            name: [dict(row) for row in db.execute(select(Base.metadata.tables[name])).mappings()]
            for name in _TABLES
        }
    engine.dispose()
    return {name: found for name, found in rows.items() if found}
