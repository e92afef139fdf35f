"""A person takes along all that is kept about him, and nothing of anybody else."""

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from lms.accounts.models import User
from lms.accounts.roles import Role
from lms.privacy.person import tables_about_people
from lms.privacy.subject_file import LOCKS, WITHOUT
from lms.web.participant.own_file_words import HEADINGS
from tests import factories
from tests.privacy.looking import canaries_in
from tests.privacy.planting import Planted, plant
from tests.web.browser import Browser, sign_in
from tests.web.site import Site

ADDRESS = "/fr/my-privacy/file.zip"
SHOWN_ELSEWHERE = {  # under its own heading, or in the JSON alone
    "view_entry",
    "seat_clock",
    "purge_entry",
    "statistic_queue",
}


def _browser(site: Site, made: Planted) -> Browser:
    return site.do(lambda db: sign_in(site.app, db, made.user, site.clock))


def _files(site: Site, made: Planted) -> dict[str, str]:
    answer = _browser(site, made).get(ADDRESS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


@pytest.fixture
def two(site: Site) -> tuple[Planted, Planted]:
    """Give two people of one group, each with a canary in every text."""
    cohort = site.do(factories.make_cohort)
    own = site.do(plant, "a", cohort=cohort, revoked=True)
    return own, site.do(plant, "b", cohort=cohort)


def test_all_that_is_his_is_in_it_and_nothing_of_anybody_else(
    site: Site, two: tuple[Planted, Planted]
) -> None:
    own, _other = two
    files = _files(site, own)
    assert sorted(files) == ["data.json", "en.html", "fr.html"]
    named = own.marks.named()
    locks = {one for one, column in named.items() if column in LOCKS}
    assert len(locks) == 5
    found = canaries_in(files["data.json"])
    assert found == set(named) - locks
    for name in ("fr.html", "en.html"):
        seen = {named.get(one, f"not his: {one}") for one in canaries_in(files[name])}
        # A digest is for machines.
        assert seen == {named[one] for one in found} - {"exchange_message.digest"}


def test_it_says_who_looked_by_office_and_what_was_told_to_the_agency(
    site: Site, two: tuple[Planted, Planted]
) -> None:
    own, _other = two
    files = _files(site, own)
    assert "An instructor of your group" in files["en.html"]
    logins = set(site.do(lambda db: db.scalars(
        select(User.login).where(User.role != Role.PARTICIPANT)
    ).all()))  # fmt: skip
    for text in files.values():
        assert not [login for login in logins if f">{login}<" in text or f'"{login}"' in text]
    tables = json.loads(files["data.json"])["tables"]
    assert [one["body"]["status"] for one in tables["exchange_message"]] == ["completed"]
    assert tables["view_entry"][0]["viewer_id"] == "staff"
    assert [one["sender_id"] for one in tables["message"]] == ["me", "me"]


def test_answers_are_told_in_words_in_the_language_they_were_given_in(
    site: Site, two: tuple[Planted, Planted]
) -> None:
    page = _files(site, two[0])["fr.html"]
    assert "Ce que vous avez répondu" in page or "What you answered" in page
    assert "B1" in page


def test_each_table_about_people_has_a_heading_in_it() -> None:
    tables = {table.name for table, _link in tables_about_people()}
    assert tables - set(HEADINGS) == SHOWN_ELSEWHERE
    assert WITHOUT <= SHOWN_ELSEWHERE


def test_a_text_whose_key_is_gone_is_told_as_no_longer_kept(
    site: Site, two: tuple[Planted, Planted]
) -> None:
    own = two[0]
    factories.KEYS.people.destroy(own.enrolment.id)
    tables = json.loads(_files(site, own)["data.json"])["tables"]
    assert {one["sealed_text"] for one in tables["message"]} == {"no longer kept"}
    assert "No longer kept" in _files(site, own)["en.html"]


def test_he_sees_who_looked_and_nobody_elses_views(
    site: Site, two: tuple[Planted, Planted]
) -> None:
    own, other = two
    page = _browser(site, own).page("/en/my-privacy").text
    assert own.marks.of("view_entry.purpose") in page
    assert other.marks.of("view_entry.purpose") not in page
    assert "An instructor of your group" in page
