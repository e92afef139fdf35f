"""The key of a quiz stays on the server until the quiz is passed."""

import copy
import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.content.model import ItemKind
from lms.publishing.models import ItemText, ModuleRevision, PublishedModule
from tests.factories import published_course
from tests.web.browser import without_tokens
from tests.web.crawl import all_of, crawl
from tests.web.quizzes import answer_all, fields_of, hand_in, open_attempt, place_of
from tests.web.site import Person, Site

# Of what `wrong_answer` ticks, which is the first option that is not right.
OWN_FEEDBACK = {
    "canary-feedback-true-false-1",
    "canary-feedback-single-0",
    "canary-feedback-multiple-2",
}
CANARY = re.compile(r"canary-[a-z]+-[a-z0-9-]+", re.IGNORECASE)


def plant(db: Session, *, turn: int = 0) -> None:
    """Publish the first module once more, with a canary in every field of every key.

    With a turn, other choices are the right ones.
    """
    published_course(db)
    pointer = db.get_one(PublishedModule, "first")
    old = db.get_one(ModuleRevision, pointer.revision_id)
    quiz = copy.deepcopy(old.quiz)
    for item in quiz["items"]:
        item["correct"] = [(at + turn) % item["size"] for at in item["correct"]]
        item["accepted"] = [f"canary-accepted-{item['id']}"] if item["accepted"] else []
    revision = ModuleRevision(
        module_id="first",
        number=old.number + 1,
        digest=f"{old.number:064}",
        source={"modules/01-first/fr.md": "canary-source-text"},
        outline=old.outline,
        quiz=quiz,
        published_at=old.published_at,
        published_by="canary-by-whom",
    )
    db.add(revision)
    db.flush()
    rows = db.scalars(select(ItemText).where(ItemText.module_revision_id == old.id)).all()
    db.execute(insert(ItemText), [_planted(row, revision.id) for row in rows])
    _copy_sections(db, old.id, revision.id)
    pointer.revision_id = revision.id
    db.flush()


def _planted(row: ItemText, revision_id: uuid.UUID) -> dict[str, Any]:
    key = copy.deepcopy(row.key)
    key["feedback"] = [
        f"<p>canary-feedback-{row.item_id}-{at}</p>" for at, _ in enumerate(key["feedback"])
    ]
    key["explanation"] = [f"<p>canary-explanation-{row.item_id}</p>"]
    key["accepted"] = [f"canary-accepted-{row.item_id}"]
    return {
        "module_revision_id": revision_id,
        "item_id": row.item_id,
        "language": row.language,
        "shown": row.shown,
        "key": key,
    }


def _copy_sections(db: Session, old: uuid.UUID, new: uuid.UUID) -> None:
    table = ItemText.metadata.tables["section_text"]
    rows = [dict(row) for row in db.execute(select(table)).mappings()]
    db.execute(
        insert(table),
        [row | {"module_revision_id": new} for row in rows if row["module_revision_id"] == old],
    )


def canaries(person: Person, *starts: str) -> set[str]:
    """Give every canary that this person's browser receives, wherever it can go."""
    found: set[str] = set()
    pages = 0
    for response in crawl(person.browser, "/fr/course", *starts):
        found |= set(CANARY.findall(all_of(response)))
        pages += 1
    assert pages > 10
    return found


def questions(attempt_size: int) -> list[str]:
    """Give the addresses of all questions of the first module, and of their check."""
    return [f"/fr/module/1/quiz/{place}" for place in range(1, attempt_size + 1)]


@pytest.fixture
def planted(site: Site) -> Site:
    """Give a site whose first module has canaries in its key."""
    site.do(plant)
    return site


def test_before_and_during_an_attempt_nothing_of_the_key_is_sent(planted: Site) -> None:
    person = planted.participant()
    assert canaries(person) == set()
    person = planted.reader()
    person.browser.post("/fr/module/1/quiz")
    size = len(open_attempt(planted, person).asked)
    assert size == 8
    assert canaries(person, *questions(size), "/fr/module/1/quiz/check") == set()
    for url in questions(size):  # nor with an answer that cannot be taken, or that is right
        for answer in ("", "99", "x"):
            response = person.browser.post(url, {"answer": answer, "line0": answer})
            assert not CANARY.findall(all_of(response)), url


def test_a_right_answer_that_is_saved_is_not_told_to_be_right(planted: Site) -> None:
    person, _attempt = planted.taker()
    answer_all(planted, person, 1)
    found = canaries(person, *questions(8), "/fr/module/1/quiz/check")
    assert found == {"canary-accepted-text"}  # what he wrote himself comes back to him


def test_after_a_failed_attempt_he_sees_the_feedback_of_his_own_choices_alone(
    planted: Site,
) -> None:
    person = planted.reader()
    result = hand_in(planted, person, 1, right=False)
    page = person.browser.get(result)
    seen = set(CANARY.findall(page.text))
    assert seen == OWN_FEEDBACK
    assert canaries(person, result) == seen
    assert "Bonne réponse" not in page.text


