"""What the pages of corrections show; a coordinator reads no score and no answer in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, assert_never

from flask import url_for
from flask_babel import format_datetime
from markupsafe import Markup

from lms.accounts.roles import Role
from lms.assessment.values import Score
from lms.corrections.key_change import Line, Preview
from lms.corrections.kinds import PERSONAL, TWO_PEOPLE, Kind
from lms.corrections.queries import CorrectionView, LostPass, State
from lms.corrections.regrade import Choice, Effect
from lms.publishing.queries import ModuleOutline
from lms.web.correction_words import (
    choice_text,
    kind_text,
    module_title,
    state_text,
    when,
)
from lms.web.item_result import points_text
from lms.web.request import actor
from lms.web.words import _, plural

MOST_LINES = 100  # of one effect on a page; the figures count all
Titles = Mapping[str, ModuleOutline]
Fact = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """The attempts on which a change has one effect."""

    id: str
    title: str
    rows: tuple[tuple[str | Markup, ...], ...]
    more: int


def sees_scores() -> bool:
    """Whether who asks may read scores: an instructor may, a coordinator does not."""
    return actor().role is Role.INSTRUCTOR


def module_ids(views: Iterable[CorrectionView | LostPass]) -> tuple[str, ...]:
    """Give the modules that a list names."""
    return tuple({view.module_id for view in views if view.module_id})


def facts(view: CorrectionView, titles: Titles) -> list[Fact]:
    """Give what there is to say of a correction."""
    rows = [
        (_("Status"), state_text(view.state)[0]),
        (_("Person"), view.pseudonym or _("Several people")),
        (_("Module"), module_title(view.module_id, titles)),
        *_particulars(view),
        (_("Reason"), "" if view.kind is Kind.ARRANGEMENT else view.reason),
        (_("Proposed by") if view.state is not State.DONE else _("Done by"), view.proposed_by),
        (_("On"), when(view)),
        (_("Decided by"), view.decided_by),
    ]
    if view.decided_at is not None:
        rows.append((_("Decided on"), format_datetime(view.decided_at, _("d MMM y, HH:mm"))))
    return [{"key": key, "value": value} for key, value in rows if value]


def _particulars(view: CorrectionView) -> list[tuple[str, str]]:
    detail, after = view.detail, view.detail["after"]
    match view.kind:
        case Kind.EXTRA_ATTEMPT:
            return [(_("Extra tries, in all"), str(after["extra_attempts"]))]
        case Kind.TIME_CREDIT:
            return [(_("Minutes, at the most"), str(after["minutes"]))]
        case Kind.ARRANGEMENT:
            return _arranged(after)
        case Kind.REGRADE_RESPONSE:
            return _regraded(detail)
        case Kind.KEY_CHANGE:
            return _changed(detail)
        case Kind.PAUSE_LIFTED | Kind.WAIVE_MODULE | Kind.REVOKE_COMPLETION | Kind.KEEP_PASS:
            return []
        case _:
            assert_never(view.kind)


def _arranged(after: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("Time credit"), _("%(percent)s%%", percent=after["time_credit_percent"])),
        (_("No pause between two tries"), yes_no(after["no_pause"])),
        (_("Pages are read aloud by a facilitator"), yes_no(after["read_aloud"])),
    ]


def _regraded(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [
        (_("Question"), str(detail["question"])),
        (_("Would pass"), yes_no(bool(detail["changes"]))),
    ]
    listed = [*detail["changes"], *detail["lost"]]
    if sees_scores() and listed:
        rows.append((_("Points"), _from_to(listed[0])))
    return rows


def _changed(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("Question"), str(detail["question"])),
        (_("What is done"), choice_text(Choice(detail["choice"]))),
        (_("Would pass"), _people(len(detail["changes"]))),
        (_("Would lose a pass: not applied"), _people(len(detail["lost"]))),
        (_("Other scores changed"), str(detail["applied"])),
        (_("Cannot be graded by this key"), str(len(detail["unclear"]))),
    ]


def _people(count: int) -> str:
    return plural("%(num)s person", "%(num)s people", count)


def yes_no(value: object) -> str:
    """Say yes or no."""
    return _("Yes") if value else _("No")


def _from_to(change: Mapping[str, Any]) -> str:
    before, after = (
        Score(Fraction(one[0], one[1]), one[2]) for one in (change["from"], change["to"])
    )
    return _("%(before)s, then %(after)s", before=points_text(before), after=points_text(after))


def flip_rows(view: CorrectionView, names: Mapping[str, str]) -> list[list[str | Markup]]:
    """Give who would pass: those who may be seen, by pseudonym, and for instructors the points."""
    changes = view.detail.get("changes", [])
    own = [one for one in changes if one["enrolment"] in names][:MOST_LINES]
    if not sees_scores():
        return [[names[one["enrolment"]]] for one in own]
    return [[_attempt_link(one["attempt"], names[one["enrolment"]]), _from_to(one)] for one in own]


def _attempt_link(attempt_id: object, label: str) -> Markup:
    url = url_for("instructor.attempt", attempt_id=attempt_id)
    return Markup('<a href="{}">{}</a>').format(url, label)


def lost_facts(lost: Sequence[LostPass], titles: Titles) -> list[Fact]:
    """Give the list of passes that a person has to decide on."""
    return [
        {
            "key": one.pseudonym,
            "value": module_title(one.module_id, titles),
            "action": {
                "url": url_for("corrections.correction", correction_id=one.correction_id),
                "label": _("Decide"),
                "hidden": _("Decide on the pass of %(person)s", person=one.pseudonym),
            },
        }
        for one in lost
    ]


def waiting_facts(views: Sequence[CorrectionView], titles: Titles) -> list[Fact]:
    """Give the list of what waits for a second person."""
    return [
        {
            "key": kind_text(view.kind),
            "value": [
                _("%(person)s, %(module)s", person=view.pseudonym or _("Several people"),
                  module=module_title(view.module_id, titles) or _("the whole course")),
                _("Reason: %(reason)s", reason=view.reason),
                _("Proposed by %(login)s", login=view.proposed_by),
            ],
            "action": {
                "url": url_for("corrections.correction", correction_id=view.id),
                "label": _("See"),
                "hidden": _("See: %(kind)s, %(person)s", kind=kind_text(view.kind),
                            person=view.pseudonym or _("Several people")),
            },
        }
        for view in views
    ]  # fmt: skip


def kind_links(enrolment_id: object) -> list[dict[str, Any]]:
    """Give what can be corrected for one person, each with what it does."""
    return [
        {
            "url": url_for("corrections.ask", enrolment_id=enrolment_id, kind=kind.value),
            "label": kind_text(kind),
            "hint": effect_text(kind),
            "two": kind in TWO_PEOPLE,
        }
        for kind in PERSONAL
    ]


def effect_text(kind: Kind) -> str:
    """Say what a correction for one person does."""
    words = {
        Kind.EXTRA_ATTEMPT: _("Gives one more try at a quiz that was tried and not passed."),
        Kind.TIME_CREDIT: _("Fills the time that is missing on the pages to read now."),
        Kind.PAUSE_LIFTED: _("Ends the pause before the next try; later pauses stay."),
        Kind.ARRANGEMENT: _("Sets what is arranged for this person. No reason is recorded."),
        Kind.WAIVE_MODULE: _("Lets a module count without being taken."),
        Kind.REVOKE_COMPLETION: _("The completion no longer counts; its record stays."),
    }
    return words[kind]


def preview_groups(made: Preview) -> list[Group]:
    """Give the attempts that a change touches, those that flip first."""
    titles = {
        Effect.PASSES: _("Not passed, would pass: a second person decides"),
        Effect.LOSES: _("Passed, would lose the pass: listed, and not applied"),
        Effect.SCORE: _("Another score, the same outcome: applied at once"),
        Effect.UNCLEAR: _("Cannot be graded by this key, an option is gone: left as it is"),
    }
    return [_group(effect, title, made.of(effect)) for effect, title in titles.items()]


def _group(effect: Effect, title: str, lines: Sequence[Line]) -> Group:
    rows = tuple(_preview_row(line) for line in lines[:MOST_LINES])
    return Group(f"effect-{effect.value}", title, rows, max(len(lines) - MOST_LINES, 0))


def _preview_row(line: Line) -> tuple[str | Markup, ...]:
    label = _("%(person)s, try %(count)s", person=line.pseudonym, count=line.attempt_number)
    would = "" if line.after is None else points_text(line.after.score)
    link = _attempt_link(line.before.attempt_id, label)
    return link, points_text(line.before.score), would
