"""Corrections in words, for all the surfaces that show them: what was done, why not, and where."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from flask import url_for
from flask_babel import format_datetime
from markupsafe import Markup

from lms.corrections.kinds import Kind, Staff, Why
from lms.corrections.queries import CorrectionView, State
from lms.corrections.regrade import Choice
from lms.publishing.queries import ModuleOutline
from lms.web.request import actor
from lms.web.words import _


def staff() -> Staff:
    """Give who asks, as one that corrects."""
    return Staff(actor().user_id, actor().role)


def kind_text(kind: Kind) -> str:
    """Name a kind of correction."""
    words = {
        Kind.EXTRA_ATTEMPT: _("Extra try"),
        Kind.TIME_CREDIT: _("Time credit"),
        Kind.PAUSE_LIFTED: _("Pause lifted"),
        Kind.ARRANGEMENT: _("Arrangement"),
        Kind.WAIVE_MODULE: _("Module waived"),
        Kind.REGRADE_RESPONSE: _("Answer graded anew"),
        Kind.REVOKE_COMPLETION: _("Completion revoked"),
        Kind.KEY_CHANGE: _("Question corrected for all"),
        Kind.KEEP_PASS: _("Pass kept"),
    }
    return words[kind]


def state_text(state: State) -> tuple[str, str]:
    """Say where a correction stands; gives the word and the kind of its tag."""
    match state:
        case State.DONE:
            return _("Done"), "good"
        case State.WAITING:
            return _("Waits for a second person"), "wait"
        case State.CONFIRMED:
            return _("Confirmed"), "good"
        case State.REFUSED:
            return _("Refused"), "neutral"
        case _:
            assert_never(state)


def choice_text(choice: Choice) -> str:
    """Name what is done about a question that was wrong."""
    match choice:
        case Choice.DROP:
            return _("Drop the question")
        case Choice.FULL_CREDIT:
            return _("Give everybody its points")
        case Choice.PUBLISHED:
            return _("Grade by the key that is published now")
        case _:
            assert_never(choice)


def why_text(why: Why) -> str:
    """Say why a correction is refused."""
    words = {
        Why.NO_ATTEMPT_YET: _("This quiz has not been tried yet: there is nothing to add to."),
        Why.ALREADY_PASSED: _("The module is passed or waived: there is nothing to correct."),
        Why.NO_TIME_MISSING: _("No time is missing there."),
        Why.NOTHING_CHANGES: _("Nothing would change."),
        Why.NOT_GRADED: _("This question is not scored: it has no points."),
        Why.NOT_COMPLETED: _("The course is not completed: there is nothing to revoke."),
        Why.ALREADY_REVOKED: _("The completion is revoked already."),
        Why.ALREADY_WAITING: _("The same is proposed already and waits for a second person."),
        Why.SAME_PERSON: _("You proposed this: somebody else decides."),
        Why.OTHER_GROUPS: _("This touches people of other groups: a coordinator decides."),
        Why.ALREADY_DECIDED: _("This is decided already."),
        Why.NOT_WAITING: _("This does not wait for a decision."),
        Why.NO_KEY: _("An open question has no key to grade by."),
        Why.NOT_LISTED: _("No pass is listed there any more."),
        Why.CHANGED_SINCE: _("What would happen has changed since this page was opened. "
                             "Look at it again."),
    }  # fmt: skip
    return words[why]


def table_rows(
    views: Sequence[CorrectionView], titles: Mapping[str, ModuleOutline]
) -> list[list[str | Markup]]:
    """Give the rows of a list of corrections; each leads to its own page."""
    rows = []
    for view in views:
        url = url_for("corrections.correction", correction_id=view.id)
        link = Markup('<a href="{}">{}</a>').format(url, kind_text(view.kind))
        rows.append(
            [
                link,
                view.pseudonym or _("Several people"),
                module_title(view.module_id, titles),
                state_text(view.state)[0],
                when(view),
            ]
        )
    return rows


def module_title(module_id: str, titles: Mapping[str, ModuleOutline]) -> str:
    """Give the title of a module, or its id where it is not published any more."""
    return titles[module_id].title if module_id in titles else module_id


def when(view: CorrectionView) -> str:
    """Say when a correction was proposed or done."""
    return str(format_datetime(view.proposed_at, _("d MMM y, HH:mm")))