def test_whoever_ticks_everything_learns_nothing_by_it_before_he_has_passed(planted: Site) -> None:
    person, attempt_id = planted.taker()
    answer_all(planted, person, 1, right=False)
    attempt = open_attempt(planted, person)
    place = place_of(attempt, "multiple")
    size = attempt.items["multiple"].size
    sent = [("answer", str(at)) for at in range(size)] + [("version", "1")]
    assert person.browser.post(f"/fr/module/1/quiz/{place}", sent).status_code == 303
    done = person.browser.post(f"/fr/module/1/quiz/{attempt_id}/submit")
    page = person.browser.get(done.headers["Location"])
    assert "canary-feedback-single" in page.text
    assert "canary-feedback-multiple" not in page.text


def test_once_he_has_passed_he_sees_the_whole_explanation_also_of_what_he_failed(
    planted: Site,
) -> None:
    person = planted.reader()
    failed = hand_in(planted, person, 1, right=False)
    planted.clock.advance(minutes=11)
    passed = hand_in(planted, person, 1)
    for url in (failed, passed):
        seen = set(CANARY.findall(person.browser.get(url).text))
        assert "canary-explanation-single" in seen
        assert "canary-source-text" not in seen
    assert "canary-by-whom" not in canaries(person, failed, passed)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_values_of_a_form_are_places_on_the_page_and_never_published_positions(
    site: Site,
) -> None:
    """Each option's value is its place, 0, 1, 2 from the top: whatever the draw, the same."""
    for _ in range(4):
        person, _attempt = site.taker()
        for place in range(1, 9):
            page = person.browser.page(f"/fr/module/1/quiz/{place}")
            choices = [
                one["value"]
                for one in page.all("input")
                if one["name"] == "answer" and one["type"] in {"radio", "checkbox"}
            ]
            assert choices == [str(at) for at in range(len(choices))]
            lists = len(page.all("select"))
            options = [one["value"] for one in page.all("option")]
            size = len(options) // max(lists, 1)
            assert options == ["", *map(str, range(size - 1))] * lists


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_order_of_a_page_gives_the_answer_away(site: Site) -> None:
    """Sent back in the order of the page, a match and an order question are never right."""
    for _ in range(6):
        person, _attempt = site.taker()
        attempt = open_attempt(site, person)
        for item_id in ("match", "order"):
            asked = attempt.asked[place_of(attempt, item_id) - 1]
            item = attempt.items[item_id]
            right: Sequence[int] = range(item.size)
            fields = [value for _name, value in fields_of(asked, item, tuple(right))]
            assert fields != [str(at) for at in right]
            assert item.kind in {ItemKind.MATCH, ItemKind.ORDER}


def take_as(db: Session, other: Person, person: Person) -> None:
    """Open an attempt that asks somebody the same, in the same order, as somebody else."""
    asked = db.scalars(select(Attempt).where(Attempt.enrolment_id == other.enrolment.id)).one()
    fields = {one.key: getattr(asked, one.key) for one in Attempt.__table__.columns}
    revision_id = db.get_one(PublishedModule, "first").revision_id
    mine = {"enrolment_id": person.enrolment.id, "module_revision_id": revision_id}
    db.execute(insert(Attempt), [fields | mine | {"id": uuid.uuid4()}])


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_question_looks_the_same_whichever_choice_is_the_right_one(planted: Site) -> None:
    one, _attempt = planted.taker()
    planted.do(plant, turn=1)
    two = planted.reader()
    planted.do(take_as, one, two)
    for url in questions(8):
        first, second = (person.browser.get(url).text for person in (one, two))
        assert without_tokens(first) == without_tokens(second)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_attribute_of_a_question_marks_the_right_option(site: Site) -> None:
    """All options of a question are written alike: name, type and class; none is ticked."""
    person, _attempt = site.taker()
    for place in range(1, 9):
        page = person.browser.page(f"/fr/module/1/quiz/{place}")
        options = [
            one.attributes for one in page.all("input") if one["type"] in {"radio", "checkbox"}
        ]
        assert len({frozenset(_same(option)) for option in options}) <= 1
        assert all("checked" not in option for option in options)


def _same(option: dict[str, str]) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in option.items() if name not in {"id", "value"})


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_practice_question_tells_its_own_key_and_no_other(planted: Site) -> None:
    person = planted.participant()
    response = person.browser.post("/fr/module/1/page/1/practice/1", {"p1-answer": "0"})
    assert response.status_code == 200
    found = set(CANARY.findall(response.text))
    assert "canary-explanation-try" in found
    assert found <= {"canary-explanation-try", "canary-feedback-try-0", "canary-feedback-try-1"}
