"""Somebody with answers from elsewhere has them analysed without giving them to the product."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli.results import results

ROWS = ["easy,hard,open", *["1,1,0.5", "1,0,0", "1,0,1", "0,0,0"] * 5]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Give a table of twenty people and three items."""
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(ROWS), encoding="utf-8-sig")
    return path


def test_the_figures_come_as_a_table_and_as_json_with_their_intervals(table: Path) -> None:
    plain = CliRunner().invoke(results, ["items", "--from", str(table)])
    assert plain.exit_code == 0
    lines = plain.stdout.splitlines()
    assert lines[1].split()[:6] == ["easy", "20", "0.75", "(0.53", "to", "0.89)"]
    assert lines[-1].startswith("reliability (Cronbach's alpha): ")
    found = json.loads(
        CliRunner().invoke(results, ["items", "--from", str(table), "--format", "json"]).stdout
    )
    assert found["people"] == 20
    assert found["items"][0]["facility"]["value"] == pytest.approx(0.75)
    assert found["items"][2]["facility"]["interval"][0] < 0.375


def test_what_an_item_is_worth_changes_how_the_others_sort(table: Path) -> None:
    def discrimination(*more: str) -> float:
        given = ["items", "--from", str(table), "--format", "json", *more]
        document = json.loads(CliRunner().invoke(results, given).stdout)
        return float(document["items"][0]["discrimination"]["value"])

    assert discrimination() != pytest.approx(discrimination("--points", "1,1,5"))


def test_few_people_are_not_judged() -> None:
    done = CliRunner().invoke(results, ["items", "--from", "-"], input="a,b\n1,0\n0,1\n")
    assert done.exit_code == 0
    assert done.stdout.count("too few to judge") == 2
    assert "cannot be told" in done.stdout


@pytest.mark.parametrize(
    ("given", "more", "code", "said"),
    [
        (b"a,b\n1\n", [], 1, "line 2: 2 cells are wanted"),
        (b"\xff\xfe\x00", [], 1, "codec can't decode"),
        (b"", [], 1, "line 1: the id of each item"),
        (b"a,b\n1,1\n", ["--points", "1"], 2, "2 whole numbers from 1"),
        (b"a,b\n1,1\n", ["--points", "1,x"], 2, "2 whole numbers from 1"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    given: bytes, more: list[str], code: int, said: str
) -> None:
    done = CliRunner().invoke(results, ["items", "--from", "-", *more], input=given)
    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.output
