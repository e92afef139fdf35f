"""A server of mail on this machine: it takes what it is given, refuses, or says nothing at all."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PATIENCE = 30.0  # seconds


@dataclass(slots=True)
class Post:
    """What arrived, and how the server behaves."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    refuse: str = ""  # what it answers to a recipient: "550 no such person"
    silent: threading.Event | None = None  # set when it may speak again
    called: threading.Event = field(default_factory=threading.Event)  # set by the first visitor
    mails: list[EmailMessage] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)


@contextmanager
def smtp_server(**behaviour: object) -> Iterator[Post]:
    """Run a server on a free port of the loopback."""
    post = Post(**behaviour)  # type: ignore[arg-type]  # as the fields are

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with ExitStack() as closing, suppress(OSError):  # a client that trusts us not, say
                _talk(self, post, closing)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield post
        finally:
            if post.silent is not None:
                post.silent.set()
            server.shutdown()
            thread.join()


def _talk(handler: socketserver.StreamRequestHandler, post: Post, closing: ExitStack) -> None:
    """Speak as much of RFC 5321 as a client needs."""
    post.called.set()
    if post.silent is not None:
        post.silent.wait(PATIENCE)
        return
    encrypted = False
    read: Any = handler.rfile
    write: Any = handler.wfile
    write.write(b"220 ready\r\n")
    while line := read.readline().decode().strip():
        word = line.upper().split(" ")[0].split(":")[0]
        if word == "EHLO":
            offers = "250-here\r\n250-STARTTLS\r\n250 8BITMIME\r\n"
            plain = "250-here\r\n250 8BITMIME\r\n"
            write.write((offers if post.tls and not encrypted else plain).encode())
        elif word == "STARTTLS" and post.tls:
            write.write(b"220 go\r\n")
            read, write = _encrypt(handler, post.tls, closing)
            encrypted = True
        elif word == "RCPT" and post.refuse:
            write.write(f"{post.refuse}\r\n".encode())
        elif word == "DATA":
            write.write(b"354 go\r\n")
            post.mails.append(_read_mail(read))
            post.was_encrypted.append(encrypted)
            write.write(b"250 taken\r\n")
        elif word == "QUIT":
            write.write(b"221 bye\r\n")
            return
        else:
            write.write(b"250 ok\r\n")


def _encrypt(
    handler: socketserver.StreamRequestHandler, tls: ssl.SSLContext, closing: ExitStack
) -> tuple[Any, Any]:
    secure = tls.wrap_socket(handler.connection, server_side=True)
    closing.callback(secure.close)
    read = closing.enter_context(secure.makefile("rb"))
    return read, closing.enter_context(secure.makefile("wb", buffering=0))


def _read_mail(read: Any) -> EmailMessage:  # noqa: ANN401 - a file, encrypted or not
    lines: list[bytes] = []
    while (line := read.readline()) not in {b".\r\n", b""}:
        lines.append(line[1:] if line.startswith(b"..") else line)
    mail = message_from_bytes(b"".join(lines), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def certificate_of_loopback(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1; gives what a server shows, and what a client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "loopback.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))
