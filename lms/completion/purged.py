"""Numbers of the register whose certificates were purged: accounted for, and nobody's any more."""

from sqlalchemy import String, column, select, table
from sqlalchemy.orm import Session

# The journal belongs to a room above this one (lms/privacy): its rows are read, by name.
_JOURNAL = table("purge_entry", column("rule", String()))
_RULE = "certificate "


def purged_numbers(db: Session) -> frozenset[int]:
    """Give the numbers that were issued and purged since: none of them is ever given again."""
    rules = db.scalars(select(_JOURNAL.c.rule).where(_JOURNAL.c.rule.startswith(_RULE)))
    return frozenset(int(rule.removeprefix(_RULE)) for rule in rules)
