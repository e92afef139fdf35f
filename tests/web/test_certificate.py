"""The last step, the certificate, its check by a stranger, and what is left of a revoked one."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.completion.certificate import certificate_secret
from lms.completion.models import Attestation, Certificate, CompletionRecord
from lms.completion.service import revoke_completion
from lms.completion.signed import Judged, judge_file
from lms.kernel.ids import new_id
from lms.kernel.signing import public_key
from lms.web.participant.certificate import ATTESTATION_VERSION, attestation_text
from tests.factories import KEYS, PASSWORD, attest, day_after, pass_course
from tests.web.browser import Browser, without_tokens
from tests.web.markup import Html
from tests.web.site import Person, Site
from tests.web.test_at_once import count, posts
from tests.web.wellmade import header_faults, page_faults

ATTEST = "/fr/certificate/attest"
SECRET = certificate_secret(KEYS.certificate, 1)
REASON = "canary reason"
# Who changes a word of what is declared gives it another version, so that an attestation of last
# year can still be read in its own words.
DECLARED = {"2026-11": {"fr": "9e8a3ecf10357822", "en": "927cdc035dbf7a2d"}}


def _finisher(site: Site) -> Person:
    person = site.participant()
    site.do(pass_course, person.learner, now=site.clock())
    return person


def _graduate(site: Site) -> Person:
    person = _finisher(site)
    assert person.browser.post(ATTEST, {"attest": "yes"}).status_code == 303
    return person


def _revoke(site: Site, person: Person) -> None:
    def revoke(db: Session) -> None:
        of_him = CompletionRecord.enrolment_id == person.enrolment.id
        record = db.scalars(select(CompletionRecord).where(of_him)).one()
        revoke_completion(db, record.id, correction_id=new_id(), reason=REASON, now=site.clock())

    site.do(revoke)


def _links(page: Html) -> list[str]:
    return [one["href"] for one in page.all("a") if "button" in one["class"].split()]


def _check(browser: Browser, number: str, secret: str, lang: str = "fr") -> tuple[int, str]:
    response = browser.post(f"/{lang}/check", {"number": number, "secret": secret})
    return response.status_code, without_tokens(response.text)


def test_whoever_has_passed_is_led_to_the_last_step_and_then_to_his_certificate(
    site: Site,
) -> None:
    person = _finisher(site)
    assert _links(person.browser.page("/fr/course")) == [ATTEST]
    early = person.browser.get("/fr/certificate")
    assert (early.status_code, early.headers["Location"]) == (303, ATTEST)
    assert person.browser.get("/fr/certificate.pdf").status_code == 404
    form = person.browser.page(ATTEST).form(ATTEST)
    assert form.method == "post"
    done = person.browser.post(ATTEST, {"attest": "yes"})
    assert (done.status_code, done.headers["Location"]) == (303, "/fr/certificate")
    assert "000001-1" in person.browser.get("/fr/certificate").text
    assert _links(person.browser.page("/fr/course")) == ["/fr/certificate"]
    for method in ("get", "post"):
        again = getattr(person.browser, method)(ATTEST)
        assert again.headers["Location"] == "/fr/certificate"


@pytest.mark.parametrize("fields", [{}, {"attest": "no"}, {"attest": ""}])
def test_without_the_tick_nothing_is_issued_and_he_is_told(
    site: Site, fields: dict[str, str]
) -> None:
    person = _finisher(site)
    refused = person.browser.post(ATTEST, fields)
    assert refused.status_code == 422
    assert 'href="#attest"' in refused.text
    assert [*header_faults(refused), *page_faults(refused, "fr")] == []
    assert (count(site, Attestation), count(site, Certificate)) == (0, 0)


def test_the_version_and_the_language_that_he_read_are_kept(site: Site) -> None:
    person = _finisher(site)
    moment = site.clock.advance(minutes=5)
    person.browser.post("/en/certificate/attest", {"attest": "yes"})
    with site.database.read() as db:
        kept = db.scalars(select(Attestation)).one()
    assert (kept.text_version, kept.language) == (ATTESTATION_VERSION, "en")
    assert kept.attested_at == moment


def test_nobody_attests_before_he_has_passed(site: Site) -> None:
    browser = site.reader().browser
    assert browser.get(ATTEST).status_code == 404
    assert browser.post(ATTEST, {"attest": "yes"}).status_code == 404
    assert "attest" not in browser.get("/fr/course").text
    assert count(site, Certificate) == 0


def test_the_last_step_waits_for_him_over_a_log_out_and_past_the_last_day(site: Site) -> None:
    person = _finisher(site)
    person.browser.post("/fr/logout")
    assert person.browser.get(ATTEST).status_code == 401
    site.clock.now = day_after(person.enrolment.deadline) + timedelta(days=400)
    browser = site.stranger()
    entered = browser.post("/fr/login", {"login": person.user.login, "password": PASSWORD})
    assert entered.status_code == 303
    assert browser.get(ATTEST).status_code == 200
    assert browser.post(ATTEST, {"attest": "yes"}).status_code == 303
    assert "000001-1" in browser.get("/fr/certificate").text


def test_twenty_clicks_at_once_give_one_certificate(real_site: Site) -> None:
    person = _finisher(real_site)
    person.browser.get(ATTEST)
    answers = posts(person.browser, ATTEST, {"attest": "yes"})
    assert {(one.status_code, one.headers["Location"]) for one in answers} == {
        (303, "/fr/certificate")
    }
    assert (count(real_site, Attestation), count(real_site, Certificate)) == (1, 1)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_is_declared_has_a_new_version_when_a_word_of_it_changes(site: Site) -> None:
    found = {}
    for lang in ("fr", "en"):
        with site.app.test_request_context(f"/{lang}/help"):
            site.app.preprocess_request()
            found[lang] = hashlib.sha256(attestation_text().encode()).hexdigest()[:16]
    assert found == DECLARED[ATTESTATION_VERSION]


def test_the_paper_is_signed_to_the_last_byte_and_the_same_each_time(site: Site) -> None:
    person = _graduate(site)
    first = person.browser.get("/fr/certificate.pdf")
    assert first.mimetype == "application/pdf"
    verdict = judge_file(first.data, public_key(KEYS.signing))
    assert verdict.judged is Judged.GENUINE
    with site.database.read() as db:
        assert str(db.scalar(select(CompletionRecord.digest))) in verdict.sentence
    site.clock.advance(minutes=5)
    assert person.browser.get("/fr/certificate.pdf").data == first.data
    english = person.browser.get("/en/certificate.pdf").data
    assert english != first.data
    assert judge_file(english, public_key(KEYS.signing)).judged is Judged.GENUINE


def test_the_day_on_the_certificate_is_the_day_of_the_pass_and_not_of_the_click(
    site: Site,
) -> None:
    person = _finisher(site)
    site.clock.advance(days=9)
    browser = site.do(lambda db: site._enter(db, person.user))  # noqa: SLF001 - signed in anew
    browser.post(ATTEST, {"attest": "yes"})
    for page in (browser.get("/fr/certificate").text, _check(browser, "000001-1", SECRET)[1]):
        assert "21 novembre 2026" in page
        assert "30 novembre 2026" not in page


def test_a_stranger_with_number_and_secret_reads_title_day_hours_and_valid(site: Site) -> None:
    _graduate(site)
    status, page = _check(site.stranger(), "000001-1", SECRET)
    assert status == 200
    for word in ("Petit séminaire", "21 novembre 2026", "000001-1"):
        assert word in page
    assert "0,5" in page  # eight minutes are half an hour


def test_unknown_and_wrong_get_the_same_answer_at_the_same_cost(site: Site) -> None:
    _revoke(site, _graduate(site))
    site.do(lambda db: attest(db, _finisher(site).learner))
    browser = site.stranger()
    browser.get("/fr/check")
    answers = set()
    for number, secret in (
        ("000009-9", SECRET),  # unknown
        ("000002-2", SECRET),  # issued, but this is another's secret
        ("000001-1", certificate_secret(KEYS.certificate, 2)),  # revoked, and a wrong secret
        ("000001-2", SECRET),  # a wrong check symbol
        ("not a number", "not a secret"),
    ):
        with site.statements() as seen:
            status, page = _check(browser, number, secret)
        answers.add((status, len(page), page, tuple(seen)))
    assert len(answers) == 1
    assert "000001-1" not in next(iter(answers))[2]


def test_a_revoked_certificate_is_told_as_such_without_a_reason(site: Site) -> None:
    person = _graduate(site)
    valid = _check(site.stranger(), "000001-1", SECRET)[1]
    _revoke(site, person)
    status, page = _check(site.stranger(), "000001-1", SECRET)
    assert status == 200
    assert Html.of(page).h1 != Html.of(valid).h1
    english = Html.of(_check(site.stranger(), "000001-1", SECRET, "en")[1])
    assert english.h1 == "This certificate was revoked"
    for word in ("Petit séminaire", "21 novembre 2026", "000001-1"):
        assert word in page
    assert REASON not in page


def test_whoever_lost_his_certificate_is_told_whom_to_write_to(site: Site) -> None:
    person = _graduate(site)
    _revoke(site, person)
    assert _links(person.browser.page("/fr/course")) == ["/fr/certificate"]
    for lang in ("fr", "en"):
        response = person.browser.get(f"/{lang}/certificate")
        assert response.status_code == 200
        assert [*header_faults(response), *page_faults(response, lang)] == []
        assert "certificate.pdf" not in response.text
        assert REASON not in response.text
        assert SECRET not in response.text
    paper = person.browser.get("/fr/certificate.pdf")
    assert (paper.status_code, paper.headers["Location"]) == (303, "/fr/certificate")
    assert b"%PDF" not in paper.data


def test_a_completion_that_was_revoked_early_gets_no_certificate(site: Site) -> None:
    person = _finisher(site)
    _revoke(site, person)
    for method in ("get", "post"):
        response = getattr(person.browser, method)(ATTEST)
        assert response.headers["Location"] == "/fr/certificate"
    assert person.browser.get("/fr/certificate").status_code == 200
    assert person.browser.get("/fr/certificate.pdf").status_code == 404
    with site.database.read() as db:
        assert db.scalar(select(func.count()).select_from(Certificate)) == 0
