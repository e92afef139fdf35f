"""A message as it travels: one line of canonical JSON, the message with its signature (Ed25519).

Pure. What is signed begins with a prefix of its own, so that no signature of a record or of a
certificate can stand in for that of a message, nor the other way round.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.completion.signed import Judged, canonical_json
from lms.exchange.message import MessageError, read_message
from lms.kernel.signing import key_id, public_key, sign, verify

PREFIX = b"virage exchange message 1\n"
RECEIPT_PREFIX = b"virage exchange receipt 1\n"
LONGEST_LINE = 4096  # the longest message that can be made has some 700 bytes
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_KEY_ID = re.compile(r"[0-9a-f]{16}")
PARTS = ("message", "signature", "key_id")


@dataclass(frozen=True, slots=True)
class Signed:
    """A message with its signature and the name of the key; both empty where it is unsigned."""

    message: Mapping[str, Any]
    signature: str
    key_id: str

    def document(self) -> dict[str, Any]:
        """Give it as the object that travels."""
        return {"message": self.message, "signature": self.signature, "key_id": self.key_id}

    def line(self) -> bytes:
        """Give it as the one line of a file, without the line's end."""
        return canonical_json(self.document())

    def is_by(self, public: bytes) -> bool:
        """Whether it names this key, and exactly this message was signed with it."""
        bound = PREFIX + canonical_json(self.message)
        return self.key_id == key_id(public) and verify(public, bound, self.signature)


def sign_message(message: Mapping[str, Any], key: bytes) -> Signed:
    """Sign a message with a private key."""
    signature = sign(key, PREFIX + canonical_json(message))
    return Signed(message, signature, key_id(public_key(key)))


def sign_receipt(receipt: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """Sign what says that a message was taken; the same receipt is the same bytes."""
    signature = sign(key, RECEIPT_PREFIX + canonical_json(receipt))
    return {"receipt": receipt, "signature": signature, "key_id": key_id(public_key(key))}


def digest_of(message: Mapping[str, Any]) -> str:
    """Give the SHA-256, in hex, of a message in canonical JSON: what makes it the same message."""
    return hashlib.sha256(canonical_json(message)).hexdigest()


def open_document(document: Mapping[str, Any]) -> Signed:
    """Take a document apart: a message, and its signature if it has one; else MessageError."""
    if set(document) - set(PARTS) or "message" not in document:
        raise MessageError("document", f"holds {', '.join(PARTS)} and nothing else")
    message = document["message"]
    signature, key = document.get("signature", ""), document.get("key_id", "")
    if not isinstance(message, Mapping):
        raise MessageError("message", "must be an object")
    for name, value, shape in (("signature", signature, _SIGNATURE), ("key_id", key, _KEY_ID)):
        if name in document and not (isinstance(value, str) and shape.fullmatch(value)):
            raise MessageError(name, "must be hex digits in lower case, all of them")
    return Signed(message, signature, key)


def read_line(line: bytes) -> dict[str, Any]:
    """Read one line of a file as a document; MessageError if it is none."""
    if len(line) > LONGEST_LINE:
        raise MessageError("document", f"is longer than {LONGEST_LINE} bytes")
    try:
        found = json.loads(line.decode(), object_pairs_hook=_once, parse_float=_no_fraction)
    except (ValueError, RecursionError) as error:
        raise MessageError("document", "is no JSON that can be read in one way") from error
    if not isinstance(found, dict):
        raise MessageError("document", "must be an object")
    return found


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that says the same key twice: two readers could read two things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated key")
    return found


def _no_fraction(_text: str) -> float:
    """Refuse fractions: no field holds one, and they are written in many ways."""
    raise ValueError("a fraction")


def judge_lines(data: bytes, public: bytes) -> tuple[Judged, tuple[str, ...]]:
    """Judge a file of messages by the public key alone: the verdict, and a sentence a line.

    Each line must be genuine, and the numbers must follow each other without a gap.
    """
    told, genuine, before = [], True, 0
    lines = [line for line in data.splitlines() if line.strip()]
    for at, line in enumerate(lines, 1):
        number, fault = _judge(line, public)
        if not fault and before and number != before + 1:
            fault = f"its number is {number}, and the line before has {before}"
        told.append(f"line {at}: " + (f"not genuine: {fault}" if fault else f"number {number}"))
        genuine, before = genuine and not fault, number
    if not lines:
        return Judged.NOT_JUDGED, ("there is no message in this file",)
    return (Judged.GENUINE if genuine else Judged.NOT_GENUINE), tuple(told)


def _judge(line: bytes, public: bytes) -> tuple[int, str]:
    """Give the number of a message, and what stands against it."""
    try:
        signed = open_document(read_line(line))
        head, _body = read_message(signed.message)
    except MessageError as error:
        return 0, str(error)
    if signed.key_id != key_id(public):
        return head.number, f"it does not name the key {key_id(public)} that was given"
    return head.number, "" if signed.is_by(public) else "it was changed after it was signed"
