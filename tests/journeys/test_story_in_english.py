"""In English and in the dark, from a code to a certificate; without JavaScript, on PostgreSQL."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Site
from tests.journeys.story import take_the_seminar

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    ("javascript", "site_name"), [(True, "sqlite_site"), (False, "postgresql_site")]
)
def test_a_participant_fails_once_tries_again_and_has_his_certificate_checked(
    javascript: bool, site_name: str, browser: Browser, request: pytest.FixtureRequest
) -> None:
    site: Site = request.getfixturevalue(site_name)
    take_the_seminar(site, browser, "en", javascript=javascript)
