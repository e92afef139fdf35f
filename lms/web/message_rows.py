"""Messages as both sides' pages show them, and the form in which one is written."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import request
from markupsafe import Markup
from wtforms import HiddenField, TextAreaField

from lms.conversations.queries import MessageView, is_answered
from lms.conversations.service import LONGEST_TEXT, EmptyTextError, TextTooLongError
from lms.web.form import AtMost, BaseForm, Required
from lms.web.item_form import Question
from lms.web.words import _, lazy, moment_text

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


class MessageForm(BaseForm):
    """A message; `seen` is the last one that its page showed, `answers` the one it answers."""

    text = TextAreaField(
        lazy("Your message"),
        [Required(lambda: _("Write your message.")), AtMost(LONGEST_TEXT)],
    )
    seen = HiddenField()
    answers = HiddenField()

    def refuse(self, error: EmptyTextError | TextTooLongError) -> None:
        """Put on the form what the service says of a text that looked well: signs unseen."""
        too_long = isinstance(error, TextTooLongError)
        words = (
            _("Shorten this to %(count)s characters or fewer.", count=LONGEST_TEXT)
            if too_long
            else _("Write your message.")
        )
        self.text.errors = [words]


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message on a page."""

    id: uuid.UUID
    who: str
    is_own: bool
    when: str
    about: Markup | str  # the question; empty where it is about none
    lines: tuple[str, ...]  # none: it is no longer kept
    is_new: bool  # not marked as read by whoever looks
    is_request: bool
    is_waiting: bool  # for an answer


def message_rows(
    messages: Sequence[MessageView], *, by_staff: bool, other: str
) -> list[MessageRow]:
    """Make the rows, the oldest first; `other` is what the page calls the other side."""
    return [
        MessageRow(
            id=one.id,
            who=_("You") if one.is_from_staff is by_staff else other,
            is_own=one.is_from_staff is by_staff,
            when=moment_text(one.sent_at),
            about=_about(one),
            lines=tuple(one.text.splitlines()) if one.text is not None else (),
            is_new=one.read_at is None and one.is_from_staff is not by_staff,
            is_request=one.asks_for_help,
            is_waiting=one.asks_for_help and not is_answered(one, messages),
        )
        for one in messages
    ]


def _about(one: MessageView) -> Markup | str:
    if one.item_id is None:
        return ""
    if one.shown is None:
        return _("A question that is not asked any more.")
    return Question.from_shown(one.shown, ()).prompt


def id_sent(name: str) -> uuid.UUID | None:
    """Read an id that a page sends along; what no page sends counts as none."""
    try:
        return uuid.UUID(request.values.get(name, ""))
    except ValueError:
        return None
