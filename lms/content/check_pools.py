"""Rules about quizzes: what is drawn exists, and the pass can be reached."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from lms.content.check_reviews import all_items
from lms.content.model import Item, Module, Place, Problem
from lms.content.read import Reading, key_place
from lms.content.rules import fault


def check_pools(reading: Reading) -> Iterator[Problem]:
    """Find draws from too little, a pass that cannot be reached, and sections that are not."""
    for module in reading.content.modules.values():
        pools = _pools(module)
        yield from _check_sections(module)
        yield from _check_draws(reading, module, pools)
        yield from _check_marks(module)
        yield from _check_named(module, pools)


def _pools(module: Module) -> dict[str, list[Item]]:
    """Return the questions by pool; those that are always asked are under the empty name."""
    pools: dict[str, list[Item]] = defaultdict(list)
    for item in module.items:
        pools[item.pool].append(item)
    return pools


def _check_sections(module: Module) -> Iterator[Problem]:
    """Find questions that send the reader to a section that does not exist."""
    known = {section.id for section in module.sections}
    for item in all_items(module):
        if item.section and item.section not in known:
            message = f"no section has the id `{item.section}`"
            cure = f"sections: {', '.join(sorted(known)) or 'none'}"
            yield fault("section-unknown", item.place, message, cure)


def _check_draws(
    reading: Reading, module: Module, pools: Mapping[str, list[Item]]
) -> Iterator[Problem]:
    """Find draws from nothing or from too little."""
    place = key_place(module.place.path, module.source, "quiz")
    for name, number in module.quiz.draw.items():
        items = pools.get(name, [])
        if not items:
            cure = f"pools: {', '.join(sorted(filter(None, pools))) or 'none'}"
            yield fault("draw-pool", place, f"no question is in the pool `{name}`", cure)
        elif len(items) < number:
            message = f"{number} are drawn from `{name}`, which has {len(items)}"
            yield fault("pool-too-small", place, message, "write more questions, or draw fewer")
        else:
            yield from _check_retakes(reading, module, name, len(items), place)
            yield from _check_pool(name, items, number)


def _check_retakes(
    reading: Reading, module: Module, name: str, size: int, place: Place
) -> Iterator[Problem]:
    """Find a pool without unseen questions for a second attempt."""
    needed = 2 * module.quiz.draw[name]
    if size < needed and _has_retakes(reading, module):
        message = f"`{name}` has {size}; a retake with unseen questions needs {needed}"
        cure = "write more questions, draw fewer, or allow one attempt"
        yield fault("pool-for-retakes", place, message, cure)


def _has_retakes(reading: Reading, module: Module) -> bool:
    """Whether the quiz can be taken again, by its own word or by a course's."""
    if module.quiz.attempts is not None or module.quiz.unlimited:
        return module.quiz.attempts != 1
    courses = [one for one in reading.content.courses.values() if module.id in one.modules]
    return not courses or any(course.quiz.attempts != 1 for course in courses)


def _check_pool(name: str, items: list[Item], number: int) -> Iterator[Problem]:
    """Find questions of a pool that are not like the others, or that may never be asked."""
    if number == len(items):
        return
    for item in items:
        if item.must:
            message = f"a must question in the pool `{name}` may never be asked"
            yield fault("must-in-pool", item.place, message, "take it out of the pool")
    other = next((item for item in items if item.points != items[0].points), None)
    if other is not None:
        message = f"`{name}` has questions worth {items[0].points} and {other.points} points"
        cure = "what is drawn should not decide what can be earned"
        yield fault("pool-uneven", other.place, message, cure)


def _check_marks(module: Module) -> Iterator[Problem]:
    """Find a pass that nobody could reach, and must questions that nothing marks."""
    for item in module.items:
        if item.must and not item.graded:
            message = "this question must be right, but nothing marks it"
            yield fault("must-ungraded", item.place, message, "take `must` away")
    if module.items and points_drawn(module)[0] == 0 and not _undrawn(module):
        message = "what is asked may be worth no point at all: to hand it in would be to pass"
        cure = "add a question that is marked and in no pool"
        yield fault("pass-reachable", module.items[0].place, message, cure)


def _check_named(module: Module, pools: Mapping[str, list[Item]]) -> Iterator[Problem]:
    """Find questions that are never asked, and those that send nobody back to a page."""
    is_mistyped = any(name not in pools for name in module.quiz.draw)  # told by draw-pool
    for name in () if is_mistyped else _undrawn(module):
        message = f"nothing is drawn from the pool `{name}`: its questions are never asked"
        cure = f"add `quiz: {{draw: {{{name}: 1}}}}` to the front matter, or take `pool` away"
        yield fault("pool-not-drawn", pools[name][0].place, message, cure)
    for item in module.items if module.sections else ():
        if item.id and item.graded and not item.section:  # without an id: item-id tells
            message = "who misses this question is sent to no page to read again"
            yield fault("question-without-section", item.place, message, "add `section: …`")


def _undrawn(module: Module) -> tuple[str, ...]:
    """Return the pools that no draw names: what is in them is never asked."""
    names = dict.fromkeys(item.pool for item in module.items if item.pool)
    return tuple(name for name in names if name not in module.quiz.draw)


def points_drawn(module: Module) -> tuple[int, int]:
    """Return the fewest and the most points that what an attempt asks can be worth."""
    points = ((item.pool, item.points if item.graded else 0) for item in module.items)
    return points_of(points, module.quiz.draw)


def points_of(points: Iterable[tuple[str, int]], draw: Mapping[str, int]) -> tuple[int, int]:
    """Return the fewest and the most points of a draw from these: each in its pool, or in none.

    Of a pool that no draw names nothing is asked.
    """
    pools: dict[str, list[int]] = defaultdict(list)
    for name, worth in points:
        pools[name].append(worth)
    fewest = most = 0
    for name, worths in pools.items():
        number = draw.get(name, 0) if name else None
        fewest += sum(sorted(worths)[:number])
        most += sum(sorted(worths, reverse=True)[:number])
    return fewest, most
