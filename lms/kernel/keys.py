"""Secret keys: one file a purpose in the instance folder, never in the database, never in git."""

import dataclasses
import os
import secrets
import stat
import uuid
from dataclasses import dataclass
from pathlib import Path

from lms.kernel.person_keys import PersonKeys
from lms.kernel.sealing import KEY_BYTES, PERSON_KEY, SITE_KEY, Place, seal, unseal

PURPOSES = ("session", "field", "certificate", "audit", "signing")


class KeyFileError(Exception):
    """A key file is missing, too open, or not what it should be."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The site's keys, one a purpose.

    `session` signs cookies, `field` seals fields, `certificate` makes certificates' secrets,
    `audit` chains the audit log, `signing` is the seed of the Ed25519 key that signs records;
    `people` is the store of the participants' own keys.
    """

    session: bytes
    field: bytes
    certificate: bytes
    audit: bytes
    signing: bytes
    people: PersonKeys = dataclasses.field(compare=False)

    def seal_for(self, person: uuid.UUID, text: str, place: Place) -> bytes:
        """Seal what a person wrote with his own key; `person` is the id of his enrolment."""
        return seal(self.people.find_or_make(person), text, place, PERSON_KEY)

    def unseal_of(self, person: uuid.UUID, sealed: bytes, place: Place) -> str:
        """Open what a person wrote, also what was sealed before people had keys of their own.

        Raises KeyDestroyedError when his key is gone, UnreadableFieldError when nothing opens it.
        """
        is_old = sealed[:1] == bytes([SITE_KEY])
        return unseal(self.field if is_old else self.people.find(person), sealed, place)

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


def read_keys(folder: Path, people_url: str = "") -> Keys:
    """Read all keys, or say which file is wrong and how to mend it.

    `people_url` is where the participants' keys are; empty, in a file beside the others.
    """
    found = {purpose: _read_key(folder / f"{purpose}.key") for purpose in PURPOSES}
    people = PersonKeys(people_url or f"sqlite:///{folder / 'people.db'}", found["field"])
    return Keys(**found, people=people)


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
