"""Anchors: where the audit chain ended at a moment, to be kept where the database's keeper is not.

An anchor is one line that can be printed, mailed or typed (docs/adr/0012-audit-chain.md).
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from lms.kernel.errors import BadInputError
from lms.kernel.ids import decode_number, encode_number, grouped

_SHORT = 24  # hex digits of a mac in an anchor: 96 bits
_DIGITS = 39  # two of them in base 32; with the check symbol ten groups of four
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Anchor:
    """Number and mac of the last entry at a moment, sealed: without the key nobody makes one up.

    Mac and seal are HMAC-SHA-256 in hex, cut to 96 bits so that a person can type the line.
    """

    number: int
    at: datetime
    mac: str
    seal: str

    def __str__(self) -> str:
        """Give the line that `parse_anchor` reads."""
        code = encode_number(int(self.mac + self.seal, 16), digits=_DIGITS)
        return f"{self.number} {self.at:%Y-%m-%dT%H:%M:%SZ} {grouped(code)}"

    def saw(self, mac: str) -> bool:
        """Whether this is the mac of the entry that the anchor was made from."""
        return mac[:_SHORT] == self.mac


class AnchorError(BadInputError):
    """A line is no anchor of this site; the message says what is wrong with it."""


def make_anchor(number: int, mac: str, key: bytes, *, now: datetime) -> Anchor:
    """Seal number and mac of the last entry, with the moment to the second."""
    at, mac = now.astimezone(UTC).replace(microsecond=0), mac[:_SHORT]
    return Anchor(number, at, mac, _seal(key, number, at, mac))


def parse_anchor(line: str, key: bytes) -> Anchor:
    """Read an anchor as it was printed or typed (case, blanks and hyphens aside), or say why not.

    An anchor that comes out of here was sealed with this key.
    """
    words = line.split() if len(line) <= _LONGEST else []
    number, moment, *groups = [*words, "", ""]
    try:
        place = int(number)
        at = datetime.strptime(moment.upper(), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except (ValueError, OverflowError):
        raise AnchorError(
            "no anchor; one has a number, a moment and a code, as `lms audit anchor` prints them"
        ) from None
    code = decode_number("".join(groups))
    if code is None:
        raise AnchorError("the code of this anchor is mistyped: its check symbol does not fit")
    digits = f"{code:0{2 * _SHORT}x}"
    anchor = Anchor(place, at, digits[:_SHORT], digits[_SHORT:])
    if not hmac.compare_digest(anchor.seal, _seal(key, place, at, anchor.mac)):
        raise AnchorError("this anchor does not bear this site's seal: mistyped, or made up")
    return anchor


def _seal(key: bytes, number: int, at: datetime, mac: str) -> str:
    message = f"virage audit anchor 1\n{number}\n{at.isoformat()}\n{mac}"
    return hmac.digest(key, message.encode(), "sha256").hex()[:_SHORT]
