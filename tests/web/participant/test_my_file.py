"""My file: he reads where it stands and what was told, leaves what he wants, and may stop.

Longer than 300 lines: one story, told from its beginning to each of its ends.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from lms.accounts.service import open_session
from lms.enrolment.models import Enrolment
from lms.journey.due_files import advance_due_files
from lms.journey.files import confirm_completion
from lms.kernel.days import end_of_day
from lms.referrals.models import Referral
from lms.referrals.service import change_deadline
from lms.referrals.states import Act, Party
from lms.referrals.steps import move
from tests.factories import KEYS, NOW
from tests.referrals.files import LAST_DAY, day, mover
from tests.web.files import file_of, hand_in_all, referred
from tests.web.site import Person, Site

PAGE = "/en/my-file"
STOP = "/en/my-file/stop"
COURSE = ("/en/course", "/en/module/1", "/en/module/1/page/1", "/en/module/1/quiz", "/en/messages")


def page_of(person: Person) -> str:
    """Give the page as its person reads it."""
    return " ".join(person.browser.page(PAGE).all("main")[0].text.split())


def run_job(site: Site, now: datetime = NOW) -> None:
    """Run the job that moves files."""
    site.do(advance_due_files, keys=KEYS, review=True, now=now)


def act_on(site: Site, person: Person, act: Act, party: Party) -> None:
    """Let somebody of a party move a person's file."""
    referral = file_of(site, person)

    def do(db: Session) -> None:
        file = db.get_one(Referral, referral.id)
        move(db, file, act, mover(db, party), reason="Une raison.", now=NOW)

    site.do(do)


def confirm(site: Site, person: Person) -> None:
    """Let an instructor confirm somebody's result."""
    referral = file_of(site, person)

    def do(db: Session) -> None:
        file = db.get_one(Referral, referral.id)
        confirm_completion(db, file, mover(db, Party.INSTRUCTOR), now=NOW)

    site.do(do)


def kept(site: Site, person: Person) -> Enrolment:
    """Give what is kept of somebody."""
    with site.database.read() as db:
        return db.get_one(Enrolment, person.enrolment.id)


def test_he_reads_his_last_day_his_fee_and_that_nothing_was_told(site: Site) -> None:
    person = referred(site)
    page = page_of(person)
    assert "February 19, 2027" in page
    assert "You do not have to pay." in page
    assert "Nothing yet." in page
    assert person.enrolment.pseudonym in page


def test_the_page_is_one_step_from_every_page_of_the_course(site: Site) -> None:
    links = [one["href"] for one in referred(site).browser.page("/en/course").all("a")]
    assert PAGE in links


def test_an_extension_is_on_the_page(site: Site) -> None:
    person = referred(site)
    referral = file_of(site, person)

    def extend(db: Session) -> None:
        file = db.get_one(Referral, referral.id)
        change_deadline(db, file, day(120), mover(db), reason="Panne.", now=NOW)

    site.do(extend)
    assert "March 21, 2027" in page_of(person)


def test_somebody_with_a_code_of_a_group_alone_has_the_page_too(site: Site) -> None:
    page = page_of(site.participant())
    assert "This site tells no agency about you." in page
    assert "Fee" not in page


def test_after_the_last_questions_he_reads_that_a_person_looks_it_over(site: Site) -> None:
    person = referred(site)
    hand_in_all(site, person)
    assert file_of(site, person).state == "completed_pending_review"
    for url in (PAGE, "/en/course", "/en/certificate/attest"):
        found = person.browser.get(url)
        assert found.status_code == 200
        assert "looks your result over before it is final" in found.text
        assert "Come back tomorrow" in found.text
    assert "Confirm and get my certificate" not in person.browser.get("/en/course").text


