"""A year of the programme in a real browser: forty referred, forty letters, forty words.

A file of forty referrals becomes forty letters; forty people come. The instructor finds a question
whose key is wrong, and has it mended on the way. Thirty-six pass, two withdraw, two run out of
time. The agency learns forty words and nothing else.

The staff does everything in the browser, and three of the forty; the others go through the same
pages without one, and the answers of those who meet the wrong key are entered below the pages.
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, FilePayload
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.models import Agency
from lms.enrolment.models import Cohort
from lms.kernel.database import Database
from lms.referrals.models import Referral, ReferralEvent
from tests import factories
from tests.clocks import FixedClock
from tests.journeys import mending, programme
from tests.journeys.house import FIRST, LEAVER, MODULES, House, open_house
from tests.journeys.programme import PASSES, PEOPLE, WORDS
from tests.journeys.story import declare_that_he_did_it_himself, take_the_certificate
from tests.journeys.walker import Walker
from tests.pdf import text_of
from tests.previews import eager_previews  # noqa: F401 - a fixture
from tests.web.codes import shown
from tests.web.site import Person

pytestmark = pytest.mark.journey
LANGUAGES = {"sqlite": "fr", "postgresql": "en"}
STATUSES = {
    "fr": ("Formation terminée", "La personne s’est retirée", "Formation non terminée"),
    "en": ("Completed", "The person withdrew", "Not completed"),
}
IN_BROWSER = 3  # of the results that are confirmed
MATCH = {"fr": "Oui", "en": "Yes"}


@pytest.fixture
def house(
    engine_name: str, real_database: Database, tmp_path: Path, clock: FixedClock, browser: Browser
) -> Iterator[House]:
    """Give the site, in French on SQLite and in English on PostgreSQL."""
    language = LANGUAGES[engine_name]
    with open_house(real_database, language, tmp_path, clock, browser) as made:
        yield made


def test_forty_are_referred_and_the_agency_learns_forty_words_and_nothing_else(
    house: House,
) -> None:
    site = house.site
    codes = _prepare(house)
    people = [house.enrol(code, number) for number, code in enumerate(codes)]
    assert site.stranger().post("/fr/begin", {"code": codes[0]}).status_code == 422  # once
    mending.sit_with_wrong_key(site, people)
    _mend(house, people)
    site.clock.advance(minutes=10)  # the pause of those who have to try again
    _pass_or_stop(house, people)
    certificate = _certify(house, people)
    site.clock.advance(days=91)
    programme.advance(site)
    with house.staff(house.coordinator) as walker:
        programme.are_told(programme.genuine(_signed_file(walker, house.agency)), people)
        _print_the_year(walker)
    _agency_sees(house, people, certificate)
    _stays_told(house)


def _pass_or_stop(house: House, people: list[Person]) -> None:
    """Let those pass who will, and two stop: one of each in a browser."""
    with house.participant(FIRST) as walker:
        _pass_both(walker)
    for person in people[:PASSES]:
        house.site.do(programme.pass_rest, person, house.site.clock())
    mending.count_answers(house.site)
    client = house.site.staff(Role.INSTRUCTOR, house.instructor)
    mending.is_odd_no_more(client, house.place.cohort, PASSES - mending.SITTERS)
    with house.participant(LEAVER) as walker:
        _stop(walker)
    left = people[LEAVER + 1].browser.post("/fr/my-file/stop", {"stop": "yes"})
    assert left.status_code == 303
    programme.advance(house.site)


def _certify(house: House, people: list[Person]) -> str:
    """Confirm each result, and let each person declare that it is his; gives one's number."""
    assert _confirm_all(house) == PASSES
    with house.participant(FIRST) as walker:
        declare_that_he_did_it_himself(walker)
        certificate, _ = take_the_certificate(walker)
    for person in people[:FIRST] + people[FIRST + 1 : PASSES]:
        attested = person.browser.post("/fr/certificate/attest", {"attest": "yes"})
        assert attested.status_code == 303
    programme.advance(house.site)
    return certificate


