"""What a mail says, to whom it may go, and what nobody who sees it learns."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.outbox import Claimed, OutboxEntry, claim_next
from lms.notices.mail import (
    MAIL,
    AddressError,
    Mail,
    clean_address,
    compose,
    drop_mail,
    enqueue_mail,
    last_mail_at,
    mark_of,
)
from lms.notices.words import BODIES, SUBJECTS, Subject
from tests.conversations.people import site
from tests.factories import KEYS
from tests.web.wellmade import TELLING

NOW = datetime(2026, 11, 21, 14, tzinfo=UTC)
SOMEBODY = UUID(int=1)
# Besides what no title may tell: what a mail in particular must not.
TOO_MUCH = re.compile(
    r"programme|program\b|séminaire|seminar|formation|training|cours\b|course|module|questionnaire"
    r"|\bquiz|note\b|score|réussi|passed|échou|fail|retard|\blate\b|échéance|deadline|jours|days"
    r"|dossier|\bfile\b|tribunal|court\b|juge|judge|avocat|lawyer|certificat|attestation|virage"
    r"|P-[0-9A-Z]{6}|john school",
    re.IGNORECASE,
)


def _claimed(subject: Subject, language: str) -> Claimed:
    payload = {"to": "a.b@example.org", "subject": subject.value, "language": language}
    return Claimed(UUID(int=5), payload, NOW, 1)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("subject", [Subject.MESSAGE, Subject.REMINDER])
def test_a_mail_says_that_there_is_something_to_read_and_where_and_nothing_else(
    tmp_path: Path, subject: Subject, language: str
) -> None:
    settings = site(tmp_path, base_url="https://example.org/")
    mail = compose(_claimed(subject, language), settings, NOW)
    text = mail.get_content()
    whole = mail.as_string() + text
    assert TELLING.findall(whole) == []
    assert TOO_MUCH.findall(whole) == []
    assert re.findall(r"https?://\S+", text) == [f"https://example.org/{language}/login"]
    assert not re.search(r"[0-9]{2,}", text)
    assert mail["From"] == "noreply@example.org"
    assert mail["Subject"] == SUBJECTS[language][subject]
    assert mail["Auto-Submitted"] == "auto-generated"


def test_both_languages_say_every_subject() -> None:
    assert SUBJECTS.keys() == BODIES.keys() == {"fr", "en"}
    assert all(words.keys() == set(Subject) for words in SUBJECTS.values())


def test_the_same_entry_has_the_same_message_id_so_that_no_reader_sees_it_twice(
    tmp_path: Path,
) -> None:
    mails = [compose(_claimed(Subject.MESSAGE, "fr"), site(tmp_path), NOW + timedelta(hours=one))
             for one in (0, 5)]  # fmt: skip
    assert mails[0]["Message-ID"] == mails[1]["Message-ID"]
    assert mails[0]["Date"] != mails[1]["Date"]


@pytest.mark.parametrize(
    "typed",
    [
        "", "a", "a@b", "@example.org", "a@@example.org", "a b@example.org",
        "a@example.org, b@example.org",
        "a@example.org\nBcc: b@example.org", "<a@example.org>", "a@example..org", "é@example.org",
        f"{'a' * 65}@example.org", f"a@{'b' * 250}.org", "a@exa mple.org", "a@[127.0.0.1]",
    ],
)  # fmt: skip
def test_what_is_no_address_or_could_be_two_is_refused(typed: str) -> None:
    with pytest.raises(AddressError):
        clean_address(typed)


def test_an_ordinary_address_is_kept_as_it_is() -> None:
    assert clean_address("  Ann.O'Hara+x@mail.example.org ") == "Ann.O'Hara+x@mail.example.org"


def _enqueue(db: Session, mark: str, folder: Path, **changes: object) -> bool:
    mail = Mail("somebody@example.org", Subject.MESSAGE, "fr")
    settings = site(folder, **changes)
    return enqueue_mail(db, mail, mark=mark, settings=settings, keys=KEYS, now=NOW)


def test_a_site_without_mail_queues_nothing(db: Session, tmp_path: Path) -> None:
    assert not _enqueue(db, "a", tmp_path, smtp_host="")
    assert db.scalar(select(func.count()).select_from(OutboxEntry)) == 0


def test_a_wish_is_queued_once(db: Session, tmp_path: Path) -> None:
    assert [_enqueue(db, "a", tmp_path) for _ in range(3)] == [True, False, False]


def test_a_language_that_mails_do_not_have_becomes_french(db: Session, tmp_path: Path) -> None:
    mail = Mail("somebody@example.org", Subject.MESSAGE, "de")
    enqueue_mail(db, mail, mark="a", settings=site(tmp_path), keys=KEYS, now=NOW)
    claimed = claim_next(db, MAIL, key=KEYS.field, now=NOW)
    assert claimed is not None
    assert compose(claimed, site(tmp_path), NOW)["Subject"] == "Un message vous attend"


def test_what_waits_for_somebody_goes_when_he_removes_his_address(
    db: Session, tmp_path: Path
) -> None:
    _enqueue(db, mark_of(SOMEBODY, "message:1"), tmp_path)
    _enqueue(db, mark_of(UUID(int=2), "message:1"), tmp_path)
    assert last_mail_at(db, mark_of(SOMEBODY, "message:")) == NOW
    assert drop_mail(db, SOMEBODY) == 1
    assert last_mail_at(db, mark_of(SOMEBODY, "message:")) is None
    assert last_mail_at(db, mark_of(UUID(int=2), "")) == NOW
