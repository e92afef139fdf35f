"""Somebody in front of a browser: what he sees is looked at by axe, and kept as a picture.

Pictures are kept where VIRAGE_PICTURES is set, in artifacts/.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy import select

from lms.accounts.models import User
from lms.assessment.queries import OpenAttempt, find_open_attempt
from lms.content.model import ItemKind
from lms.demo.answers import right_answer
from lms.enrolment.models import Enrolment
from lms.kernel.clock import system_clock
from tests.factories import wrong_answer
from tests.journeys.conftest import Site

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
KEEPS_PICTURES = "VIRAGE_PICTURES" in os.environ
PHONE = {"width": 360, "height": 780}
MOST_LOOKS = 6  # by axe at each kind of page
DESK = {"width": 1280, "height": 900}
MODULES = ("trafficking-realities", "survivor-testimony", "health", "law", "support")
SEAT = ("minimum", "credited")
PATIENCE = 60_000  # milliseconds; other tests use the machine too
_AXE = Axe()
expect.set_options(timeout=PATIENCE)


@dataclass(slots=True)
class Walker:
    """One person, one browser, one language."""

    site: Site
    language: str
    name: str
    page: Page
    context: BrowserContext
    glass: Page | None = None
    seen: dict[str, int] = field(default_factory=dict)
    login: str = ""
    most_looks: int = MOST_LOOKS
    modules: Sequence[str] = MODULES

    @classmethod
    def enter(
        cls,
        site: Site,
        browser: Browser,
        language: str,
        *,
        name: str,
        javascript: bool = True,
        size: Mapping[str, int] = PHONE,
        dark: bool = False,
        most_looks: int = MOST_LOOKS,
    ) -> "Walker":
        """Open a browser window; `most_looks` is 0 where the same way is looked at elsewhere."""
        view = ViewportSize(width=size["width"], height=size["height"])
        scheme: Literal["dark", "light"] = "dark" if dark else "light"
        context = browser.new_context(
            viewport=view, color_scheme=scheme, java_script_enabled=javascript, base_url=site.url
        )
        context.set_default_timeout(PATIENCE)
        if javascript:
            context.clock.install(time=site.clock())  # the test moves it with the site's
        glass = None
        if not javascript:
            glass = browser.new_context(viewport=view, color_scheme=scheme).new_page()
        return cls(site, language, name, context.new_page(), context, glass, most_looks=most_looks)

    def leave(self) -> None:
        """Close the window."""
        self.context.close()
        if self.glass is not None:
            self.glass.context.close()

    def go(self, path: str) -> None:
        """Open an address of this language."""
        self.page.goto(f"/{self.language}{path}")
        self.look()

    def press(self, selector: str) -> None:
        """Press a button or a link, and look at what comes."""
        with self.page.expect_navigation():  # an answer may be saved first, then the page goes
            self.page.locator(selector).last.click()
        self.look()

    def text(self) -> str:
        """Give the words of the page, with one blank between them."""
        return " ".join(self.page.locator("main").inner_text().split())

    def says(self, *sentences: str) -> None:
        """Check what an English page says; which words say it in French, the catalogue knows."""
        if self.language == "en":
            text = self.text()
            assert [one for one in sentences if one not in text] == [], text

    def look(self) -> None:
        """Check the page as everybody must find it; keep a picture of each kind where asked to.

        Axe looks at the first pages of each kind: it takes longer than the page.
        """
        assert self.page.locator("h1").count() == 1, self.page.url
        kind = re.sub(r"[0-9a-f-]{30,}|\d+", "n", self.page.url.removeprefix(self.site.url))
        looks = self.seen.get(kind, 0)
        self.seen[kind] = looks + 1
        if looks >= self.most_looks:
            return
        results = _AXE.run(self.page if self.glass is None else self._copy(self.glass))
        assert results.violations_count == 0, f"{self.page.url}\n{results.generate_report()}"
        if KEEPS_PICTURES and not looks:
            folder = ARTIFACTS / self.name
            folder.mkdir(parents=True, exist_ok=True)
            picture = f"{len(self.seen):02}{re.sub(r'[^a-z]+', '-', kind)}.png"
            self.page.screenshot(path=folder / picture, full_page=True)

    def _copy(self, glass: Page) -> Page:
        """Show the page as it is in a browser that has JavaScript: axe needs it, he has none."""
        html = self.page.content()
        glass.route(self.page.url, lambda route: route.fulfill(body=html, content_type="text/html"))
        glass.goto(self.page.url)
        glass.unroute(self.page.url)
        return glass

    def log_in(self, login: str, password: str) -> None:
        """Log in on the login page."""
        self.go("/login")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.press("main form button")

    def begin(self, code: str, login: str, password: str) -> None:
        """Go from the code past the survey to the course page."""
        self.enrol(code, login, password)
        assert self.page.url.endswith("/survey/before")
        self.press("button[value=leave]")

    def enrol(self, code: str, login: str, password: str) -> None:
        """Type the code, choose a login and agree to the notice."""
        self.go("/")
        self.press("a.button.primary")
        self.page.fill("[name=code]", code.lower().replace("-", " "))
        self.press("main form button")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.page.fill("[name=password_again]", password)
        self.press("main form button")
        self.page.check("[name=agree]")
        self.press("main form button")

    def read_module(self, number: int) -> None:
        """Read every page of a module and stop before its questions."""
        self.go(f"/module/{number}")
        if number > 1:
            self.go(f"/module/{number}/recap")
        self.go(f"/module/{number}/page/1")
        self.read_on()

    def read_on(self) -> None:
        """Read from this page to the questions, each page for as long as it asks."""
        while "/page/" in self.page.url:
            self.stay()
            self.press("main > form button.primary")

    def stay(self) -> None:
        """Stay on a page for the time that it asks for, and use it now and then."""
        line = self.page.locator("#seat-wait")
        if line.count() == 0:
            return
        minimum, credited = (int(line.get_attribute(f"data-{name}") or 0) for name in SEAT)
        left = (minimum - credited) // 1000 + 2
        while left > 0:
            step = min(left, 60)
            left -= step
            self.site.clock.advance(seconds=step)
            if self.glass is None:
                self.page.mouse.move(left, step)
                self.page.clock.run_for(step * 1000)

    def take_quiz(self, number: int, login: str, *, right: bool) -> None:
        """Answer every question, look the answers over and hand them in."""
        self.go(f"/module/{number}/quiz")
        self.press("main > form button")
        while found := re.search(r"/quiz/(\d+)", self.page.url):
            self.answer(int(found[1]), self.attempt(number, login), right=right)
            self.press("#question button.primary")
            faults = self.page.locator(".error-summary").all_inner_texts()
            assert not faults, (self.page.url, faults)
        assert self.page.url.endswith("/quiz/check")
        self.press("main > form button.primary")

    def attempt(self, number: int, login: str) -> OpenAttempt:
        """Give the attempt under way, as the database has it."""
        with self.site.database.read() as db:
            enrolment_id = db.scalar(
                select(Enrolment.id)
                .join(User, User.id == Enrolment.user_id)
                .where(User.login == login)
            )
            assert enrolment_id is not None
            module_id = self.modules[number - 1]
            attempt = find_open_attempt(db, enrolment_id, module_id, system_clock())
        assert attempt is not None
        return attempt

    def answer(self, place: int, attempt: OpenAttempt, *, right: bool) -> None:
        """Answer the question on the page, right or wrong."""
        asked = attempt.asked[place - 1]
        item = attempt.items[asked.item]
        given = right_answer(item) if right else wrong_answer(item)
        places = {position: str(place) for place, position in enumerate(asked.order)}
        form = self.page.locator("#question")
        match item.kind:
            case ItemKind.TRUE_FALSE | ItemKind.SINGLE | ItemKind.MULTIPLE:
                for box in form.locator("input[type=checkbox]:checked").all():
                    box.uncheck()
                for position in given:
                    form.locator(f"[name=answer][value='{places[int(position)]}']").check()
            case ItemKind.TEXT | ItemKind.NUMBER | ItemKind.OPEN:
                form.locator("[name=answer]").fill(str(given[0]))
            case ItemKind.MATCH | ItemKind.ORDER:
                lines = given if item.kind is ItemKind.MATCH else asked.order
                for line, position in enumerate(lines):
                    value = (
                        places[int(position)]
                        if item.kind is ItemKind.MATCH
                        else str(given.index(position))
                    )
                    form.locator(f"[name=line{line}]").select_option(index=int(value) + 1)
