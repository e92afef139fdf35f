"""Which addresses a page may hold: read as a browser reads them, held against a short list."""

import re
from urllib.parse import unquote

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(.*)", re.DOTALL)
_WEB = re.compile(r"//([^/?#]+)([/?#].*)?", re.DOTALL)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?", re.IGNORECASE)
_MAIL = re.compile(r"[^@\s/:,;<>\"()\[\]]+@[a-zA-Z0-9.-]+(?:\?[^\s<>\"]*)?")
_PHONE = re.compile(r"\+?[0-9().*#;,-]+")
_NEVER = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"`]|%5c|%0[0-9a-f]", re.IGNORECASE)


def safe_address(address: str) -> str | None:
    """Give an address that a link may have, in its plain form, or None.

    https, mailto and tel lead outside; anything else stays on this site, so it may not begin a
    scheme or a host. White space, control characters and backslashes, which browsers drop or turn
    around, are refused rather than mended.
    """
    if not address or _NEVER.search(address):
        return None
    found = _SCHEME.fullmatch(address)
    if not found:
        return address if _is_local(address) else None
    scheme, rest = found[1].lower(), found[2]
    if scheme == "https":
        return _web(rest)
    shape = {"mailto": _MAIL, "tel": _PHONE}.get(scheme)
    return f"{scheme}:{rest}" if shape and shape.fullmatch(rest) else None


def local_address(address: str) -> str | None:
    """Give an address on this site, or None: pictures come from nowhere else."""
    safe = safe_address(address)
    return safe if safe is not None and not _SCHEME.match(safe) else None


def _is_local(address: str) -> bool:
    first = re.split(r"[/?#]", address, maxsplit=1)[0]
    return not address.startswith("//") and ":" not in unquote(first)


def _web(rest: str) -> str | None:
    """Give a web address whose host is one, without a name or password before it."""
    found = _WEB.fullmatch(rest)
    if not found:
        return None
    host = unquote(found[1])
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return f"https://{name}{found[2] or ''}" if _HOST.fullmatch(name) else None
