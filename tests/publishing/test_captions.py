"""Captions: their words and times are kept, notes and styles are not, and faults have a line."""

import pytest

from lms.publishing.captions import clean_captions
from lms.publishing.media_kinds import MediaRefusedError, Why

CUE = "00:01.000 --> 00:04.000\nBonjour."


def _clean(text: str) -> str:
    return clean_captions("a.vtt", text.encode()).decode()


def test_captions_are_kept_as_they_are_read() -> None:
    cue = "01:00:00.000 --> 01:00:02.000 align:start line:0\n<v Léa>Oui</v> <b>!</b>"
    text = f"WEBVTT\n\n{CUE}\n\n{cue}\n"
    assert _clean(text) == text
    assert _clean(f"WEBVTT\n\n{CUE}\n\nNOTEWORTHY\n{cue}") == text


@pytest.mark.parametrize(
    "text",
    [
        f"WEBVTT - captions of A. B.\nX-TIMESTAMP-MAP=LOCAL\n\nNOTE by A. B.\n\n{CUE}",
        "\ufeffWEBVTT\r\n\r\nSTYLE\r\n::cue { background: url(//a.example) }\r\n\r\n"
        + CUE.replace("\n", "\r\n"),
        f"WEBVTT\n\nREGION\nid:A. B.\n\nA. B. name of the cue\n{CUE}\n",
    ],
)
def test_what_only_the_maker_needs_is_left_out(text: str) -> None:
    assert _clean(text) == f"WEBVTT\n\n{CUE}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"\nWEBVTT\n\n{CUE}", 1),
        (f"WEBVTTX\n\n{CUE}", 1),
        ("<p>WEBVTT</p>", 1),
        ("", 1),
        ("WEBVTT\n", 1),
        (f"WEBVTT\n{CUE}\n\n{CUE}", 2),
        ("WEBVTT\n\nBonjour.", 4),
        ("WEBVTT\n\n1\n0:1 --> 0:2\nBonjour.", 4),
        (f"WEBVTT\n\n{CUE}\n00:05.000 --> 00:06.000\nEncore.", 5),
        (f"WEBVTT\n\n{CUE}\n<script>alert(1)</script>", 5),
        (f"WEBVTT\n\n{CUE}\n<img src=x>", 5),
        (f"WEBVTT\n\n{CUE}\na < b", 5),
        (f"WEBVTT\n\n{CUE}\n\x07", 5),
    ],
)
def test_a_fault_in_captions_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(MediaRefusedError, match=f"line {line}:") as refused:
        _clean(text)
    assert refused.value.why is Why.CAPTIONS


def test_captions_that_are_not_utf8_are_refused_with_their_line() -> None:
    data = f"WEBVTT\n\n{CUE}\n".encode() + "é".encode("latin-1")
    with pytest.raises(MediaRefusedError, match="line 5: it is not UTF-8"):
        clean_captions("a.vtt", data)


def test_captions_without_an_end_are_refused() -> None:
    with pytest.raises(MediaRefusedError) as refused:
        clean_captions("a.vtt", b"WEBVTT\n" + b"a" * 1_000_000)
    assert refused.value.why is Why.TOO_LARGE


@pytest.mark.parametrize(
    "text",
    [
        "00:01.000 -->" + " \t" * 200_000 + "é",
        "00:01.000 --> 00:02.000" + " a" * 300_000,
        f"{CUE}\n" + "<c." * 300_000,
        f"{CUE}\n" + "<b" + " " * 900_000,
    ],
)
def test_captions_made_to_be_slow_are_refused_at_once(text: str) -> None:
    with pytest.raises(MediaRefusedError):
        _clean(f"WEBVTT\n\n{text}")
