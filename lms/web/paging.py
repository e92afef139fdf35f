"""Which part of a long list a page shows; the address says it, and anything odd is the first."""

from dataclasses import dataclass

from flask import request

MOST_ROWS = 100  # on one page, where a list says nothing else
_LONGEST_PAGE_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a long list a page shows: page `number`, from 1, of `total`."""

    number: int
    total: int
    limit: int

    @property
    def offset(self) -> int:
        """How many rows stand on the pages before."""
        return (self.number - 1) * self.limit


def paging(rows: int, *, limit: int | None = None) -> Paging:
    """Read which page is asked for; anything odd is the first, or the last there is."""
    limit = limit or MOST_ROWS
    total = max(-(-rows // limit), 1)
    text = request.args.get("page", "1")
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_PAGE_NUMBER
    number = int(text) if is_number else 1
    return Paging(min(max(number, 1), total), total, limit)
