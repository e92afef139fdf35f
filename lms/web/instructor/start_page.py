"""The instructor's start page: who could use a hand, what waits, what is new, then the groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from flask import render_template, url_for

from lms.conversations.queries import Waiting, waiting_messages
from lms.journey.open_answers import readers_of
from lms.kernel.days import today_in_programme
from lms.publishing.queries import ModuleOutline, outlines
from lms.reporting.cohorts import Person, own_cohorts, people_to_follow_up
from lms.reporting.follow_up import Help, Moment, Reason, Why, help_for
from lms.reporting.news import News, news
from lms.web.db import db
from lms.web.instructor.pages import day_text, person_line, time_text
from lms.web.instructor.surface import bp
from lms.web.request import actor, language, now, settings
from lms.web.words import _, plural

MOST_TO_FOLLOW_UP = 20  # on the start page; each group's table has them all
MOST_WAITING = 10


@dataclass(frozen=True, slots=True)
class HelpLink:
    """The one thing that helps somebody, and the way to it."""

    label: str
    url: str
    hidden: str  # the same for who hears the link alone


@bp.get("/instructor")
def start() -> str:
    """Show who could use a hand, what waits and what is new; then the groups."""
    moment = Moment(now(), today_in_programme(now()))
    user_id = actor().user_id
    cohorts = own_cohorts(db(), user_id, moment)
    names = {line.id: line.name for line in cohorts}
    people = people_to_follow_up(db(), user_id, moment, most=MOST_TO_FOLLOW_UP)
    waiting = waiting_messages(db(), user_id, most=MOST_WAITING + 1) if cohorts else ()
    titles = outlines(db(), sorted({one.module_id for one in waiting if one.module_id}), language())
    found = news(db(), user_id, actor().session_hash, readers=readers_of(settings()))
    return render_template(
        "instructor/start.html",
        cohorts=cohorts,
        people=[_stuck_row(one, names[one.cohort_id]) for one in people],
        more=sum(line.to_follow_up for line in cohorts) - len(people),
        waiting=[_waiting_row(one, titles) for one in waiting[:MOST_WAITING]],
        has_more_waiting=len(waiting) > MOST_WAITING,
        to_read=found.answers_to_read,
        since=time_text(found.since),
        news=_news_lines(found),
    )


def _stuck_row(person: Person, group: str) -> dict[str, Any]:
    """Say of somebody why he could use a hand, how far he is, and the one thing that helps."""
    line = person_line(person, ())
    facts = _("Modules passed: %(passed)s. Last activity: %(seen)s. Group: %(group)s.",
              passed=line.passed, seen=day_text(person.seen_at) or _("none"),
              group=group)  # fmt: skip
    help_ = help_link(person)
    return {"name": line.pseudonym, "url": line.url, "reasons": line.reasons,
            "facts": facts, "help": help_}  # fmt: skip


def help_link(person: Person) -> HelpLink:
    """Give the way to what helps somebody most; only where there is a reason."""
    page = url_for("instructor.person", enrolment_id=person.enrolment_id)
    name = person.pseudonym
    match help_for(person.reasons):
        case Help.WRITE:
            label, hidden = _("Write a message"), _("Write a message to %(person)s", person=name)
            return HelpLink(label, f"{page}#write", hidden)
        case Help.TALK:
            label = _("Offer a talk")
            return HelpLink(label, f"{page}#write", _("Offer %(person)s a talk", person=name))
        case Help.LIFT_PAUSE:
            url = url_for("corrections.ask", enrolment_id=person.enrolment_id, kind="pause-lifted")
            hidden = _("Lift the pause of %(person)s", person=name)
            return HelpLink(_("Lift the pause"), url, hidden)
        case Help.EXTEND:
            label = _("Ask for another last day")
            hidden = _("Ask for another last day for %(person)s", person=name)
            return HelpLink(label, f"{page}#last-day", hidden)
        case unknown:
            assert_never(unknown)


def has_reason(reasons: Sequence[Reason], *whys: Why) -> bool:
    """Whether one of these is among the reasons."""
    return any(reason.why in whys for reason in reasons)


def _waiting_row(one: Waiting, titles: Mapping[str, ModuleOutline]) -> dict[str, Any]:
    """Make the row of a message that waits: who, about which module, since when."""
    page = url_for("instructor.person", enrolment_id=one.enrolment_id)
    if one.item_id is None:
        text, url, label = _("A message"), f"{page}#messages", _("Read it")
    else:
        outline = titles.get(one.module_id or "")
        title = outline.title if outline else ""
        text = _("A question is unclear: %(title)s", title=title)
        url = f"{page}?answers={one.message_id}#write"
        label = _("Answer")
    since = _("Sent on %(when)s. Group: %(group)s.", when=time_text(one.sent_at),
              group=one.cohort_name)  # fmt: skip
    hidden = _("%(label)s: %(person)s", label=label, person=one.pseudonym)
    return {
        "key": one.pseudonym,
        "value": [text, since],
        "action": {"url": url, "label": label, "hidden": hidden},
    }


def _news_lines(found: News) -> list[str]:
    """Say what is new; nothing where nothing is."""
    lines = [
        (found.help_requests,
         plural("%(num)s question said to be unclear", "%(num)s questions said to be unclear",
                found.help_requests)),
        (found.messages,
         plural("%(num)s message", "%(num)s messages", found.messages)),
        (found.modules_passed,
         plural("%(num)s module passed", "%(num)s modules passed", found.modules_passed)),
        (found.finished,
         plural("%(num)s person has finished the course",
                "%(num)s people have finished the course", found.finished)),
    ]  # fmt: skip
    return [text for count, text in lines if count]
