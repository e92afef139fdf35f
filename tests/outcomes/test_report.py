"""The year's page says what became of the files, and nothing about fewer than ten people."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.exchange.models import ExchangeMessage
from lms.outcomes.costs import AmountError, NewCost, PeriodError, cents_within, enter_cost
from lms.outcomes.figures import Figures
from lms.outcomes.plain import as_document, from_document
from lms.outcomes.publication import publications, publish_figures
from lms.outcomes.queries import Period, years_of
from lms.outcomes.report import year_figures
from lms.surveys.service import answer
from lms.surveys.sheet import Wave
from tests.factories import KEYS, NOW, make_agency, make_cohort, make_programme, make_user
from tests.outcomes.samples import FORTY, START, TODAY, make_file, make_files
from tests.surveys.samples import publish_survey, sheet


def shown(figures: Figures) -> dict[str, int | None]:
    return dict(figures.way.total.cells)


def test_forty_files_of_a_year(db: Session) -> None:
    make_files(db, FORTY)
    figures = year_figures(db, 2026, TODAY)
    assert shown(figures) == {
        "referred": 40,
        "eligible": 40,
        "enrolled": 40,
        "under_way": None,
        "completed": 36,
        "returned": None,
        "withdrawn": None,
    }
    assert figures.completion is not None
    assert (figures.completion.n, figures.completion.share) == (40, 0.9)
    assert [(one.name, one.lower, one.median, one.upper) for one in figures.spans] == [
        ("to_enrolment", 7, 7, 7),
        ("to_completion", 30, 30, 30),
        ("whole", 37, 37, 37),
    ]
    (group,) = figures.way.cohorts
    assert group.cells["completed"] == 36
    (month,) = figures.way.months
    assert (month.name, month.cells["referred"]) == ("2026-03-01", 40)


def test_a_file_that_was_called_off_is_counted_nowhere(db: Session) -> None:
    agency = make_agency(db)
    make_files(db, {"completed": 20}, agency=agency)
    for state in ("cancelled", "closed", "purged"):
        make_file(db, agency, START, state=state)
    assert shown(year_figures(db, 2026, TODAY))["referred"] == 20


def test_who_is_not_enrolled_yet_is_referred_and_nothing_more(db: Session) -> None:
    agency = make_agency(db)
    make_files(db, {"completed": 20}, agency=agency)
    for _ in range(15):
        make_file(db, agency, START, state="ready")
    found = shown(year_figures(db, 2026, TODAY))
    assert (found["referred"], found["enrolled"], found["completed"]) == (35, 20, 20)


def test_a_year_begins_and_ends_at_midnight_in_longueuil(db: Session) -> None:
    """New Year's Eve, 23:30 in Longueuil, is the next year in Greenwich."""
    late = START.replace(month=12, day=31) + timedelta(hours=13, minutes=30)
    agency = make_agency(db)
    for _ in range(10):
        make_file(db, agency, late)
    assert shown(year_figures(db, 2026, TODAY))["referred"] == 10
    assert shown(year_figures(db, 2027, TODAY))["referred"] is None
    assert years_of(db, TODAY.replace(year=2028)) == (2028, 2027, 2026)


def test_small_groups_are_not_told_apart(db: Session) -> None:
    agency = make_agency(db)
    for _ in range(4):
        make_files(db, {"completed": 4, "withdrawn": 1}, cohort=make_cohort(db), agency=agency)
    figures = year_figures(db, 2026, TODAY)
    assert shown(figures)["completed"] == 16
    for group in figures.way.cohorts:
        assert set(group.cells.values()) == {None}


def publish(db: Session, figures: Figures) -> None:
    publish_figures(db, figures, by="site", key=KEYS.audit, now=NOW)


def test_a_publication_is_read_again_as_it_was(db: Session) -> None:
    make_files(db, FORTY)
    figures = year_figures(db, 2026, TODAY)
    publish(db, figures)
    (kept,) = publications(db, 2026)
    assert kept.figures == figures
    assert publications(db, 2025) == ()
    document = json.loads(json.dumps(as_document(figures)))
    assert from_document(Figures, document) == figures


def test_what_changed_by_a_few_since_the_last_publication_is_not_published_again(
    db: Session,
) -> None:
    cohort, agency = make_cohort(db), make_agency(db)
    make_files(db, {"completed": 20, "under_way": 20}, cohort=cohort, agency=agency)
    publish(db, year_figures(db, 2026, TODAY))
    make_files(db, {"completed": 3}, cohort=cohort, agency=agency)
    second = year_figures(db, 2026, TODAY)
    assert shown(second)["completed"] is None
    assert shown(second)["referred"] is None
    assert second.completion is None
    publish(db, second)
    make_files(db, {"completed": 7}, cohort=cohort, agency=agency)
    third = shown(year_figures(db, 2026, TODAY))
    assert (third["completed"], third["referred"]) == (30, 50)


