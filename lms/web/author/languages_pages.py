"""What the page of two languages shows: pairs of texts and, in words, how they differ."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from lms.content.model import Item, ItemKind, Prose, Section, TestimonyCall
from lms.content.same import Difference
from lms.content.side_by_side import Pair, Twins
from lms.content.twins import Change, Lag
from lms.web.author.pages import State, printable
from lms.web.frame import NATIVE_NAMES
from lms.web.words import _, day_text, plural

T = TypeVar("T", Section, Item)


@dataclass(frozen=True, slots=True)
class Side:
    """One language of a section or question; without a title it is missing."""

    lang: str
    name: str
    title: str
    lines: tuple[str, ...]
    changed: str


@dataclass(frozen=True, slots=True)
class TwinRow:
    """A section or question in both languages, and what is to be said of the two."""

    id: str
    states: tuple[State, ...]
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class TwinsPage:
    """A module side by side."""

    summary: tuple[str, ...]
    known: str
    sections: tuple[TwinRow, ...]
    items: tuple[TwinRow, ...]


def twins_page(twins: Twins) -> TwinsPage:
    """Give everything that the page shows."""
    return TwinsPage(
        summary=tuple(_summary(twins)),
        known=_known(twins),
        sections=tuple(_rows(twins, twins.sections, _section_lines, lambda one: one.title)),
        items=tuple(_rows(twins, twins.items, _item_lines, lambda one: one.prompt)),
    )


def _summary(twins: Twins) -> Iterator[str]:
    """Say what there is to do, in whole sentences."""
    if twins.missing:
        yield plural("%(num)s section or question is missing in one language.",
                     "%(num)s sections or questions are missing in one language.",
                     twins.missing)  # fmt: skip
    if twins.older:
        yield plural("%(num)s section or question is older than its twin.",
                     "%(num)s sections or questions are older than their twins.",
                     twins.older)  # fmt: skip
    if twins.different:
        yield plural("%(num)s section or question differs in structure.",
                     "%(num)s sections or questions differ in structure.",
                     twins.different)  # fmt: skip
    if not (twins.missing or twins.older or twins.different):
        yield _("Nothing is missing, older or built differently, as far as is known.")


def _known(twins: Twins) -> str:
    """Say what the page knows of ages, and what it does not."""
    days = [
        _("%(language)s: reviewed on %(day)s.", language=NATIVE_NAMES[lang], day=day_text(day))
        for lang, day in zip(twins.languages, twins.reviewed, strict=True)
        if day is not None
    ]
    if twins.has_history:
        days.append(_("When each text changed is told from the editions that this site keeps."))
    else:
        days.append(
            _("This site keeps no editions of both files yet, so it cannot tell when each text "
              "changed: only the days of review are known.")
        )  # fmt: skip
    return " ".join(days)


def _rows(
    twins: Twins,
    pairs: Iterable[Pair[T]],
    lines: Callable[[T], Iterator[str]],
    title: Callable[[T], str],
) -> Iterator[TwinRow]:
    for pair in pairs:
        sides = [
            Side(
                lang=lang,
                name=NATIVE_NAMES[lang],
                title=printable(title(part)) if part else "",
                lines=tuple(map(printable, lines(part))) if part else (),
                changed=_changed(change) if part and twins.has_history else "",
            )
            for lang, part, change in zip(twins.languages, pair.sides, pair.changes, strict=True)
        ]
        yield TwinRow(pair.id, tuple(_states(twins, pair)), (sides[0], sides[1]))


def _changed(change: Change | None) -> str:
    if change is None:
        return ""
    if change.is_exact:
        return _("Changed on %(day)s.", day=day_text(change.on))
    return _("Not changed since %(day)s or longer.", day=day_text(change.on))


def _states(twins: Twins, pair: Pair[T]) -> Iterator[State]:
    for lang, part in zip(twins.languages, pair.sides, strict=True):
        if part is None:
            yield State(_("Missing: %(language)s", language=NATIVE_NAMES[lang]), "stop")
    if pair.older:
        yield State(_("Older: %(language)s", language=NATIVE_NAMES[pair.older]), "wait")
    for difference in pair.differences:
        if difference is not Difference.MISSING:
            yield State(_DIFFERENCES[difference](), "stop")


_DIFFERENCES: dict[Difference, Callable[[], str]] = {
    Difference.ORDER: lambda: _("In another order"),
    Difference.PRACTICE: lambda: _("Other practice questions"),
    Difference.TESTIMONIES: lambda: _("Other testimonies"),
    Difference.FACTS: lambda: _("Other facts"),
    Difference.KIND: lambda: _("Another kind of question"),
    Difference.OPTIONS: lambda: _("Another number of answers"),
    Difference.RIGHT: lambda: _("Other right answers"),
    Difference.POINTS: lambda: _("Other points"),
    Difference.POOL: lambda: _("Another pool"),
    Difference.GATES: lambda: _("Other rules for passing"),
}


def _section_lines(section: Section) -> Iterator[str]:
    """Yield the text of a section as it is typed."""
    for block in section.blocks:
        match block:
            case Prose():
                yield block.markdown
            case TestimonyCall():
                yield f"[[testimony: {block.testimony_id}]]"
            case Item():
                yield "\n".join([f"### {block.prompt}", *_item_lines(block)])


def _item_lines(item: Item) -> Iterator[str]:
    """Yield a question's texts and answers as they are typed."""
    if item.body:
        yield item.body
    if item.hint:
        yield f"> {item.hint}"
    yield "\n".join(_answers(item))
    if item.explanation:
        yield f"> {item.explanation}"


def _answers(item: Item) -> Iterator[str]:
    box = "[{}]" if item.kind is ItemKind.MULTIPLE else "({})"
    for choice in item.choices:
        yield f"- {box.format('x' if choice.correct else ' ')} {choice.text}"
        if choice.feedback:
            yield f"  > {choice.feedback}"
    for pair in item.pairs:
        yield f"- {pair.left} -> {pair.right}"
    for place, step in enumerate(item.steps, start=1):
        yield f"{place}. {step}"
    for word in item.accepted:
        yield f"- = {word}"
    for key in item.numbers:
        yield f"- = {_number(key.value)}" + (
            f" +- {_number(key.tolerance)}" if key.tolerance else ""
        )
    if item.kind is ItemKind.OPEN:
        yield "____"


def _number(value: Fraction) -> str:
    return str(value.numerator if value.denominator == 1 else float(value))


def lag_text(lag: Lag) -> str:
    """Say how far one language is behind the other, and by when it is to follow."""
    names = {
        "language": NATIVE_NAMES.get(lag.language, lag.language),
        "twin": NATIVE_NAMES.get(lag.twin, lag.twin),
    }
    if lag.is_missing:
        said = _("%(language)s has no file yet; %(twin)s has.", **names)
    else:
        said = _("%(language)s is behind %(twin)s since %(day)s.", day=day_text(lag.since), **names)
    if lag.term is None:
        return said
    if lag.is_late:
        term = _("The term of %(days)s days is over: this refuses publication.", days=lag.term.days)
    else:
        left = lag.term.days - lag.days
        term = plural("%(num)s day is left before this refuses publication.",
                      "%(num)s days are left before this refuses publication.", left)  # fmt: skip
    return f"{said} {term}"
