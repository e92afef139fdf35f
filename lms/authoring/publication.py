"""Publish the folder, or approved drafts: planned (`plan.py`), rendered, then all or nothing.

A plan looks and changes nothing; `press` renders with a session that only looks and holds no lock;
`append` writes in the writer's transaction, if everything is still as it was planned.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.authoring.closing import close_draft, lock_approved
from lms.authoring.models import FileRevision, PublishedFile
from lms.authoring.revisions import Origin, Source, append_media, append_revision
from lms.authoring.sides import Sides, below_content, conflicts
from lms.authoring.workspace import Published, published_files
from lms.content.model import Content, Problem, Severity
from lms.kernel.audit import SITE
from lms.kernel.errors import NotAllowedError
from lms.publishing.markdown.request import Words
from lms.publishing.media import Keeper, media_folder, originals_folder
from lms.publishing.media_kinds import MediaRefusedError
from lms.publishing.originals import Sources, keep_file
from lms.publishing.service import (
    Change,
    Press,
    Pressed,
    Progress,
    PublishedMeanwhileError,
    Signer,
    Step,
    append_pressed,
    press_content,
)
from lms.settings import Settings
from lms.surveys.press import SurveyEdition
from lms.surveys.service import append_surveys, press_surveys


@dataclass(frozen=True, slots=True)
class House:
    """Where a publication reads and keeps: the content folder, the instance's folders, words."""

    folder: Path
    originals: Path
    media: Path
    words: Mapping[str, Words] = field(default_factory=dict)


def house_of(
    settings: Settings, words: Mapping[str, Words], folder: Path | None = None
) -> House:  # fmt: skip
    """Give the house of a site; another folder than the site's, if one is named."""
    return House(
        folder or settings.content, originals_folder(settings), media_folder(settings), words
    )


