"""Markdown as plain words: sentences, syllables, and how hard they are to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.content.inline import Form, Paragraph, definition, marks, notes, paragraphs
from lms.content.source import scan, split_lines

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_LEAD = re.compile(r"\s*(?:>\s?)*\s*(?:[-*+]\s|\d{1,9}[.)]\s)?(?:\[[ xX]\]\s|\[!\w+\])?")
_SIGNS = re.compile(r"[*_~]+|</?[A-Za-z][^<>]*>")
_STOP = re.compile(r"(?<=[.!?…])[\"»”)\]]*\s+(?=[\"«“(\[]*\s?[A-ZÀ-ÖØ-Þ])")
_SHORT = re.compile(r"(?:^|[\s(])(?:[A-Z]|M|Mme|Me|Mr|Mrs|Ms|Dr|Dre|St|Ste|art|no|cf|vol)\.$")
_VOWELS_EN = re.compile(r"[aeiouy]+")
_SILENT_EN = re.compile(
    r"(?:(?<![aeiouyl])e|(?<=[aeiouy]l)e|(?<![aeiouytd])ed|(?<![aeiouysxzcg])(?<![cs]h)es)$"
)
_VOWELS_FR = re.compile(r"[iuy]?[éèê]|[aàâäeëiîïoôöuùûüyœæ]+")
_SILENT_FR = re.compile(r"(?:[^aàâäeèêëiîïoôöuùûüyœæ])es?$")
_HARD_FR = re.compile(r"(?<=[qg])u(?=[aàâeéèêiîoôy])")
# Flesch's own table (1949), with the grade in the middle of each band.
_GRADES = ((90, 5.0), (80, 6.0), (70, 7.0), (60, 8.5), (50, 11.0), (30, 14.5))
_HARDEST = 17.0
# The grades that each band stands for; whoever needs more than 16 has been to university.
GRADE_BANDS = {
    5.0: (4, 5),
    6.0: (6, 6),
    7.0: (7, 7),
    8.5: (8, 9),
    11.0: (10, 12),
    14.5: (13, 16),
    17.0: (17, 17),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as words, and the line on which its paragraph begins."""

    line: int
    words: tuple[str, ...]


def words_of(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a plain text."""
    return tuple(_WORD.findall(text))


def plain(paragraph: Paragraph) -> str:
    """Return the words that a reader sees in a paragraph."""
    pieces: list[str] = []
    done = 0
    found = sorted((*marks(paragraph), *notes(paragraph)), key=lambda mark: mark.start)
    for mark in found:
        if mark.start >= done:
            pieces.append(paragraph.text[done : mark.start])
            pieces.append("" if mark.picture else mark.text)
            done = mark.end
    pieces.append(paragraph.text[done:])
    lines = [_LEAD.sub("", line, count=1) for line in split_lines("".join(pieces))]
    return _SIGNS.sub("", " ".join(lines).replace("`", ""))


def text_of(markdown: str) -> str:
    """Return the words that a reader sees in a short Markdown text."""
    lines, _ = scan(split_lines(markdown))
    return " ".join(plain(paragraph) for paragraph in paragraphs(lines))


def sentences(markdown: str, first: int = 1) -> Iterator[Sentence]:
    """Yield the sentences of a text; headings, tables and notes have none."""
    lines, _ = scan(split_lines(markdown), first)
    for paragraph in paragraphs(lines):
        if paragraph.form in {Form.HEADING, Form.ROW} or definition(paragraph):
            continue
        for text in split_sentences(plain(paragraph)):
            words = words_of(text)
            if words:
                yield Sentence(paragraph.line, words)


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a plain text; a title such as `Dr.` ends none."""
    begun = ""
    for piece in _STOP.split(text):
        begun = f"{begun} {piece}" if begun else piece
        if not _SHORT.search(begun[-8:]):
            yield begun
            begun = ""
    if begun:
        yield begun


def syllables(word: str, language: str) -> int:
    """Return about how many syllables a word has; never below 1."""
    parts = re.split(r"['’\-]", word.lower())
    count = _syllables_fr if language == "fr" else _syllables_en
    return max(1, sum(count(part) for part in parts if part))


def _syllables_en(word: str) -> int:
    found = len(_VOWELS_EN.findall(word))
    return found - 1 if found > 1 and _SILENT_EN.search(word) else found


def _syllables_fr(word: str) -> int:
    spoken = _HARD_FR.sub("", word)
    found = len(_VOWELS_FR.findall(spoken))
    return found - 1 if found > 1 and _SILENT_FR.search(spoken) else found


def grade(found: Sequence[Sentence], language: str) -> float:
    """Return the school grade that the sentences ask for; 0 without any.

    English: Flesch-Kincaid. French: the reading ease of Kandel and Moles (1958), as a grade by
    Flesch's table.
    """
    words = [word for sentence in found for word in sentence.words]
    if not words:
        return 0.0
    a_sentence = len(words) / len(found)
    a_word = sum(syllables(word, language) for word in words) / len(words)
    if language != "fr":
        return 0.39 * a_sentence + 11.8 * a_word - 15.59
    ease = 207 - 1.015 * a_sentence - 73.6 * a_word
    return next((level for low, level in _GRADES if ease >= low), _HARDEST)
