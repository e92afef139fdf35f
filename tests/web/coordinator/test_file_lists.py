"""How a coordinator finds a file, and what stands before her when she comes."""

from datetime import timedelta

import pytest

from lms.accounts.roles import Role
from lms.referrals.states import State
from tests.factories import NOW, make_agency, make_cohort, make_referral
from tests.web.browser import Browser
from tests.web.site import Site

HOME = "/en/coordinator/files"
TODAY = NOW.date()


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Sign a coordinator in."""
    return site.staff(Role.COORDINATOR)


def test_a_list_is_narrowed_sorted_and_turned_by_its_address(
    site: Site, coordinator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency, cohort = site.do(make_agency), site.do(make_cohort)
    site.do(make_referral, reference="A-1", agency=agency, state=State.READY)
    site.do(make_referral, reference="B-2", agency=agency, cohort=cohort)
    site.do(make_referral, reference="C-3")

    def shown(query: str) -> list[str]:
        page = coordinator.page(f"{HOME}?{query}")
        cells = [one.text for one in page.all("th") if one["scope"] == "row"]
        return [text.strip() for text in cells]

    assert sorted(shown("")) == ["A-1", "B-2", "C-3"]
    assert shown("sort=reference") == ["A-1", "B-2", "C-3"]
    assert shown("state=ready") == ["A-1"]
    assert shown(f"agency={agency.id}&sort=reference") == ["A-1", "B-2"]
    assert shown(f"cohort={cohort.id}") == ["B-2"]
    assert shown("q=b-") == ["B-2"]
    assert shown("q=b%00-") == ["B-2"]
    assert shown("waiting=group") == ["A-1"]
    assert len(shown("state=x&agency=x&cohort=x&sort=x&waiting=x&page=x")) == 3
    monkeypatch.setattr("lms.web.paging.MOST_ROWS", 1)
    assert shown("sort=reference&page=2") == ["B-2"]
    page = coordinator.page(f"{HOME}?sort=reference&page=2&_external=1&lang=xx")
    assert f"{HOME}?page=3&sort=reference" in page.links()


def test_what_needs_the_coordinator_stands_together_with_the_way_to_all_of_it(
    site: Site, coordinator: Browser
) -> None:
    site.do(make_referral, reference="FEE-1", deadline=TODAY + timedelta(days=90))
    site.do(make_referral, reference="NEAR-1", state=State.IN_PROGRESS, deadline=TODAY)
    page = coordinator.page("/en/coordinator/overview")
    headings = [one.text for one in page.all("h2")]
    assert headings[:2] == ["Fee to settle", "Last day within 14 days"]
    assert f"{HOME}?waiting=fee" in page.links()
    assert "late" not in page.text.lower()
