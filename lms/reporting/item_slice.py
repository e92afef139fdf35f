"""Which answers to look at, and whether so few of them may be told."""

from collections.abc import Iterable
from dataclasses import dataclass

from lms.item_analysis.items import FEWEST
from lms.kernel.errors import NotFoundError
from lms.reporting.item_counts import Edition, ItemCell, ModuleCounts, OptionCell


@dataclass(frozen=True, slots=True)
class Slice:
    """Which answers to look at: in one language or (empty) in all, of one edition or (0) of all.

    Of all editions: the questions as they stand now, with the answers of every edition in which
    they were the same.
    """

    language: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """The counters through a slice; `guarded`: groups of ten only, and no smaller rest."""

    counts: ModuleCounts
    chosen: Slice
    edition: Edition
    guarded: bool
    pooled: frozenset[tuple[int, str]]  # (edition, item) of every item as it stands in `edition`

    def holds(self, edition: int, language: str) -> bool:
        """Whether a cell is within the slice."""
        return self._is_edition(edition) and self._is_language(language)

    def pools(self, cell: ItemCell | OptionCell) -> bool:
        """Whether a cell is of a question that stands the same in the edition that is shown."""
        return (cell.edition, cell.item) in self.pooled

    def may_show(self, cells: Iterable[tuple[int, str, int]]) -> bool:
        """Whether a count of these (edition, language, n) may be told in this slice.

        Where groups are guarded, neither the part nor what is left of any whole around it is fewer
        than ten, so that nobody is told by subtracting one page from another.
        """
        if not self.guarded:
            return True
        held = list(cells)
        part = sum(n for edition, language, n in held if self.holds(edition, language))
        wholes = (
            sum(n for _, _, n in held),
            sum(n for _, language, n in held if self._is_language(language)),
            sum(n for edition, _, n in held if self._is_edition(edition)),
        )
        return part >= FEWEST and all(one == part or one - part >= FEWEST for one in wholes)

    def of_editions(self, cells: Iterable[ItemCell]) -> list[ItemCell]:
        """Give the cells of the chosen editions in every language."""
        return [one for one in cells if self._is_edition(one.edition)]

    def _is_language(self, language: str) -> bool:
        return self.chosen.language in {"", language}

    def _is_edition(self, edition: int) -> bool:
        return not self.chosen.revision or edition == self.edition.number


def view_of(counts: ModuleCounts, chosen: Slice, *, guarded: bool) -> View:
    """Look through a slice; an edition that nobody was asked is not found."""
    if chosen.revision:
        found = [one for one in counts.editions if one.number == chosen.revision]
    else:
        found = [one for one in counts.editions if one.is_published] or [counts.editions[-1]]
    if not found:
        raise NotFoundError(f"revision {chosen.revision} of module {counts.module_id!r}")
    here, same = found[0].number, counts.same
    pooled = frozenset(place for place, mark in same.items() if same.get((here, place[1])) == mark)
    return View(counts, chosen, found[0], guarded, pooled)