def test_no_certificate_is_made_before_the_result_is_final(site: Site) -> None:
    person = referred(site)
    hand_in_all(site, person)
    tried = person.browser.post("/en/certificate/attest", {"attest": "yes"})
    assert tried.headers["Location"].endswith("/en/certificate/attest")
    assert person.browser.get("/en/certificate.pdf").status_code == 404
    confirm(site, person)
    done = person.browser.post("/en/certificate/attest", {"attest": "yes"})
    assert done.status_code == 303
    assert person.browser.get("/en/certificate").status_code == 200
    page = page_of(person)
    assert file_of(site, person).state == "reported"
    assert "Completed" in page
    assert "Nothing yet." not in page


def test_whom_nobody_referred_gets_his_certificate_as_before(site: Site) -> None:
    person = site.participant()
    hand_in_all(site, person)
    assert "Confirm and get my certificate" in person.browser.get("/en/course").text
    done = person.browser.post("/en/certificate/attest", {"attest": "yes"})
    assert done.status_code == 303
    assert person.browser.get("/en/certificate").status_code == 200


def test_a_talk_is_told_without_its_reason(site: Site) -> None:
    person = referred(site)
    hand_in_all(site, person)
    act_on(site, person, Act.FOLLOW_UP, Party.INSTRUCTOR)
    page = page_of(person)
    assert "A talk comes first" in page
    assert "Une raison." not in page


def test_stopping_is_explained_and_asked_once(site: Site) -> None:
    person = referred(site)
    asked = person.browser.get(STOP).text
    for words in ("goes back to the prosecutor", "Talk to a lawyer before", "right to stop"):
        assert words in asked
    refused = person.browser.post(STOP, {})
    assert refused.status_code == 422
    assert file_of(site, person).state == "enrolled"
    done = person.browser.post(STOP, {"stop": "yes"})
    assert done.headers["Location"].endswith(PAGE)
    assert file_of(site, person).outcome == "withdrawn"
    assert kept(site, person).withdrawn_at == site.clock()
    page = page_of(person)
    assert "You have stopped the training" in page
    assert "Stopped by yourself" in page
    assert "I am thinking of stopping" not in page


@pytest.mark.parametrize("url", COURSE)
def test_who_has_stopped_finds_the_course_shut_and_the_help_open(site: Site, url: str) -> None:
    person = referred(site)
    person.browser.post(STOP, {"stop": "yes"})
    assert person.browser.get(url).headers["Location"].endswith(PAGE)
    assert person.browser.get("/en/help").status_code == 200
    assert person.browser.get(PAGE).status_code == 200


def test_nobody_stops_twice(site: Site) -> None:
    person = referred(site)
    person.browser.post(STOP, {"stop": "yes"})
    site.clock.advance(minutes=1)
    again = person.browser.post(STOP, {"stop": "yes"})
    assert again.status_code == 303
    assert person.browser.get(STOP).status_code == 303
    assert kept(site, person).withdrawn_at == NOW


def test_somebody_whom_nobody_referred_may_stop_too(site: Site) -> None:
    person = site.participant()
    assert "is not told by this site" in person.browser.get(STOP).text
    person.browser.post(STOP, {"stop": "yes"})
    assert kept(site, person).withdrawn_at == NOW
    assert person.browser.get("/en/course").headers["Location"].endswith(PAGE)


def test_he_may_stop_before_he_has_agreed_to_anything(site: Site) -> None:
    person = site.participant(agreed=False)
    assert person.browser.get("/en/course").headers["Location"].endswith("/en/notice")
    assert person.browser.get(PAGE).status_code == 200
    assert person.browser.post(STOP, {"stop": "yes"}).status_code == 303
    assert kept(site, person).withdrawn_at == NOW


def test_after_his_result_is_final_there_is_nothing_to_stop(site: Site) -> None:
    person = referred(site)
    hand_in_all(site, person)
    confirm(site, person)
    assert "I am thinking of stopping" not in page_of(person)
    person.browser.post(STOP, {"stop": "yes"})
    assert file_of(site, person).outcome == "completed"
    assert kept(site, person).withdrawn_at is None


