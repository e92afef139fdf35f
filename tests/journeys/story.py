"""The whole story: from a code to a certificate that somebody checks."""

import re

from playwright.sync_api import Browser

from tests.journeys.conftest import Site
from tests.journeys.walker import DESK, PHONE, Walker

PASSWORD = "trois mots ensemble"
MOST_LOOKS = {"fr": 6, "en": 2}  # by axe, at each kind of page


def take_the_seminar(site: Site, browser: Browser, language: str, *, javascript: bool) -> None:
    """Fail once, read again, pass, declare, take the paper, and let a stranger check it."""
    most = MOST_LOOKS[language]
    walker, name = _pass_the_first_module(
        site, browser, language, javascript=javascript, most_looks=most
    )
    for module in range(2, 6):
        walker.read_module(module)
        _pass(walker, module, name)
    declare_that_he_did_it_himself(walker)
    number, secret = take_the_certificate(walker)
    walker.leave()
    stranger = Walker.enter(site, browser, language, name=f"{name}-check", javascript=javascript)
    assert number in _check(stranger, number, secret)
    other = "1" if secret.endswith("0") else "0"
    assert number not in _check(stranger, number, secret[:-1] + other)
    stranger.leave()


def take_the_first_module(site: Site, browser: Browser, language: str, *, javascript: bool) -> None:
    """Fail once, read again, pass the first module, and come back to a second one that is open."""
    walker, _ = _pass_the_first_module(site, browser, language, javascript=javascript, most_looks=1)
    walker.go("/module/2")
    assert walker.page.locator("main a.button").get_attribute("href") != f"/{language}/module/1"
    walker.leave()


def _pass_the_first_module(
    site: Site, browser: Browser, language: str, *, javascript: bool, most_looks: int
) -> tuple[Walker, str]:
    """Begin with a code, fail once and pass; gives the walker and his login."""
    name = f"participant-{language}-{'js' if javascript else 'nojs'}"
    size = PHONE if javascript else DESK
    walker = Walker.enter(
        site, browser, language, name=name, javascript=javascript, size=size,
        dark=language == "en", most_looks=most_looks,
    )  # fmt: skip
    walker.begin(site.new_code(), name, PASSWORD)
    assert walker.page.url.endswith(f"/{language}/course"), walker.page.url
    _find_the_second_module_closed(walker)
    _fail_the_first_and_wait(walker, name)
    _pass(walker, 1, name)
    return walker, name


def _pass(walker: Walker, module: int, login: str) -> None:
    walker.take_quiz(module, login, right=True)
    assert walker.page.locator(".panel").count() == 1, f"module {module} is not passed"


def _find_the_second_module_closed(walker: Walker) -> None:
    walker.page.goto(f"/{walker.language}/module/2")
    link = walker.page.locator("main a.button").get_attribute("href")
    assert link == f"/{walker.language}/module/1"


def _fail_the_first_and_wait(walker: Walker, login: str) -> None:
    walker.read_module(1)
    walker.take_quiz(1, login, right=False)
    assert "/result/" in walker.page.url
    assert walker.page.locator(".result-wrong").count() > 0
    walker.page.goto(f"/{walker.language}/module/1/quiz")
    assert walker.page.locator("main form").count() == 0, "what he missed is not read again"
    walker.press("main a.button.primary")
    walker.read_on()
    assert walker.page.url.endswith("/quiz")
    walker.site.clock.advance(minutes=11)


def declare_that_he_did_it_himself(walker: Walker) -> None:
    """Declare it from the course page."""
    walker.go("/course")
    walker.press("main a.button")
    walker.page.check("[name=attest]")
    walker.press("main form button")


def take_the_certificate(walker: Walker) -> tuple[str, str]:
    """Open the certificate and download its paper; gives its number and the secret."""
    walker.go("/course")
    walker.go("/certificate")
    found = _number_and_secret(walker)
    with walker.page.expect_download() as paper:
        walker.page.locator("a.button").first.click()
    assert re.fullmatch(r"attestation-[0-9A-Z*~$=-]+\.pdf", paper.value.suggested_filename)
    return found


def _check(walker: Walker, number: str, secret: str) -> str:
    walker.go(f"/check?n={number}&s={secret}")
    walker.press("main form button")
    return walker.page.locator("main").inner_text()


def _number_and_secret(walker: Walker) -> tuple[str, str]:
    number = walker.page.locator(".reference").inner_text()
    values = walker.page.locator(".summary-list dd").all_inner_texts()
    return number, next(text for text in values if len(text) > 15 and text.count("-") == 4)
