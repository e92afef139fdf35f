"""The coordinator reads what the programme did in a year, publishes it and prints it."""

import csv
import io
import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.agencies.models import Agency
from lms.kernel.audit import AuditEntry
from lms.outcomes.models import FollowUp, ProgrammeCost
from lms.surveys.service import answer
from lms.surveys.sheet import Wave
from tests.factories import make_agency
from tests.outcomes.samples import FORTY, make_files
from tests.pdf import text_of
from tests.surveys.samples import publish_survey, sheet
from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.site import Site
from tests.web.wellmade import page_faults

PAGE = "/fr/coordinator/programme"
COSTS = f"{PAGE}/costs"
FOLLOW_UP = f"{PAGE}/follow-up"


@pytest.fixture
def coordinator(site: Site) -> Browser:
    """Give a coordinator's browser."""
    return site.staff(Role.COORDINATOR)


def forty(db: Session) -> None:
    """Make forty files, and twelve pairs of sheets."""
    make_files(db, FORTY)
    publish_survey(db)
    for number in range(12):
        early = number % 2
        for wave, place in ((Wave.BEFORE, early), (Wave.AFTER, early + 1)):
            answer(db, sheet(f"{number:064}", wave=wave, straight=place, turned=2 - place))


def cells(page: str, table: str) -> list[list[str]]:
    """Give the rows of a table, its head first."""
    body = page[page.index(f'<table id="{table}"') :]
    rows = re.findall(r"<tr>(.*?)</tr>", body[: body.index("</table>")], re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in rows
    ]


def test_the_page_of_a_year_with_nothing_in_it(coordinator: Browser) -> None:
    for lang in ("fr", "en"):
        response = coordinator.get(f"/{lang}/coordinator/programme")
        assert response.status_code == 200
        assert list(page_faults(response, lang)) == []


def test_forty_files_on_the_page(site: Site, coordinator: Browser) -> None:
    site.do(forty)
    response = coordinator.get(f"{PAGE}?year=2026")
    assert list(page_faults(response, "fr")) == []
    assert cells(response.text, "groups")[-1][1:] == ["40", "40", "40", "–", "36", "–", "–"]
    assert cells(response.text, "months")[1][1:] == ["40", "40", "40", "–", "36", "–", "–"]
    assert [row[1:] for row in cells(response.text, "times")[1:]] == [
        ["7", "7", "7"],
        ["30", "30", "30"],
        ["37", "37", "37"],
    ]
    survey = cells(response.text, "survey")
    assert survey[1][1] == "12, 12"
    assert survey[1][4].startswith("1,00")
    assert len(survey) == 4


def test_beside_the_rate_stands_what_others_said_of_other_programmes(coordinator: Browser) -> None:
    page = Html.of(coordinator.get("/en/coordinator/programme").text).text
    for fact in ("(P02)", "(P03)", "(P15)", "(P20)", "(P22)", "(P25)"):
        assert fact in page
    assert "not a result of this one" in page
    assert "Known again is not the same as having done it again" in page


def test_mobilis_has_its_own_columns_and_its_own_figures(coordinator: Browser) -> None:
    head, mobilis, here = cells(coordinator.get("/en/coordinator/programme").text, "mobilis")
    assert len(head) == 7
    assert mobilis[1:3] == ["90", "81"]
    assert mobilis[4:6] == ["238", "81"]
    assert "553,000" in mobilis[6]
    assert here[1:5] == ["not kept here"] * 4


@pytest.mark.parametrize("year", ["2019", "x", "-1", ""])
def test_a_year_that_is_not_offered_is_this_year_or_refused(
    coordinator: Browser, year: str
) -> None:
    assert "2026" in coordinator.page(f"{PAGE}?year={year}").h1
    refused = coordinator.post(PAGE, {"year": year})
    assert refused.status_code == 422
    assert list(page_faults(refused, "fr")) == []


def test_a_publication_is_on_the_audit_chain_and_can_be_downloaded(
    site: Site, coordinator: Browser
) -> None:
    site.do(forty)
    assert coordinator.get(f"{PAGE}.pdf").status_code == 404
    assert coordinator.get(f"{PAGE}.csv").status_code == 404
    done = coordinator.post(PAGE, {"year": "2026"})
    assert (done.status_code, done.location) == (303, f"{PAGE}?year=2026")
    with site.database.read() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.act == "publish-figures")).one()
    assert entry.subject == "figures:2026"
    page = coordinator.page(f"{PAGE}?year=2026")
    links = [url for url in page.links() if f"edition={entry.number}" in url]
    assert len(links) == 2
    for url in links:
        assert coordinator.get(url).status_code == 200
    assert coordinator.get(f"{PAGE}.pdf?edition=9999").status_code == 404
    assert coordinator.get(f"{PAGE}.pdf?edition=x").status_code == 404


def test_what_is_downloaded_stays_what_was_published(site: Site, coordinator: Browser) -> None:
    site.do(forty)
    coordinator.post(PAGE, {"year": "2026"})
    first = coordinator.get(f"{PAGE}.csv").data
    site.do(make_files, {"completed": 14})
    assert coordinator.get(f"{PAGE}.csv").data == first


