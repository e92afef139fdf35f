"""Reading time: whether `minutes` fits the number of words, and what of it each section takes."""

import re
from collections.abc import Iterator
from itertools import accumulate

from lms.content.model import Content, Item, Module, Problem, Prose, Section, TestimonyCall
from lms.content.plain import text_of, words_of
from lms.content.read import Reading, key_place
from lms.content.rules import fault

WORDS_A_MINUTE = 130
_SHARE = 0.5  # more than half as much above or below is not plausible
_SLACK = 1  # minutes, so that short modules are not judged by rounding
_FILM = re.compile(r"\]\([^()\s]{1,300}\.(?:mp4|webm|mp3|m4a|ogg|ogv|wav)\b", re.IGNORECASE)


def check_minutes(reading: Reading) -> Iterator[Problem]:
    """Find a reading time that is far from what the number of words takes."""
    for module in reading.content.modules.values():
        expected = count_words(reading.content, module) / WORDS_A_MINUTE
        low = expected * (1 - _SHARE) - _SLACK
        high = expected * (1 + _SHARE) + _SLACK
        # A film takes time that no count of words shows.
        has_film = _FILM.search(module.source) is not None
        if module.minutes < low or (module.minutes > high and not has_film):
            place = key_place(module.place.path, module.source, "minutes")
            about = max(1, round(expected))
            message = f"`minutes` is {module.minutes}; the words take about {about}"
            cure = f"{WORDS_A_MINUTE} words are read in a minute"
            yield fault("minutes", place, message, cure)


def count_words(content: Content, module: Module) -> int:
    """Return how many words one participant reads: text, testimonies, questions of one attempt."""
    return sum(section_words(content, module)) + _quiz_words(module)


def section_seconds(content: Content, module: Module) -> dict[str, int]:
    """Return the expected reading time of each section, in whole seconds, by its id.

    The module's minutes are shared out by the words; the quiz keeps its share. Sums are rounded,
    not each section, so that what they make together is as close as can be.
    """
    words = section_words(content, module)
    total = sum(words) + _quiz_words(module)
    if not total:  # pictures and films alone
        words, total = [1] * len(words), max(len(words), 1)
    ends = [
        (2 * 60 * module.minutes * so_far + total) // (2 * total) for so_far in accumulate(words)
    ]
    starts = [0, *ends]
    return {
        section.id: end - start
        for section, start, end in zip(module.sections, starts, ends, strict=False)
    }


def section_words(content: Content, module: Module) -> list[int]:
    """Count what is read in each section, its testimonies and practice questions with it."""
    return [
        sum(_count(text) for text in _section_texts(content, module.language, section))
        for section in module.sections
    ]


def _section_texts(content: Content, language: str, section: Section) -> Iterator[str]:
    for block in section.blocks:
        if isinstance(block, Prose):
            yield block.markdown
        elif isinstance(block, TestimonyCall):
            testimony = content.testimonies.get((block.testimony_id, language))
            yield testimony.markdown if testimony else ""
        else:
            yield _item_text(block)


def _quiz_words(module: Module) -> int:
    return sum(_count(_item_text(item)) for item in _asked(module))


def _count(text: str) -> int:
    return len(words_of(text_of(text)))


def _asked(module: Module) -> Iterator[Item]:
    """Yield as many questions as one attempt asks."""
    left = dict(module.quiz.draw)
    for item in module.items:
        if item.pool in left:
            left[item.pool] -= 1
        if left.get(item.pool, 0) >= 0:
            yield item


def _item_text(item: Item) -> str:
    texts = [item.prompt, item.body, *(choice.text for choice in item.choices), *item.steps]
    texts += [f"{pair.left} {pair.right}" for pair in item.pairs]
    texts.append(item.explanation)
    return "\n\n".join(texts)
