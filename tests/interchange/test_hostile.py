"""Files that want to do harm: each is one clear line, at once, and nothing leaves the machine."""

import io
import stat
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lms.interchange.formats import READERS, bring_in, guess, take_out
from lms.interchange.loss import BadFileError
from lms.interchange.questions import Brought, Home
from lms.interchange.safe_zip import read_zip
from tests.interchange.bringing import brought_or_why
from tests.interchange.every_kind import every_item

_SAMPLES = Path(__file__).parent / "samples"
_SECONDS = 20  # far more than any of these takes, far less than a bomb would


def _zip(fill: Callable[[zipfile.ZipFile], None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return out.getvalue()


def _link(archive: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("imsmanifest.xml")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, "/etc/passwd")


def _many(archive: zipfile.ZipFile) -> None:
    for number in range(1001):
        archive.writestr(f"items/{number}.xml", "x")


_ZIPS: dict[str, tuple[Callable[[zipfile.ZipFile], None], str]] = {
    "out of the folder": (lambda one: one.writestr("../../evil.xml", "x"), "out of its folder"),
    "from the root": (lambda one: one.writestr("/etc/evil.xml", "x"), "out of its folder"),
    "a drive": (lambda one: one.writestr("C:/evil.xml", "x"), "out of its folder"),
    "a link": (_link, "holds a link"),
    "a bomb": (lambda one: one.writestr("a.xml", b"0" * 4_000_000), "too big or too dense"),
    "a big one": (lambda one: one.writestr("a.xml", b"0" * 5_000_001), "too big or too dense"),
    "many": (_many, "1001 files"),
    "a zip in it": (
        lambda one: one.writestr("items.dat", _zip(lambda two: two.writestr("a", "b"))),
        "another zip",
    ),
    "no package": (lambda one: one.writestr("a.xml", "<a/>"), "no imsmanifest.xml"),
    "no questions": (lambda one: one.writestr("imsmanifest.xml", "<manifest/>"), "no questions"),
}


@pytest.mark.parametrize("name", list(_ZIPS))
@pytest.mark.parametrize("form", ["qti21", "qti30"])
def test_a_bad_zip_is_one_clear_line(form: str, name: str) -> None:
    fill, words = _ZIPS[name]
    with pytest.raises(BadFileError, match=words) as caught:
        bring_in(_zip(fill), form, Home("fr"))
    assert "\n" not in str(caught.value)


def test_all_of_a_zip_together_is_looked_at_before_any_of_it_is_unpacked() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        for number in range(5):
            archive.writestr(f"{number}.xml", bytes(range(256)) * 17_000, zipfile.ZIP_STORED)

    with pytest.raises(BadFileError, match=r"unpack to more than 20 MB|most is 5 MB"):
        read_zip(_zip(fill))


def test_a_zip_that_lies_about_a_size_is_refused() -> None:
    data = bytearray(_zip(lambda one: one.writestr("imsmanifest.xml", b"<manifest/>" * 9)))
    at = data.rindex(b"PK\x01\x02") + 24  # the size in the list of contents
    data[at : at + 4] = (5).to_bytes(4, "little")
    with pytest.raises(BadFileError):
        read_zip(bytes(data))


@pytest.mark.parametrize("name", ["xxe.xml", "laughs.xml", "external-dtd.xml"])
@pytest.mark.parametrize("form", ["moodle-xml", "qti21", "qti30"])
def test_xml_with_a_document_type_or_entities_is_not_read(form: str, name: str) -> None:
    began = time.monotonic()
    with pytest.raises(BadFileError, match="document type or entities"):
        bring_in((_SAMPLES / name).read_bytes(), form, Home("fr"))
    assert time.monotonic() - began < _SECONDS


def test_a_package_whose_item_has_entities_loses_that_item_alone() -> None:
    package = take_out(every_item(), "qti21", "fr").data
    evil = (_SAMPLES / "xxe.xml").read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, evil if name == "items/002.xml" else old.read(name))
    brought = bring_in(out.getvalue(), "qti21", Home("fr"))
    (fate,) = brought.report.refused
    assert (fate.number, "entities" in fate.refused) == (2, True)
    assert len(brought.items) == len(every_item()) - 1


_DEEP_XML = b"<quiz>" + b"<a>" * 100_000
_DEEP_HTML = (
    b'<quiz><question type="essay"><name><text>D</text></name><questiontext format="html"><text>'
    + b"&lt;b&gt;" * 5000
    + b"x</text></questiontext></question></quiz>"
)


@pytest.mark.parametrize(
    ("data", "form", "words"),
    [
        (b"", "gift", "empty"),
        (b" \n\t ", "aiken", "empty"),
        (b"\x00\x01\x02\xff" * 1000, "gift", "NUL"),
        (b"a" * 5_000_001, "gift", "the most is 5 MB"),
        (b"<quiz>" + b" " * 10_000_000 + b"</quiz>", "moodle-xml", "the most is 5 MB"),
        (_DEEP_XML, "moodle-xml", "elements deep"),
        (b"<quiz>" + b"<a/>" * 200_001 + b"</quiz>", "moodle-xml", "more than 200000 elements"),
        (b"<quiz><question>", "moodle-xml", "broken on line 1"),
        (b"<html/>", "moodle-xml", "not Moodle XML"),
        (b"<questestinterop/>", "qti21", "QTI 1.2"),
        (b"<assessmentItem/>", "qti30", "not a question of QTI Package"),
        (b"\xff\xfea", "gift", "UTF-16"),
        (b"A?{=a ~b}\n\n" * 501, "gift", "more than 500 questions"),
        (b"PK\x03\x04" + b"\x00" * 100, "qti21", "broken"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_clear_line_at_once(data: bytes, form: str, words: str) -> None:
    began = time.monotonic()
    with pytest.raises(BadFileError, match=words) as caught:
        bring_in(data, form, Home("fr"))
    assert "\n" not in str(caught.value)
    assert time.monotonic() - began < _SECONDS


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (_DEEP_HTML, "elements deep"),
        (_DEEP_HTML.replace(b"&lt;b&gt;" * 5000, b"x" * 200_001), "more than 200 kB"),
    ],
)
def test_a_question_that_is_too_deep_or_too_long_is_refused_by_name(text: bytes, why: str) -> None:
    (fate,) = bring_in(text, "moodle-xml", Home("fr")).report.fates
    assert fate.title == "D"
    assert why in fate.refused


@pytest.mark.parametrize(
    "text",
    [
        "{" * 50_000,
        "}" * 50_000,
        "A {" + "~%50%" * 20_000 + "}",
        "A {=" + "\\" * 100_000 + "}",
        "::" * 50_000,
        "A {>" + " A" * 50_000 + "}",
        "<![CDATA[" * 1000,
        "- " * 50_000,
        "\n".join("  " * at + "- x" for at in range(2000)),
        "[" * 50_000 + "]" * 50_000,
        "> " * 50_000,
        "A. x\n" * 20_000,
        "1.  a\n" + "... b\n" * 20_000,
    ],
    ids=range(13),
)
@pytest.mark.parametrize("form", ["gift", "aiken", "text2qti"])
def test_no_text_takes_long(form: str, text: str) -> None:
    began = time.monotonic()
    found = brought_or_why(text.encode(), form)
    assert isinstance(found, Brought) or "\n" not in found
    assert time.monotonic() - began < _SECONDS


def test_whatever_a_page_hides_in_its_html_nothing_of_it_comes_in() -> None:
    html = (
        '<p onclick="x()">Asked <a href="javascript:alert(1)">here</a> '
        '<a href=" JaVaScRiPt:alert(1)">there</a> <a href="data:text/html,x">data</a></p>'
        "<script>alert(1)</script><style>p{}</style><iframe src='https://e.ca'></iframe>"
        '<img src=x onerror=alert(1) alt="A ]( picture"><form><input name="a"></form>'
        "<svg><script>x</script></svg><b>bold"
    )
    escaped = html.replace("&", "&amp;").replace("<", "&lt;")
    xml = (
        '<quiz><question type="essay"><name><text>H</text></name><questiontext format="html"><text>'
        f"{escaped}</text></questiontext></question></quiz>"
    )
    brought = bring_in(xml.encode(), "moodle-xml", Home("en"))
    text = brought.markdown.lower()
    for word in ("javascript", "script>", "onclick", "onerror", "iframe", "data:", "alert", "](x"):
        assert word not in text
    lost = " ".join(loss.what for loss in brought.report.fates[0].losses)
    for word in ("javascript:alert(1)", "<script>", "<style>", "<iframe>", "picture x", "<svg>"):
        assert word in lost
    assert "**bold**" in text


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"nothing", b"<a/>", b"PK\x03\x04x"])
def test_a_file_whose_format_cannot_be_told_is_one_clear_line(data: bytes) -> None:
    with pytest.raises(BadFileError):
        guess(data)


def test_every_reader_refuses_every_other_formats_file_or_reads_it_to_the_end() -> None:
    for form in READERS:
        for path in sorted(_SAMPLES.iterdir()):
            found = brought_or_why(path.read_bytes(), form)
            assert isinstance(found, Brought) or "\n" not in found
