"""Mail that leaves: encrypted, once, tried again; a server that is away costs no page anything."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.cli.mail import send_due, send_mail
from lms.kernel.database import Database
from lms.kernel.outbox import OutboxEntry
from lms.notices import delivery
from lms.notices.delivery import Outcome, deliver, send_by_smtp
from lms.notices.mail import Mail, enqueue_mail
from lms.notices.words import Subject
from lms.settings import Settings
from tests.clocks import FixedClock
from tests.conversations.people import site
from tests.factories import KEYS
from tests.notices.smtp_server import PATIENCE, certificate_of_loopback, smtp_server

MINUTE = timedelta(minutes=1)


def _queue(database: Database, settings: Settings, *marks: str, clock: FixedClock) -> None:
    with database.write() as db:
        for mark in marks:
            mail = Mail(f"{mark}@example.org", Subject.MESSAGE, "fr")
            enqueue_mail(db, mail, mark=mark, settings=settings, keys=KEYS, now=clock())
        db.commit()


def _entries(database: Database) -> list[OutboxEntry]:
    with database.read() as db:
        return list(db.scalars(select(OutboxEntry).order_by(OutboxEntry.mark)))


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "noreply@example.org", "a@example.org", "Un message"
    mail.set_content("Bonjour")
    return mail


def test_what_is_queued_arrives_at_the_server_once(
    real_database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    with smtp_server() as post:
        settings = site(tmp_path, smtp_port=post.port)
        _queue(real_database, settings, "anne", "bernard", clock=clock)
        assert send_due(real_database, settings, KEYS, clock=clock) == 2
        assert send_due(real_database, settings, KEYS, clock=clock) == 0
    assert [mail["To"] for mail in post.mails] == ["anne@example.org", "bernard@example.org"]
    assert post.mails[0]["Subject"] == "Un message vous attend"
    assert [(one.sent_at, one.sealed_payload) for one in _entries(real_database)] == [
        (clock(), None),
        (clock(), None),
    ]


def test_the_connection_is_encrypted_before_anything_is_said(tmp_path: Path) -> None:
    server, trust = certificate_of_loopback(tmp_path)
    with smtp_server(tls=server) as post:
        send_by_smtp(site(tmp_path, smtp_port=post.port), _mail(), trust=trust)
    assert post.was_encrypted == [True]


def test_a_server_that_cannot_show_who_it_is_gets_nothing(tmp_path: Path) -> None:
    server, _ = certificate_of_loopback(tmp_path)
    with smtp_server(tls=server) as post:
        hand_over = partial(send_by_smtp, site(tmp_path, smtp_port=post.port))
        assert deliver(_mail(), hand_over) is Outcome.REFUSED
    assert post.mails == []


def test_a_server_elsewhere_that_does_not_encrypt_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_LOOPBACK", frozenset())
    with smtp_server() as post:
        hand_over = partial(send_by_smtp, site(tmp_path, smtp_port=post.port))
        assert deliver(_mail(), hand_over) is Outcome.REFUSED
    assert post.mails == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 no such person", Outcome.REFUSED_FOR_GOOD),
        ("450 try later", Outcome.REFUSED),
    ],
)
def test_a_refusal_for_good_is_told_from_one_for_now(
    tmp_path: Path, answer: str, outcome: Outcome
) -> None:
    with smtp_server(refuse=answer) as post:
        hand_over = partial(send_by_smtp, site(tmp_path, smtp_port=post.port))
        assert deliver(_mail(), hand_over) is outcome


def test_a_server_that_is_away_is_tried_again_a_minute_later(
    real_database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    with smtp_server() as gone:
        pass
    settings = site(tmp_path, smtp_port=gone.port)
    _queue(real_database, settings, "anne", clock=clock)
    assert send_due(real_database, settings, KEYS, clock=clock) == 0
    (entry,) = _entries(real_database)
    assert (entry.due_at, entry.tries) == (clock() + MINUTE, 1)
    with smtp_server() as post:
        back = site(tmp_path, smtp_port=post.port)
        assert send_due(real_database, back, KEYS, clock=clock) == 0
        clock.now += MINUTE
        assert send_due(real_database, back, KEYS, clock=clock) == 1
    assert len(post.mails) == 1


def test_after_three_refusals_in_a_row_the_rest_waits_for_the_next_turn(
    real_database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    tried: list[str] = []

    def refuse(mail: EmailMessage) -> None:
        tried.append(mail["To"])
        raise OSError

    settings = site(tmp_path)
    _queue(real_database, settings, "a", "b", "c", "d", "e", clock=clock)
    assert send_due(real_database, settings, KEYS, transport=refuse, clock=clock) == 0
    assert len(tried) == 3
    due = [one.due_at == clock() + MINUTE for one in _entries(real_database)]
    assert sum(due) == 3


def test_two_who_send_at_once_send_each_mail_once(
    real_database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    sent: list[str] = []
    lock = threading.Lock()

    def take(mail: EmailMessage) -> None:
        time.sleep(0.005)
        with lock:
            sent.append(mail["To"])

    settings = site(tmp_path)
    marks = [f"p{number}" for number in range(12)]
    _queue(real_database, settings, *marks, clock=clock)
    send = partial(send_due, real_database, settings, KEYS, transport=take, clock=clock)
    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == sorted(f"{mark}@example.org" for mark in marks)


def test_a_sender_that_dies_half_way_leaves_no_mail_to_be_sent_twice(
    real_database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    sent: list[str] = []

    def die(mail: EmailMessage) -> None:
        sent.append(mail["To"])
        raise KeyboardInterrupt

    settings = site(tmp_path)
    _queue(real_database, settings, "anne", clock=clock)
    with pytest.raises(KeyboardInterrupt):
        send_due(real_database, settings, KEYS, transport=die, clock=clock)
    clock.now += timedelta(days=3)
    send_due(real_database, settings, KEYS, transport=die, clock=clock)
    assert sent == ["anne@example.org"]


def test_a_server_that_says_nothing_holds_no_lock_of_the_database(
    real_database: Database, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SECONDS", PATIENCE)
    silent = threading.Event()
    with smtp_server(silent=silent) as post:
        settings = site(tmp_path, smtp_port=post.port)
        _queue(real_database, settings, "anne", clock=clock)
        send = partial(send_due, real_database, settings, KEYS, clock=clock)
        sender = threading.Thread(target=send)
        sender.start()
        assert post.called.wait(PATIENCE)
        _queue(real_database, settings, "bernard", "claire", clock=clock)  # another page writes
        assert sender.is_alive()
        silent.set()
        sender.join()
    assert post.mails == []


def test_without_a_server_the_job_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Callable[..., None]] = []
    monkeypatch.setattr("lms.cli.mail.ready_database", opened.append)
    assert send_mail(site(tmp_path, smtp_host="")) == 0
    assert opened == []
