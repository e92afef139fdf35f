"""Agencies: nothing is exchanged without an agreement in force, and nobody works at two."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.models import Agency
from lms.agencies.queries import (
    agencies,
    agency_of,
    agreement_in_force,
    agreements_of,
    find_agency,
    members_of,
)
from lms.agencies.service import (
    AgencyNameError,
    AgencyNameTakenError,
    AgreementEndedError,
    AgreementError,
    MemberElsewhereError,
    NewAgreement,
    NoAgreementError,
    add_member,
    close_agency,
    end_agreement,
    make_agency,
    record_agreement,
    require_agreement,
)
from lms.kernel.errors import NotFoundError
from lms.kernel.ids import new_id
from tests.factories import NOW, make_programme, make_user

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
AGREED = NewAgreement(
    purpose="Savoir qui a terminé",
    nature="référence, mot, date",
    method="messages signés",
    security="signature, accès limité",
    frequency="à chaque résultat",
    duration="un mois",
    in_force_from=FIRST,
    in_force_until=LAST,
)


def an_agency(db: Session, name: str = "Organisme du Nord") -> Agency:
    """Make an agency without an agreement."""
    return make_agency(db, make_programme(db).id, name, "fr", NOW)


def agree(db: Session, agency: Agency, **changes: Any) -> None:  # noqa: ANN401 - of the agreement
    """Record the agreement of November, changed as said."""
    by = make_user(db, role=Role.COORDINATOR).id
    record_agreement(db, agency.id, replace(AGREED, **changes), by, NOW)


def test_an_agency_has_a_name_of_its_own(db: Session) -> None:
    made = an_agency(db, "  Organisme   du Nord ")
    assert (made.name, find_agency(db, made.id)) == ("Organisme du Nord", made)
    with pytest.raises(AgencyNameTakenError):
        an_agency(db)
    for name in ("  ", "x" * 121):
        with pytest.raises(AgencyNameError):
            an_agency(db, name)


def test_agencies_are_listed_by_name(db: Session) -> None:
    for name in ("zone", "Aire", "bord"):
        an_agency(db, name)
    assert [one.name for one in agencies(db)] == ["Aire", "bord", "zone"]


@pytest.mark.parametrize(
    ("day", "is_in_force"),
    [
        (FIRST - timedelta(days=1), False),
        (FIRST, True),
        (LAST, True),
        (LAST + timedelta(days=1), False),
    ],
)
def test_an_agreement_is_in_force_on_both_its_days_and_between(
    db: Session, day: date, *, is_in_force: bool
) -> None:
    agency = an_agency(db)
    agree(db, agency)
    assert (agreement_in_force(db, agency.id, day) is not None) is is_in_force
    if not is_in_force:
        with pytest.raises(NoAgreementError):
            require_agreement(db, agency.id, day)


def test_nothing_is_exchanged_before_an_agreement_is_recorded(db: Session) -> None:
    with pytest.raises(NoAgreementError):
        require_agreement(db, an_agency(db).id, NOW.date())


def test_an_agreement_that_is_ended_early_holds_no_more_from_that_day_on(db: Session) -> None:
    agency = an_agency(db)
    agree(db, agency)
    agreement = require_agreement(db, agency.id, NOW.date())
    end_agreement(db, agreement.id, NOW)
    assert agreement_in_force(db, agency.id, NOW.date() - timedelta(days=1)) is not None
    assert agreement_in_force(db, agency.id, NOW.date()) is None
    with pytest.raises(AgreementEndedError):
        end_agreement(db, agreement.id, NOW)


def test_a_new_agreement_takes_over_from_one_that_ended(db: Session) -> None:
    agency = an_agency(db)
    agree(db, agency)
    agree(db, agency, in_force_from=LAST, in_force_until=LAST + timedelta(days=365))
    end_agreement(db, require_agreement(db, agency.id, FIRST).id, NOW)
    assert agreement_in_force(db, agency.id, LAST + timedelta(days=9)) is not None
    assert [one.in_force_from for one in agreements_of(db, agency.id)] == [LAST, FIRST]


def test_with_a_closed_agency_nothing_is_exchanged(db: Session) -> None:
    agency = an_agency(db)
    agree(db, agency)
    close_agency(db, agency.id, NOW)
    close_agency(db, agency.id, NOW + timedelta(days=1))
    assert agency.closed_at == NOW
    assert agreement_in_force(db, agency.id, NOW.date()) is None


@pytest.mark.parametrize(
    "name", ["purpose", "nature", "method", "security", "frequency", "duration"]
)
def test_an_agreement_names_all_six_things_that_the_law_asks_for(db: Session, name: str) -> None:
    by = make_user(db, role=Role.COORDINATOR).id
    for words in (" ", "x" * 501):
        new = replace(AGREED, **{name: words})  # type: ignore[arg-type]  # a field of words
        with pytest.raises(AgreementError):
            record_agreement(db, an_agency(db, f"{name}{len(words)}").id, new, by, NOW)


def test_an_agreement_ends_after_it_begins(db: Session) -> None:
    with pytest.raises(AgreementError):
        agree(db, an_agency(db), in_force_until=FIRST - timedelta(days=1))


def test_somebody_works_at_one_agency_and_may_come_to_lead_there(db: Session) -> None:
    agency, other = an_agency(db), an_agency(db, "Organisme du Sud")
    user = make_user(db, role=Role.AGENCY)
    add_member(db, agency.id, user, is_lead=False)
    add_member(db, agency.id, user, is_lead=True)
    found = agency_of(db, user.id)
    assert found is not None
    assert (found.agency_id, found.is_lead) == (agency.id, True)
    assert [one.login for one, _ in members_of(db, agency.id)] == [user.login]
    with pytest.raises(MemberElsewhereError):
        add_member(db, other.id, user, is_lead=True)


def test_staff_of_the_programme_work_at_no_agency(db: Session) -> None:
    user = make_user(db, role=Role.COORDINATOR)
    with pytest.raises(MemberElsewhereError):
        add_member(db, an_agency(db).id, user, is_lead=False)
    assert agency_of(db, user.id) is None


def test_what_is_not_there_is_not_found(db: Session) -> None:
    with pytest.raises(NotFoundError):
        close_agency(db, new_id(), NOW)
    with pytest.raises(NotFoundError):
        end_agreement(db, new_id(), NOW)
