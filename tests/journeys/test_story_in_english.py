"""In English and in the dark: without JavaScript, on PostgreSQL, from a code to a certificate."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Site
from tests.journeys.story import take_the_first_module, take_the_seminar

pytestmark = pytest.mark.journey


def test_a_participant_fails_once_tries_again_and_has_his_certificate_checked(
    postgresql_site: Site, browser: Browser
) -> None:
    take_the_seminar(postgresql_site, browser, "en", javascript=False)


def test_a_participant_with_scripts_fails_once_and_opens_the_second_module(
    sqlite_site: Site, browser: Browser
) -> None:
    take_the_first_module(sqlite_site, browser, "en", javascript=True)
