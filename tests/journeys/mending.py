"""A question whose key is wrong: sat by many, named to their instructor, mended, graded anew.

Everything but the answers themselves goes through pages, in a real browser; what the pages tell of
each of the many is read without one.
"""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lms.accounts.roles import Role
from lms.assessment.statistics import take_in
from lms.enrolment.models import Cohort
from tests import factories
from tests.assessment.sitting import Chooser, sit_quiz
from tests.journeys.walker import Walker
from tests.reporting.test_item_figures import chooses
from tests.sample_course import write_course
from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.site import Person, Site

RULE = ("deadline: 90 days", "deadline: 90 days\napproval: [first]")
TEXTS = ("content/modules/01-first/fr.md", "content/modules/01-first/en.md")
KEY = ("- ( ) A1\n- (x) B1", "- (x) A1\n- ( ) B1")
ODD = {
    "fr": "La plupart des personnes qui ont réussi ont choisi A.",
    "en": "Most who passed chose A.",
}
REASON = "The key was wrong: the first answer is the right one."


@dataclass(frozen=True, slots=True)
class Way:
    """How so many people answer, and what a try is worth before the key is mended and after."""

    people: int
    choose: Chooser
    before: str
    after: str


WAYS = (
    Way(14, chooses(0), "Passed. 10 of 11 points.", "Passed. 11 of 11 points."),
    Way(2, chooses(0, "text", "order"), "Not passed yet. 8 of 11 points.",
        "Passed. 9 of 11 points."),
    Way(1, chooses(1, "text", "order"), "Passed. 9 of 11 points.",
        "Passed. 9 of 11 points."),  # the new key would take the pass away
    Way(7, chooses(1, "text", "order", "match"), "Not passed yet. 6 of 11 points.",
        "Not passed yet. 5 of 11 points."),
)  # fmt: skip
SITTERS = sum(way.people for way in WAYS)
PASSED = 15  # under the wrong key
PASSED_ANEW = 17  # those two more whom it had failed, and nobody less


def open_house(site: Site, place: Path) -> None:
    """Let the site have a folder of its own, its first module read by two, and publish it."""
    folder = write_course(place)
    course = folder / "courses/seminar.yml"
    course.write_text(course.read_text(encoding="utf-8").replace(*RULE), encoding="utf-8")
    extensions = site.app.extensions
    extensions["virage_settings"] = dataclasses.replace(
        extensions["virage_settings"], content=folder, instance=place / "instance"
    )
    author = site.staff(Role.AUTHOR)
    form = author.page("/en/author/publish").form("/author/publish")
    assert author.post(form.action, list(form.fields)).status_code == 303


def sit_with_wrong_key(site: Site, people: Sequence[Person]) -> None:
    """Let people read the first module and sit its quiz in these ways, and the job count."""
    for person, way in _each(people):
        site.do(factories.read_module, person.learner, 1, now=site.clock())
        site.do(sit_quiz, person.enrolment, "first", way.choose)
    count_answers(site)
    site.clock.advance(minutes=5)  # that is how long it took


def count_answers(site: Site) -> None:
    """Let the job run that counts answers."""
    while site.do(take_in):
        pass


def find_bad_question(walker: Walker, cohort: Cohort) -> None:
    """Let the instructor come from his groups to the question that is odd, link by link."""
    walker.go("/instructor")
    walker.press(f"main a[href$='/groups/{cohort.id}']")
    walker.press("main a[href$='/figures']")
    walker.press("main a[href$='/questions/1']")
    assert ODD[walker.language] in walker.text()
    walker.press("main a[href$='/questions/1/2']")
    assert ODD[walker.language] in walker.text()
    walker.says("tell the author: module 1, question 2, edition 1")
    rows = walker.page.locator("tbody tr")
    for option, chosen in (("A1", r"16 67\s?%"), ("B1", r"8 33\s?%")):
        row = rows.filter(has_text=option).first.inner_text()
        assert re.search(chosen, " ".join(row.split())), row


def mend_key(writer: Walker, reader: Walker) -> None:
    """Mend the key in the editor in both languages; a second author approves; publish."""
    for path in TEXTS:
        writer.go("/author")
        writer.press(f"form:has(input[value='{path}']) button")
        box = writer.page.locator("#text")
        assert KEY[0] in box.input_value()
        box.fill(box.input_value().replace(*KEY))
        writer.press("#editor button[value=review]")
        writer.press("form[action$='/send'] button")
        writer.says("A second person approves this text")
        assert not writer.page.locator("form[action$='/approve']").count()
        reader.go("/author")
        reader.press("main .notice a[href$='/review']")
        reader.says("Question “single” is marked in another way.")
        reader.press("form[action$='/approve'] button")
    writer.go("/author/publish")
    writer.says(
        "Another answer is right from now on: single.", f"{PASSED} passes stay as they are."
    )
    writer.press("#drafts button:not([name=look])")


