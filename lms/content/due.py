"""What is due: facts to check again, modules to review, consents that end, numbers to dial."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from lms.content.facts_register import dial_by, phones_of
from lms.content.model import Content, Place, TestimonyKind

_LONGEST_LINE = 75  # octets, by RFC 5545
_SPACE = uuid5(NAMESPACE_URL, "urn:virage:due")


class DueKind(StrEnum):
    """What somebody has to do."""

    FACT = "fact"
    PHONE = "phone"
    MODULE = "module"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing to do by a day; `id` names it for ever, with its kind."""

    day: date
    kind: DueKind
    id: str
    what: str
    place: Place


def due(content: Content, today: date, days: int) -> tuple[Due, ...]:
    """Give all that is due by that many days from now, what is overdue first."""
    last = today + timedelta(days=days)
    found = (*_facts(content, today), *_modules(content), *_consents(content))
    return tuple(sorted(one for one in found if one.day <= last))


def _facts(content: Content, today: date) -> Iterator[Due]:
    for fact in content.facts.values():
        keeper = f" ({fact.owner})" if fact.owner else ""
        what = f"check fact {fact.id} again{keeper}: {fact.source}"
        yield Due(fact.review_by, DueKind.FACT, fact.id, what, fact.place)
        if phones_of(fact):
            when = f"last on {fact.dialled}" if fact.dialled else "never dialled"
            what = f"dial {', '.join(phones_of(fact))} of fact {fact.id}{keeper}: {when}"
            yield Due(dial_by(fact, today), DueKind.PHONE, fact.id, what, fact.place)


def _modules(content: Content) -> Iterator[Due]:
    for (name, language), module in content.modules.items():
        what = f"read module {name} ({language}) again"
        yield Due(module.review_by, DueKind.MODULE, f"{name}-{language}", what, module.place)


def _consents(content: Content) -> Iterator[Due]:
    """Yield the consents that are in force and will end, once a testimony."""
    told = set()
    for (name, _), testimony in sorted(content.testimonies.items()):
        consent = testimony.consent
        if testimony.kind is not TestimonyKind.ORIGINAL or consent is None or name in told:
            continue
        told.add(name)
        if consent.withdrawn is None:
            what = f"the consent for testimony {name} ends: ask {consent.contact} in good time"
            yield Due(consent.until, DueKind.CONSENT, name, what, testimony.place)


def due_as_text(found: Iterable[Due], today: date) -> str:
    """Return one line a thing, for a mail: the day, how late it is, what to do and where."""
    lines = [
        f"{one.day.isoformat()}  {_how_late(one.day, today):12}  {one.what}"
        f"  [{one.place.path}:{one.place.line}]"
        for one in found
    ]
    return "".join(f"{_on_one_line(line)}\n" for line in lines)


def _how_late(day: date, today: date) -> str:
    days = (day - today).days
    if days == 0:
        return "today"
    return f"in {days} d" if days > 0 else f"{-days} d late"


def due_as_calendar(found: Iterable[Due], now: datetime) -> str:
    """Return a calendar (RFC 5545) with an all-day event a thing, each with a lasting id."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Virage//Content//EN", "METHOD:PUBLISH"]
    for one in found:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uuid5(_SPACE, f'{one.kind} {one.id}')}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(one.what)}",
            f"DESCRIPTION:{_escaped(f'{one.place.path}:{one.place.line}')}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    """Return a text as RFC 5545 holds it."""
    flat = _on_one_line(text).replace("\\", "\\\\")
    return flat.replace(";", "\\;").replace(",", "\\,")


def _on_one_line(text: str) -> str:
    """Return a text without signs that a terminal or a calendar would obey."""
    return "".join(sign if sign.isprintable() or sign in "\u00a0\u202f" else " " for sign in text)


def _folded(line: str) -> str:
    """Return a line cut into pieces of at most 75 octets, each but the first after a space."""
    pieces: list[str] = []
    piece, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > _LONGEST_LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + sign, size + width
    return "\r\n".join([*pieces, piece])
