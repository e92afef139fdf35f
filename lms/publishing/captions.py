"""Captions (WebVTT): the words and their times, and nothing else of what the file held.

Notes, styles and regions are for whoever made the file; a reader needs none of them.
"""

import re
from collections.abc import Iterator

from lms.publishing.media_kinds import MOST_BYTES, MediaKind, MediaRefusedError, Why

_TIME = r"(?:\d{2,4}:)?[0-5]\d:[0-5]\d\.\d{3}"
_TIMING = re.compile(rf"({_TIME})[ \t]+-->[ \t]+({_TIME})(?:[ \t]+[!-~]+){{0,8}}[ \t]*")
# What a cue may hold beside words: emphasis, a voice, a class, ruby, a language, a time.
_TAG = re.compile(rf"<(?:/?(?:b|i|u|c|v|lang|ruby|rt)(?:[.\s][^<>]{{0,100}})?|{_TIME})>")
_LEFT_OUT = re.compile(r"NOTE(?:[ \t].*)?|(?:STYLE|REGION)[ \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_Block = tuple[int, list[str]]  # the number of its first line, from 1


def clean_captions(path: str, data: bytes) -> bytes:
    """Give the captions alone; raise MediaRefusedError, naming the line, if there is a fault."""
    if len(data) > MOST_BYTES[MediaKind.CAPTIONS]:
        raise MediaRefusedError(path, "captions have 1 MB at most", Why.TOO_LARGE)
    text = _decoded(path, data)
    blocks = list(_blocks(text))
    if not blocks or not re.match(r"WEBVTT(?:[ \t]|\Z)", blocks[0][1][0]) or blocks[0][0] != 1:
        raise _fault(path, 1, "the first line is not WEBVTT")
    for place, line in enumerate(blocks[0][1], start=1):
        if "-->" in line:
            raise _fault(path, place, "an empty line is missing before these times")
    cues = [
        _cue(path, number, lines)
        for number, lines in blocks[1:]
        if not _LEFT_OUT.fullmatch(lines[0])
    ]
    if not cues:
        raise _fault(path, 1, "there is no caption in it")
    return ("\n\n".join(["WEBVTT", *cues]) + "\n").encode()


def _decoded(path: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _fault(path, line, "it is not UTF-8; save it again as UTF-8") from error
    control = _CONTROL.search(text)
    if control:
        raise _fault(path, text.count("\n", 0, control.start()) + 1, "a control character")
    return text


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the runs of lines between empty ones, each with the number of its first line."""
    run: list[str] = []
    lines = re.split(r"\r\n|\r|\n", text)
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            run.append(line)
        elif run:
            yield number - len(run), run
            run = []


def _cue(path: str, number: int, lines: list[str]) -> str:
    """Give one caption: its times and its words; a name or number before them goes."""
    at = 0 if "-->" in lines[0] else 1
    timing = _TIMING.fullmatch(lines[at].strip()) if at < len(lines) else None
    if timing is None:
        raise _fault(path, number + at, "here the times are expected: 00:01.000 --> 00:04.000")
    words = lines[at + 1 :]
    for place, line in enumerate(words, start=number + at + 1):
        if "-->" in line:
            raise _fault(path, place, "an empty line is missing before these times")
        if "<" in _TAG.sub("", line):
            raise _fault(path, place, "a < that is no tag of captions; write &lt;")
    return "\n".join([lines[at].strip(), *words])


def _fault(path: str, line: int, what: str) -> MediaRefusedError:
    return MediaRefusedError(path, f"line {line}: {what}", Why.CAPTIONS)
