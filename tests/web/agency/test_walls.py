"""What the agency's code can reach at all: the limits hold whatever a view is made to say."""

import ast

from lms.agencies import status_view
from lms.kernel.table import Base
from tests.rules.source import ROOT, name_of, nodes, python_files

# Everything outside lms.web that an agency's pages may import; the first three read or do.
REACHED = {
    "lms.agencies.status_view",
    "lms.completion.match",
    "lms.journey.agency_files",
    "lms.accounts.roles",
    "lms.accounts.second_factor",
    "lms.content.words",
    "lms.kernel.days",
    "lms.kernel.errors",
    "lms.referrals.eligibility",
    "lms.referrals.service",
}
WEB = {"lms.web.agency", "lms.web.db", "lms.web.form", "lms.web.paging", "lms.web.request",
       "lms.web.surface", "lms.web.view_log", "lms.web.words"}  # fmt: skip
ERRORS = {"DeadlineError", "ReferenceUsedError"}  # all that is taken of the referrals' service
ASKING = {"select", "text", "execute", "scalar", "scalars", "query", "get_one", "exec_driver_sql"}
VIEWS = python_files("lms/web/agency")
FIVE = {"agency_id", "reference", "status", "deadline", "code_state"}
NAMES = {"id", "agency_id", "referred_by", "reference", "referred_at", "state_since", "outcome_on"}
HEADS = {"agency_id", "referral_id", "direction", "number", "kind", "at"}


def imported(node: ast.AST) -> list[tuple[str, str]]:
    """Give what a statement brings in of the product: the module, and the name."""
    if isinstance(node, ast.Import):
        return [(one.name, "") for one in node.names if one.name.startswith("lms")]
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lms"):
        return [(node.module or "", one.name) for one in node.names]
    return []


def test_the_agencys_pages_read_through_one_door_that_knows_nothing_of_learning() -> None:
    assert len(VIEWS) >= 6
    found = {pair for path in VIEWS for node in nodes(path) for pair in imported(node)}
    outside = {module for module, _name in found if not module.startswith("lms.web")}
    assert outside <= REACHED
    inside = {module for module, _name in found if module.startswith("lms.web")}
    assert {one for one in inside if not one.startswith("lms.web.agency")} <= WEB
    assert {name for module, name in found if module == "lms.referrals.service"} <= ERRORS


def test_no_view_of_an_agency_asks_the_database_itself() -> None:
    asked = [
        f"{name_of(path)}:{node.lineno}"
        for path in VIEWS
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", "") or getattr(node.func, "id", "")) in ASKING
    ]
    assert asked == []


def test_the_door_knows_three_tables_by_a_few_of_their_columns() -> None:
    known = status_view._known  # noqa: SLF001 - this is what the test is about
    columns = {name: set(table.columns.keys()) for name, table in known.tables.items()}
    assert columns == {"agency_view": FIVE, "referral": NAMES, "exchange_message": HEADS}
    assert "agency_view" not in Base.metadata.tables
    assert known is not Base.metadata


def test_the_door_itself_reaches_no_table_but_those() -> None:
    path = ROOT / "lms" / "agencies" / "status_view.py"
    found = {module for node in nodes(path) for module, _name in imported(node)}
    assert found == {"lms.agencies.queries", "lms.kernel.days", "lms.kernel.table"}
    text = [node for node in nodes(path) if isinstance(node, ast.Call)
            and getattr(node.func, "id", "") in {"text", "literal_column"}]  # fmt: skip
    assert text == []