def ask_that_it_counts(walker: Walker, person: Person) -> None:
    """Ask, from the page of a try, that the mended key counts for all who were asked."""
    walker.go("/instructor")
    walker.press(f"main a[href$='/groups/{person.enrolment.cohort_id}']")
    walker.press(f"main tbody a:text-is('{person.enrolment.pseudonym}')")
    walker.press("main a[href*='/instructor/attempts/']")
    walker.press("li:has-text('B1'):has-text('C1') a[href$='/key']")
    walker.page.check("[name=choice][value=published]")
    walker.press("form[method=get] button")
    walker.says(f"In your groups, {SITTERS} tries asked this question.")
    walker.page.fill("[name=reason]", REASON)
    walker.press("form:has([name=reason]) button")
    assert not walker.page.locator("form[action$='/decision']").count()  # somebody else decides


def confirm_that_it_counts(walker: Walker) -> None:
    """Decide, as a second person, that it does."""
    walker.go("/corrections")
    walker.press("main dd a")
    walker.says("Would pass 2 people")
    walker.press("button[value=confirm]")


def keep_pass(walker: Walker, people: Sequence[Person]) -> None:
    """Say that the pass stays which the mended key would have taken away."""
    walker.go("/corrections")
    walker.says("Passes for a person to decide on")
    walker.press("main dd a")
    kept = people[sum(way.people for way in WAYS[:2])]
    assert kept.enrolment.pseudonym in walker.text()
    walker.page.check("[name=attempt]")
    walker.page.fill("form[action$='/passes'] [name=reason]", "He was told that he passed.")
    walker.press("form[action$='/passes'] button")
    assert not walker.page.locator("form[action$='/passes']").count()


def tells_worth(instructor: Browser, people: Sequence[Person], worth: Sequence[str]) -> None:
    """Check that the page of each try says what it is worth."""
    for person, way in _each(people):
        assert worth[WAYS.index(way)] in instructor.page(_try_of(instructor, person)).text


def has_not_passed_yet(instructor: Browser, people: Sequence[Person]) -> None:
    """Check that whom the mended key would let pass waits for a second person's word."""
    waiting = people[WAYS[0].people]
    assert WAYS[1].before in instructor.page(_try_of(instructor, waiting)).text


def tells_passes(instructor: Browser, cohort: Cohort, passes: int) -> None:
    """Check that the group's figures tell how many have passed the first module."""
    page = instructor.page(f"/en/instructor/groups/{cohort.id}/figures")
    first = page.text.split("Its questions")[0]
    assert f" {passes} of 40 " in first, first


def is_odd_no_more(instructor: Browser, cohort: Cohort, asked: int) -> None:
    """Check that the new edition is listed with so many first tries, and nothing odd in it."""
    url = f"/en/instructor/groups/{cohort.id}/questions/1"
    for chosen, tries in (("", SITTERS + asked), ("?edition=2", asked)):
        page = instructor.page(url + chosen)
        assert "None: nothing is odd" in _looks(page)
        assert ODD["en"] not in page.text
        assert "2" in {one["value"] for one in page.all("option")}
        assert f"First tries counted {tries} " in page.text
        question = instructor.page(f"{url}/2{chosen}").text  # of its new edition either way
        assert ODD["en"] not in question
        assert "module 1, question 2, edition 2" in question
        assert f"A. A1 Right answer {asked} 100%" in question
    assert (
        ODD["en"] in instructor.page(f"{url}?edition=1").text
    )  # what was asked then stays as it was


def _each(people: Sequence[Person]) -> Iterator[tuple[Person, Way]]:
    """Give who sits the quiz, each with his way."""
    ways = [way for way in WAYS for _ in range(way.people)]
    return zip(people[:SITTERS], ways, strict=True)


def _looks(page: Html) -> str:
    """Give what the page of a module's questions names to look at first."""
    return page.text.split("Questions to look at first")[1].split("Every question")[0]


def _try_of(instructor: Browser, person: Person) -> str:
    """Give the address of somebody's only try at a quiz, from his page."""
    links = instructor.page(f"/en/instructor/people/{person.enrolment.id}").links()
    (found,) = {link for link in links if "/instructor/attempts/" in link}
    return found
