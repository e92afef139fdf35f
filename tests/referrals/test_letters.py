"""What comes in an envelope: one page that anybody can read, and that tells nobody why."""

import re
from dataclasses import replace
from datetime import date
from time import process_time

import pytest

from lms.referrals.letters import Letter, Line, Part, letters_pdf
from tests.pdf import objects_of, squeezed, stream_of, text_of

DAY = date(2026, 11, 21)
ENGLISH = Letter(
    language="en",
    heading="Your place in the training",
    opening="This letter says how to begin.",
    address=Line("Address of the site", "https://training.example/en/begin"),
    url="https://training.example/en/begin",
    code=Line("Your code", "7K3M-Q9TX-2B8W-ZD4R-C"),
    days=(Line("Enrol by", "February 19, 2027"), Line("Finish by", "March 1, 2027")),
    parts=(
        Part("How to begin", ("Open the address.", "Enter your code."), is_numbered=True),
        Part("Whom to call", ("450 555-0199",)),
    ),
    reference=Line("Reference:", "R-00042"),
)
FRENCH = replace(
    ENGLISH,
    language="fr",
    heading="Votre place dans la formation",
    opening="Cette lettre dit « comment » commencer : c’est tout.",
    reference=Line("Référence\u00a0:", "R-00043"),
)


def _pdf(*letters: Letter, title: str = "Letter") -> bytes:
    return letters_pdf(letters, issuer="Virage", title=title, made_on=DAY)


def test_whoever_opens_the_envelope_reads_address_code_last_days_and_whom_to_call() -> None:
    shown = text_of(_pdf(ENGLISH))
    words = [ENGLISH.heading, ENGLISH.opening, ENGLISH.url, ENGLISH.code.value, "450 555-0199"]
    words += [text for day in ENGLISH.days for text in (day.label, day.value)]
    words += [line for part in ENGLISH.parts for line in (part.heading, *part.lines)]
    words += [ENGLISH.reference.label, ENGLISH.reference.value, "Virage"]
    assert [word for word in words if squeezed(word) not in shown] == []


def test_a_french_letter_keeps_its_accents_and_quotation_marks() -> None:
    assert FRENCH.opening in text_of(_pdf(FRENCH), spaces=True)


def test_a_screen_reader_finds_a_tagged_document_with_its_languages() -> None:
    pdf = _pdf(FRENCH, ENGLISH)
    assert b"/MarkInfo<</Marked true" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert {b"fr-CA", b"en-CA"} == set(re.findall(rb"/Lang\(([^)]+)\)", pdf))
    tags = set(re.findall(rb"/StructElem/S/(\w+)", pdf))
    assert tags >= {b"H1", b"H2", b"P", b"L", b"LI", b"Link"}


def test_each_person_of_a_group_has_a_page_of_his_own_with_his_own_code() -> None:
    codes = [f"7K3M-Q9TX-2B8W-ZD{number:02}-C" for number in range(40)]
    letters = [
        replace(ENGLISH if at % 2 else FRENCH, code=Line("Code", code))
        for at, code in enumerate(codes)
    ]
    began = process_time()
    pdf = _pdf(*letters)
    assert process_time() - began < 5
    assert b"/Count 40/Kids" in pdf or pdf.count(b"/Type/Page/") == 40
    objects = objects_of(pdf)
    pages = [
        b"".join(stream_of(objects[at]) for at in re.findall(rb"/Contents (\d+) 0 R", body))
        for body in objects.values()
        if b"/Type/Page/" in body
    ]
    assert len(pages) == 40
    shown = text_of(pdf)
    assert [code for code in codes if shown.count(code) != 1] == []


def test_more_words_than_usual_are_set_smaller_and_stay_on_one_page() -> None:
    long = Part("What to expect", ("Some words that go on for a while. " * 8,) * 6)
    pdf = _pdf(replace(ENGLISH, parts=(*ENGLISH.parts, long)))
    assert pdf.count(b"/Type/Page/") == 1


def test_the_file_tells_its_title_and_its_day_and_nothing_of_a_person() -> None:
    pdf = _pdf(ENGLISH, title="Letters of November")
    assert b">Letters of November</rdf:li></rdf:Alt></dc:title>" in pdf
    without_page = re.sub(rb"stream\r?\n.*?endstream", b"", pdf, flags=re.DOTALL)
    for private in (ENGLISH.code.value, ENGLISH.reference.value, "450 555-0199"):
        assert private.encode() not in without_page


@pytest.mark.parametrize(
    "reference",
    ['#panic("no") #read("/etc/passwd")', "*bold* $x^2$ `raw` @nobody <label>", "x" * 40],
)
def test_what_an_agency_writes_as_a_reference_is_printed_and_never_run(reference: str) -> None:
    pdf = _pdf(replace(ENGLISH, reference=Line("Reference:", reference)))
    assert squeezed(reference) in text_of(pdf)


def test_an_address_that_is_no_web_address_opens_nothing() -> None:
    assert b"/URI" in _pdf(ENGLISH)
    assert b"/URI" not in _pdf(replace(ENGLISH, url="javascript:alert(1)"))


def test_nobody_gets_an_envelope_without_a_letter() -> None:
    with pytest.raises(ValueError, match="no letter"):
        _pdf()
