"""What leaves the house signed, and how it is judged: the record as JSON, the certificate as PDF.

Pure: bytes in, bytes or a verdict out. No database, no settings, no clock: whoever has a file and
the public key can judge it, years later and without this site.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from lms.kernel.signing import key_id, public_key, sign, verify

_PDF = b"%PDF-"
_TRAILER = re.compile(
    rb"\n%Virage-Record: ([0-9a-f]{64})\n%Virage-Signature: ([0-9a-f]{16}) ([0-9a-f]{128})\n"
)
_TRAILER_BYTES = len("\n%Virage-Record: \n%Virage-Signature:  \n") + 64 + 16 + 128


class Judged(IntEnum):
    """What came of looking at a file; the number is the exit code of `lms completion verify`."""

    GENUINE = 0
    NOT_GENUINE = 1
    NOT_JUDGED = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement in one sentence."""

    judged: Judged
    sentence: str


@dataclass(frozen=True, slots=True)
class _Signed:
    """What a file says of itself: the bytes that are bound, by which key, and what it is."""

    bound: bytes
    signature: str
    key: str
    about: str
    is_as_written: bool = True


def canonical_json(document: Any) -> bytes:  # noqa: ANN401 - JSON
    """Write a document in the one form that is signed: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest_of(document: Mapping[str, Any]) -> str:
    """Give the SHA-256, in hex, of a document in canonical JSON (sorted keys, no spaces)."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


def export_record(document: Mapping[str, Any], signature: str, key: str) -> bytes:
    """Write a signed record as the file that is handed out: canonical JSON and a line end."""
    whole = {"document": document, "signature": signature, "key_id": key}
    return canonical_json(whole) + b"\n"


def sign_pdf(pdf: bytes, record_digest: str, key: bytes) -> bytes:
    """Add two lines after the end of a PDF: its record, and the signature of all before it."""
    name = key_id(public_key(key))
    bound = pdf + f"\n%Virage-Record: {record_digest}\n".encode("ascii")
    return bound + f"%Virage-Signature: {name} {sign(key, bound)}\n".encode("ascii")


def judge_file(data: bytes, public: bytes) -> Verdict:
    """Judge a record or a certificate by the public key: genuine to the last byte, or not."""
    if data.startswith(_PDF):
        found = _read_pdf(data)
        return _judge(found, public) if found else _refused("it does not end in a signature")
    try:
        return _judge(_read_export(data), public)
    except (ValueError, RecursionError):
        return Verdict(Judged.NOT_JUDGED, "this is neither a completion record nor a certificate")


def _read_pdf(data: bytes) -> _Signed | None:
    start = len(data) - _TRAILER_BYTES
    found = _TRAILER.fullmatch(data, max(start, 0))
    if found is None:
        return None
    record, key, signature = (one.decode("ascii") for one in found.groups())
    return _Signed(data[: found.end(1) + 1], signature, key, f"the certificate of record {record}")


def _read_export(data: bytes) -> _Signed:
    """Read an export; anything else is a ValueError."""
    whole = json.loads(data, object_pairs_hook=_without_repeats)
    if not isinstance(whole, dict) or whole.keys() != {"document", "signature", "key_id"}:
        raise ValueError("keys")
    document, signature, key = whole["document"], whole["signature"], whole["key_id"]
    if not isinstance(document, dict) or not isinstance(signature, str) or not isinstance(key, str):
        raise ValueError("values")  # noqa: TRY004 - one kind of fault for whatever is no export
    about = f"completion record {digest_of(document)}"
    is_as_written = export_record(document, signature, key) == data
    return _Signed(canonical_json(document), signature, key, about, is_as_written)


def _without_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that says the same key twice: two readers could read two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated key")
    return found


def _judge(found: _Signed, public: bytes) -> Verdict:
    own = key_id(public)
    if not found.signature:
        return _refused("it carries no signature")
    if found.key != own:
        return _refused(f"it does not name the key {own} that was given")
    if not verify(public, found.bound, found.signature):
        return _refused("it was changed after it was signed, or never signed with this key")
    if not found.is_as_written:
        return _refused("what it says was signed, but the file was written anew; ask for the file")
    return Verdict(
        Judged.GENUINE,
        f"genuine: {found.about}, signed with key {own} and not changed since; "
        "whether it was revoked later is told by the check page",
    )


def _refused(why: str) -> Verdict:
    return Verdict(Judged.NOT_GENUINE, f"not genuine: {why}")
