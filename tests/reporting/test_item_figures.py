"""What an instructor reads about a question comes from the answers that it is said to come from."""

# ruff: noqa: ANN401 - fields of a slice, of a sitting, of an item

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.assessment.statistics import take_in
from lms.assessment.values import Answer, QuizItem
from lms.enrolment.models import Enrolment
from lms.item_analysis.items import analyse
from lms.item_analysis.oddities import Odd
from lms.item_analysis.reliability import Method, Why
from lms.kernel.errors import NotFoundError
from lms.publishing.models import ItemText, ModuleRevision, PublishedModule
from lms.reporting.item_figures import ModuleFigures, QuestionFigures, module_figures
from lms.reporting.item_slice import Slice
from tests.assessment.sitting import make_people, sit_quiz
from tests.factories import published_course, right_answer, wrong_answer
from tests.web.instructor.conftest import statements

GRADED = ("true-false", "single", "multiple", "text", "number", "match", "order")
Chooser = Callable[[QuizItem], Answer]


def wrong_at(*items: str) -> Chooser:
    """Give somebody who has these wrong and all else right."""
    return lambda item: wrong_answer(item) if item.id in items else right_answer(item)


def chooses(position: int, *wrong: str) -> Chooser:
    """Give somebody who chooses this option of the single question."""
    return lambda item: (position,) if item.id == "single" else wrong_at(*wrong)(item)


def sit_all(
    db: Session, people: list[Enrolment], choose: Chooser, *, module: str = "first", **more: Any
) -> None:
    """Let people sit a quiz, and count their answers."""
    for person in people:
        sit_quiz(db, person, module, choose, **more)
    while take_in(db):
        pass


def question(figures: ModuleFigures, item: str) -> QuestionFigures:
    """Give a question by its id."""
    return next(one for one in figures.questions if one.item.id == item)


def publish_again(
    db: Session, module: str = "first", *, prompt: str = "", **changes: Any
) -> uuid.UUID:
    """Publish another edition; its single question changed, or asked in other English words."""
    pointer = db.get_one(PublishedModule, module)
    old = db.get_one(ModuleRevision, pointer.revision_id)
    quiz = old.quiz | {
        "items": [one | changes if one["id"] == "single" else one for one in old.quiz["items"]]
    }
    new = ModuleRevision(
        module_id=module, number=old.number + 1, digest=f"{old.number:064}", source=old.source,
        outline=old.outline, quiz=quiz, published_at=old.published_at, published_by="tests",
    )  # fmt: skip
    db.add(new)
    db.flush()
    query = select(ItemText.__table__).where(ItemText.module_revision_id == old.id)
    texts = [{**one, "module_revision_id": new.id} for one in db.execute(query).mappings()]
    for one in texts:
        if prompt and (one["item_id"], one["language"]) == ("single", "en"):
            one["shown"] = one["shown"] | {"prompt": [prompt]}
    db.execute(insert(ItemText), texts)
    pointer.revision_id = new.id
    db.flush()
    return new.id


def test_a_module_that_nobody_has_tried_has_questions_without_figures(db: Session) -> None:
    published_course(db)
    found = module_figures(db, "first", Slice())
    assert [one.item.id for one in found.questions] == list(GRADED)
    assert all(one.n == 0 and one.is_too_few for one in found.questions)
    assert (found.n, found.later, found.waiting, found.passed) == (0, 0, 0, None)
    assert found.first_looks == ()
    assert found.reliability.why is Why.TOO_FEW
    for given in (("nothing", Slice()), ("first", Slice(revision=7))):
        with pytest.raises(NotFoundError):
            module_figures(db, *given)


def test_figures_are_those_of_the_matrix_of_first_tries(db: Session) -> None:
    people = make_people(db, 14)
    wrong = [(), ("text",), ("text", "order"), ("single", "number", "match")]
    for place, person in enumerate(people):
        sit_quiz(db, person, "first", wrong_at(*wrong[place % 4]))
        sit_quiz(db, person, "first", right_answer)
    assert module_figures(db, "first", Slice()).waiting == 28
    while take_in(db, 3):
        pass
    found = module_figures(db, "first", Slice())
    matrix = [[float(item not in wrong[at % 4]) for item in GRADED] for at in range(14)]
    told = analyse(GRADED, (1, 1, 3, 1, 1, 3, 1), matrix)
    assert (found.n, found.later, found.waiting) == (14, 14, 0)
    for mine, theirs in zip(found.questions, told.items, strict=True):
        assert mine.facility == theirs.facility
        if theirs.discrimination is None:
            assert mine.discrimination is None
        else:
            assert mine.discrimination is not None
            value = theirs.discrimination.value
            assert mine.discrimination.value == pytest.approx(value, abs=1e-4)
    assert found.reliability.method is Method.ALPHA
    assert found.reliability.estimate is not None
    assert told.reliability is not None
    assert found.reliability.estimate.value == pytest.approx(told.reliability.value, abs=1e-4)
    assert sum(one.n for one in found.scores) == 14
    assert found.passed is not None
    assert sum(one.passed for one in found.scores) == round(found.passed.value * 14)


def test_where_questions_are_drawn_the_reliability_says_so(db: Session) -> None:
    people = make_people(db, 20)
    sit_all(db, people[:10], right_answer, module="second")
    sit_all(db, people[10:], wrong_answer, module="second")
    found = module_figures(db, "second", Slice())
    assert found.reliability.method is Method.KR21
    assert sum(one.n or 0 for one in found.questions) == 20 * 3


