"""One word for each thing; every word of a page in French too."""

import re

import pytest

from tests.rules.source import ROOT, name_of, nodes, python_files
from tests.rules.strings import faults

GLOSSARY = ROOT / "docs" / "GLOSSARY.md"
WORDS = (
    "course", "module", "quiz", "item", "choice", "correct response", "attempt", "response",
    "score raw", "max", "scaled", "passing score", "completion", "success", "waived", "seat time",
    "revision", "referral", "eligibility", "enrolment", "cohort", "completion record",
    "certificate", "participant", "author", "instructor", "coordinator", "agency",
)  # fmt: skip
# What a name in the code may not say, and the word that it should.
OTHER_WORDS = {
    "enrollment": "enrolment",
    "student": "participant",
    "teacher": "instructor",
    "threshold": "passing",
    "offender": "participant",
}


def test_every_sentence_of_a_page_is_in_the_french_catalogue_and_nothing_is_left_over() -> None:
    assert faults() == []


@pytest.mark.parametrize("word", WORDS)
def test_the_glossary_tells_every_word_of_the_house(word: str) -> None:
    rows = [
        line.split("|")[1]
        for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    assert any(re.search(rf"\b{word}\b", row) for row in rows), word


def test_the_code_uses_the_words_of_the_glossary_and_no_others() -> None:
    found = []
    for path in python_files("lms"):
        for node in nodes(path):
            names = [getattr(node, key, "") for key in ("name", "id", "attr", "arg")]
            for name in (one for one in names if isinstance(one, str)):
                parts = re.findall(r"[A-Z]?[a-z]+", name)
                found += [f"{name_of(path)}: {name}" for one in parts if one.lower() in OTHER_WORDS]
    assert found == []