@pytest.mark.parametrize("url", COURSE)
def test_a_pause_shuts_the_course_and_says_so_in_neutral_words(site: Site, url: str) -> None:
    person = referred(site)
    act_on(site, person, Act.SUSPEND, Party.AGENCY)
    assert person.browser.get(url).headers["Location"].endswith(PAGE)
    page = page_of(person)
    assert "Your training is paused" in page
    assert "Whom to call" in page
    assert "I am thinking of stopping" in page
    act_on(site, person, Act.RESUME, Party.AGENCY)
    assert person.browser.get("/en/course").status_code == 200


def test_whoever_is_cancelled_is_signed_out_and_may_sign_in_to_read_that(site: Site) -> None:
    person = referred(site)
    act_on(site, person, Act.CANCEL, Party.AGENCY)
    assert person.browser.get(PAGE).status_code == 401
    with site.database.write() as db:
        token = open_session(db, person.user, now=site.clock()).token
        db.commit()
    person.browser.enter(token)
    assert person.browser.get("/en/course").headers["Location"].endswith(PAGE)
    assert "Your file is closed" in page_of(person)


def test_when_time_is_over_he_reads_what_was_told(site: Site) -> None:
    person = referred(site)
    after = end_of_day(LAST_DAY)
    run_job(site, after)
    site.clock.now = after
    with site.database.write() as db:
        token = open_session(db, person.user, now=after).token
        db.commit()
    person.browser.enter(token)
    page = page_of(person)
    assert "The time to finish is over" in page
    assert "Not completed" in page


def test_a_closed_file_still_gives_its_certificate(site: Site) -> None:
    person = referred(site)
    hand_in_all(site, person)
    confirm(site, person)
    run_job(site, NOW + timedelta(days=1))
    run_job(site, NOW + timedelta(days=32))
    assert file_of(site, person).state == "closed"
    assert person.browser.get("/en/course").headers["Location"].endswith(PAGE)
    assert person.browser.post("/en/certificate/attest", {"attest": "yes"}).status_code == 303
    assert person.browser.get("/en/certificate.pdf").status_code == 200


def test_he_leaves_a_first_name_and_takes_it_away(site: Site) -> None:
    person = referred(site)
    url = f"{PAGE}/first-name"
    assert person.browser.post(url, {"first_name": "  Émile "}).status_code == 303
    sealed = kept(site, person).first_name
    assert sealed is not None
    assert "Émile".encode() not in sealed
    assert 'value="Émile"' in person.browser.get(PAGE).text
    person.browser.post(url, {"first_name": " "})
    assert kept(site, person).first_name is None


def test_he_leaves_an_address_and_takes_it_away(site: Site) -> None:
    person = referred(site)
    url = f"{PAGE}/address"
    assert person.browser.post(url, {"address": "emile@example.org"}).status_code == 303
    sealed = kept(site, person).address
    assert sealed is not None
    assert b"example" not in sealed
    assert 'value="emile@example.org"' in person.browser.get(PAGE).text
    person.browser.post(url, {"address": ""})
    assert kept(site, person).address is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first-name", "x" * 41),
        ("first-name", "a\u202eb"),
        ("address", "emile"),
        ("address", "a@b.org\r\nBcc: c@d.org"),
        ("address", "x" * 255),
    ],
)
def test_what_cannot_be_kept_stays_in_the_form(site: Site, name: str, value: str) -> None:
    person = referred(site)
    refused = person.browser.post(f"{PAGE}/{name}", {name.replace("-", "_"): value})
    assert refused.status_code == 422
    assert "error-summary" in refused.text
    assert (kept(site, person).first_name, kept(site, person).address) == (None, None)


def test_what_his_key_sealed_is_gone_with_it(site: Site) -> None:
    person = referred(site)
    person.browser.post(f"{PAGE}/first-name", {"first_name": "Émile"})
    KEYS.people.destroy(person.enrolment.id)
    assert "Émile" not in person.browser.get(PAGE).text


def test_the_page_names_no_reference_and_no_agency(site: Site) -> None:
    person = referred(site)
    referral = file_of(site, person)
    assert referral.reference is not None
    assert referral.reference not in page_of(person)