def test_a_wrong_key_is_the_first_thing_to_look_at(db: Session) -> None:
    people = make_people(db, 20)
    sit_all(db, people[:16], chooses(0))
    sit_all(db, people[16:], chooses(1, "text", "order", "match", "multiple"))
    found = module_figures(db, "first", Slice())
    assert found.first_looks[0].item == "single"
    odd = question(found, "single").oddity
    assert odd is not None
    assert (odd.odd, odd.position) == (Odd.PASSED_CHOSE_WRONG, 0)
    options = question(found, "single").options
    assert [(one.n, one.passed, one.is_right) for one in options] == [
        (16, 16, False), (4, 0, True), (0, 0, False),
    ]  # fmt: skip


def test_a_language_and_an_edition_can_be_looked_at_alone(db: Session) -> None:
    people = make_people(db, 36)
    sit_all(db, people[:12], right_answer, language="fr")
    sit_all(db, people[12:24], wrong_at("single"), language="en")
    publish_again(db)
    sit_all(db, people[24:], wrong_at("text"), language="fr")

    def counted(**chosen: Any) -> tuple[int | None, int | None]:
        found = module_figures(db, "first", Slice(**chosen))
        return found.n, question(found, "single").n

    assert counted() == (36, 36)
    assert counted(language="fr") == (24, 24)
    assert counted(language="en") == (12, 12)
    assert counted(revision=1) == (24, 24)
    assert counted(revision=1, language="en") == (12, 12)
    assert counted(revision=2) == (12, 12)
    pooled = module_figures(db, "first", Slice())
    assert (pooled.editions, pooled.edition.number) == ((1, 2), 2)
    assert pooled.reliability.why is Why.EDITIONS_DIFFER


@pytest.mark.parametrize("changes", [{"correct": [0]}, {"points": 2}])
def test_a_question_that_was_changed_is_not_thrown_together_with_what_it_was(
    db: Session, changes: dict[str, Any]
) -> None:
    people = make_people(db, 24)
    sit_all(db, people[:12], right_answer)
    publish_again(db, **changes)
    sit_all(db, people[12:], right_answer)
    found = module_figures(db, "first", Slice())
    assert question(found, "single").n == 12
    assert question(found, "text").n == 24


def test_a_question_that_was_reworded_is_another_one(db: Session) -> None:
    people = make_people(db, 24)
    sit_all(db, people[:12], right_answer)
    publish_again(db, prompt="Which one is it?")
    sit_all(db, people[12:], right_answer)
    found = module_figures(db, "first", Slice())
    assert [one.n for one in found.questions] == [24, 12, 24, 24, 24, 24, 24]


def test_french_and_english_are_compared_among_people_with_the_same_score(db: Session) -> None:
    people = make_people(db, 80)
    sit_all(db, people[:35], wrong_at("order"), language="fr")
    sit_all(db, people[35:40], wrong_at("single"), language="fr")
    sit_all(db, people[40:45], wrong_at("order"), language="en")
    sit_all(db, people[45:], wrong_at("single"), language="en")
    for chosen in (Slice(), Slice("fr"), Slice("en")):
        single = question(module_figures(db, "first", chosen), "single")
        assert single.difference is not None
        assert single.difference.ratio == pytest.approx(49)
        assert single.difference.size.value == "C"
    found = module_figures(db, "first", Slice())
    assert {one.item for one in found.first_looks} == {"single", "order"}
    few = module_figures(db, "first", Slice(revision=1), guarded=True)
    assert question(few, "text").difference is None  # all are right: there is no ratio


def test_authors_see_no_group_of_fewer_than_ten_and_none_by_subtraction(db: Session) -> None:
    people = make_people(db, 30)
    sit_all(db, people[:12], right_answer, language="fr")
    sit_all(db, people[12:21], right_answer, language="en")

    def shown(**chosen: Any) -> int | None:
        return module_figures(db, "first", Slice(**chosen), guarded=True).n

    assert shown() == 21
    assert shown(language="en") is None  # nine
    assert shown(language="fr") is None  # twelve of twenty-one leave nine
    hidden = module_figures(db, "first", Slice("fr"), guarded=True)
    assert all(one.n is None and one.facility is None for one in hidden.questions)
    assert (hidden.scores and hidden.scores[0].n, hidden.passed, hidden.first_looks) == (
        0,
        None,
        (),
    )
    assert module_figures(db, "first", Slice("fr")).n == 12  # to an instructor
    sit_all(db, people[21:22], right_answer, language="en")
    assert (shown(), shown(language="en"), shown(language="fr")) == (22, 10, 12)
    publish_again(db)
    sit_all(db, people[22:], right_answer, language="en")
    assert shown() == 30
    assert shown(revision=1) is None  # twenty-two of thirty leave eight
    assert shown(revision=2) is None
    assert shown(revision=1, language="fr") == 12


def test_authors_see_no_question_that_fewer_than_ten_were_asked(db: Session) -> None:
    people = make_people(db, 12)
    sit_all(db, people, right_answer, module="second")
    found = module_figures(db, "second", Slice(), guarded=True)
    asked = {one.item.id: one.n for one in found.questions}
    assert asked["must"] == 12
    assert all(n is None or n >= 10 for n in asked.values())
    assert any(n is None for n in asked.values())  # twenty-four answers to four questions


def test_the_figures_cost_five_statements_at_the_most(db: Session) -> None:
    people = make_people(db, 12)
    sit_all(db, people, wrong_at("text"))
    publish_again(db)
    sit_all(db, people, right_answer)
    with statements(db) as sent:
        module_figures(db, "first", Slice())
    assert len(sent) == 5