def test_what_has_not_changed_is_published_again(db: Session) -> None:
    make_files(db, FORTY)
    first = year_figures(db, 2026, TODAY)
    publish(db, first)
    assert year_figures(db, 2026, TODAY) == first


def answer_both(db: Session, tokens: range, *, gain: int = 1) -> None:
    for token in tokens:
        early = token % 2
        for wave, place in ((Wave.BEFORE, early), (Wave.AFTER, early + gain)):
            answer(db, sheet(f"{token:064}", wave=wave, straight=place, turned=2 - place))


def test_the_survey_is_told_from_ten_pairs_up(db: Session) -> None:
    publish_survey(db)
    answer_both(db, range(9))
    figures = year_figures(db, 2026, TODAY).survey
    assert figures is not None
    assert (figures.paired, figures.everybody, figures.questions) == (None, None, ())
    answer_both(db, range(9, 10))
    figures = year_figures(db, 2026, TODAY).survey
    assert figures is not None
    assert figures.paired is not None
    assert (figures.paired.n_before, figures.paired.difference) == (10, 1)
    assert [(one.name, one.difference) for one in figures.questions] == [
        ("straight", 1),
        ("turned", 1),
    ]


def test_one_more_sheet_than_last_time_is_not_told(db: Session) -> None:
    publish_survey(db)
    answer_both(db, range(12))
    publish(db, year_figures(db, 2026, TODAY))
    answer_both(db, range(12, 13))
    figures = year_figures(db, 2026, TODAY).survey
    assert figures is not None
    assert figures.paired is None
    answer_both(db, range(13, 22))
    figures = year_figures(db, 2026, TODAY).survey
    assert figures is not None
    assert figures.paired is not None
    assert figures.paired.n_after == 22


def message(db: Session, number: int, kind: str, direction: str = "in") -> None:
    agency = make_agency(db)
    db.add(
        ExchangeMessage(
            programme_id=agency.programme_id,
            agency_id=agency.id,
            direction=direction,
            number=number,
            kind=kind,
            body={},
            digest="0" * 64,
            signature="0" * 128,
            key_id="0" * 16,
            carrier="file",
            at=START,
        )
    )


def test_exchanges_are_counted_by_kind_and_a_few_are_not_told(db: Session) -> None:
    for number in range(14):
        message(db, number, "status", "out")
    for number in range(12):
        message(db, number, "referral")
    message(db, 99, "cancel")
    db.flush()
    rows = {one.name: one.cells["messages"] for one in year_figures(db, 2026, TODAY).exchange}
    assert rows["total"] == 27
    assert rows["status"] == 14
    assert rows["cancel"] is None
    assert rows["referral"] is None  # the total less the others would give the one
    assert "deadline" not in rows  # there was none


def enter(db: Session, cents: int, period: Period) -> None:
    user = make_user(db, role=Role.COORDINATOR)
    new = NewCost("Salle", period, cents)
    enter_cost(db, make_programme(db), new, by=user.id, key=KEYS.audit, now=NOW)


def test_costs_are_shared_out_by_days_and_told_for_each_completed_file(db: Session) -> None:
    make_files(db, {"completed": 20})
    enter(db, 1_000_00, Period.of_year(2026))
    across = Period(TODAY.replace(month=12, day=1), TODAY.replace(year=2027, month=1, day=31))
    enter(db, 62_00, across)
    costs = year_figures(db, 2026, TODAY).costs
    assert [one.cents for one in costs.rows] == [1_000_00, 31_00]
    assert (costs.total, costs.per_completed) == (1_031_00, 51_55)
    assert cents_within(across, 62_00, Period.of_year(2025)) == 0


def test_what_each_completion_costs_is_not_told_where_their_number_is_not(db: Session) -> None:
    make_files(db, {"completed": 9})
    enter(db, 1_000_00, Period.of_year(2026))
    assert year_figures(db, 2026, TODAY).costs.per_completed is None


def test_a_cost_has_a_period_that_ends_after_it_begins_and_an_amount(db: Session) -> None:
    with pytest.raises(PeriodError):
        enter(db, 1, Period(TODAY, TODAY - timedelta(days=1)))
    for cents in (0, 100_000_000_01):
        with pytest.raises(AmountError):
            enter(db, cents, Period.of_year(2026))
