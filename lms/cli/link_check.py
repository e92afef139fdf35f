"""Whether an address of another site answers; asked from the command line alone.

The site itself asks no other site: an address in a text could then reach what stands beside the
server. Here too only public addresses are asked: a name is resolved once, every address that it
has must be public, and the connection goes to the one that was looked at. Only https on its own
port, HEAD, no cookies, no redirect followed, ten seconds for all of it.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import urlsplit

_PORT = 443
_PATIENCE = 5.0  # seconds for a step
_LONGEST = 10.0  # seconds in all
_NAT64 = IPv6Network("64:ff9b::/96")  # holds an IPv4 address, of whatever kind
_AGENT = "Virage link check (HEAD, on an author's request)"

Resolve = Callable[[str], Sequence[str]]
Ask = Callable[[str, str, str], tuple[int, str]]  # host, address, path -> status, Location


class Verdict(StrEnum):
    """What became of asking."""

    ANSWERS = "answers"
    MOVED = "moved"
    GONE = "gone"
    UNSURE = "unsure"  # it answers, but not to this kind of question
    FAILS = "fails"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address answered."""

    verdict: Verdict
    detail: str


class NotPublicError(Exception):
    """A name leads to an address that is not on the public network."""


def check_link(address: str, *, resolve: Resolve | None = None, ask: Ask | None = None) -> Answer:
    """Ask whether an address answers; `resolve` and `ask` are the network, or stand for it."""
    try:
        parts = urlsplit(address if not address.startswith("//") else f"https:{address}")
        port = parts.port
    except ValueError:
        return Answer(Verdict.NOT_ASKED, "this is no address")
    host = parts.hostname or ""
    if parts.scheme != "https" or not host or port not in {None, _PORT} or "@" in parts.netloc:
        return Answer(Verdict.NOT_ASKED, "only https on its own port, without a name, is asked")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        chosen = _public_address((resolve or _resolve)(host))
        status, location = (ask or _ask)(host, chosen, path)
    except NotPublicError as error:
        return Answer(Verdict.NOT_ASKED, str(error))
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        return Answer(Verdict.FAILS, " ".join(str(error).split()) or type(error).__name__)
    return _judged(status, location)


def _judged(status: int, location: str) -> Answer:
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return Answer(Verdict.GONE, str(status))
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Answer(Verdict.MOVED, f"{status} to {location[:200]}")
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(Verdict.ANSWERS, str(status))
    return Answer(Verdict.UNSURE, str(status))


def _public_address(found: Sequence[str]) -> str:
    """Give the address to connect to; refused where any that the name has is not public."""
    if not found:
        raise NotPublicError("the name leads nowhere")
    for one in found:
        if not is_public(one):
            raise NotPublicError("the name leads to an address that is not public")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an address is one of the public network, whatever it is wrapped in."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.sixtofour is not None or ip.teredo is not None or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast


def _resolve(host: str) -> list[str]:
    found = socket.getaddrinfo(host, _PORT, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _ask(host: str, address: str, path: str) -> tuple[int, str]:
    """Send HEAD to this very address, under the host's name and certificate."""
    plain = socket.create_connection((address, _PORT), timeout=_PATIENCE)
    # The handshake is a step of its own, so that the whole of it stands under the clock.
    with ssl.create_default_context().wrap_socket(
        plain, server_hostname=host, do_handshake_on_connect=False
    ) as safe:
        timer = Timer(_LONGEST, _hang_up, [safe])
        timer.daemon = True
        timer.start()
        try:
            safe.do_handshake()
            connection = http.client.HTTPSConnection(host, _PORT, timeout=_PATIENCE)
            connection.sock = safe  # so that it opens none of its own
            connection.request("HEAD", path, headers={"User-Agent": _AGENT, "Accept": "*/*"})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location") or ""
        finally:
            timer.cancel()


def _hang_up(safe: ssl.SSLSocket) -> None:
    """End a conversation that takes too long, whoever holds it up."""
    try:
        socket.socket.shutdown(safe, socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself
