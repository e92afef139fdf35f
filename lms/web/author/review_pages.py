"""What the page of a review shows: what changes, what is wrong with it, who did what."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lms.accounts.queries import logins_of
from lms.authoring.approval import needs_second_person
from lms.authoring.drafts import events_of, open_drafts, senders
from lms.authoring.item_changes import ChangedItem, ItemChange, changed_items
from lms.authoring.models import Draft, DraftEvent
from lms.authoring.plan import is_behind
from lms.authoring.states import OPEN, DraftAct, DraftState, after
from lms.authoring.workspace import Workspace
from lms.content.model import Problem, Severity
from lms.content.read import read
from lms.web.author.compared import Compared, compare
from lms.web.author.draft_words import act_text, draft_state, file_name, language_of, when
from lms.web.author.folder import Folder, read_folder
from lms.web.author.pages import ProblemList, State, problem_list
from lms.web.author.pieces import FilePieces, read_pieces
from lms.web.author.rendered import Rendered, render_comparison
from lms.web.db import reader
from lms.web.request import actor
from lms.web.words import _


@dataclass(frozen=True, slots=True)
class EventRow:
    """What somebody did to the draft, when and why."""

    what: str
    by: str
    at: str
    why: str


@dataclass(frozen=True, slots=True)
class Doors:
    """Which acts the page offers, and why it does not offer an approval."""

    send: bool = False
    give_back: bool = False
    approve: bool = False
    withdraw: bool = False
    publish: bool = False
    needs_other: bool = False


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One draft before its reviewer. `lang` is the language of its text."""

    draft_id: uuid.UUID
    digest: str
    name: str
    path: str
    lang: str
    state: State
    against: str
    text: Compared
    rendered: Rendered
    problems: ProblemList
    errors: int
    elsewhere: ProblemList
    items: tuple[str, ...]
    events: tuple[EventRow, ...]
    doors: Doors = field(default_factory=Doors)
    is_behind: bool = False


def review_page(draft: Draft) -> ReviewPage:
    """Give everything that a review of this draft shows."""
    folder = read_folder(drafts_beside(draft))
    base, against = _base(folder.workspace, draft)
    old, new = read_pieces(draft.path, base), read_pieces(draft.path, draft.text)
    own = [one for one in folder.problems if one.place.path == draft.path]
    errors = sum(one.severity is Severity.ERROR for one in own)
    is_open = draft.state in OPEN
    return ReviewPage(
        draft_id=draft.id,
        digest=draft.digest,
        name=file_name(folder.content, draft.path),
        path=draft.path,
        lang=language_of(draft.path),
        state=draft_state(DraftState(draft.state)),
        against=against,
        text=compare(base, draft.text),
        rendered=render_comparison(draft.path, old, new, folder.content),
        problems=problem_list(own if is_open else ()),
        errors=errors if is_open else 0,
        elsewhere=problem_list(_elsewhere(folder, draft) if is_open else ()),
        items=item_lines(old, new),
        events=event_rows(draft),
        doors=_doors(draft, folder.workspace, errors),
        is_behind=is_open and is_behind(folder.workspace, draft),
    )


def drafts_beside(draft: Draft) -> dict[str, str]:
    """Give the texts with which a draft is checked: its own, and those that belong with it.

    The other language of its module, and every draft in review or approved: what is half written
    elsewhere is no reason to refuse this one.
    """
    folder = draft.path.rsplit("/", 1)[0]
    texts = {
        one.path: one.text
        for one in open_drafts(reader())
        if one.state != DraftState.DRAFT or one.path.rsplit("/", 1)[0] == folder
    }
    return {**texts, draft.path: draft.text} if draft.state in OPEN else texts


def errors_of(draft: Draft) -> tuple[Problem, ...]:
    """Give the errors of a draft's own file: with any it is not sent to review."""
    return tuple(
        one for one in read_folder(drafts_beside(draft)).errors if one.place.path == draft.path
    )


def needs_second(draft: Draft, workspace: Workspace) -> bool:
    """Whether a second person approves this draft."""
    # The courses decide as they stand: no draft of a course lifts its own rule.
    return needs_second_person(read(workspace.files).content, draft.path)


def _base(workspace: Workspace, draft: Draft) -> tuple[str, str]:
    """Give the text that a draft is compared with, and say which that is."""
    published = workspace.published.get(draft.path)
    if draft.state in OPEN and published is not None and published.text is not None:
        return published.text, _("Compared with what is published.")
    if draft.base_text:
        return draft.base_text, _("Compared with the text that the draft was begun from.")
    return "", _("This file is new: all of it is inserted.")


def _elsewhere(folder: Folder, draft: Draft) -> Iterable[Problem]:
    """Give the errors of other files that are not there without the draft."""
    found = [one for one in folder.errors if one.place.path != draft.path]
    if not found:
        return ()
    without = drafts_beside(draft)
    del without[draft.path]
    known = {(one.place.path, one.rule, one.message) for one in read_folder(without).errors}
    return (one for one in found if (one.place.path, one.rule, one.message) not in known)


def _doors(draft: Draft, workspace: Workspace, errors: int) -> Doors:
    state = DraftState(draft.state)

    def is_open(act: DraftAct) -> bool:
        return after(state, act) is not None

    can_approve = is_open(DraftAct.APPROVE)
    is_own = can_approve and actor().user_id in senders(reader(), draft.id)
    needs_other = is_own and needs_second(draft, workspace)
    return Doors(
        send=is_open(DraftAct.SEND) and not errors,
        give_back=is_open(DraftAct.RETURN),
        approve=can_approve and not needs_other,
        withdraw=is_open(DraftAct.WITHDRAW),
        publish=is_open(DraftAct.PUBLISH),
        needs_other=needs_other,
    )


def item_lines(old: FilePieces, new: FilePieces) -> tuple[str, ...]:
    """Say in whole sentences what becomes of the questions."""
    if not (old.is_read and new.is_read):
        return ()
    return tuple(_item_line(one) for one in changed_items(old.module, new.module))


def _item_line(changed: ChangedItem) -> str:
    words = {
        ItemChange.ADDED: _("Question “%(id)s” is new."),
        ItemChange.REMOVED: _("Question “%(id)s” is removed."),
        ItemChange.KEY: _("Question “%(id)s” is marked in another way."),
        ItemChange.WORDS: _("Question “%(id)s” has other words; it is marked as before."),
    }
    return words[changed.change] % {"id": changed.item.id}


def event_rows(draft: Draft) -> tuple[EventRow, ...]:
    """Give what happened to a draft, the newest first."""
    events: Sequence[DraftEvent] = events_of(reader(), draft.id)
    logins = logins_of(reader(), {one.by for one in events})
    rows = [
        EventRow(act_text(DraftAct(one.act)), logins.get(one.by, ""), when(one.at), one.reason)
        for one in events
    ]
    return tuple(reversed(rows))
