"""What a person is handed at the end: a page to be proud of, that anyone can read and check."""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lms.completion import printing
from lms.completion.printing import CertificatePrint, Fact, certificate_pdf
from lms.kernel.paper import DRAWN
from tests.pdf import lines_of, page_of, squeezed, text_of, utf16

ENGLISH = CertificatePrint(
    language="en",
    issued_on=date(2026, 3, 14),
    issuer="Virage",
    heading="Certificate of completion",
    title="Awareness seminar",
    statement="The holder has taken every module and passed each of its quizzes.",
    completed=Fact("Completed on", "March 14, 2026"),
    hours=Fact("Duration", "7 hours"),
    number=Fact("Register number", "00000H-H"),
    secret=Fact("Verification code", "7K3M-Q9TX-2B8W-ZD4R-C"),
    check_heading="Check this certificate",
    how_to_check="Scan the QR code, or open the address and enter both.",
    check_url="https://seminar.example.ca/en/check",
    qr_url="https://seminar.example.ca/en/check?n=00000H-H&c=7K3M-Q9TX-2B8W-ZD4R-C",
    qr_alt="QR code that opens the checking page",
    note="This document carries no name.",
)
FRENCH = replace(
    ENGLISH,
    language="fr",
    heading="Attestation de réussite",
    title="Séminaire « Œuvrer ensemble » : l’été",
    hours=Fact("Durée", "7\u202fheures"),
    qr_alt="Code QR qui ouvre la page de vérification",
)


def test_a_prosecutor_reads_every_word_and_value_on_the_page() -> None:
    shown = text_of(certificate_pdf(ENGLISH))
    facts = (ENGLISH.completed, ENGLISH.hours, ENGLISH.number, ENGLISH.secret)
    words = [ENGLISH.issuer, ENGLISH.heading, ENGLISH.title, ENGLISH.statement]
    words += [ENGLISH.check_heading, ENGLISH.how_to_check, ENGLISH.check_url, ENGLISH.note]
    words += [text for fact in facts for text in (fact.label, fact.value)]
    assert [word for word in words if squeezed(word) not in shown] == []


def test_a_french_certificate_keeps_its_accents_quotation_marks_and_narrow_spaces() -> None:
    shown = text_of(certificate_pdf(FRENCH), spaces=True)
    assert FRENCH.title in shown
    assert "7\u202fheures" in shown


@pytest.mark.parametrize(("certificate", "tag"), [(FRENCH, b"fr-CA"), (ENGLISH, b"en-CA")])
def test_a_screen_reader_knows_the_language(certificate: CertificatePrint, tag: bytes) -> None:
    assert b"/Lang(" + tag + b")" in certificate_pdf(certificate)


def test_a_screen_reader_finds_a_tagged_document_that_says_it_is_accessible() -> None:
    pdf = certificate_pdf(FRENCH)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/MarkInfo<</Marked true" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/DisplayDocTitle true" in pdf
    tags = set(re.findall(rb"/StructElem/S/(\w+)", pdf))
    assert tags >= {b"H1", b"H2", b"P", b"TH", b"TD", b"Figure", b"Link"}


def test_a_person_who_cannot_see_the_qr_code_is_told_what_it_does() -> None:
    assert b"/Alt" + utf16(FRENCH.qr_alt) in certificate_pdf(FRENCH)


def test_a_clerk_with_many_windows_open_sees_heading_and_number_in_the_title() -> None:
    pdf = certificate_pdf(FRENCH)
    assert ">Attestation de réussite 00000H-H</rdf:li></rdf:Alt></dc:title>".encode() in pdf


def test_the_printed_address_opens_the_same_page_as_the_qr_code() -> None:
    assert b"/URI(" + ENGLISH.qr_url.encode() + b")" in certificate_pdf(ENGLISH)


def test_an_address_that_is_no_web_address_is_printed_but_opens_nothing() -> None:
    pdf = certificate_pdf(replace(ENGLISH, qr_url="javascript:alert(1)"))
    assert b"/URI" not in pdf
    assert squeezed(ENGLISH.check_url) in text_of(pdf)


