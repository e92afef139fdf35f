"""What the pages of publication show: what it changes, for whom, and which drafts are ready."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for

from lms.accounts.queries import logins_of
from lms.authoring.drafts import open_drafts
from lms.authoring.effects import ModuleEffect, effects_of
from lms.authoring.models import Draft
from lms.authoring.plan import is_behind
from lms.authoring.publication import Publication
from lms.authoring.states import DraftState
from lms.authoring.workspace import Meeting, read_workspace
from lms.content.model import Content, Severity
from lms.publishing.service import Change, Step
from lms.web.author.draft_words import file_name, language_of, when
from lms.web.author.pages import State, course_title, printable
from lms.web.db import reader
from lms.web.request import LANGUAGES, language, settings
from lms.web.words import _, plural

_NEWER = {Meeting.BROWSER, Meeting.BROWSER_ONLY}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One course or module: what becomes of it, and the sentences that say what changes in it."""

    what: str
    title: str
    lang: str
    state: State
    edition: int
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """What publishing does. `mark` names this very plan: another one is not published unread."""

    rows: tuple[StepRow, ...]
    files: tuple[str, ...]
    removed: tuple[str, ...]
    newer: tuple[str, ...]
    changed: int
    errors: int
    warnings: int
    conflicts: int
    mark: str
    is_idle: bool


@dataclass(frozen=True, slots=True)
class DraftChoice:
    """An approved draft that may be published; one that is behind must catch up first."""

    id: uuid.UUID
    name: str
    lang: str
    path: str
    written: str
    behind_url: str
    review_url: str
    is_chosen: bool = False


def plan_view(plan: Publication) -> PlanView:
    """Give a plan as the page shows it."""
    effects = {one.step.id: one for one in effects_of(reader(), plan)}
    errors = len(plan.errors)
    return PlanView(
        rows=tuple(_row(plan, step, effects) for step in plan.steps),
        files=tuple(map(printable, plan.changed_files)),
        removed=tuple(map(printable, plan.removed)),
        newer=tuple(
            printable(path)
            for path, one in plan.sides.items()
            if one.how in _NEWER and path in plan.before
        ),
        changed=changes_in(plan),
        errors=errors,
        warnings=sum(one.severity is Severity.WARNING for one in plan.problems),
        conflicts=len(plan.conflicts),
        mark=plan.mark,
        is_idle=plan.is_idle,
    )


def changes_in(plan: Publication) -> int:
    """Count what changes: courses and modules, or files where those stay as they are."""
    return len(plan.changed) or len(plan.changed_files) + len(plan.removed)


def draft_choices(content: Content) -> tuple[DraftChoice, ...]:
    """Give the approved drafts in the order of their files."""
    drafts = [one for one in open_drafts(reader()) if one.state == DraftState.APPROVED]
    if not drafts:
        return ()
    logins = logins_of(reader(), {one.updated_by for one in drafts})
    workspace = read_workspace(reader(), settings().content)
    return tuple(
        _choice(draft, content, logins, behind=is_behind(workspace, draft)) for draft in drafts
    )


def _choice(
    draft: Draft, content: Content, logins: Mapping[uuid.UUID, str], *, behind: bool
) -> DraftChoice:
    by, moment = logins[draft.updated_by], when(draft.updated_at)
    return DraftChoice(
        id=draft.id,
        name=file_name(content, draft.path),
        lang=language_of(draft.path),
        path=printable(draft.path),
        written=_("Written by %(login)s, %(when)s.", login=by, when=moment),
        behind_url=url_for("author.catch_up", draft_id=draft.id) if behind else "",
        review_url=url_for("author.review", draft_id=draft.id),
    )


def chosen_by_default(drafts: Sequence[DraftChoice]) -> tuple[uuid.UUID, ...]:
    """Give the drafts that can be published."""
    return tuple(one.id for one in drafts if not one.behind_url)


def with_choice(
    drafts: Sequence[DraftChoice], chosen: Collection[uuid.UUID]
) -> tuple[DraftChoice, ...]:
    """Give the same drafts with the chosen ones marked."""
    return tuple(replace(one, is_chosen=one.id in chosen) for one in drafts)


def _row(plan: Publication, step: Step, effects: Mapping[str, ModuleEffect]) -> StepRow:
    content, state = plan.content, _state(step.change, from_drafts=bool(plan.drafts))
    if step.kind == "course":
        title = course_title(content.courses[step.id])
        return StepRow(_("Course"), title, "", state, step.number, ())
    title, lang = _title(content, step.id)
    lines = tuple(_lines(content, effects[step.id])) if step.id in effects else ()
    return StepRow(_("Module"), title, lang, state, step.number, lines)


def _state(change: Change, *, from_drafts: bool) -> State:
    """Say in words how a plan differs from what is published."""
    match change:
        case Change.NEW:
            return State(_("Not published yet"), "wait")
        case Change.CHANGED if from_drafts:
            return State(_("Changed in the drafts"), "busy")
        case Change.CHANGED:
            return State(_("Changed in the folder"), "busy")
        case Change.UNCHANGED:
            return State(_("Published"), "good")


def _title(content: Content, module_id: str) -> tuple[str, str]:
    for lang in (language(), *LANGUAGES):
        if (module_id, lang) in content.modules:
            return content.modules[module_id, lang].title, lang
    return module_id, ""


def _lines(content: Content, effect: ModuleEffect) -> Iterator[str]:
    """Say in sentences what changes in a module that has been published before."""
    if effect.step.change is not Change.CHANGED:
        return
    pages = _page_titles(content, effect.step.id)
    named = (
        (_("Pages that change: %(names)s."), effect.sections_changed),
        (_("New pages: %(names)s."), effect.sections_added),
        (_("Pages that go: %(names)s."), effect.sections_removed),
        (_("Questions that change: %(names)s."), effect.items_changed),
        (_("New questions: %(names)s."), effect.items_added),
        (_("Questions that go: %(names)s."), effect.items_removed),
    )
    for sentence, ids in named:
        if ids:
            yield sentence % {"names": ", ".join(pages.get(one, one) for one in ids)}
    if effect.rekeyed:
        yield _(
            "Another answer is right from now on: %(names)s. What was handed in keeps its score; "
            "staff who follow a group can correct it.",
            names=", ".join(effect.rekeyed),
        )
    yield plural(
        "%(num)s person is in the middle of this quiz, keeps its questions and notices nothing.",
        "%(num)s people are in the middle of this quiz, keep its questions and notice nothing.",
        effect.open_attempts,
    )
    yield plural("%(num)s pass stays as it is.", "%(num)s passes stay as they are.", effect.passes)


def _page_titles(content: Content, module_id: str) -> dict[str, str]:
    """Give the titles of a module's pages in the language of the page, or else in any."""
    found: dict[str, str] = {}
    for lang in (*reversed(LANGUAGES), language()):
        module = content.modules.get((module_id, lang))
        if module is not None:
            found |= {section.id: section.title for section in module.sections}
    return found
