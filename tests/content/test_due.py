"""What is due, for a mail and for a calendar."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from lms.content.due import DueKind, due, due_as_calendar, due_as_text
from lms.content.model import Consent, Content, Fact, Module, Place, Testimony, TestimonyKind

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 14, tzinfo=UTC)
FACT = Fact(
    id="R03",
    statement={"en": "Call 1 866 277-3553.", "fr": "Appelez le 1 866 277-3553."},
    source="Somebody; a page, 2023",
    address="example.org",
    checked=date(2026, 1, 1),
    review_by=date(2026, 12, 1),
    place=Place("content/facts.yml", 7),
    dialled=date(2026, 6, 4),
)
MODULE = Module(
    id="law",
    language="fr",
    title="La loi",
    minutes=1,
    reviewed=date(2026, 1, 1),
    review_by=date(2026, 11, 20),
    sections=(),
    items=(),
    place=Place("content/modules/04-law/fr.md"),
    source="",
)
CONSENT = Consent(
    given=date(2026, 1, 1), until=date(2026, 12, 21), scope=("seminar",), contact="PARTNER-014"
)
LEA = Testimony(
    id="lea",
    language="fr",
    kind=TestimonyKind.ORIGINAL,
    markdown="",
    place=Place("content/testimonies/lea/fr.md"),
    consent=CONSENT,
)


def content(fact: Fact = FACT, lea: Testimony = LEA) -> Content:
    both = {("lea", "fr"): lea, ("lea", "en"): replace(lea, language="en")}
    return Content({}, {("law", "fr"): MODULE}, both, {fact.id: fact}, {})


def kinds(found: Content, days: int) -> list[tuple[DueKind, date]]:
    return [(one.kind, one.day) for one in due(found, TODAY, days)]


def test_facts_modules_consents_and_numbers_come_in_the_order_of_their_days() -> None:
    assert kinds(content(), 30) == [
        (DueKind.MODULE, date(2026, 11, 20)),
        (DueKind.FACT, date(2026, 12, 1)),
        (DueKind.PHONE, date(2026, 12, 1)),
        (DueKind.CONSENT, date(2026, 12, 21)),
    ]


def test_what_is_overdue_is_always_there_and_what_is_later_than_asked_is_not() -> None:
    assert [kind for kind, _ in kinds(content(), 0)] == [DueKind.MODULE]
    assert len(kinds(content(), 29)) == 3


def test_a_number_that_nobody_dialled_is_due_today() -> None:
    never = content(replace(FACT, dialled=None))
    assert (DueKind.PHONE, TODAY) in kinds(never, 0)
    assert "never dialled" in due_as_text(due(never, TODAY, 0), TODAY)


def test_a_consent_that_was_withdrawn_is_not_asked_for_again() -> None:
    gone = replace(LEA, consent=replace(CONSENT, withdrawn=date(2026, 11, 1)))
    assert DueKind.CONSENT not in {kind for kind, _ in kinds(content(lea=gone), 60)}


def test_a_line_says_the_day_how_late_it_is_what_to_do_and_where() -> None:
    lines = due_as_text(due(content(replace(FACT, owner="ana")), TODAY, 30), TODAY).splitlines()
    assert lines[0] == (
        "2026-11-20  1 d late      read module law (fr) again  [content/modules/04-law/fr.md:1]"
    )
    assert lines[1] == (
        "2026-12-01  in 10 d       check fact R03 again (ana): Somebody; a page, 2023"
        "  [content/facts.yml:7]"
    )


def test_what_a_file_says_cannot_begin_another_line() -> None:
    odd = replace(FACT, source="a\u2028b\x1b[31m\r\nEND:VCALENDAR")
    assert len(due_as_text(due(content(odd), TODAY, 30), TODAY).splitlines()) == 4
    assert "\x1b" not in due_as_text(due(content(odd), TODAY, 30), TODAY)
    assert due_as_calendar(due(content(odd), TODAY, 30), NOW).count("\r\nEND:VCALENDAR") == 1


def test_the_calendar_holds_an_all_day_event_a_thing_in_lines_that_every_calendar_reads() -> None:
    long = replace(FACT, source="é" * 200)
    text = due_as_calendar(due(content(long), TODAY, 30), NOW)
    lines = text.split("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in lines) <= 75
    whole = text.replace("\r\n ", "").split("\r\n")
    assert whole[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Virage//Content//EN"]
    assert whole[-2:] == ["END:VCALENDAR", ""]
    assert whole.count("BEGIN:VEVENT") == whole.count("END:VEVENT") == 4
    assert "DTSTART;VALUE=DATE:20261201" in whole
    assert "DTEND;VALUE=DATE:20261202" in whole
    assert "DTSTAMP:20261121T140000Z" in whole
    assert f"SUMMARY:check fact R03 again: {'é' * 200}" in whole


def test_commas_and_semicolons_are_escaped() -> None:
    text = due_as_calendar(due(content(), TODAY, 30), NOW).replace("\r\n ", "")
    assert "Somebody\\; a page\\, 2023" in text


def test_an_event_keeps_its_id_when_its_day_moves_and_no_two_share_one() -> None:
    def ids(found: Content) -> list[str]:
        text = due_as_calendar(due(found, TODAY, 60), NOW + timedelta(days=1))
        return sorted(re.findall(r"UID:(\S+)", text))

    moved = replace(FACT, review_by=date(2026, 12, 5))
    assert ids(content(moved)) == ids(content())
    assert len(set(ids(content()))) == 4
