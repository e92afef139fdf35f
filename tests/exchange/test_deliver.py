"""Messages handed to an agency's address: tried for a week, outside any transaction, told apart.

Longer than 300 lines: it makes a server and its certificate as well.
"""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.agencies.models import Agency, Agreement
from lms.exchange import deliver
from lms.exchange.deliver import deliver_due, note_handed_over, poster, settle, take_due
from lms.exchange.models import ExchangeDelivery, ExchangeMessage
from lms.exchange.queries import undelivered
from lms.exchange.service import report_outcome
from lms.exchange.signed import open_document, read_line
from lms.kernel.database import Database
from lms.kernel.outbox import OutboxEntry
from lms.kernel.signing import public_key
from tests import factories
from tests.exchange.test_service import DONE
from tests.factories import KEYS, NOW

ADDRESS = "https://agency.example/in?from=virage"


class Post:
    """The other side: what it got, and what it answers."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, bytes]] = []

    def __call__(self, url: str, line: bytes) -> str:
        """Take a message."""
        self.got.append((url, line))
        return self.answers.pop(0) if self.answers else ""


def report(db: Session) -> ExchangeMessage:
    """Report a file's outcome to an agency with an address."""
    agency = factories.make_agency(db, webhook_url=ADDRESS)
    referral = factories.make_referral(db, agency=agency, **DONE)
    return report_outcome(db, referral, certificate_number=None, keys=KEYS, now=NOW)


@contextmanager
def within(db: Session) -> Iterator[Session]:
    """Stand in for a transaction of its own."""
    yield db
    db.flush()


def run(db: Session, post: Post, now: datetime = NOW) -> int:
    """Hand over what is due."""
    return deliver_due(lambda: within(db), keys=KEYS, clock=lambda: now, post=post)


def entry(db: Session) -> OutboxEntry:
    """Give the one entry of the outbox."""
    db.expire_all()
    return db.scalars(select(OutboxEntry)).one()


def tries(db: Session) -> list[tuple[bool, str]]:
    """Give what came of each try."""
    query = select(ExchangeDelivery).order_by(ExchangeDelivery.at, ExchangeDelivery.id)
    return [(one.is_delivered, one.fault) for one in db.scalars(query)]


def test_the_agency_gets_the_document_as_it_was_signed_once(db: Session) -> None:
    message, post = report(db), Post()
    assert run(db, post) == 1
    assert run(db, post, NOW + timedelta(days=1)) == 0
    [(url, line)] = post.got
    assert url == ADDRESS
    signed = open_document(read_line(line))
    assert signed.message == message.body
    assert signed.is_by(public_key(KEYS.signing))
    assert tries(db) == [(True, "")]
    assert entry(db).sealed_payload is None
    assert undelivered(db, limit=10) == ()


def test_what_did_not_arrive_is_tried_again_at_growing_distances_for_a_week(db: Session) -> None:
    report(db)
    post, now, waits = Post(*["timeout"] * 60), NOW, []
    while (due := entry(db).due_at) is not None:
        waits.append(due - now)
        now = due
        assert run(db, post, now) == 0
    assert waits[1:4] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(waits) == timedelta(hours=12)
    assert timedelta(days=6) < now - NOW <= timedelta(days=7)
    assert entry(db).given_up_at == now
    assert set(tries(db)) == {(False, "timeout")}
    assert [one.fault for one in undelivered(db, limit=10)] == ["timeout"]


def test_a_message_that_failed_and_then_arrived_is_told_no_more(db: Session) -> None:
    report(db)
    run(db, Post("status-500"))
    assert [one.tries for one in undelivered(db, limit=10)] == [1]
    assert run(db, Post(), NOW + timedelta(minutes=1)) == 1
    assert undelivered(db, limit=10) == ()
    assert tries(db) == [(False, "status-500"), (True, "")]


def test_nothing_leaves_while_no_agreement_is_in_force(db: Session) -> None:
    report(db)
    agreement, post = db.scalars(select(Agreement)).one(), Post()
    agreement.ended_on = NOW.date()
    run(db, post)
    assert post.got == []
    assert tries(db) == [(False, "no-agreement")]
    agreement.ended_on = None
    assert run(db, post, NOW + timedelta(minutes=2)) == 1


def test_an_agency_that_took_its_address_back_is_sent_nothing(db: Session) -> None:
    report(db)
    db.scalars(select(Agency)).one().webhook_url = None
    post = Post()
    assert run(db, post) == 0
    assert post.got == []
    assert tries(db) == [(False, "no-address")]


def test_a_message_whose_sender_died_is_sent_again_after_ten_minutes(db: Session) -> None:
    report(db)
    assert take_due(db, keys=KEYS, now=NOW) is not None  # and then nothing: the machine went down
    assert take_due(db, keys=KEYS, now=NOW + timedelta(minutes=9)) is None
    assert run(db, Post(), NOW + timedelta(minutes=10)) == 1


