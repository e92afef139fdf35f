"""Secret keys: one file a purpose in the instance folder, never in the database, never in git."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

KEY_BYTES = 32
PURPOSES = ("session", "field", "certificate", "audit", "signing")


class KeyFileError(Exception):
    """A key file is missing, too open, or not what it should be."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The site's keys, one a purpose.

    `session` signs cookies, `field` seals fields, `certificate` makes certificates' secrets,
    `audit` chains the audit log, `signing` is the seed of the Ed25519 key that signs records.
    """

    session: bytes
    field: bytes
    certificate: bytes
    audit: bytes
    signing: bytes

    def __repr__(self) -> str:
        """Never show a key, not even in a trace."""
        return "<Keys>"


def make_keys(folder: Path) -> None:
    """Write the key files that are missing (folder 0700, files 0600); keep those that are there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for purpose in PURPOSES:
        path = folder / f"{purpose}.key"
        if path.exists():
            continue
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")


def read_keys(folder: Path) -> Keys:
    """Read all keys, or say which file is wrong and how to mend it."""
    return Keys(**{purpose: _read_key(folder / f"{purpose}.key") for purpose in PURPOSES})


def _read_key(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except FileNotFoundError:
        raise KeyFileError(f"{path}: no such key file; run `lms init`") from None
    except (ValueError, OSError) as error:
        raise KeyFileError(f"{path}: not a readable key of {KEY_BYTES} bytes in hex") from error
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(f"{path}: others may read this key; run `chmod 600 {path}`")
    if len(key) != KEY_BYTES or len(set(key)) < KEY_BYTES // 4:
        raise KeyFileError(f"{path}: the key is too short or too regular; run `lms init` anew")
    return key
