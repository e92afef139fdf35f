"""What publishing changes is said before it is done, down to whom it finds at work."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from lms.authoring.effects import ModuleEffect, effects_of
from lms.journey.take_quiz import start_quiz
from lms.publishing.service import Change
from tests import factories
from tests.authoring.shop import FIRST, SECOND, Shop, open_shop
from tests.factories import NOW

_FRENCH = FIRST.replace("/en.md", "/fr.md")


@pytest.fixture
def shop(db: Session, tmp_path: Path) -> Shop:
    """Open a workshop with something published."""
    shop = open_shop(db, tmp_path)
    shop.start()
    return shop


def _effects(shop: Shop) -> dict[str, ModuleEffect]:
    return {one.step.id: one for one in effects_of(shop.db, shop.plan())}


def _in_both(shop: Shop, *edits: tuple[str, str]) -> None:
    for path in (FIRST, _FRENCH):
        for old, new in edits:
            shop.edit(path, old, new)


def test_pages_that_change_come_and_go_are_named(shop: Shop) -> None:
    shop.edit(FIRST, "A *short* text.\n\n- a", "Another text.\n\n- a")
    _in_both(shop, ("{#speaking}", "{#talking}"))
    effect = _effects(shop)["first"]
    assert effect.sections_changed == ("listening",)
    assert (effect.sections_added, effect.sections_removed) == (("talking",), ("speaking",))
    assert effect.items_changed == ()
    assert _effects(shop)["second"].step.change is Change.UNCHANGED


def test_a_text_that_only_moves_down_changes_no_page_below(shop: Shop) -> None:
    shop.edit(FIRST, "A *short* text.\n\n- a", "One more line.\n\nA *short* text.\n\n- a")
    effect = _effects(shop)["first"]
    assert effect.sections_changed == ("listening",)
    assert effect.items_changed == ()


def test_questions_that_come_go_and_change_are_named(shop: Shop) -> None:
    shop.edit(FIRST, "How many?", "How many are there?")
    _in_both(shop, ("id: order -->", "id: steps -->"))
    effect = _effects(shop)["first"]
    assert (effect.items_added, effect.items_removed) == (("steps",), ("order",))
    assert effect.items_changed == ("number",)
    assert effect.rekeyed == ()


@pytest.mark.parametrize(
    ("edits", "rekeyed"),
    [
        ([("- (x) B1", "- ( ) B1"), ("- ( ) A1", "- (x) A1")], ("single",)),
        ([("- ( ) A1\n- (x) B1", "- (x) B1\n- ( ) A1")], ()),  # moved, and still the right one
        ([("- (x) B1", "- (x) B1, reworded")], ()),
        ([("- ( ) A1\n- (x) B1", "- ( ) B1\n- (x) A1")], ("single",)),  # the same place, another
        ([("- [ ] C2", "- [x] C2")], ("multiple",)),
        ([("- = 7 +- 0.5", "- = 7 +- 1")], ("number",)),
        ([("1. A3\n2. B3", "1. B3\n2. A3")], ("order",)),
        ([("-> 1\n", "-> 4\n"), ("-> 2\n", "-> 1\n"), ("-> 4\n", "-> 2\n")], ("match",)),
    ],
)
def test_a_question_whose_right_answer_is_another_one_is_told_apart(
    shop: Shop, edits: list[tuple[str, str]], rekeyed: tuple[str, ...]
) -> None:
    _in_both(shop, *edits)
    effect = _effects(shop)["first"]
    assert effect.rekeyed == rekeyed
    assert len(effect.items_changed) == 1


def test_people_at_work_and_passes_are_counted_and_left_alone(shop: Shop) -> None:
    at_work, passed, finished = (factories.make_learner(shop.db) for _ in range(3))
    factories.read_module(shop.db, at_work, 1)
    attempt = start_quiz(shop.db, at_work, 1, "fr", NOW)
    factories.pass_module(shop.db, passed, 1)
    factories.pass_course(shop.db, finished)
    shop.edit(FIRST, "How many?", "How many are there?")
    shop.edit(SECOND, "A *short* text.", "Another text.")
    effects = _effects(shop)
    assert (effects["first"].open_attempts, effects["first"].passes) == (1, 2)
    assert (effects["second"].open_attempts, effects["second"].passes) == (0, 1)
    shop.publish()
    factories.save_all(shop.db, attempt)
    assert factories.submit(shop.db, at_work, attempt.id) is not None


def test_a_first_publication_has_nobody_in_it(db: Session, tmp_path: Path) -> None:
    effects = _effects(open_shop(db, tmp_path))
    assert {one.step.change for one in effects.values()} == {Change.NEW}
    assert all(one.open_attempts == one.passes == 0 for one in effects.values())


def test_the_effects_take_a_fixed_number_of_statements(shop: Shop) -> None:
    for path in (FIRST, SECOND):
        shop.edit(path, "A *short* text.", "Another text.")
    plan, seen = shop.plan(), []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    engine = shop.db.get_bind().engine
    assert isinstance(engine, Engine)
    event.listen(engine, "before_cursor_execute", note)
    try:
        effects_of(shop.db, plan)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(seen) == 3
