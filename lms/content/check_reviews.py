"""Rules about time: modules that are due for review, questions that changed their kind."""

from collections.abc import Iterator
from datetime import date, timedelta

from lms.content.model import Content, Item, Module, Problem
from lms.content.read import key_place
from lms.content.rules import fault

_GRACE = timedelta(days=90)


def check_reviews(content: Content, today: date) -> Iterator[Problem]:
    """Find modules whose review is due, or overdue by more than 90 days."""
    for module in content.modules.values():
        late = today - module.review_by
        if late <= timedelta(0):
            continue
        place = key_place(module.place.path, module.source, "review_by")
        rule = "review-overdue" if late > _GRACE else "review-due"
        message = f"the review was due on {module.review_by}, {late.days} days ago"
        cure = "read the module again, then set `reviewed` and `review_by`"
        yield fault(rule, place, message, cure)


def check_changes(content: Content, published: Content | None) -> Iterator[Problem]:
    """Find questions whose kind is not what it was when they were last published."""
    before = published.modules if published else {}
    for key, module in content.modules.items():
        old = {item.id: item.kind for item in all_items(before[key])} if key in before else {}
        for item in all_items(module):
            kind = old.get(item.id, item.kind)
            if kind is not item.kind:
                message = f"`{item.id}` was published as {kind} and is now {item.kind}"
                cure = "a new question needs a new id: answers to the old one are on record"
                yield fault("kind-changed", item.place, message, cure)


def all_items(module: Module) -> tuple[Item, ...]:
    """Return every question of a module, those for practice first."""
    practice = [item for section in module.sections for item in section.practice]
    return (*practice, *module.items)
