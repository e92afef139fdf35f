"""Answering questions as a person does: what a browser sends for an answer that he has in mind."""

import uuid

from sqlalchemy.orm import Session

from lms.assessment.queries import OpenAttempt, find_open_attempt
from lms.assessment.values import Answer, Asked, QuizItem
from lms.content.model import ItemKind
from tests.factories import go_on, read_again, right_answer, wrong_answer
from tests.web.site import Person, Site

Pairs = list[tuple[str, str]]
MODULES = {1: "first", 2: "second"}


def open_attempt(site: Site, person: Person, number: int = 1) -> OpenAttempt:
    """Give the attempt that somebody has under way."""

    def find(db: Session) -> OpenAttempt:
        found = find_open_attempt(db, person.enrolment.id, MODULES[number], site.clock())
        assert found is not None
        return found

    return site.do(find)


def fields_of(asked: Asked, item: QuizItem, answer: Answer) -> Pairs:
    """Give the fields of an answer, by its place on the page."""
    places = {position: str(place) for place, position in enumerate(asked.order)}
    match item.kind:
        case ItemKind.TEXT | ItemKind.NUMBER | ItemKind.OPEN:
            return [("answer", str(answer[0]))]
        case ItemKind.MATCH:
            return [(f"line{at}", places[int(given)]) for at, given in enumerate(answer)]
        case ItemKind.ORDER:
            steps = list(answer)
            return [(f"line{at}", str(steps.index(step))) for at, step in enumerate(asked.order)]
        case _:
            return [("answer", places[int(one)]) for one in answer]


def place_of(attempt: OpenAttempt, item_id: str) -> int:
    """Give the place of an item in an attempt, from 1."""
    return 1 + [asked.item for asked in attempt.asked].index(item_id)


def answer_one(
    site: Site, person: Person, number: int, place: int, *, right: bool = True
) -> tuple[str, Pairs]:
    """Give the address of a question and the fields of a right or a wrong answer to it."""
    attempt = open_attempt(site, person, number)
    asked = attempt.asked[place - 1]
    item = attempt.items[asked.item]
    fields = fields_of(asked, item, right_answer(item) if right else wrong_answer(item))
    return f"/fr/module/{number}/quiz/{place}", [*fields, ("version", "0")]


def answer_all(site: Site, person: Person, number: int, *, right: bool = True) -> uuid.UUID:
    """Answer every question of the attempt under way through its pages; gives the attempt's id."""
    attempt = open_attempt(site, person, number)
    for place in range(1, len(attempt.asked) + 1):
        url, fields = answer_one(site, person, number, place, right=right)
        assert person.browser.post(url, fields).status_code == 303, (url, fields)
    return attempt.id


def _read_again(db: Session, person: Person, number: int) -> None:
    """Read what has to be read before another try; before the first, it was read."""
    for place in read_again(db, person.learner, number):
        go_on(db, person.learner, (number, place))


def hand_in(site: Site, person: Person, number: int, *, right: bool = True) -> str:
    """Take a whole quiz through its pages; gives the address of its result."""
    site.do(_read_again, person, number)
    assert person.browser.post(f"/fr/module/{number}/quiz").status_code == 303
    attempt_id = answer_all(site, person, number, right=right)
    done = person.browser.post(f"/fr/module/{number}/quiz/{attempt_id}/submit")
    assert done.status_code == 303
    return done.headers["Location"]
