"""Publish a checked content folder: all or nothing, a new revision only for what changed."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.model import Content, Course, Module
from lms.kernel.audit import SITE
from lms.kernel.errors import NotAllowedError
from lms.publishing.append import Edition, append_course, append_module
from lms.publishing.compile import CompiledModule, compile_module, module_digest
from lms.publishing.consent_from_files import record_from_files
from lms.publishing.consent_register import Clerk
from lms.publishing.markdown import render_markdown
from lms.publishing.markdown.request import Words
from lms.publishing.media import Keeper
from lms.publishing.media_uses import MediaUse, find_media, media_prints
from lms.publishing.models import (
    CourseRevision,
    ModuleRevision,
    PublishedCourse,
    PublishedModule,
)
from lms.publishing.originals import Sources


class Change(StrEnum):
    """What publishing does to a course or a module."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the plan. `kind` is course or module; `number` the revision that will count."""

    kind: str
    id: str
    change: Change
    number: int
    digest: str


Progress = Callable[[Sequence[Step]], Iterator[Step]]


@dataclass(frozen=True, slots=True)
class Press:
    """What content is published with: the words that the product adds, and where media go."""

    words: Mapping[str, Words]
    media: Keeper


def plan_publication(db: Session, content: Content, source: Sources) -> tuple[Step, ...]:
    """Say what publishing this content, with media from there, would do; and change nothing."""
    modules = _published(db, PublishedModule, ModuleRevision)
    courses = _published(db, PublishedCourse, CourseRevision)
    steps = [
        _step("module", module_id, _module_digest(content, module_id, languages, source), modules)
        for module_id, languages in _used_modules(content).items()
    ]
    steps += [
        _step("course", course.id, _digest(course_document(course)), courses)
        for course in content.courses.values()
    ]
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Pressed:
    """Content that is rendered and ready to be appended: what was planned, and its pages."""

    content: Content
    plan: tuple[Step, ...]
    modules: Mapping[str, CompiledModule]

    @property
    def changed(self) -> tuple[Step, ...]:
        """The steps that make a revision."""
        return tuple(step for step in self.plan if step.change is not Change.UNCHANGED)


class PublishedMeanwhileError(NotAllowedError):
    """Somebody published while this content was rendered: look at the plan again."""


def press_content(
    db: Session, content: Content, press: Press, *, progress: Progress = iter
) -> Pressed:
    """Render what changed, which takes its time: with a session that only looks, and holds no lock.

    The content must have passed the check. Raises RenderRefusedError or MediaRefusedError,
    naming the text or the file.
    """
    plan = plan_publication(db, content, press.media.source)
    languages = _used_modules(content)
    changed = [step for step in plan if step.change is not Change.UNCHANGED]
    modules = {
        step.id: _compile(content, step.id, languages[step.id], press)
        for step in progress(changed)
        if step.kind == "module"
    }
    return Pressed(content, plan, modules)


@dataclass(frozen=True, slots=True)
class Signer:
    """On whose account, and with which key, acts that publishing implies go on the audit chain."""

    audit_key: bytes
    actor: str = SITE


def append_pressed(
    db: Session, pressed: Pressed, *, by: str, now: datetime, signer: Signer | None = None
) -> tuple[Step, ...]:
    """Append the revisions and let them count; the caller commits, or nothing happened.

    What the files say of somebody's consent goes into the register; without a signer these acts
    are not on the audit chain.
    """
    known = {
        "module": _published(db, PublishedModule, ModuleRevision),
        "course": _published(db, PublishedCourse, CourseRevision),
    }
    for step in pressed.plan:
        if _step(step.kind, step.id, step.digest, known[step.kind]) != step:
            raise PublishedMeanwhileError
    for step in pressed.changed:
        edition = Edition(step.id, step.digest, by, now)
        if step.kind == "module":
            sources = _sources(pressed.content, step.id)
            append_module(db, edition, pressed.modules[step.id], sources)
        else:
            append_course(db, edition, course_document(pressed.content.courses[step.id]))
    db.flush()
    clerk = Clerk(by, now, from_files=True)
    if signer is not None:
        clerk = replace(clerk, actor=signer.actor, audit_key=signer.audit_key)
    record_from_files(db, pressed.content, clerk)
    return pressed.plan


def publish_content(
    db: Session,
    content: Content,
    press: Press,
    *,
    by: str,
    now: datetime,
    signer: Signer | None = None,
) -> tuple[Step, ...]:
    """Render and append in one go, where nobody else is waiting to write."""
    pressed = press_content(db, content, press)
    return append_pressed(db, pressed, by=by, now=now, signer=signer)


def _module_digest(
    content: Content, module_id: str, languages: Sequence[str], source: Sources
) -> str:
    uses = [use for uses in _media(content, module_id, languages).values() for use in uses]
    return module_digest(content, module_id, languages, media_prints(uses, source))


def _media(
    content: Content, module_id: str, languages: Sequence[str]
) -> dict[str, tuple[MediaUse, ...]]:
    return {lang: find_media(content, content.modules[module_id, lang]) for lang in languages}


def _compile(
    content: Content, module_id: str, languages: Sequence[str], press: Press
) -> CompiledModule:
    """Compile a module; its media are kept first, since a file's address is its digest."""
    uses = _media(content, module_id, languages)
    media = {lang: press.media.keep(found) for lang, found in uses.items()}
    return compile_module(content, module_id, languages, press.words, render_markdown, media)


def course_document(course: Course) -> dict[str, Any]:
    """Give the rules of a course as a revision keeps them; `queries.course_rules` reads them."""
    quiz = course.quiz
    return {
        "id": course.id,
        "kind": course.kind.value,
        "languages": list(course.languages),
        "title": dict(course.title),
        "modules": list(course.modules),
        "sequence": course.sequence.value,
        "pass": quiz.pass_percent,
        "attempts": quiz.attempts,
        "pause_seconds": int(quiz.pause.total_seconds()) if quiz.pause else 0,
        "deadline_days": course.deadline.days if course.deadline else None,
        "seat_time": course.seat_time,
        "attendance": course.attendance,
        "surveys": dict(course.surveys),
    }


def _used_modules(content: Content) -> dict[str, tuple[str, ...]]:
    """Give the modules that courses use, each with the languages that it is published in."""
    used: dict[str, tuple[str, ...]] = {}
    for course in content.courses.values():
        for module_id in course.modules:
            has = [lang for lang in course.languages if (module_id, lang) in content.modules]
            used[module_id] = tuple(dict.fromkeys((*used.get(module_id, ()), *has)))
    return used


def _published(
    db: Session, pointer: type[PublishedModule | PublishedCourse], revision: type[Any]
) -> dict[str, tuple[int, str]]:
    id_column = next(iter(pointer.__table__.primary_key))
    rows = db.execute(
        select(id_column, revision.number, revision.digest).join(
            revision, revision.id == pointer.revision_id
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _step(kind: str, name: str, digest: str, published: Mapping[str, tuple[int, str]]) -> Step:
    number, known = published.get(name, (0, ""))
    if digest == known:
        return Step(kind, name, Change.UNCHANGED, number, digest)
    return Step(kind, name, Change.CHANGED if number else Change.NEW, number + 1, digest)


def _digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _sources(content: Content, module_id: str) -> dict[str, str]:
    modules: list[Module] = [m for m in content.modules.values() if m.id == module_id]
    return {module.place.path: module.source for module in modules}
