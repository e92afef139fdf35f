"""What is taken out of sound and film: who, where, when, with what; and what stays as it was."""

from io import BytesIO

import pytest

from lms.publishing.media_kinds import MediaRefusedError, Why
from lms.publishing.ogg import checksum
from lms.publishing.recordings import clean_recording, true_extension
from tests.publishing import recording_samples as samples
from tests.publishing.media_samples import SECRET


def _clean(name: str, data: bytes) -> bytes:
    return b"".join(clean_recording(name, BytesIO(data), len(data)))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.mp4", samples.mp4()),
        ("a.mp4", samples.mp4(last=b"\x00\x00\x00\x00uuid" + SECRET.encode())),
        ("a.m4a", samples.mp4(b"soun", brand=b"M4A ")),
        ("a.webm", samples.webm()),
        ("a.webm", samples.webm(ends=False)),
        ("a.ogg", samples.ogg()),
        ("a.ogg", samples.ogg(b"\x03vorbis")),
        ("a.mp3", samples.mp3()),
    ],
)
def test_nobody_learns_from_a_recordings_file_where_it_was_made(name: str, data: bytes) -> None:
    assert SECRET.encode() in data
    cleaned = _clean(name, data)
    assert SECRET.encode() not in cleaned
    assert SECRET.encode()[:8] not in cleaned
    assert (samples.SOUND if name == "a.mp3" else samples.PICTURES[:8]) in cleaned
    assert _clean(name, cleaned) == cleaned


def test_nobody_learns_when_a_film_was_made() -> None:
    cleaned = _clean("a.mp4", samples.mp4())
    assert (3_800_000_000).to_bytes(4, "big") not in cleaned
    assert (3_800_000_001).to_bytes(4, "big") not in cleaned


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.mp4", samples.mp4()), ("a.webm", samples.webm()), ("a.ogg", samples.ogg())],
)
def test_nothing_in_a_film_moves_so_that_it_plays_as_before(name: str, data: bytes) -> None:
    cleaned = _clean(name, data)
    assert len(cleaned) == len(data)
    for part in (samples.PICTURES, b"vide", b"\x83\x81\x01", b"\x05vorbis setup"):
        assert cleaned.find(part) == data.find(part)


def test_each_page_of_an_ogg_has_its_right_checksum_afterwards() -> None:
    cleaned = _clean("a.ogg", samples.ogg())
    starts = [at for at in range(len(cleaned)) if cleaned[at : at + 4] == b"OggS"]
    for start, end in zip(starts, [*starts[1:], len(cleaned)], strict=True):
        one = cleaned[start:end]
        assert checksum(one[:22] + bytes(4) + one[26:]) == int.from_bytes(one[22:26], "little")
    assert b"OpusTags" + bytes(8) in cleaned


@pytest.mark.parametrize("kind", [b"meta", b"sbtl", b"text"])
def test_a_film_with_a_track_of_places_is_refused(kind: bytes) -> None:
    with pytest.raises(MediaRefusedError) as refused:
        _clean("a.mp4", samples.mp4(b"vide", kind))
    assert refused.value.why is Why.DATA_TRACK


def test_a_webm_with_a_track_of_words_is_refused() -> None:
    with pytest.raises(MediaRefusedError) as refused:
        _clean("a.webm", samples.webm(kind=0x11))
    assert refused.value.why is Why.DATA_TRACK


def _broken() -> list[tuple[str, bytes]]:
    film, sound = samples.mp4(), samples.ogg()
    moov = samples.box(b"moov")
    return [
        ("a.mp4", film[:-100]),
        ("a.mp4", film + b"\x00\x00\x00\x04free"),  # smaller than its own head
        ("a.mp4", film + b"\xff\xff\xff\xffmdat"),
        ("a.mp4", film + b"\x00\x00\x00\x01mdat\xff" + bytes(7)),
        ("a.mp4", film + samples.box(b"moov", b"\x00\x00\x00\x00trak")),
        ("a.mp4", film + samples.box(b"moov", samples.box(b"mvhd", bytes(4)))),
        ("a.mp4", samples.box(b"ftyp", b"isom") + moov * 100_001),
        ("a.webm", samples.webm()[:-5]),
        ("a.webm", b"\x1a\x45\xdf\xa3\x00"),
        ("a.webm", b"\x00" * 100),
        ("a.ogg", sound[:-1]),
        ("a.ogg", sound + b"<script>"),
        ("a.ogg", sound[len(samples.page([b"OpusHead"], 0, 2)) :]),
        ("a.ogg", samples.ogg(b"Speex   ")),
        ("a.mp3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + samples.SOUND),
        ("a.mp3", b"ID3\x04\x00\x00" + bytes(4) + b"<script>alert(1)</script>"),
        ("a.mp3", b"ID3"),
    ]


@pytest.mark.parametrize(("name", "data"), _broken())
def test_bytes_that_are_no_recording_are_refused_with_a_sentence(name: str, data: bytes) -> None:
    with pytest.raises(MediaRefusedError, match="cannot be read as a film or a sound") as refused:
        _clean(name, data)
    assert refused.value.why is Why.UNREADABLE


@pytest.mark.parametrize(
    ("kinds", "extension"), [((b"vide", b"soun"), "mp4"), ((b"soun",), "m4a"), ((b"vide",), "mp4")]
)
def test_sound_without_picture_is_a_sound(kinds: tuple[bytes, ...], extension: str) -> None:
    data = samples.mp4(*kinds)
    assert true_extension("a.mp4", BytesIO(data), len(data)) == extension


def test_an_mp4_without_picture_and_sound_is_refused() -> None:
    data = samples.box(b"ftyp", b"isom") + samples.box(b"mdat", samples.PICTURES)
    with pytest.raises(MediaRefusedError):
        true_extension("a.mp4", BytesIO(data), len(data))
