"""Emphasis, strong emphasis and strikethrough: which runs of signs belong together."""

import unicodedata

from lms.publishing.markdown.tokens import Run

_SPACES = " \t\n\f\r"
_STRIKE = 2  # the longest run of ~ that strikes through


def is_space(char: str) -> bool:
    """Tell whether a character is white space, as Unicode has it."""
    return char in _SPACES or unicodedata.category(char) == "Zs"


def is_punctuation(char: str) -> bool:
    """Tell whether a character is punctuation; in ASCII signs count too."""
    category = unicodedata.category(char)
    return category[0] == "P" or (category[0] == "S" and char.isascii())


def make_run(text: str, at: int, end: int) -> Run | None:
    """Read a run of signs and what it may do; None if it can do nothing."""
    before = text[at - 1] if at else "\n"
    after = text[end] if end < len(text) else "\n"
    opens = not is_space(after) and (
        not is_punctuation(after) or is_space(before) or is_punctuation(before)
    )
    closes = not is_space(before) and (
        not is_punctuation(before) or is_space(after) or is_punctuation(after)
    )
    char, count = text[at], end - at
    if char == "~" and count > _STRIKE:
        return None
    if char == "_":
        opens, closes = (
            opens and (not closes or is_punctuation(before)),
            closes and (not opens or is_punctuation(after)),
        )
    return Run(char, count, opens, closes, count) if opens or closes else None


class Runs:
    """The runs of one text that still wait for their other half."""

    def __init__(self) -> None:
        self.last: Run | None = None

    def add(self, run: Run) -> None:
        """Append a run."""
        run.before = self.last
        if self.last is not None:
            self.last.after = run
        self.last = run

    def _remove(self, run: Run) -> None:
        if run.before is not None:
            run.before.after = run.after
        if run.after is not None:
            run.after.before = run.before
        else:
            self.last = run.before

    def _remove_between(self, opener: Run, closer: Run) -> None:
        opener.after, closer.before = closer, opener

    def match(self, bottom: Run | None) -> None:
        """Join what belongs together among the runs after `bottom`, and forget the others."""
        floors: dict[tuple[str, bool, int], Run | None] = {}
        closer = self._first_after(bottom)
        while closer is not None:
            if not closer.can_close:
                closer = closer.after
                continue
            key = (
                closer.char,
                closer.can_open,
                closer.length % 3,
            )
            opener = _opener(closer, floors.get(key, bottom))
            if opener is not None:
                closer = self._join(opener, closer)
                continue
            floors[key] = closer.before
            missed, closer = closer, closer.after
            if not missed.can_open:
                self._remove(missed)
        self.last = bottom
        if bottom is not None:
            bottom.after = None

    def _first_after(self, bottom: Run | None) -> Run | None:
        first = self.last
        if first is bottom:
            return None
        while first is not None and first.before is not bottom:
            first = first.before
        return first

    def _join(self, opener: Run, closer: Run) -> Run | None:
        """Make one element of two runs; give the run to look at next."""
        self._remove_between(opener, closer)
        if closer.char == "~" and closer.length != opener.length:
            self._remove(closer)  # it stays text; its opener waits for one of its own length
            return closer.after
        used = 2 if opener.count > 1 and closer.count > 1 else 1
        tag = "del" if closer.char == "~" else {1: "em", 2: "strong"}[used]
        opener.opens.append(tag)
        closer.closes += 1
        opener.count -= used
        closer.count -= used
        if not opener.count:
            self._remove(opener)
        if closer.count:
            return closer
        self._remove(closer)
        return closer.after


def _opener(closer: Run, floor: Run | None) -> Run | None:
    """Find the nearest run before this one that it can close."""
    opener = closer.before
    while opener is not None and opener is not floor:
        if opener.char == closer.char and opener.can_open and not _odd(opener, closer):
            return opener
        opener = opener.before
    return None


def _odd(opener: Run, closer: Run) -> bool:
    """Tell whether the rule of three keeps the two apart."""
    return (
        (closer.can_open or opener.can_close)
        and closer.length % 3 != 0
        and (opener.length + closer.length) % 3 == 0
    )