def test_the_spreadsheet_holds_every_figure_once_and_none_below_ten(
    site: Site, coordinator: Browser
) -> None:
    site.do(forty)
    coordinator.post(PAGE, {"year": "2026"})
    response = coordinator.get(f"{PAGE}.csv")
    assert response.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert rows[0] == ["table", "row", "column", "value"]
    found = {(row[0], row[1], row[2]): row[3] for row in rows[1:]}
    assert len(found) == len(rows) - 1
    assert found["files", "", "completed"] == "36"
    assert found["files", "", "withdrawn"] == ""
    assert found["survey", "paired", "n_before"] == "12"
    counts = [v for (table, _, _), v in found.items() if table.startswith("files") and v]
    assert all(int(value) >= 10 for value in counts)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_paper_is_accessible_and_says_the_same(
    site: Site, coordinator: Browser, lang: str
) -> None:
    site.do(forty)
    coordinator.post(PAGE, {"year": "2026"})
    response = coordinator.get(f"/{lang}/coordinator/programme.pdf")
    assert response.mimetype == "application/pdf"
    assert "2026" in response.headers["Content-Disposition"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in response.data
    assert f"{lang}-CA".encode() in response.data
    text = text_of(response.data)
    for words in ("2026", "36", "(P02)", "(P25)", "MOBILIS", "12,12"):
        assert words in text


COST = {"label": "Salle", "first": "2026-01-01", "last": "2026-12-31", "amount": "1 250,50"}


def test_a_cost_is_entered_and_shown(site: Site, coordinator: Browser) -> None:
    done = coordinator.post(COSTS, COST)
    assert (done.status_code, done.location) == (303, COSTS)
    with site.database.read() as db:
        (cost,) = db.scalars(select(ProgrammeCost))
        acts = set(db.scalars(select(AuditEntry.act)))
    assert (cost.label, cost.cents) == ("Salle", 125050)
    assert "enter-cost" in acts
    assert "1\u00a0250,50" in coordinator.get(COSTS).text
    assert coordinator.post(COSTS, {**COST, "amount": "−1250,50"}).status_code == 303
    assert cells(coordinator.get(PAGE).text, "costs")[-1][-1].startswith("0,00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": " "},
        {"label": "x" * 121},
        {"first": "gestern"},
        {"last": "2025-01-01"},
        {"amount": "viel"},
        {"amount": "0"},
        {"amount": "1,5"},
        {"amount": "1e9"},
        {"amount": "²"},
    ],
)
def test_a_cost_that_cannot_be_is_refused_and_what_was_typed_stays(
    site: Site, coordinator: Browser, wrong: dict[str, str]
) -> None:
    response = coordinator.post(COSTS, COST | wrong)
    assert response.status_code == 422
    assert list(page_faults(response, "fr")) == []
    kept = {one["name"]: one["value"] for one in Html.of(response.text).all("input")}
    assert kept["first"] == (COST | wrong)["first"]
    with site.database.read() as db:
        assert db.scalar(select(func.count()).select_from(ProgrammeCost)) == 0


def two_agencies(db: Session) -> tuple[Agency, list[str], Agency]:
    """Make an agency with two completed files a long time ago, and another one."""
    agency = make_agency(db)
    files = make_files(db, {"completed": 2}, agency=agency)
    for one in files:
        one.outcome_on = one.outcome_on and one.outcome_on.replace(year=2024)
    return agency, [str(one.reference) for one in files], make_agency(db)


def test_reports_are_pasted_and_kept(site: Site, coordinator: Browser) -> None:
    agency, (one, other), _ = site.do(two_agencies)
    lines = f"reference;months;known;month\n{one};12;non;\n{other};24;Oui;2025-02\n\n"
    done = coordinator.post(FOLLOW_UP, {"agency": str(agency.id), "lines": lines})
    assert (done.status_code, done.location) == (303, PAGE)
    with site.database.read() as db:
        kept = db.scalars(select(FollowUp).order_by(FollowUp.months)).all()
    assert [(row.months, row.known_again, str(row.known_on)) for row in kept] == [
        (12, False, "None"),
        (24, True, "2025-02-01"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "{one}",
        "{one},13,no",
        "{one},12,perhaps",
        "{one},12,yes,May 2025",
        "nobody,12,no",
        "{one},12,yes,2019-01",
        "{one},12,no,2025-01",
        "{other},12,no",
    ],
)
def test_one_wrong_line_and_nothing_is_kept(site: Site, coordinator: Browser, wrong: str) -> None:
    agency, (one, other), _ = site.do(two_agencies)
    lines = f"{other},12,no\n" + wrong.format(one=one, other=other)
    response = coordinator.post(FOLLOW_UP, {"agency": str(agency.id), "lines": lines})
    assert response.status_code == 422
    assert list(page_faults(response, "fr")) == []
    assert re.search(r"<li>[^<]*2", response.text)  # the line is named
    assert lines.splitlines()[0] in response.text
    with site.database.read() as db:
        assert db.scalar(select(func.count()).select_from(FollowUp)) == 0


def test_the_references_of_another_agency_are_unknown(site: Site, coordinator: Browser) -> None:
    _, (one, _other), stranger = site.do(two_agencies)
    fields = {"agency": str(stranger.id), "lines": f"{one},12,no"}
    assert coordinator.post(FOLLOW_UP, fields).status_code == 422
    with site.database.read() as db:
        assert db.scalar(select(func.count()).select_from(FollowUp)) == 0


@pytest.mark.parametrize("lines", ["", "  \n ", "reference,months,known"])
def test_nothing_pasted_is_nothing_kept(site: Site, coordinator: Browser, lines: str) -> None:
    agency, _, _ = site.do(two_agencies)
    fields = {"agency": str(agency.id), "lines": lines}
    assert coordinator.post(FOLLOW_UP, fields).status_code == 422
