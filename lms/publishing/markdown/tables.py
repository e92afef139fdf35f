"""GitHub's tables: how a row is cut into cells, and a ruling line into alignments."""

import re

_RULING = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL = re.compile(r"((?:\\\||[^|])*)(\||$)")


def split_row(line: str) -> list[str]:
    """Give a row's cells; a bar after a backslash belongs to its cell."""
    text = line.strip(" \t")
    text = text.removeprefix("|")
    cells, at = [], 0
    while at < len(text):
        found = _CELL.match(text, at)
        if not found:
            break
        cells.append(found[1].replace("\\|", "|").strip(" \t"))
        at = found.end()
    return cells


def split_header(header: str, ruling: str) -> list[str] | None:
    """Give the columns' alignments if the second line rules off the first, else None."""
    if not _RULING.match(ruling) or not ({"|", ":"} & set(ruling) or "|" in header):
        return None
    columns = [_alignment(cell) for cell in split_row(ruling)]
    return columns if len(columns) == len(split_row(header)) else None


def _alignment(cell: str) -> str:
    ends = cell.startswith(":"), cell.endswith(":")
    return {(True, True): "center", (True, False): "left", (False, True): "right"}.get(ends, "")
