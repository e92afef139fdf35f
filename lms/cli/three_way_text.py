"""Conflicts between folder and browser as the command line prints them: who, which lines, what."""

from collections.abc import Iterable, Iterator

from lms.authoring.conflict import Conflict
from lms.authoring.three_way import Changed, Hunk, Span

_WHO = {
    Changed.OURS: "only the folder changed",
    Changed.THEIRS: "only the browser changed",
    Changed.ALIKE: "both changed alike",
    Changed.BOTH: "both changed",
}


def conflicts_as_text(conflicts: Iterable[Conflict]) -> str:
    """Give every place in which a file differs on three sides, with its lines."""
    return "".join(f"{line}\n" for one in conflicts for line in _conflict(one))


def _conflict(conflict: Conflict) -> Iterator[str]:
    who = f"published by {conflict.by} on {conflict.at:%Y-%m-%d %H:%M} UTC"
    yield f"{conflict.path}: the folder and the browser have both changed this file ({who})"
    if conflict.is_closed:
        yield "    this testimony may not be shown"
    elif not conflict.hunks:
        yield "    no lines to compare: this is no text"
    for hunk in conflict.hunks:
        if hunk.changed is not Changed.NEITHER:
            yield from _hunk(hunk)


def _hunk(hunk: Hunk) -> Iterator[str]:
    sides = (("folder", hunk.ours), ("published", hunk.theirs), ("base", hunk.base))
    places = ", ".join(f"{name} {_place(span)}" for name, span in sides)
    yield f"    {_WHO[hunk.changed]}: {places}"
    for name, span in sides:
        for line in span.lines:
            yield f"      {name:9} | {printable(line)}"


def _place(span: Span) -> str:
    if not span.lines:
        return f"before line {span.first}"
    one = len(span.lines) == 1
    return f"line {span.first}" if one else f"lines {span.first}-{span.last}"


def printable(line: str) -> str:
    """Give a line without its end, and without signs that would move about on a terminal."""
    bare = line.rstrip("\r\n").replace("\t", "    ")
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in bare)
