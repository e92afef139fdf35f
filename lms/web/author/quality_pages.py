"""What the pages of measures show: numbers in words, and bars beside their table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import format_decimal

from lms.content.check_reading import FEWEST_WORDS, HARDEST_GRADE
from lms.content.quality import (
    LengthBias,
    Links,
    ModuleQuality,
    PoolQuality,
    SectionQuality,
    grade_range,
)
from lms.web.author.folder import Folder
from lms.web.author.pages import printable
from lms.web.frame import NATIVE_NAMES
from lms.web.sparkline import Sparkline, sparkline
from lms.web.words import _, plural

_MOST_GRADE = 17.0
_MANY = 0.5  # of the questions betray their answer: more than half, and more than chance


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column, as the table of the components takes it."""

    label: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the small table: what is measured, what was found, and whether to look at it."""

    name: str
    value: str
    is_telling: bool = False


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One page of the module in the table under the bars."""

    title: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LanguageMeasures:
    """One language of a module: the small table, the bars, the pages, the links outside."""

    lang: str
    name: str
    facts: tuple[Measure, ...]
    grades: Sparkline
    minutes: Sparkline
    columns: tuple[Column, ...]
    rows: tuple[SectionRow, ...]
    outside: tuple[str, ...]
    due: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One module in one language, in the table of all."""

    title: str
    lang: str
    language: str
    url: str
    grades: Sparkline
    cells: tuple[str, ...]


def language_measures(found: ModuleQuality) -> LanguageMeasures:
    """Give the measures of a module in one language."""
    return LanguageMeasures(
        lang=found.language,
        name=NATIVE_NAMES.get(found.language, found.language),
        facts=tuple(_facts(found)),
        grades=_grades(found),
        minutes=_minutes(found),
        columns=_columns(),
        rows=tuple(_section_row(found, section) for section in found.sections),
        outside=tuple(printable(one) for one in found.links.outside),
        due=tuple((one, url_for("author.fact", fact_id=one)) for one in found.facts_due),
    )


def _facts(found: ModuleQuality) -> Iterator[Measure]:
    yield Measure(
        _("Reading grade of the hardest page"),
        grade_text(found.hardest, found.language),
        found.hardest is not None and found.hardest > HARDEST_GRADE,
    )
    yield Measure(_("Minutes, as the author says"), str(found.minutes))
    yield Measure(_("Minutes, by the number of words"), _decimal(found.word_minutes))
    yield Measure(_("Questions"), str(found.questions))
    for pool in found.pools:
        yield _pool_fact(pool)
    yield _bias_fact(found.bias)
    yield Measure(_("Links within the content"), _inside_text(found.links), found.links.dead > 0)
    yield Measure(_("Links to other sites"), str(len(found.links.outside)))
    yield Measure(_("Pictures, sound and film"), _pictures_text(found), found.bare_pictures > 0)
    yield Measure(_("Facts"), _facts_text(found), bool(found.facts_due))


def _pool_fact(pool: PoolQuality) -> Measure:
    value = _("%(drawn)s of %(size)s are asked", drawn=pool.drawn, size=pool.size)
    if not pool.is_enough_for_retake:
        value = _("%(drawn)s of %(size)s are asked: too few for a retake with new ones",
                  drawn=pool.drawn, size=pool.size)  # fmt: skip
    return Measure(_("Pool “%(pool)s”", pool=printable(pool.name)), value,
                not pool.is_enough_for_retake)  # fmt: skip


def _bias_fact(bias: LengthBias) -> Measure:
    """Say in how many questions the longest option is right, beside what chance would give."""
    name = _("Longest option is the right one")
    if not bias.asked:
        return Measure(name, _("no question has one right option"))
    value = _("%(longest)s of %(asked)s questions; chance gives about %(chance)s",
              longest=bias.longest, asked=bias.asked, chance=_decimal(bias.chance))  # fmt: skip
    return Measure(name, value, bias.longest > max(bias.chance, _MANY * bias.asked))


def _inside_text(links: Links) -> str:
    if not links.dead:
        return str(links.inside)
    return plural("%(all)s; %(num)s leads nowhere", "%(all)s; %(num)s lead nowhere",
                  links.dead, all=links.inside)  # fmt: skip


def _pictures_text(found: ModuleQuality | SectionQuality) -> str:
    if not found.bare_pictures:
        return str(found.pictures)
    return plural("%(all)s; %(num)s without words", "%(all)s; %(num)s without words",
                  found.bare_pictures, all=found.pictures)  # fmt: skip


def _facts_text(found: ModuleQuality | SectionQuality) -> str:
    if not found.facts_due:
        return str(found.facts)
    return plural("%(all)s; %(num)s past its review", "%(all)s; %(num)s past their review",
                  len(found.facts_due), all=found.facts)  # fmt: skip


def grade_text(grade: float | None, language: str) -> str:
    """Say a grade as the range that it stands for: no formula is exact."""
    if grade is None:
        return _("too few words to say")
    low, high = grade_range(grade, language)
    if low == high:
        return _("about %(grade)s", grade=low)
    return _("about %(low)s to %(high)s", low=low, high=high)


def _grades(found: ModuleQuality) -> Sparkline:
    name = NATIVE_NAMES.get(found.language, found.language)
    title = _("Reading grade page by page, %(language)s: at most %(grade)s. The line is grade "
              "%(limit)s.", language=name, grade=grade_text(found.hardest, found.language),
              limit=HARDEST_GRADE)  # fmt: skip
    grades = [section.grade for section in found.sections]
    return sparkline(title, grades, limit=HARDEST_GRADE, most=_MOST_GRADE)


def _minutes(found: ModuleQuality) -> Sparkline:
    minutes = [section.word_minutes for section in found.sections]
    title = _("Minutes page by page, %(language)s: from %(low)s to %(high)s.",
              language=NATIVE_NAMES.get(found.language, found.language),
              low=_decimal(min(minutes, default=0)),
              high=_decimal(max(minutes, default=0)))  # fmt: skip
    return sparkline(title, minutes)


def _columns() -> tuple[Column, ...]:
    names = (
        _("Page"),
        _("Reading grade"),
        _("Minutes by words"),
        _("Minutes by the author"),
        _("Questions of the quiz"),
        _("For practice"),
        _("Facts"),
        _("Links"),
        _("Pictures"),
    )
    return tuple(map(Column, names))


def _section_row(found: ModuleQuality, section: SectionQuality) -> SectionRow:
    return SectionRow(
        title=printable(section.title),
        cells=(
            grade_text(section.grade, found.language),
            _decimal(section.word_minutes),
            _decimal(section.author_seconds / 60),
            str(section.questions),
            str(section.practice),
            _facts_text(section),
            _links_text(section.links),
            _pictures_text(section),
        ),
    )


def _links_text(links: Links) -> str:
    if not links.outside:
        return _inside_text(links)
    return _("%(inside)s; to other sites: %(outside)s",
             inside=_inside_text(links), outside=len(links.outside))  # fmt: skip


def overview_rows(folder: Folder, found: Sequence[ModuleQuality]) -> tuple[OverviewRow, ...]:
    """Give every module in every language as a line of one table."""
    return tuple(
        OverviewRow(
            title=f"{folder.numbers[one.path]}. {printable(one.title)}",
            lang=one.language,
            language=NATIVE_NAMES.get(one.language, one.language),
            url=url_for("author.quality", number=folder.numbers[one.path]),
            grades=_grades(one),
            cells=tuple(_overview_cells(one)),
        )
        for one in found
        if one.path in folder.numbers
    )


def _overview_cells(one: ModuleQuality) -> Iterator[str]:
    yield grade_text(one.hardest, one.language)
    yield _("%(words)s by words, %(author)s by the author",
            words=_decimal(one.word_minutes), author=one.minutes)  # fmt: skip
    yield str(one.questions)
    short = sum(not pool.is_enough_for_retake for pool in one.pools)
    yield plural("%(num)s pool too small", "%(num)s pools too small", short) if short else _("none")
    yield _("%(longest)s of %(asked)s, by chance %(chance)s",
            longest=one.bias.longest, asked=one.bias.asked,
            chance=_decimal(one.bias.chance))  # fmt: skip
    yield _links_text(one.links)
    yield _pictures_text(one)
    yield _facts_text(one)


def overview_columns() -> tuple[Column, ...]:
    """Name the columns of the table of all modules."""
    names = (
        _("Module"),
        _("Language"),
        _("Reading grade page by page"),
        _("Hardest page"),
        _("Minutes"),
        _("Questions"),
        _("Pools too small for a retake"),
        _("Longest option right"),
        _("Links"),
        _("Pictures"),
        _("Facts"),
    )
    return tuple(map(Column, names))


def few_words_text() -> str:
    """Say what the formulas are, and how little a grade says."""
    return _("A grade is an estimate of the years of school that a text asks for, from the length "
             "of its sentences and words alone: Flesch-Kincaid in English, Kandel and Moles in "
             "French, read by Flesch’s table. It knows nothing of the sense. Pages of fewer than "
             "%(words)s words have none.", words=FEWEST_WORDS)  # fmt: skip


def _decimal(value: float) -> str:
    return str(format_decimal(round(value, 1)))
