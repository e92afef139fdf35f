"""One fact of the register rewritten: what was asked for, and not a byte more."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.model import Fact, Place
from lms.content.parse_facts import parse_facts
from lms.content.rewrite_fact import RegisterRefusedError, add_fact, rewrite_fact

HOUSE = """\
# The register.
- id: T01
  statement:
    en: "One."
    fr: "Un."
  source: "Somebody, 2023"
  address: "example.org/one"
  checked: 2026-11-01
  review_by: 2027-11-01

# Kept by the nurse.
- id: T02
  statement:
    en: "Two."
    fr: "Deux."
  source: "Somebody else, 2022"
  address: "example.org/two"
  checked: 2026-11-01
  review_by: 2027-11-01
"""
BRACES = """\
- {id: T01, statement: {en: One., fr: Un.}, source: Somebody, address: a, checked: 2026-11-01,
   review_by: 2027-11-01}
- {id: T02, statement: {en: Two., fr: Deux.}, source: S, address: a, checked: 2026-11-01,
   review_by: 2027-11-01}
"""
ODD = """\
- id: T01   # for ever
  # who said so
  source: >-
    Somebody,
    in two lines
  statement: {fr: Un., en: 'One: it''s'}   # both
  address: example.org/one
  checked: 2026-11-01
  owner: ana
  review_by: 2027-11-01   # a year
# the end
- id: T02
  statement: {en: Two., fr: Deux.}
  source: |
    Somebody
  address: example.org/two
  checked: 2026-11-01
  review_by: 2027-11-01
"""
REGISTERS = {
    "house": HOUSE,
    "braces": BRACES,
    "odd": ODD,
    "windows": HOUSE.replace("\n", "\r\n"),
    "old mac": HOUSE.replace("\n", "\r"),
    "marked": f"\ufeff{HOUSE}",
    "no end": HOUSE.rstrip("\n"),
    "indented": "".join(
        line if line.startswith("#") else f"  {line}" for line in HOUSE.splitlines(keepends=True)
    ),
}
WANTED = {
    "statement": {"en": 'He said: "twice" # no \\ comment', "fr": "Deux fois :\u00a0« oui »"},
    "source": "Somebody: a book, 2026",
    "address": "https://example.org/?a=1&b={2}#c",
    "checked": date(2026, 11, 21),
    "review_by": date(2028, 1, 31),
    "owner": "bob",
    "dialled": date(2026, 11, 20),
}


def facts(text: str) -> dict[str, Fact]:
    found, problems = parse_facts("content/facts.yml", text)
    assert problems == ()
    return {fact.id: replace(fact, place=Place("")) for fact in found}


def changed(fact: Fact) -> Fact:
    # What is read has plain spaces: the register is typed on one line.
    words = {key: text.replace("\u00a0", " ") for key, text in WANTED["statement"].items()}  # type: ignore[attr-defined]  # a dict
    return replace(fact, **{**WANTED, "statement": words})  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("text", REGISTERS.values(), ids=REGISTERS.keys())
@pytest.mark.parametrize("fact_id", ["T01", "T02"])
def test_every_value_of_a_fact_can_be_changed_and_the_other_fact_keeps_its_bytes(
    text: str, fact_id: str
) -> None:
    wanted = changed(facts(text)[fact_id])
    new = rewrite_fact(text, wanted)
    assert facts(new) == {**facts(text), fact_id: wanted}
    cut = text.index("id: T02") - len("- ")
    if fact_id == "T01":
        assert new.endswith(text[cut:])
    else:
        assert new.startswith(text[:cut])


@pytest.mark.parametrize("text", REGISTERS.values(), ids=REGISTERS.keys())
def test_one_new_date_changes_that_date_alone(text: str) -> None:
    fact = replace(facts(text)["T02"], checked=date(2026, 11, 21))
    before, after = text[: text.index("id: T02")], text[text.index("id: T02") :]
    assert rewrite_fact(text, fact) == before + after.replace("2026-11-01", "2026-11-21")


@pytest.mark.parametrize("text", REGISTERS.values(), ids=REGISTERS.keys())
def test_a_keeper_who_comes_and_goes_leaves_no_trace(text: str) -> None:
    fact = replace(facts(text)["T02"], owner="", dialled=None)
    there = rewrite_fact(text, replace(fact, owner="bob", dialled=date(2026, 11, 20)))
    assert rewrite_fact(there, fact).rstrip("\r\n") == text.rstrip("\r\n")


def test_comments_and_the_order_of_the_keys_stay_where_they_were_typed() -> None:
    new = rewrite_fact(ODD, replace(facts(ODD)["T01"], source="One line", owner=""))
    for comment in ("# for ever", "# who said so", "# both", "# a year", "# the end"):
        assert comment in new
    assert '  source: "One line"\n  statement: ' in new
    assert "ana" not in new


def test_what_stands_already_changes_nothing() -> None:
    for text in REGISTERS.values():
        for fact in facts(text).values():
            assert rewrite_fact(text, fact) == text


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))), st.data())
def test_whatever_somebody_types_is_what_is_read_again_or_is_refused(
    typed: str, data: st.DataObject
) -> None:
    words = " ".join(typed.split())
    text = data.draw(st.sampled_from(sorted(REGISTERS.values())))
    wanted = replace(facts(text)["T01"], source=words)
    try:
        new = rewrite_fact(text, wanted)
    except RegisterRefusedError:
        assert not words or not words.isprintable()
        return
    assert facts(new)["T01"] == wanted


@pytest.mark.parametrize("text", ["", "# Nothing yet.\n", *REGISTERS.values()])
def test_a_new_fact_comes_last_and_what_was_there_stays(text: str) -> None:
    fact = replace(changed(facts(HOUSE)["T01"]), id="Z01")
    new = add_fact(text, fact)
    assert new.startswith(text)
    assert list(facts(new).values())[-1] == fact


@pytest.mark.parametrize(
    ("text", "fact_id"),
    [(HOUSE, "T03"), (f"{HOUSE}- id: T03\n", "T01"), ("id: T01", "T01"), ("- [", "T01")],
)
def test_a_register_that_cannot_be_rewritten_is_refused(text: str, fact_id: str) -> None:
    fact = replace(facts(HOUSE)["T01"], id=fact_id)
    with pytest.raises(RegisterRefusedError):
        rewrite_fact(text, fact)
    with pytest.raises(RegisterRefusedError):
        add_fact(f"{HOUSE}- id: T03\n", fact)


def test_what_would_be_read_otherwise_than_it_was_meant_is_not_written() -> None:
    fact = facts(HOUSE)["T01"]
    for odd in (replace(fact, source="two  spaces"), replace(fact, owner=" bob")):
        with pytest.raises(RegisterRefusedError):
            rewrite_fact(HOUSE, odd)


def test_new_lines_end_as_the_others_of_the_file_do() -> None:
    text = REGISTERS["windows"]
    for new in (
        rewrite_fact(text, changed(facts(text)["T01"])),
        add_fact(text, replace(facts(text)["T01"], id="Z01")),
    ):
        assert new.count("\n") == new.count("\r\n") > text.count("\n")


def test_a_fact_is_not_added_twice() -> None:
    with pytest.raises(RegisterRefusedError):
        add_fact(HOUSE, facts(HOUSE)["T01"])
