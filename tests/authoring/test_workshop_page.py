"""docs/WORKSHOP.md tells authors what can happen to a draft; it says what the code does."""

from pathlib import Path

from lms.authoring.states import DraftAct, DraftState, after

PAGE = Path(__file__).parents[2] / "docs" / "WORKSHOP.md"
ACTS = [act for act in DraftAct if act is not DraftAct.START]


def state_table() -> str:
    """Write the table of states and acts as the page shows it."""
    head = ["a draft that is", *ACTS]
    rows = [[state, *(after(state, act) or "–" for act in ACTS)] for state in DraftState]
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|---|" + "---|" * len(ACTS), *lines[1:]])


def test_the_table_of_states_on_the_authors_page_is_the_one_that_the_code_obeys() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = page.partition("<!-- states:")[2].partition("-->\n")[2].partition("\n<!-- end -->")[0]
    assert shown == state_table()
