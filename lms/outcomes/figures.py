"""The year's page as values: what may be shown, and nothing else. None stands for "not shown"."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: `name` tells it from the others, `cells` are by column."""

    name: str
    label: str
    cells: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Way:
    """From referral to outcome: of all files of the year, by group, by month of referral."""

    total: Row
    cohorts: tuple[Row, ...]
    months: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a group of `n`, with its interval."""

    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SpanRow:
    """How long a step took: median and quartiles, in days."""

    name: str
    lower: int | None = None
    median: int | None = None
    upper: int | None = None


@dataclass(frozen=True, slots=True)
class CostRow:
    """What something cost, as far as it falls into the year; in cents."""

    label: str
    from_day: str
    until_day: str
    cents: int


@dataclass(frozen=True, slots=True)
class Costs:
    """All costs of the year, and how much that is for each completed file."""

    rows: tuple[CostRow, ...] = ()
    total: int = 0
    per_completed: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """The change of one question, or of the whole survey (`name` is empty)."""

    name: str
    n_before: int
    n_after: int
    before: float
    after: float
    difference: float
    low: float
    high: float
    g: float | None
    g_low: float | None
    g_high: float | None
    d_z: float | None


@dataclass(frozen=True, slots=True)
class SurveyFigures:
    """What changed from before to after: paired, question by question, and of all sheets."""

    survey_id: str
    most: int  # the highest place on the scale, from 0
    paired: ChangeRow | None = None
    questions: tuple[ChangeRow, ...] = ()
    everybody: ChangeRow | None = None


@dataclass(frozen=True, slots=True)
class TermRate:
    """Of those who completed, how many the agency knows again at so many months."""

    months: int
    rate: Share | None
    first_year: int | None = None  # of the completions that were followed
    last_year: int | None = None


@dataclass(frozen=True, slots=True)
class CurveStep:
    """The share that is not known again from this month on."""

    months: float
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class CurveFigures:
    """The curve of those who completed, drawn as far as ten are at risk."""

    n: int
    until: float
    steps: tuple[CurveStep, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people that a figure is about: how many, and a mark of exactly whom."""

    n: int
    mark: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one year as they stood on a day; `groups` are those that figures are about."""

    year: int
    as_of: str
    way: Way
    exchange: tuple[Row, ...]  # the first is the total
    completion: Share | None = None
    spans: tuple[SpanRow, ...] = ()
    costs: Costs = Costs()
    survey: SurveyFigures | None = None
    follow_up: tuple[TermRate, ...] = ()
    curve: CurveFigures | None = None
    groups: Mapping[str, Group] = field(default_factory=dict)
