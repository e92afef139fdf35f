"""From the bytes of a file to its text: UTF-8, UTF-16 with its mark, and what is older."""

from lms.interchange.loss import BadFileError, Loss

MOST_BYTES = 5_000_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def refuse_size(data: bytes) -> None:
    """Raise BadFileError for a file that is empty or too big."""
    if not data.strip():
        raise BadFileError("the file is empty")
    if len(data) > MOST_BYTES:
        size, most = len(data) / 1_000_000, MOST_BYTES // 1_000_000
        raise BadFileError(f"the file has {size:.1f} MB; the most is {most} MB")


def decode(data: bytes) -> tuple[str, tuple[Loss, ...]]:
    """Return the text of a file, and what was guessed; raise BadFileError where it is none."""
    refuse_size(data)
    losses: tuple[Loss, ...] = ()
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise BadFileError("the file begins as UTF-16 and is not") from error
        text, losses = data.decode("latin-1"), (AS_LATIN,)
        text = text.translate(_WINDOWS)
    if "\x00" in text:
        raise BadFileError("this is not a text: it holds NUL characters")
    return text.replace("\r\n", "\n").replace("\r", "\n"), losses


AS_LATIN = Loss("encoding", "the file is not UTF-8; it was read as Latin-1: look at the accents")
# The typographic signs that Windows keeps where Latin-1 has control characters.
_WINDOWS = {
    sign: bytes([sign]).decode("cp1252", "replace")
    for sign in range(0x80, 0xA0)
    if sign not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
