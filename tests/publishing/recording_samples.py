"""Tiny recordings, made byte by byte, that say in every place they can where somebody lives."""

import struct

from lms.publishing.ogg import checksum
from tests.publishing.media_samples import SECRET

_SECRET = SECRET.encode()
_YEAR = struct.pack(">II", 3_800_000_000, 3_800_000_001)
SOUND = b"\xff\xfb\x90\x00" + bytes(range(200))
PICTURES = bytes(range(256)) * 8


def box(kind: bytes, *parts: bytes) -> bytes:
    """Give a box of MP4."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def long_box(kind: bytes, body: bytes) -> bytes:
    """Give a box of MP4 whose size stands behind its kind."""
    return struct.pack(">I4sQ", 1, kind, 16 + len(body)) + body


def handler(kind: bytes) -> bytes:
    """Give the box that says what a track is, with the name of a device."""
    return box(b"hdlr", bytes(8), kind, bytes(12), _SECRET + b"\x00")


def track(kind: bytes = b"vide") -> bytes:
    """Give a track."""
    dated = box(b"tkhd", bytes(4), _YEAR, bytes(72))
    media = box(b"mdia", box(b"mdhd", bytes(4), _YEAR, bytes(12)), handler(kind), box(b"minf"))
    return box(b"trak", dated, media, box(b"udta", _SECRET), box(b"meta", _SECRET))


def mp4(*kinds: bytes, brand: bytes = b"isom", last: bytes = b"") -> bytes:
    """Give a film with a track of each kind."""
    dated = box(b"mvhd", b"\x01\x00\x00\x00", _YEAR, _YEAR, bytes(88))
    place = box(b"udta", box(b"\xa9xyz", _SECRET), box(b"meta", bytes(4), _SECRET))
    return b"".join(
        (
            box(b"ftyp", brand, bytes(4), b"isomavc1"),
            box(b"uuid", bytes(16), _SECRET),
            box(b"moov", dated, *map(track, kinds or (b"vide", b"soun")), place),
            long_box(b"free", _SECRET),
            box(b"mdat", PICTURES),
            last,
        )
    )


def element(name: int, body: bytes) -> bytes:
    """Give an element of WebM, its size in eight bytes."""
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + b"\x01" + len(body).to_bytes(
        7, "big"
    ) + body  # fmt: skip


def webm(*, kind: int = 1, ends: bool = True) -> bytes:
    """Give a film in WebM; one that was streamed has no end."""
    info = element(0x1549A966, element(0x7BA9, _SECRET) + b"\x44\x61\x88" + _SECRET[:8])
    entry = element(0xAE, b"\x83\x81" + bytes([kind]) + element(0x536E, _SECRET))
    tags = element(0x1254C367, _SECRET)
    block = b"\xa3\x88" + PICTURES[:8]
    cluster = element(0x1F43B675, block) if ends else b"\x1f\x43\xb6\x75\xff" + block
    body = info + element(0x1654AE6B, entry) + cluster + tags
    segment = element(0x18538067, body) if ends else b"\x18\x53\x80\x67\xff" + body
    return element(0x1A45DFA3, b"\x42\x82\x84webm") + segment


def page(packets: list[bytes], number: int, flags: int = 0) -> bytes:
    """Give a page of Ogg that holds whole packets."""
    sizes = b"".join(b"\xff" * (len(one) // 255) + bytes([len(one) % 255]) for one in packets)
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, 7, number, 0, len(sizes)) + sizes
    whole = head + b"".join(packets)
    return whole[:22] + checksum(whole).to_bytes(4, "little") + whole[26:]


def ogg(codec: bytes = b"OpusTags") -> bytes:
    """Give a sound in Ogg; its comment is longer than one segment."""
    comment = codec + struct.pack("<I", 4) + b"made" + struct.pack("<II", 1, 600) + _SECRET * 30
    first = b"OpusHead" if codec == b"OpusTags" else b"\x01vorbis"
    pages = [page([first], 0, 2), page([comment, b"\x05vorbis setup"], 1), page([PICTURES], 2)]
    return b"".join(pages)


def mp3() -> bytes:
    """Give a sound in MP3 with tags before and behind it."""
    id3 = b"ID3\x04\x00\x00" + bytes([0, 0, 1, 72]) + _SECRET.ljust(200, b"\x00")
    ape = b"APETAGEX" + struct.pack("<IIII", 2000, 32 + len(_SECRET), 1, 0) + bytes(8)
    return id3 + SOUND + _SECRET + ape + b"TAG" + _SECRET.ljust(125, b"\x00")
