"""The formats that questions come in and go out by, and a guess at which one a file has."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace

from lms.content.model import Item
from lms.interchange.aiken import read_aiken
from lms.interchange.csv_out import write_csv
from lms.interchange.decode import decode
from lms.interchange.gift import read_gift
from lms.interchange.gift_out import write_gift
from lms.interchange.loss import BadFileError, Fate
from lms.interchange.moodle_out import write_moodle_xml
from lms.interchange.moodle_xml import read_moodle_xml
from lms.interchange.prompts import title_of
from lms.interchange.qti_package import write_qti21, write_qti30
from lms.interchange.qti_read import read_qti21, read_qti30
from lms.interchange.questions import Brought, Home, Reading, bring
from lms.interchange.safe_zip import ZIP_MARK, read_zip
from lms.interchange.text2qti import read_text2qti
from lms.interchange.written import Written

READERS: Mapping[str, Callable[[bytes, str], Reading]] = {
    "gift": read_gift,
    "aiken": read_aiken,
    "qti21": read_qti21,
    "qti30": read_qti30,
    "text2qti": read_text2qti,
    "moodle-xml": read_moodle_xml,
}
WRITERS: Mapping[str, Callable[[Sequence[Item], str], Written]] = {
    "gift": write_gift,
    "qti21": write_qti21,
    "qti30": write_qti30,
    "moodle-xml": write_moodle_xml,
    "csv": write_csv,
}
SUFFIXES = {"gift": "gift.txt", "qti21": "qti21.zip", "qti30": "qti30.zip",
            "moodle-xml": "moodle.xml", "csv": "csv"}  # fmt: skip
_ROOTS = (
    ("moodle-xml", re.compile(rb"<quiz[\s>]")),
    ("qti30", re.compile(rb"<(?:\w+:)?qti-assessment-item[\s>]")),
    ("qti21", re.compile(rb"<(?:\w+:)?assessmentItem[\s>]")),
)
_TEXTS = (
    ("aiken", re.compile(r"^ANSWER[ \t]*:[ \t]*[A-Z][ \t]*$", re.MULTILINE)),
    ("gift", re.compile(r"^::|\{[ \t\n]*(?:[=~#>]|T\b|F\b|TRUE|FALSE|\})", re.MULTILINE)),
    ("text2qti", re.compile(r"^(?:\*[a-zA-Z]\)|\[\*\]|=|\*|___+)[ \t]*", re.MULTILINE)),
)
_HEAD = 20_000
_CLOSED = "it rests on a testimony that may not be shown"


def bring_in(data: bytes, form: str, home: Home) -> Brought:
    """Return the questions of a file as Markdown, with the report; BadFileError in one line."""
    reading = READERS[form](data, home.language)
    if not reading.found:
        raise BadFileError(f"the file holds no questions of the format {form}")
    return bring(reading, form, home)


def take_out(
    items: Sequence[Item], form: str, language: str, closed: Container[str] = ()
) -> Written:
    """Return the questions as a file of that format, with the report.

    A question that rests on a testimony that is `closed` (taken back, or past its consent) stays.
    """
    shown = [item for item in items if item.testimony not in closed]
    written = WRITERS[form](shown, language)
    kept = tuple(
        Fate(number, title_of(item.prompt), refused=_CLOSED)
        for number, item in enumerate(items, start=1)
        if item.testimony in closed
    )
    numbers = (number for number, item in enumerate(items, start=1) if item.testimony not in closed)
    fates = (
        replace(fate, number=number)
        for fate, number in zip(written.report.fates, numbers, strict=True)
    )
    every = tuple(sorted((*fates, *kept), key=lambda fate: fate.number))
    return replace(written, report=replace(written.report, fates=every))


def guess(data: bytes) -> str:
    """Return the format that a file seems to have; BadFileError where none fits."""
    if data.startswith(ZIP_MARK):
        return "qti30" if b"xmlv3p0" in _manifest(data) else "qti21"
    head = data[:_HEAD].replace(b"\x00", b"")
    for form, pattern in _ROOTS:
        if pattern.search(head):
            return form
    text, _ = decode(data)
    for form, text_pattern in _TEXTS:
        if text_pattern.search(text):
            return form
    raise BadFileError("the format cannot be told from the file: say which it is")


def _manifest(data: bytes) -> bytes:
    files = read_zip(data)
    return next((files[name] for name in files if name.endswith("imsmanifest.xml")), b"")