def test_the_qr_code_holds_the_address_it_is_given() -> None:
    other = replace(ENGLISH, qr_url=ENGLISH.qr_url.replace("7K3M", "7K3N"))
    assert printing._qr_svg(other.qr_url) != printing._qr_svg(ENGLISH.qr_url)  # noqa: SLF001  # the drawing apart from the link
    assert page_of(certificate_pdf(other)) != page_of(certificate_pdf(ENGLISH))


def test_a_page_fits_on_letter_paper_and_is_alone() -> None:
    pdf = certificate_pdf(ENGLISH)
    assert b"/MediaBox[0 0 612 792]" in pdf
    assert b"/Count 1/Kids" in pdf


@pytest.mark.parametrize(
    "title",
    [
        '#let x = 1; #panic("no") #read("/etc/passwd")',
        "*bold* _slanted_ $x^2$ `raw` @nobody <label> = none // not a comment",
        '"quoted" \\" \\u{41} {"a": [1]} \'',
        "= Heading",
        "a" * 300,
        ("Une longue suite de mots sans fin " * 10)[:300],
    ],
)
def test_what_an_author_types_in_a_title_is_printed_and_never_run(title: str) -> None:
    pdf = certificate_pdf(replace(ENGLISH, title=title))
    assert squeezed(title) in text_of(pdf)
    assert b"/Count 1/Kids" in pdf


def test_a_word_without_an_end_is_broken_into_lines_and_does_not_leave_the_paper() -> None:
    short, long = (certificate_pdf(replace(ENGLISH, title="a" * count)) for count in (3, 300))
    assert lines_of(long) >= lines_of(short) + 2


def test_marks_that_turn_text_around_or_hide_in_it_are_left_out() -> None:
    hostile = "A\u202eB\u2066C\u200dD\u00adE\x00F\x1bG\nH\ud800I"
    assert "ABCDEFGH\ufffdI" in text_of(certificate_pdf(replace(ENGLISH, title=hostile)))


def test_a_letter_that_no_font_draws_leaves_a_mark_and_not_an_error() -> None:
    shown = text_of(certificate_pdf(replace(ENGLISH, title="Paix 😀 سلام")))
    assert "Paix\ufffd\ufffd\ufffd\ufffd\ufffd" in shown


def test_an_accent_typed_apart_from_its_letter_is_printed_with_it() -> None:
    assert "Réussite" in text_of(certificate_pdf(replace(ENGLISH, title="Re\u0301ussite")))


@pytest.mark.parametrize("place", ["title", "check_heading", "secret"])
def test_every_letter_that_passes_has_a_shape_in_each_face(place: str) -> None:
    drawn = [chr(code) for first, last in DRAWN for code in range(first, last + 1)]
    named = [letter for letter in drawn if unicodedata.category(letter)[0] != "C"]
    text = " ".join(letter for letter in named if unicodedata.is_normalized("NFC", letter))
    value: Any = Fact("Code", text) if place == "secret" else text
    shown = text_of(certificate_pdf(replace(ENGLISH, **{place: value})))
    for sample in ("ÀàÇçÉéŒœŸÿ«»’—", "αω", "Яя", "ệ", "€", "→"):
        assert set(sample) <= set(shown)
    assert "\ufffd" not in shown


def test_too_many_words_go_on_to_another_page_and_raise_nothing() -> None:
    pdf = certificate_pdf(replace(ENGLISH, statement="Words without an end. " * 1000))
    assert b"/Count 1/Kids" not in pdf


def test_the_same_certificate_printed_twice_is_the_same_file() -> None:
    assert certificate_pdf(FRENCH) == certificate_pdf(replace(FRENCH))


def test_the_file_is_dated_the_day_of_issue_and_not_the_day_of_printing() -> None:
    pdf = certificate_pdf(ENGLISH)
    assert b"2026-03-14T12:00:00" in pdf
    later = certificate_pdf(replace(ENGLISH, issued_on=date(2026, 3, 15)))
    assert b"2026-03-14" not in later
