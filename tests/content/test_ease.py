"""How hard a text is to read: words counted by hand, and what counts as a sentence."""

import pytest

from lms.content.inline import marks, mask, paragraphs
from lms.content.plain import Sentence, grade, sentences, syllables, text_of
from lms.content.source import scan

ENGLISH = {
    "the": 1, "make": 1, "table": 2, "while": 1, "walked": 1, "wanted": 2, "houses": 2,
    "exploitation": 4, "people": 2, "consent": 2, "trafficker": 3, "relationship": 4, "rhythm": 1,
}  # fmt: skip
FRENCH = {
    "les": 1, "traite": 1, "personne": 2, "société": 3, "réalité": 4, "création": 3, "idées": 2,
    "langue": 1, "qui": 1, "guerre": 1, "exploitation": 4, "l’argent": 2, "rue": 1, "menaces": 2,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), ENGLISH.items())
def test_english_syllables_are_counted_as_by_hand(word: str, count: int) -> None:
    assert syllables(word, "en") == count


@pytest.mark.parametrize(("word", "count"), FRENCH.items())
def test_french_syllables_are_counted_as_by_hand(word: str, count: int) -> None:
    assert syllables(word, "fr") == count


def test_the_english_grade_is_that_of_flesch_and_kincaid() -> None:
    words = ("the", "cat", "sat", "on", "the", "mat")  # six words, six syllables
    assert grade([Sentence(1, words)], "en") == pytest.approx(0.39 * 6 + 11.8 - 15.59)


@pytest.mark.parametrize(("word", "level"), [("loi", 5.0), ("argent", 11.0), ("réalité", 17.0)])
def test_the_french_grade_is_read_from_the_table_of_flesch(word: str, level: float) -> None:
    # 207 - 1.015 words a sentence - 73.6 syllables a word: 129.3, 55.7, -91.5
    found = [Sentence(1, (word,) * 4)]
    assert grade(found, "fr") == level


def test_a_text_without_words_has_no_grade() -> None:
    assert grade([], "en") == 0


def words(markdown: str) -> list[str]:
    return [" ".join(sentence.words) for sentence in sentences(markdown)]


def test_a_sentence_ends_where_a_reader_ends_it() -> None:
    assert words("Dr. Roy came. He left! “Why?” Nobody knew, e.g. me.") == [
        "Dr Roy came",
        "He left",
        "Why",
        "Nobody knew e g me",
    ]


def test_each_item_of_a_list_is_a_sentence_and_headings_and_tables_are_none() -> None:
    text = "# Title\n\n- one\n- two\n  lines\n\n| a | b |\n| - | - |\n| c | d |\n\n> quoted"
    assert words(text) == ["one", "two lines", "quoted"]


def test_only_what_is_seen_is_read() -> None:
    text = "See **the [law](../04-law/en.md#minors)**[^L01], ![a map](media/m.png)`x = 1`."
    assert text_of(text).split() == ["See", "the", "law,", "x", "=", "1."]


def test_code_hides_what_stands_in_it() -> None:
    assert mask("a `[b](c)` d") == "a          d"
    assert mask("``a`b`` [c]") == "        [c]"
    assert mask("`a ``b`` c` [d] `e`") == "            [d]    "
    assert mask(r"\`[a](b)\`") == "  [a](b)  "
    assert mask("`open [a](b)") == "`open [a](b)"


def test_links_are_found_with_their_words_and_addresses() -> None:
    lines, _ = scan(["[a ![pic](p.png) b](<x y.md>) [c](d_(e).md 'T') [ref]: no"])
    (paragraph,) = paragraphs(lines)
    found = [(mark.text, mark.target, mark.picture) for mark in marks(paragraph)]
    assert found == [
        ("pic", "p.png", True),
        ("a ![pic](p.png) b", "x y.md", False),
        ("c", "d_(e).md", False),
    ]
