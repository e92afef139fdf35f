"""The draw: new questions at a new try, as many as promised, and never the answer itself."""

from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.draw import asked_from_document, draw_items
from lms.assessment.values import QuizItem
from lms.content.model import ItemKind
from tests.assessment.items import item, items, quiz

SEEDS = st.integers(0, (1 << 31) - 1)
POOL = tuple(item(id=f"pool-{at}", pool="cases") for at in range(6))
FIXED = tuple(item(id=f"fixed-{at}") for at in range(3))


@given(SEEDS, st.integers(0, 6))
def test_every_fixed_question_is_asked_and_as_many_of_the_pool_as_it_says(
    seed: int, count: int
) -> None:
    asked = draw_items(quiz(*FIXED, *POOL, draw={"cases": count}), seed, last_seen={})
    names = [one.item for one in asked]
    assert len(set(names)) == len(names) == 3 + count
    assert {one.id for one in FIXED} <= set(names)


@given(SEEDS, st.lists(SEEDS, max_size=4))
def test_a_new_try_asks_what_was_never_asked_before_anything_again(
    seed: int, earlier: list[int]
) -> None:
    rules = quiz(*POOL, draw={"cases": 2})
    seen: dict[str, int] = {}
    for one in [*earlier, seed]:
        before = {name: seen.get(name, 0) for name in (item.id for item in POOL)}
        for asked in draw_items(rules, one, last_seen=seen):
            seen[asked.item] = seen.get(asked.item, 0) + 1
            assert before[asked.item] <= sorted(before.values())[1]


def test_two_tries_of_half_a_pool_have_nothing_in_common() -> None:
    rules = quiz(*POOL, draw={"cases": 3})
    first = {one.item for one in draw_items(rules, 1, last_seen={})}
    second = {one.item for one in draw_items(rules, 2, last_seen=dict.fromkeys(first, 1))}
    assert first | second == {one.id for one in POOL}


def test_chance_decides_among_questions_that_are_equal() -> None:
    rules = quiz(*POOL, draw={"cases": 1})
    drawn = {draw_items(rules, seed, last_seen={})[0].item for seed in range(200)}
    assert drawn == {one.id for one in POOL}


@given(SEEDS)
def test_the_same_seed_asks_the_same(seed: int) -> None:
    rules = quiz(*FIXED, *POOL, draw={"cases": 4})
    first = draw_items(rules, seed, last_seen={"pool-1": 1})
    assert draw_items(rules, seed, last_seen={"pool-1": 1}) == first
    assert asked_from_document([one.as_document() for one in first]) == first


@given(SEEDS, items((ItemKind.ORDER, ItemKind.MATCH)))
def test_steps_and_pairs_never_stand_in_the_published_order(seed: int, one: QuizItem) -> None:
    (asked,) = draw_items(quiz(one), seed, last_seen={})
    assert list(asked.order) != sorted(asked.order)


@given(SEEDS)
def test_options_whose_order_matters_stand_as_the_author_wrote_them(seed: int) -> None:
    (asked,) = draw_items(quiz(item(shuffle=False)), seed, last_seen={})
    assert asked.order == (0, 1, 2)


def test_options_are_shuffled_where_they_may_be() -> None:
    orders = {draw_items(quiz(item()), seed, last_seen={})[0].order for seed in range(100)}
    assert len(orders) == 6


@given(SEEDS)
def test_a_quiz_that_is_not_shuffled_asks_in_the_authors_order(seed: int) -> None:
    rules = quiz(*FIXED, *POOL, draw={"cases": 2}, shuffle=False)
    names = [one.item for one in draw_items(rules, seed, last_seen={})]
    assert names == sorted(names)


def test_a_question_with_nothing_to_arrange_is_asked_without_end() -> None:
    (asked,) = draw_items(quiz(item(ItemKind.ORDER, size=1)), 1, last_seen={})
    assert asked.order == (0,)
