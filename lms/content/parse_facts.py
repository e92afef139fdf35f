"""From the text of the register of facts to its values."""

from lms.content.fields import Fields
from lms.content.front_matter import Listing, Table, read_yaml
from lms.content.model import Fact, Place, Problem
from lms.content.rules import fault
from lms.content.source import split_lines
from lms.content.words import as_fact_id

_REQUIRED = ("id", "statement", "source", "address", "checked", "review_by")
_KEYS = (*_REQUIRED, "owner", "dialled")


def parse_facts(path: str, text: str) -> tuple[tuple[Fact, ...], tuple[Problem, ...]]:
    """Return the facts that a text registers, and all that is wrong with it."""
    node, found = read_yaml(path, split_lines(text.removeprefix("\ufeff")), 1)
    problems = list(found)
    if not isinstance(node, Listing):
        if not problems:
            message = "the register is a list of facts"
            problems.append(fault("front-matter", Place(path), message, "begin with `- id: T01`"))
        return (), tuple(problems)
    facts: dict[str, Fact] = {}
    for value in node.values:
        if not isinstance(value, Table):
            message = "a fact gives keys"
            problems.append(fault("value-type", value.place, message, "begin it with `- id: T01`"))
            continue
        fact = _read(Fields(value, problems))
        if fact is None:
            continue
        if fact.id in facts:
            message = f"fact `{fact.id}` is also on line {facts[fact.id].place.line}"
            problems.append(fault("repeated-id", fact.place, message, "give it another id"))
            continue
        facts[fact.id] = fact
    return tuple(facts.values()), tuple(problems)


def _read(fields: Fields) -> Fact | None:
    fields.only(_KEYS, _REQUIRED)
    fact_id = fields.value("id", as_fact_id, "a letter, then letters, digits and hyphens")
    statement = fields.by_language("statement")
    source = fields.text("source")
    address = fields.text("address")
    checked = fields.day("checked")
    review_by = fields.day("review_by")
    owner = fields.text("owner")
    dialled = fields.day("dialled")
    if not (fact_id and statement and checked and review_by):
        return None
    return Fact(
        id=fact_id,
        statement=statement,
        source=source,
        address=address,
        checked=checked,
        review_by=review_by,
        place=fields.table.place,
        owner=owner,
        dialled=dialled,
    )
