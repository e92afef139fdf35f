"""The register of incidents holds eight fields each, keeps every version, and loses nothing."""

import csv
import io
from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.kernel.audit import latest_entries
from lms.privacy.incidents import (
    Facts,
    IncompleteError,
    StaleIncidentError,
    incidents,
    kept_until,
    record_incident,
    revise_incident,
    versions_of,
)
from lms.privacy.models import Incident
from tests import factories
from tests.factories import KEYS, NOW
from tests.web.browser import Browser
from tests.web.site import Site

NAMES = tuple(one.name for one in fields(Facts))
TYPED = {name: f"Texte ({name})." for name in NAMES} | {"known_on": "2026-11-20"}
OFFICE = "/fr/privacy-office/incidents"


def _facts(**changes: object) -> Facts:
    given = {**TYPED, "known_on": date(2026, 11, 20), **changes}
    return Facts(**given)  # type: ignore[arg-type]  # as the form gives them


@pytest.fixture
def officer(site: Site) -> Browser:
    """Give the privacy officer's browser."""
    return site.staff(Role.PRIVACY)


def test_there_are_eight_fields() -> None:
    assert len(NAMES) == 8


@pytest.mark.parametrize("name", [name for name in NAMES if name != "known_on"])
def test_an_incident_that_lacks_a_field_cannot_exist(name: str) -> None:
    with pytest.raises(IncompleteError) as refused:
        _facts(**{name: "  "})
    assert refused.value.names == (name,)


@pytest.mark.parametrize("name", NAMES)
def test_the_form_refuses_an_entry_that_lacks_one_and_keeps_the_rest(
    site: Site, officer: Browser, name: str
) -> None:
    rest = {key: text for key, text in TYPED.items() if key != name}
    answer = officer.post(f"{OFFICE}/new", rest)
    assert answer.status_code == 422
    assert f'href="#{name}"' in answer.text
    for text in rest.values():
        assert text in answer.text
    assert site.do(incidents) == ()


def test_a_day_that_is_to_come_is_refused(officer: Browser) -> None:
    answer = officer.post(f"{OFFICE}/new", TYPED | {"known_on": "2026-11-22"})
    assert answer.status_code == 422


def test_an_incident_is_recorded_changed_as_another_version_and_exported(
    site: Site, officer: Browser
) -> None:
    made = officer.post(f"{OFFICE}/new", TYPED)
    assert made.status_code == 303
    page = officer.page(made.headers["Location"])
    for name, text in TYPED.items():
        assert name == "known_on" or text in page.text
    form = officer.page(f"{OFFICE}/1/change")
    version = next(one["value"] for one in form.all("input") if one["name"] == "version")
    changed = TYPED | {"people": "=3", "version": version}
    assert officer.post(f"{OFFICE}/1/change", changed).status_code == 303
    assert [one.version for one in site.do(lambda db: versions_of(db, 1))] == [2, 1]
    assert "Texte (people)." in officer.page(f"{OFFICE}/1").text  # the version before
    stale = officer.post(f"{OFFICE}/1/change", changed)
    assert stale.status_code == 409
    answer = officer.get(f"{OFFICE}.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][:2] == ["1", "2"]
    assert "'=3" in rows[1]  # no spreadsheet takes it for a formula
    assert len(rows[1]) == 2 + len(NAMES)


def test_what_is_recorded_is_audited_without_its_words(db: Session) -> None:
    by = factories.make_user(db, role=Role.PRIVACY).id
    record_incident(db, _facts(), by, audit_key=KEYS.audit, now=NOW)
    entry = latest_entries(db, limit=1)[0]
    assert (entry.act, entry.subject, entry.after) == ("incident", "incident:1", {"version": 1})
    assert "Texte" not in f"{entry.reason}{entry.before}{entry.after}"


def test_who_had_an_older_version_before_him_is_told(db: Session) -> None:
    by = factories.make_user(db, role=Role.PRIVACY).id
    record_incident(db, _facts(), by, audit_key=KEYS.audit, now=NOW)
    revise_incident(db, (1, 1), _facts(people="deux"), by, audit_key=KEYS.audit, now=NOW)
    with pytest.raises(StaleIncidentError):
        revise_incident(db, (1, 1), _facts(), by, audit_key=KEYS.audit, now=NOW)
    assert [one.people for one in incidents(db)] == ["deux"]


@pytest.mark.parametrize(
    ("known", "until"),
    [(date(2026, 11, 20), date(2031, 11, 20)), (date(2028, 2, 29), date(2033, 3, 1))],
)
def test_it_is_kept_five_years_after_it_became_known(known: date, until: date) -> None:
    assert kept_until(Incident(known_on=known)) == until


def test_a_number_that_is_none_is_not_found(officer: Browser) -> None:
    for address in ("/7", "/7/change"):
        assert officer.get(OFFICE + address).status_code == 404
    assert officer.post(f"{OFFICE}/7/change", TYPED).status_code == 404
