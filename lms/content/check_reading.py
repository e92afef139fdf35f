"""Rules about ease: grade, length of sentences, and a right answer that its length betrays."""

from collections.abc import Iterator

from lms.content.check_reviews import all_items
from lms.content.model import (
    Item,
    ItemKind,
    Module,
    Place,
    Problem,
    Prose,
    Section,
    TestimonyKind,
)
from lms.content.plain import grade, sentences, text_of
from lms.content.read import Reading
from lms.content.rules import fault

HARDEST_GRADE = 10
LONGEST_SENTENCE = 40
# Flesch measured samples of a hundred words; fewer say nothing about a page.
FEWEST_WORDS = 100
_FEWEST_CHOICES = 4
_TELLING_SHARE = 0.75


def check_reading(reading: Reading) -> Iterator[Problem]:
    """Find sections and sentences that are hard to read, and quizzes that give answers away."""
    for module in reading.content.modules.values():
        for section in module.sections:
            yield from _check_grade(section, module.language)
            for block in section.blocks:
                if isinstance(block, Prose):
                    yield from _check_sentences(block.markdown, block.place, exact=True)
        for item in all_items(module):
            for text in (item.prompt, item.body, item.hint, item.explanation):
                yield from _check_sentences(text, item.place, exact=False)
        yield from _check_lengths(module)
    for testimony in reading.content.testimonies.values():
        # Somebody's own words stand in no list of problems: they could not be taken back there.
        quotes = testimony.kind is not TestimonyKind.ORIGINAL
        yield from _check_sentences(testimony.markdown, testimony.place, exact=False, quotes=quotes)


def _check_grade(section: Section, language: str) -> Iterator[Problem]:
    """Find a section that asks for more than ten years of school."""
    reached = section_grade(section, language)
    if reached is not None and reached > HARDEST_GRADE:
        message = f"`{section.id}` reads at about grade {reached:.0f}; aim at {HARDEST_GRADE}"
        cure = "shorter sentences, and shorter words"
        yield fault("reading-grade", section.place, message, cure)


def section_grade(section: Section, language: str) -> float | None:
    """Return the grade that the text of a section asks for; None where too few words say."""
    texts = [block.markdown for block in section.blocks if isinstance(block, Prose)]
    found = [sentence for text in texts for sentence in sentences(text)]
    if sum(len(sentence.words) for sentence in found) < FEWEST_WORDS:
        return None
    return grade(found, language)


def _check_sentences(
    markdown: str, place: Place, *, exact: bool, quotes: bool = True
) -> Iterator[Problem]:
    """Find sentences of more than 40 words; `exact`: the text begins at the place."""
    for sentence in sentences(markdown, place.line):
        if len(sentence.words) > LONGEST_SENTENCE:
            at = Place(place.path, sentence.line) if exact else place
            begin = f": `{' '.join(sentence.words[:4])}…`" if quotes else ""
            message = f"a sentence of {len(sentence.words)} words{begin}"
            yield fault("long-sentence", at, message, f"cut it; at most {LONGEST_SENTENCE}")


def _check_lengths(module: Module) -> Iterator[Problem]:
    """Find a quiz in which the longest option is nearly always the right one."""
    asked = one_of_several(module)
    telling = [item for item in asked if betrays(item)]
    if len(asked) >= _FEWEST_CHOICES and len(telling) >= _TELLING_SHARE * len(asked):
        message = f"the longest option is right in {len(telling)} of {len(asked)} questions"
        cure = "make wrong options as long and as precise as right ones"
        yield fault("longest-is-right", telling[0].place, message, cure)


def one_of_several(module: Module) -> list[Item]:
    """Return the questions of the quiz that have one right option."""
    return [item for item in module.items if item.kind in {ItemKind.TRUE_FALSE, ItemKind.SINGLE}]


def betrays(item: Item) -> bool:
    """Whether the right option is longer than every other."""
    lengths = {len(text_of(choice.text)): choice for choice in item.choices if choice.correct}
    others = [len(text_of(choice.text)) for choice in item.choices if not choice.correct]
    return bool(lengths) and bool(others) and max(lengths) > max(others)
