"""The rule about reading time: `minutes` fits the number of words."""

import re
from collections.abc import Iterator

from lms.content.model import Item, Module, Problem, Prose, TestimonyCall
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
        expected = count_words(reading, module) / WORDS_A_MINUTE
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


def count_words(reading: Reading, module: Module) -> int:
    """Return how many words one participant reads: text, testimonies, questions of one attempt."""
    texts: list[str] = []
    for section in module.sections:
        for block in section.blocks:
            if isinstance(block, Prose):
                texts.append(block.markdown)
            elif isinstance(block, TestimonyCall):
                key = (block.testimony_id, module.language)
                testimony = reading.content.testimonies.get(key)
                texts.append(testimony.markdown if testimony else "")
            else:
                texts.append(_item_text(block))
    texts += [_item_text(item) for item in _asked(module)]
    return sum(len(words_of(text_of(text))) for text in texts)


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