def test_two_senders_at_once_do_not_take_the_same_message(real_database: Database) -> None:
    with real_database.write() as db:
        report(db)
        db.commit()
    with real_database.write() as db:
        parcel = take_due(db, keys=KEYS, now=NOW)
        db.commit()
    with real_database.write() as db:
        assert take_due(db, keys=KEYS, now=NOW) is None
    assert parcel is not None
    with real_database.write() as db:
        settle(db, parcel, "", now=NOW)
        db.commit()


def test_nothing_of_the_database_is_held_while_the_agency_is_waited_for(
    real_database: Database,
) -> None:
    with real_database.write() as db:
        report(db)
        db.commit()

    @contextmanager
    def transaction() -> Iterator[Session]:
        with real_database.write() as db:
            yield db
            db.commit()

    def post(_url: str, _line: bytes) -> str:
        with real_database.write() as db:  # on SQLite this waits for any other writer
            factories.make_programme(db, "meanwhile")
            db.commit()
        return ""

    assert deliver_due(transaction, keys=KEYS, clock=lambda: NOW, post=post) == 1


def test_what_was_handed_over_by_hand_is_noted_once_a_carrier(db: Session) -> None:
    message = report(db)
    assert note_handed_over(db, (message.id,), "api", now=NOW) == 1
    assert note_handed_over(db, (message.id,), "api", now=NOW) == 0
    assert note_handed_over(db, (message.id,), "file", now=NOW) == 1
    assert note_handed_over(db, (), "file", now=NOW) == 0


# Over a real connection, on this machine.


class _Handler(BaseHTTPRequestHandler):
    """Answers as the path says."""

    def do_POST(self) -> None:
        """Answer."""
        self.server.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))  # type: ignore[attr-defined]  # ours
        if self.path.startswith("/slow"):
            sleep(0.6)
        if self.path.startswith("/drip"):
            with suppress(OSError):  # he hung up
                for _ in range(600):
                    self.wfile.write(b"H")
                    sleep(0.05)
            return
        status = int(self.path.rpartition("/")[2].partition("?")[0])
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:  # noqa: ANN401 - of the base class
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """Give a server on this machine."""
    made = HTTPServer(("127.0.0.1", 0), _Handler)
    made.got = []  # type: ignore[attr-defined]  # ours
    thread = Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def url(server: HTTPServer, path: str, scheme: str = "http") -> str:
    """Give an address of the server."""
    return f"{scheme}://127.0.0.1:{server.server_port}{path}"


def test_the_status_is_all_that_is_read_and_a_redirection_is_not_followed(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = poster(loopback=True)
    assert post(url(server, "/200?a=1"), b'{"x":1}') == ""
    assert post(url(server, "/204"), b"{}") == ""
    for status in (302, 400, 410, 500):
        assert post(url(server, f"/{status}"), b"{}") == f"status-{status}"
    got: list[tuple[str, bytes]] = server.got  # type: ignore[attr-defined]  # ours
    assert got[0] == ("/200?a=1", b'{"x":1}')
    assert [path for path, _ in got] == ["/200?a=1", "/204", "/302", "/400", "/410", "/500"]
    monkeypatch.setattr(deliver, "SECONDS", 0.2)
    assert post(url(server, "/slow/200"), b"{}") == "timeout"


def test_who_answers_a_sign_at_a_time_does_not_hold_up_the_others(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "SECONDS", 0.2)
    began = monotonic()
    told = poster(loopback=True)(url(server, "/drip"), b"{}")
    assert told in {"unreachable", "timeout"}  # the latter where this machine halts for a moment
    assert monotonic() - began < 20  # of thirty


@pytest.mark.parametrize(
    "address",
    [
        *("http://agency.example/in", "ftp://127.0.0.1/", "file:///etc/passwd", "//127.0.0.1/"),
        *(
            "",
            "https://",
            "https://a:b@agency.example/",
            "https://agency.example:99999/",
            "http://[",
        ),
        *("https://agency.example/a b", "https://agency.example/a\r\nb"),
    ],
)
def test_nothing_is_sent_in_the_clear_or_by_another_way(address: str) -> None:
    assert poster(loopback=True)(address, b"{}") == "not-https"


def test_in_production_not_even_this_machine_is_reached_in_the_clear(server: HTTPServer) -> None:
    assert poster(loopback=False)(url(server, "/200"), b"{}") == "not-https"
    assert server.got == []  # type: ignore[attr-defined]  # ours


def test_where_nobody_listens_is_one_word(server: HTTPServer) -> None:
    server.shutdown()
    port = server.server_port
    server.server_close()
    assert poster(loopback=True)(f"http://127.0.0.1:{port}/200", b"{}") == "unreachable"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate that nobody vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def test_a_server_that_nobody_vouches_for_gets_nothing(
    server: HTTPServer, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    there = f"https://localhost:{server.server_port}/200"
    assert poster(loopback=True)(there, b"{}") == "certificate"
    assert server.got == []  # type: ignore[attr-defined]  # ours
    trust = ssl.create_default_context(cafile=str(cert))
    sent: Callable[[str, bytes], str] = poster(loopback=False, trust=trust)
    assert sent(there, json.dumps({}).encode()) == ""
    wrong_name = f"https://127.0.0.1:{server.server_port}/200"
    assert sent(wrong_name, b"{}") == "certificate"
    assert list(recwarn) == []
