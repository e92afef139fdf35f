"""A question whose key is wrong: sat by many, named to their instructor, mended, graded anew.

Everything but the answers themselves goes through the pages that a person opens.
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
from tests.reporting.test_item_figures import chooses
from tests.sample_course import write_course
from tests.web.browser import Browser
from tests.web.markup import Form, Html
from tests.web.site import Person, Site

RULE = ("deadline: 90 days", "deadline: 90 days\napproval: [first]")
TEXTS = ("content/modules/01-first/fr.md", "content/modules/01-first/en.md")
KEY = ("- ( ) A1\n- (x) B1", "- (x) A1\n- ( ) B1")
PROMPT = "Laquelle est la bonne réponse"
ODD = "Most who passed chose A."
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
    _press(author, author.page("/en/author/publish").form("/author/publish"))


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


def find_bad_question(instructor: Browser, cohort: Cohort) -> None:
    """Let the instructor come from his groups to the question that is odd, link by link."""
    table = f"/en/instructor/groups/{cohort.id}"
    way = (table, f"{table}/figures", f"{table}/questions/1", f"{table}/questions/1/2")
    page = instructor.page("/en/instructor")
    for url in way:
        assert url in page.links()
        page = instructor.page(url)
    first = _looks(instructor.page(way[2]))
    assert f"Question 2 – Which answer is right?{ODD}" in first
    assert ODD in page.text
    assert "tell the author: module 1, question 2, edition 1" in page.text
    chosen = page.text.split("A. A1")[1].split("B. B1")
    assert chosen[0].split()[:2] == ["16", "67%"]
    assert "Right answer 8 33%" in chosen[1]


def mend_key(site: Site) -> None:
    """Let an author mend the key in both languages, a second one approve it, and publish it."""
    author, second = site.staff(Role.AUTHOR), site.staff(Role.AUTHOR)
    reviews = [_rewrite(author, path) for path in TEXTS]
    for review in reviews:
        _press(author, author.page(review).form("/send"))
    for review in reviews:
        page = second.page(review)
        assert "Question “single” is marked in another way." in page.text
        _cannot_approve(author, review, page.form("/approve"))
        _press(second, page.form("/approve"))
    page = author.page("/en/author/publish")
    assert "Another answer is right from now on: single." in page.text
    assert f"{PASSED} passes stay as they are." in page.text
    _press(author, page.form("/author/publish/drafts"))


def grade_anew(site: Site, asks: Browser, people: Sequence[Person]) -> None:
    """Let the instructor ask that the mended key counts for all, and a coordinator confirm it."""
    tells_worth(asks, people, [way.before for way in WAYS])
    place = _ask(asks, people[0])
    coordinator = site.staff(Role.COORDINATOR)
    waiting = coordinator.page(place)
    assert "Would pass 2 people" in waiting.text
    assert not [form for form in asks.page(place).forms() if form.action.endswith("/decision")]
    assert WAYS[1].before in asks.page(_try_of(asks, people[WAYS[0].people])).text  # not yet
    _press(coordinator, waiting.form("/decision"), decision="confirm")
    _keep_pass(asks, place, people)
    tells_worth(asks, people, [way.after for way in WAYS])


def tells_worth(instructor: Browser, people: Sequence[Person], worth: Sequence[str]) -> None:
    """Check that the page of each try says what it is worth."""
    for person, way in _each(people):
        assert worth[WAYS.index(way)] in instructor.page(_try_of(instructor, person)).text


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
        assert ODD not in page.text
        assert "2" in {one["value"] for one in page.all("option")}
        assert f"First tries counted {tries} " in page.text
        question = instructor.page(f"{url}/2{chosen}").text  # of its new edition either way
        assert ODD not in question
        assert "module 1, question 2, edition 2" in question
        assert f"A. A1 Right answer {asked} 100%" in question
    assert ODD in instructor.page(f"{url}?edition=1").text  # what was asked then stays as it was


def _each(people: Sequence[Person]) -> Iterator[tuple[Person, Way]]:
    """Give who sits the quiz, each with his way."""
    ways = [way for way in WAYS for _ in range(way.people)]
    return zip(people[:SITTERS], ways, strict=True)


def _press(browser: Browser, form: Form, **fields: str) -> str:
    """Send a form as it stands but for these fields; gives the address that follows."""
    kept = [(name, value) for name, value in form.fields if name not in fields]
    answer = browser.post(form.action, [*kept, *fields.items()])
    assert answer.status_code == 303, (form.action, answer.status_code, Html.of(answer.text).text)
    return str(answer.headers["Location"])


def _looks(page: Html) -> str:
    """Give what the page of a module's questions names to look at first."""
    return page.text.split("Questions to look at first")[1].split("Every question")[0]


def _rewrite(author: Browser, path: str) -> str:
    """Let an author mend the key in a file, in the editor; gives the address of its review."""
    begun = author.post("/en/author/drafts", {"path": path})
    assert begun.status_code == 303, begun.text
    url = str(begun.headers["Location"])
    form = author.page(url).form(url)
    text = dict(form.fields)["text"]
    assert KEY[0] in text
    return _press(author, form, text=text.replace(*KEY), do="review")


def _cannot_approve(author: Browser, review: str, form: Form) -> None:
    """Check that whoever wrote a text is not offered its approval, and cannot send it either."""
    page = author.page(review)
    assert "A second person approves this text" in page.text
    assert not [one for one in page.forms() if one.action == form.action]
    digest = dict(form.fields)["digest"]
    refused = author.post(form.action, {"digest": digest})
    assert refused.status_code == 409
    assert "You had a hand in this text. A second person approves it." in refused.text


def _ask(instructor: Browser, person: Person) -> str:
    """From the page of a try ask that the mended key counts; gives the address of the proposal."""
    url = _question_is_wrong(instructor, person)
    page = instructor.page(f"{url}?choice=published")
    assert f"In your groups, {SITTERS} tries asked this question." in page.text
    return _press(instructor, page.form(url), reason=REASON)


def _keep_pass(instructor: Browser, place: str, people: Sequence[Person]) -> None:
    """Let the instructor say that the pass stays which the mended key would have taken away."""
    assert "Passes for a person to decide on" in instructor.page("/en/corrections").text
    page = instructor.page(place)
    kept = people[sum(way.people for way in WAYS[:2])]
    assert kept.enrolment.pseudonym in page.text
    attempt = _try_of(instructor, kept).rsplit("/", 1)[1]
    why = "He was told that he passed."
    _press(instructor, page.form("/passes"), attempt=attempt, reason=why)
    assert "Passes for a person to decide on" not in instructor.page("/en/corrections").text


def _try_of(instructor: Browser, person: Person) -> str:
    """Give the address of somebody's only try at a quiz, from his page."""
    links = instructor.page(f"/en/instructor/people/{person.enrolment.id}").links()
    (found,) = {link for link in links if "/instructor/attempts/" in link}
    return found


def _question_is_wrong(instructor: Browser, person: Person) -> str:
    """Give the address behind the words "Question … is wrong" on the page of somebody's try."""
    page = instructor.get(_try_of(instructor, person)).text
    (question,) = [part for part in page.split('<li class="result ') if PROMPT in part]
    found = re.search(r'href="([^"]+/key)"', question)
    assert found is not None
    return found[1]
