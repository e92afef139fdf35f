"""A table that cannot be read says so by its line, and nothing is guessed."""

import pytest

from lms.item_analysis.matrix import MatrixError, read_matrix


def test_a_table_gives_scores_and_empty_cells_are_items_not_asked() -> None:
    matrix = read_matrix(["consent, signs", "1,0.5", "", " ,0"])
    assert matrix.items == ("consent", "signs")
    assert matrix.people == ((1.0, 0.5), (None, 0.0))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "line 1: the id of each item"),
        (["a,,b", "1,1,1"], "line 1: the id of each item"),
        (["a,a", "1,1"], "line 1: the id of each item"),
        (["a,b", "1"], "line 2: 2 cells are wanted, 1 are there"),
        (["a,b", "1,1", "1,2"], "line 3: a score from 0 to 1 is wanted, not '2'"),
        (["a,b", "1,yes"], "line 2: a score from 0 to 1 is wanted, not 'yes'"),
        (["a,b", "1,nan"], "line 2: a score from 0 to 1 is wanted, not 'nan'"),
        (["a,b", "1,-0.1"], "line 2: a score from 0 to 1 is wanted, not '-0.1'"),
    ],
)
def test_a_fault_names_its_line(lines: list[str], message: str) -> None:
    with pytest.raises(MatrixError, match=message):
        read_matrix(lines)
