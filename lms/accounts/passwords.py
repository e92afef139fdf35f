"""Passwords: argon2id with the OWASP floor (19 MiB, t=2, p=1), RFC 9106."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 128

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# What an unknown login is checked against, so that it takes as long as a known one. It is written
# out, since to make it takes each command 40 ms; whoever knew the password would not be let in.
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$GQjs4VTJ2O2IKEHBYKneEA$"
    "7s/7WLmWthZB1QIYEwj8TQC1lgWGjk04hdOoyvrKofI"
)


def hash_password(password: str) -> str:
    """Give the argon2id hash of a password, with its own salt, in PHC form."""
    return _hasher.hash(password)


def password_matches(password: str, hashed: str | None) -> bool:
    """Whether the password is the one; None stands for an unknown login and takes the same time."""
    try:
        _hasher.verify(hashed or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None