def _prepare(house: House) -> tuple[str, ...]:
    """Let the coordinator take in the agency's file and make the letters; gives the codes."""
    with house.staff(house.coordinator) as walker:
        _take_in(house, walker)
        _settle_fees(walker)
        return _letters(walker, house.place.cohort)


def _take_in(house: House, walker: Walker) -> None:
    """Choose the file, look at it, and take it in."""
    walker.go("/coordinator/files")
    walker.press("a[href$='/files/import']")
    walker.page.locator("[name=agency]").select_option(str(house.agency.id))
    sheet = programme.sheet(house.site)
    given = FilePayload(name="file.csv", mimeType="text/csv", buffer=sheet)
    walker.page.locator("[name=sheet]").set_input_files(given)
    walker.press("main form button")
    assert walker.page.locator("tbody .tag-good").count() == PEOPLE
    assert not house.site.do(lambda db: db.scalars(select(Referral.id)).all())  # only looked at
    walker.press("form[action$='/take'] button")


def _settle_fees(walker: Walker) -> None:
    """Note of the first that he paid, of the others that the fee is waived."""
    walker.go("/coordinator/files")
    walker.press("main a[href$='/files/fees']")
    lines = walker.page.locator("main fieldset")
    assert lines.count() == PEOPLE
    lines.locator("[name$=-receipt]").first.fill("R-2026-1")
    for number, choice in enumerate(lines.locator("select").all()):
        choice.select_option("waived" if number else "paid")
    walker.press("form[action$='/fees'] button")
    assert not walker.page.locator(".error-summary, main fieldset").count()


def _letters(walker: Walker, cohort: Cohort) -> tuple[str, ...]:
    """Tick every file, download the letters, and read the codes from the paper."""
    walker.go("/coordinator")
    walker.press(f"main a[href$='/groups/{cohort.id}']")
    walker.press("a[href$='/letters']")
    for box in walker.page.locator("[name=files]").all():
        box.check()
    walker.page.fill("[name=contact]", "450 555-0199")
    walker.page.check("[name=in_language][value=own]")
    with walker.page.expect_download() as paper:
        walker.page.locator("form[action$='/letters'] button").click()
    return programme.codes_on(_read(paper.value))


def _read(download: Download) -> bytes:
    """Give what a download holds."""
    return Path(download.path()).read_bytes()


def _mend(house: House, people: list[Person]) -> None:
    """Have the bad question found, mended by two authors, and graded anew by two people."""
    cohort, client = house.place.cohort, house.site.staff(Role.INSTRUCTOR, house.instructor)
    mending.tells_passes(client, cohort, mending.PASSED)
    with house.staff(house.instructor) as walker:
        mending.find_bad_question(walker, cohort)
    authors = [house.site.do(factories.make_user, role=Role.AUTHOR) for _ in range(2)]
    with house.staff(authors[0]) as writer, house.staff(authors[1]) as reader:
        mending.mend_key(writer, reader)
    mending.tells_worth(client, people, [way.before for way in mending.WAYS])
    with house.staff(house.instructor) as walker:
        mending.ask_that_it_counts(walker, people[0])
    mending.has_not_passed_yet(client, people)
    with house.staff(house.coordinator) as walker:
        mending.confirm_that_it_counts(walker)
    with house.staff(house.instructor) as walker:
        mending.keep_pass(walker, people)
    mending.tells_worth(client, people, [way.after for way in mending.WAYS])
    mending.tells_passes(client, cohort, mending.PASSED_ANEW)


def _pass_both(walker: Walker) -> None:
    """Read both modules and pass their quizzes."""
    for number, _ in enumerate(MODULES, start=1):
        walker.read_module(number)
        walker.take_quiz(number, walker.name, right=True)
        assert walker.page.locator(".panel").count() == 1


