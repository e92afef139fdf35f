"""Who somebody is: only where the site keeps it, shown once, each look with its reason."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from lms.accounts.roles import Role
from lms.kernel.audit import AuditEntry
from lms.privacy.models import ViewEntry
from lms.referrals.models import Identity, Referral
from lms.referrals.states import State
from tests.factories import make_referral
from tests.web.browser import Browser
from tests.web.site import Site

WHO = {"name": "Personne Inventée", "telephone": "450 555-0142", "file_number": "QZX-2026-1"}


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Sign a coordinator in, on a site that keeps names."""
    known = site.app.extensions["virage_settings"]
    site.app.extensions["virage_settings"] = replace(known, identity=True)
    return site.staff(Role.COORDINATOR)


def _path(file: Referral) -> str:
    return f"/en/coordinator/files/{file.id}/identity"


def _views(site: Site) -> list[tuple[str, str]]:
    with site.database.read() as db:
        rows = db.scalars(select(ViewEntry).order_by(ViewEntry.at, ViewEntry.what)).all()
    return [(one.what, one.purpose) for one in rows]


def test_where_the_site_keeps_no_names_these_pages_do_not_exist(site: Site) -> None:
    coordinator = site.staff(Role.COORDINATOR)
    file = site.do(make_referral)
    assert coordinator.get(_path(file)).status_code == 404
    assert coordinator.post(_path(file), WHO).status_code == 404
    assert coordinator.post(f"{_path(file)}/look", {"reason": "Why not."}).status_code == 404
    assert "Who this is" not in coordinator.get(f"/en/coordinator/files/{file.id}").text
    assert _views(site) == [("file", "")]


def test_what_is_entered_is_shown_once_to_whoever_says_why(
    site: Site, coordinator: Browser
) -> None:
    file = site.do(make_referral)
    assert coordinator.post(_path(file), WHO).status_code == 303
    page = (
        coordinator.get(_path(file)).text + coordinator.get(f"/en/coordinator/files/{file.id}").text
    )
    assert [word for word in WHO.values() if word in page] == []
    refused = coordinator.post(f"{_path(file)}/look")
    assert refused.status_code == 422
    assert "Say why." in refused.text
    shown = coordinator.post(f"{_path(file)}/look", {"reason": "He asked for a call."})
    assert [word for word in WHO.values() if word not in shown.text] == []
    assert shown.headers["Cache-Control"].startswith("no-store")
    assert ("identity", "He asked for a call.") in _views(site)
    with site.database.read() as db:
        acts = db.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        kept = db.get_one(Identity, file.id)
    assert [entry.act for entry in acts] == ["enter-identity", "look-at-identity"]
    assert acts[1].reason == "He asked for a call."
    stored = str([(entry.before, entry.after) for entry in acts]) + str(kept.name)
    assert [word for word in WHO.values() if word in stored] == []


def test_a_look_without_a_reason_or_with_nothing_to_see_is_no_look(
    site: Site, coordinator: Browser
) -> None:
    file = site.do(make_referral)
    answer = coordinator.post(f"{_path(file)}/look", {"reason": "To see."})
    assert answer.status_code == 409
    assert "Nothing is entered for this file." in answer.text
    coordinator.post(f"{_path(file)}/look", {"reason": "  "})
    assert {what for what, _why in _views(site)} == {"file"}


def test_what_was_shredded_is_told_as_no_longer_kept(site: Site, coordinator: Browser) -> None:
    file = site.do(make_referral)
    coordinator.post(_path(file), WHO)
    site.app.extensions["virage_person_keys"].destroy(file.id)
    answer = coordinator.post(f"{_path(file)}/look", {"reason": "To see."})
    assert answer.status_code == 409
    assert "This is no longer kept." in answer.text
    assert {what for what, _why in _views(site)} == {"file"}


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"name": "x" * 121}, "Shorten this"),
        ({"telephone": "4" * 41}, "Shorten this"),
        ({"file_number": "a\u202eb"}, "without hidden characters"),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_is_kept(
    site: Site, coordinator: Browser, fields: dict[str, str], fault: str
) -> None:
    file = site.do(make_referral)
    answer = coordinator.post(_path(file), fields)
    assert answer.status_code == 422
    assert fault in answer.text
    with site.database.read() as db:
        assert db.scalars(select(Identity)).all() == []


def test_of_a_file_that_is_over_nothing_more_is_entered(site: Site, coordinator: Browser) -> None:
    file = site.do(make_referral, state=State.CLOSED)
    assert coordinator.post(_path(file), WHO).status_code == 409
    with site.database.read() as db:
        assert db.scalars(select(Identity)).all() == []


def test_nobody_else_enters_or_looks(site: Site, coordinator: Browser) -> None:
    file = site.do(make_referral)
    coordinator.post(_path(file), WHO)
    for role in (Role.INSTRUCTOR, Role.AUTHOR, Role.ADMINISTRATOR, Role.PARTNER):
        browser = site.staff(role)
        assert browser.get(_path(file)).status_code == 403
        assert browser.post(f"{_path(file)}/look", {"reason": "Mine."}).status_code == 403
