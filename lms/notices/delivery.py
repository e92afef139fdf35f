"""Hand mails to the site's server: encrypted on the way, outside of any transaction, with a limit.

A server that is slow or away costs this job some seconds, and no page anything.
"""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from enum import StrEnum

from lms.settings import Settings

SECONDS = 10  # for each answer of the server
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PERMANENT = range(500, 600)
Transport = Callable[[EmailMessage], None]


class Outcome(StrEnum):
    """What became of a mail in the hands of the server."""

    SENT = "sent"
    REFUSED = "refused"  # for now
    REFUSED_FOR_GOOD = "refused-for-good"  # there is no such address


def send_by_smtp(
    settings: Settings, message: EmailMessage, *, trust: ssl.SSLContext | None = None
) -> None:
    """Hand one mail to the server; raises what smtplib raises, and OSError.

    The connection is encrypted (STARTTLS) before anything is said. A server on this very machine
    need not offer it.
    """
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS) as server:
        server.ehlo()
        if server.has_extn("starttls") or settings.smtp_host not in _LOOPBACK:
            server.starttls(context=trust or ssl.create_default_context())
            server.ehlo()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)


def deliver(message: EmailMessage, transport: Transport) -> Outcome:
    """Hand one mail over, and say what became of it."""
    try:
        transport(message)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        is_final = all(code in _PERMANENT for code in codes)
        return Outcome.REFUSED_FOR_GOOD if is_final else Outcome.REFUSED
    except (smtplib.SMTPException, OSError):
        return Outcome.REFUSED
    return Outcome.SENT