def _stop(walker: Walker) -> None:
    """Read what follows, and stop the training."""
    walker.go("/my-file")
    walker.press("a[href$='/my-file/stop']")
    walker.page.check("[name=stop]")
    walker.press("form[action$='/stop'] button")


def _confirm_all(house: House) -> int:
    """Confirm every result that waits, three of them in a browser; gives how many did."""
    client = house.site.staff(Role.INSTRUCTOR, house.instructor)
    with house.staff(house.instructor) as walker:
        walker.go("/corrections/results")
        forms = walker.page.locator("form[action$='/confirm']")
        waiting = [form.get_attribute("action") or "" for form in forms.all()]
        for _ in range(IN_BROWSER):
            walker.press("form[action$='/confirm'] button")
        for address in waiting[:-IN_BROWSER]:  # the walker presses the last one that is there
            assert client.post(address).status_code == 303
        walker.go("/corrections/results")
        assert not forms.count()
    return len(waiting)


def _signed_file(walker: Walker, agency: Agency) -> bytes:
    """Download what the agency is given by hand."""
    walker.go("/coordinator/exchanges")
    walker.press(f"main a[href*='/agencies/{agency.id}/']")
    walker.page.fill("[name=after]", "0")
    with walker.page.expect_download() as file:
        walker.page.locator("form[action$='/file'] button").click()
    return _read(file.value)


def _print_the_year(walker: Walker) -> None:
    """Publish the year's figures and download them: all are counted, and nobody stands there."""
    walker.go("/coordinator/programme")
    walker.page.select_option("[name=year]", str(factories.NOW.year))
    walker.press("form[method=get] button")
    assert walker.page.locator("td:text-is('40')").count() >= 3  # referred, eligible, enrolled
    page = walker.page.content()
    assert not re.findall(r"<td[^>]*>\s*[1-9]\s*<", page[: page.index("MOBILIS")])  # under ten
    walker.press("form[method=post] button.primary")
    with walker.page.expect_download() as paper:
        walker.page.locator("a[href*='programme.pdf']").first.click()
    assert "LG-0001" not in text_of(_read(paper.value), spaces=True)


def _agency_sees(house: House, people: list[Person], certificate: str) -> None:
    """Let the agency read five things of each file, and match a certificate."""
    with house.staff(house.member) as walker:
        walker.page.fill("[name=code]", shown(house.site))
        walker.press("main form button")
        seen = Counter(tag for _ in _pages(walker) for tag in _tags(walker))
        assert seen == dict(zip(STATUSES[house.language], WORDS.values(), strict=True))
        walker.press("nav a[href$='/agency/certificate']")
        walker.page.fill("[name=number]", certificate)
        walker.page.fill("[name=reference]", f"LG-{FIRST:04}")
        walker.press("main form button")
        assert walker.page.locator("h1").inner_text().startswith(MATCH[house.language])
        page = walker.page.content()
        assert not [one for one in people if one.enrolment.pseudonym in page]


def _tags(walker: Walker) -> list[str]:
    """Give the status of each file on the page, which has five things of each."""
    rows = walker.page.locator("tbody tr")
    assert {row.locator("th, td").count() for row in rows.all()} == {5}
    return rows.locator(".tag").all_inner_texts()


def _pages(walker: Walker) -> Iterator[None]:
    """Come by each page of a list."""
    yield
    while walker.page.locator("a[rel=next]").count():
        walker.press("a[rel=next]")
        yield


def _stays_told(house: House) -> None:
    """Another run says nothing twice, and every step of every file is on record."""
    programme.advance(house.site)
    assert len(programme.words(house.site, house.agency)) == PEOPLE

    def steps(db: Session) -> dict[uuid.UUID, list[int]]:
        found: dict[uuid.UUID, list[int]] = {}
        for one in db.execute(
            select(ReferralEvent.referral_id, ReferralEvent.number).order_by(ReferralEvent.number)
        ):
            found.setdefault(one.referral_id, []).append(one.number)
        return found

    for numbers in house.site.do(steps).values():
        assert numbers == list(range(1, len(numbers) + 1))
