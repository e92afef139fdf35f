"""One row of the start page: a file, where it stands in words, and what to do next."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from flask import url_for

from lms.accounts.queries import logins_of
from lms.authoring.drafts import open_drafts
from lms.authoring.editions import last_editions
from lms.authoring.models import Draft, DraftEvent
from lms.authoring.open_work import last_events
from lms.authoring.states import DraftState
from lms.authoring.workspace import Meeting
from lms.publishing.originals import Sources
from lms.publishing.service import Change, plan_publication
from lms.web.author.draft_words import draft_state, when
from lms.web.author.folder import Folder
from lms.web.author.pages import State
from lms.web.db import reader
from lms.web.request import actor, settings
from lms.web.words import _


@dataclass(frozen=True, slots=True)
class Action:
    """What to do next: a page to open, or (with `path`) a draft to begin of that file."""

    label: str
    url: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file in one language. `label` is what the row is called, `name` all of it."""

    label: str
    name: str
    state: State
    note: str
    action: Action | None
    problems: str = ""
    problems_url: str = ""
    more: tuple[Action, ...] = ()

    def with_links(
        self, problems: str = "", problems_url: str = "", more: tuple[Action, ...] = ()
    ) -> "FileRow":
        """Give the row with its problems, if it has any, and more links before its own."""
        url = problems_url if problems else ""
        return replace(self, problems=problems, problems_url=url, more=(*more, *self.more))


@dataclass(frozen=True, slots=True)
class Group:
    """A module or a testimony with a row for each language, and links that are of all of them."""

    title: str
    lang: str
    rows: tuple[FileRow, ...]
    more: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known of all files at once, by path: drafts, events, editions, how they stand.

    `known` holds the files whose published text is the one that stands, where no edition says so.
    """

    drafts: Mapping[str, Draft]
    events: Mapping[str, DraftEvent]
    logins: Mapping[uuid.UUID, str]
    editions: Mapping[str, uuid.UUID]
    meetings: Mapping[str, Meeting]
    known: frozenset[str] = field(default_factory=frozenset)

    def who(self, path: str) -> str:
        """Give the login of whoever last did something to the draft of a file."""
        return self.logins.get(self.events[path].by, "") if path in self.events else ""

    def is_approved(self, path: str) -> bool:
        """Whether the draft of a file waits for publication."""
        return self.drafts[path].state == DraftState.APPROVED


def make_desk(folder: Folder) -> Desk:
    """Look up what the rows say, in as many statements whatever there is."""
    drafts = {draft.path: draft for draft in open_drafts(reader())}
    last = last_events(reader())
    people = {one.updated_by for one in drafts.values()} | {one.by for one in last.values()}
    return Desk(
        drafts=drafts,
        events={path: last[one.id] for path, one in drafts.items() if one.id in last},
        logins=logins_of(reader(), people),
        editions=last_editions(reader(), folder.workspace.files.texts.keys()),
        meetings=folder.workspace.meetings,
        known=_published_before_editions(folder),
    )


def _published_before_editions(folder: Folder) -> frozenset[str]:
    """Give the files that are published as they stand, on a site that has no edition yet."""
    if folder.workspace.published:
        return frozenset()
    steps = plan_publication(reader(), folder.content, Sources(settings().content))
    if steps and all(one.change is Change.UNCHANGED for one in steps):
        return frozenset(folder.workspace.files.texts)
    same = {one.id for one in steps if one.kind == "module" and one.change is Change.UNCHANGED}
    modules = folder.content.modules.values()
    return frozenset(one.place.path for one in modules if one.id in same)


def is_mine(desk: Desk, path: str) -> bool:
    """Whether the one who asks did the last thing to a draft."""
    return path in desk.events and desk.events[path].by == actor().user_id


def is_waiting_for_review(desk: Desk, path: str) -> bool:
    """Whether a draft in review waits for the one who asks: somebody else sent it."""
    return desk.drafts[path].state == DraftState.IN_REVIEW and not is_mine(desk, path)


def draft_state_of(draft: Draft) -> State:
    """Say where a draft stands."""
    return draft_state(DraftState(draft.state))


def draft_note(desk: Desk, path: str) -> str:
    """Say who did what last to the open draft of a file."""
    draft = desk.drafts[path]
    match DraftState(draft.state):
        case DraftState.DRAFT:
            by = desk.logins.get(draft.updated_by, "")
            return _("Written by %(who)s, %(day)s.", who=by, day=when(draft.updated_at))
        case DraftState.IN_REVIEW:
            return _("Sent to review by %(who)s, %(day)s.",
                     who=desk.who(path), day=when(desk.events[path].at))  # fmt: skip
        case DraftState.APPROVED:
            return _("Approved by %(who)s, %(day)s.",
                     who=desk.who(path), day=when(desk.events[path].at))  # fmt: skip
        case DraftState.PUBLISHED | DraftState.WITHDRAWN:
            raise ValueError("a closed draft is not under way")
        case state:
            assert_never(state)


def draft_action(desk: Desk, path: str) -> Action:
    """Give the way on with the open draft of a file."""
    draft = desk.drafts[path]
    review = url_for("author.review", draft_id=draft.id)
    match DraftState(draft.state):
        case DraftState.DRAFT:
            return Action(_("Go on writing"), url_for("author.edit_draft", draft_id=draft.id))
        case DraftState.APPROVED:
            return Action(_("Publish"), url_for("author.publish"))
        case _ if is_mine(desk, path):
            return Action(_("See the review"), review)
        case _:
            return Action(_("Review it"), review)


def file_state(desk: Desk, path: str, *, is_readable: bool) -> State:
    """Say where a file stands; what needs a person comes first."""
    how = desk.meetings.get(path)
    if how is not Meeting.BOTH and path in desk.drafts:
        return draft_state_of(desk.drafts[path])
    if how is not Meeting.BOTH and not is_readable:
        return State(_("Cannot be read"), "stop")
    states = {
        Meeting.SAME: State(_("Published"), "good"),
        Meeting.FOLDER: State(_("Changed in the folder"), "busy"),
        Meeting.BROWSER: State(_("Newer in the browser"), "good"),
        Meeting.BROWSER_ONLY: State(_("Newer in the browser"), "good"),
        Meeting.REMOVED: State(_("Removed from the folder"), "wait"),
        Meeting.BOTH: State(_("Changed on both sides"), "stop"),
    }
    if how in states:
        return states[how]
    return states[Meeting.SAME] if path in desk.known else State(_("Not published yet"), "wait")


def state_note(desk: Desk, path: str, state: State) -> str:
    """Say in a sentence what the state means, where it is not plain."""
    how = desk.meetings.get(path)
    if how is Meeting.BOTH:
        return _("The folder and the browser both have changes. Nothing is overwritten: decide.")
    if path in desk.drafts:
        return draft_note(desk, path)
    if state.kind == "stop":
        return _("Something in it is broken. Its problems say where.")
    notes = {
        Meeting.FOLDER: _("Participants still read the text before it."),
        Meeting.BROWSER: _("It is published. The folder gets it with the next export."),
        Meeting.BROWSER_ONLY: _("It is published. The folder gets it with the next export."),
        Meeting.REMOVED: _("Participants read it until the next publication."),
    }
    return notes.get(how, "") if how else ""