@dataclass(frozen=True, slots=True)
class FileEdition:
    """How a file will stand: its digest, the digest on which folder and browser last met, its text.

    `text` is None for media, whose bytes are kept among the originals.
    """

    digest: str
    met: str
    text: str | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Publication:
    """What would be published: every file as it will stand, and what follows for the courses.

    `aside` holds texts of the folder that somebody set aside: they are kept as editions, so that
    nothing is lost. `drafts` maps each draft that is published to the digest that was approved;
    `behind` names those that were begun from a text that stands no longer.
    """

    content: Content
    problems: tuple[Problem, ...]
    steps: tuple[Step, ...]
    sources: Sources
    files: Mapping[str, FileEdition]
    before: Mapping[str, Published]
    sides: Mapping[str, Sides]
    aside: Mapping[str, FileEdition] = field(default_factory=dict)
    drafts: Mapping[uuid.UUID, str] = field(default_factory=dict)
    behind: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that refuse it."""
        return tuple(one for one in self.problems if one.severity is Severity.ERROR)

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The files that folder and browser have both changed: while there are any, it waits."""
        return conflicts(self.sides)

    @property
    def changed(self) -> tuple[Step, ...]:
        """The courses and modules that get another revision."""
        return tuple(step for step in self.steps if step.change is not Change.UNCHANGED)

    @property
    def changed_files(self) -> tuple[str, ...]:
        """The files that get another edition."""
        return tuple(
            path for path, one in self.files.items() if _differs(one, self.before.get(path))
        )

    @property
    def removed(self) -> tuple[str, ...]:
        """The files that stand no longer."""
        return tuple(sorted(self.before.keys() - self.files.keys()))

    @property
    def is_idle(self) -> bool:
        """Whether it would change nothing that anybody reads."""
        return not (self.changed or self.changed_files or self.removed)

    @property
    def mark(self) -> str:
        """A digest of all that it does: what is published must be what was looked at."""
        told = (
            [(step.kind, step.id, step.change, step.digest) for step in self.steps],
            sorted((path, one.digest, one.met) for path, one in self.files.items()),
            sorted((str(draft), digest) for draft, digest in self.drafts.items()),
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


class CheckRefusedError(NotAllowedError):
    """The check found errors: nothing is published before they are mended."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the check found errors; mend them first")
        self.problems = tuple(problems)


class ConflictError(NotAllowedError):
    """Folder and browser have both changed some files: a person decides."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(f"the folder and the browser have both changed: {', '.join(paths)}")
        self.paths = tuple(paths)


class DraftBehindError(NotAllowedError):
    """What a draft was begun from has been published anew since: it must catch up first."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(f"published since the draft was begun: {', '.join(paths)}")
        self.paths = tuple(paths)


@dataclass(frozen=True, slots=True)
class ReadyPublication:
    """A publication whose pages are rendered and whose media are kept."""

    plan: Publication
    pages: Pressed
    surveys: tuple[SurveyEdition, ...] = ()


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes: a login, the account (drafts need one), and the key of the audit chain."""

    login: str
    account: uuid.UUID | None = None
    audit_key: bytes | None = None

    @property
    def signer(self) -> Signer | None:
        """Who stands on the audit chain for what follows from the files; None without a key."""
        if self.audit_key is None:
            return None
        return Signer(self.audit_key, str(self.account) if self.account else SITE)


def press(
    db: Session, plan: Publication, house: House, *, progress: Progress = iter
) -> ReadyPublication:
    """Render and keep what a plan changes, or refuse it; raises also what `press_content` does."""
    if plan.conflicts:
        raise ConflictError(plan.conflicts)
    if plan.behind:
        raise DraftBehindError(plan.behind)
    if plan.errors:
        raise CheckRefusedError(plan.problems)
    for path in (*plan.changed_files, *plan.aside):
        edition = plan.aside.get(path) or plan.files[path]
        if edition.text is None and edition.origin is Origin.FOLDER:
            _keep(house, path, edition.digest)
    given = Press(house.words, Keeper(plan.sources, house.media))
    pages = press_content(db, plan.content, given, progress=progress)
    return ReadyPublication(plan, pages, press_surveys(db, plan.content))


def append(
    db: Session, ready: ReadyPublication, publisher: Publisher, *, now: datetime
) -> tuple[Step, ...]:
    """Append revisions and editions and let them count; the caller commits, or nothing happened.

    Raises PublishedMeanwhileError where another publication came first, and DraftChangedError or
    ActRefusedError for a draft that is no longer what was approved.
    """
    try:
        with db.begin_nested():
            if _digests(published_files(db)) != _digests(ready.plan.before):
                raise PublishedMeanwhileError
            signer = publisher.signer
            steps = append_pressed(db, ready.pages, by=publisher.login, now=now, signer=signer)
            append_surveys(db, ready.surveys, now)
            _append_files(db, ready.plan, publisher, now)
            db.flush()
    except IntegrityError as error:  # two at the same moment: the numbers of editions are unique
        raise PublishedMeanwhileError from error
    return steps


def _append_files(db: Session, plan: Publication, publisher: Publisher, now: datetime) -> None:
    drafts = [lock_approved(db, draft_id, digest) for draft_id, digest in plan.drafts.items()]
    origin = publisher.login, now
    for path, edition in plan.aside.items():
        _append_file(db, path, edition, origin)
    for path, edition in plan.files.items():
        old = plan.before.get(path)
        if _differs(edition, old):
            revision = _append_file(db, path, edition, origin)
            db.merge(PublishedFile(path=path, revision_id=revision.id, met_digest=edition.met))
        elif old is not None and old.met_digest != edition.met:
            db.get_one(PublishedFile, path).met_digest = edition.met
    db.execute(delete(PublishedFile).where(PublishedFile.path.in_(plan.removed)))
    db.flush()
    for draft in drafts:
        pointer = db.get_one(PublishedFile, draft.path)
        revision = db.get_one(FileRevision, pointer.revision_id)
        close_draft(db, draft, revision, by=_account(publisher), now=now)


def _account(publisher: Publisher) -> uuid.UUID:
    if publisher.account is None:
        raise NotAllowedError("a draft is published by somebody with an account")
    return publisher.account


def _append_file(
    db: Session, path: str, edition: FileEdition, origin: tuple[str, datetime]
) -> FileRevision:
    source = Source(edition.origin, *origin)
    if edition.text is None:
        return append_media(db, path, edition.digest, source)
    return append_revision(db, path, edition.text, source)


def _keep(house: House, path: str, digest: str) -> None:
    """Keep a file of the folder among the originals, if it is still the one that was planned."""
    file = Sources(house.folder).find(below_content(path))
    if file is None or keep_file(house.originals, file) != digest:
        raise MediaRefusedError(path, "it has changed while it was read; publish again")


def _differs(edition: FileEdition, old: Published | None) -> bool:
    return old is None or old.digest != edition.digest


def _digests(files: Mapping[str, Published]) -> dict[str, tuple[str, str]]:
    return {path: (one.digest, one.met_digest) for path, one in files.items()}
