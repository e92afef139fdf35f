"""Somebody with answers from elsewhere has them analysed without giving them to the product."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from lms.assessment.statistics import take_in
from lms.cli.results import results
from lms.kernel.database import open_database
from tests.assessment.sitting import make_people, sit_quiz
from tests.cli.conftest import Run, document
from tests.factories import right_answer

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


@pytest.fixture
def answered(site: Run, tmp_path: Path) -> Run:
    """Give a site where twelve people have sat the first quiz, all counted but one."""
    database = open_database(f"sqlite:///{tmp_path / 'site' / 'virage.db'}")
    with database.write() as db:
        for person in make_people(db, 12):
            sit_quiz(db, person, "first", right_answer, language="fr")
        assert take_in(db, 11) == 11
        db.commit()
    database.engine.dispose()
    return site


def test_a_modules_figures_come_as_text_and_as_json(answered: Run) -> None:
    found = document(answered("results", "items", "first", "--format", "json"))
    assert (found["first_attempts"], found["waiting"], found["language"]) == (11, 1, "all")
    single = next(one for one in found["questions"] if one["item"] == "single")
    assert (single["n"], single["facility"]["value"]) == (11, 1.0)
    assert [one["n"] for one in single["options"]] == [0, 11, 0]
    assert found["reliability"]["why_not"] == "nobody-differs"
    plain = answered("results", "items", "first", "--revision", "1")
    assert plain.exit_code == 0
    assert "first attempts 11, later 0, not counted yet 1" in plain.stdout
    assert "2. single" in plain.stdout
    english = document(
        answered("results", "items", "first", "--language", "en", "--format", "json")
    )
    assert english["first_attempts"] == 0


def test_a_rebuild_counts_everything_and_says_how_far_it_is(answered: Run) -> None:
    done = answered("results", "rebuild")
    assert done.exit_code == 0, done.output
    found = document(answered("results", "items", "first", "--format", "json"))
    assert (found["first_attempts"], found["waiting"]) == (12, 0)
    again = document(answered("results", "items", "first", "--format", "json"))
    assert answered("results", "rebuild").exit_code == 0
    assert document(answered("results", "items", "first", "--format", "json")) == again


def test_the_jobs_count_what_waits(answered: Run) -> None:
    assert "attempts counted: 1" in answered("jobs", "run").stdout
    found = document(answered("results", "items", "first", "--format", "json"))
    assert (found["first_attempts"], found["waiting"]) == (12, 0)


def test_a_rebuild_that_would_forget_deleted_answers_asks_first(
    answered: Run, tmp_path: Path
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'site' / 'virage.db'}")
    with database.write() as db:
        db.execute(text("UPDATE quiz_statistic SET n = n + 5"))
        db.commit()
    database.engine.dispose()
    refused = answered("results", "rebuild")
    assert refused.exit_code == 1
    assert "--even-if-purged" in refused.stderr
    assert answered("results", "rebuild", "--even-if-purged").exit_code == 0
    found = document(answered("results", "items", "first", "--format", "json"))
    assert found["first_attempts"] == 12


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nothing",), 1),
        (("first", "--revision", "9"), 1),
        (("first", "--language", "de"), 2),
        ((), 2),
        (("first", "--from", "-"), 2),
    ],
)
def test_what_is_not_there_or_not_meant_is_said(
    answered: Run, words: tuple[str, ...], code: int
) -> None:
    done = answered("results", "items", *words)
    assert done.exit_code == code
    assert "Traceback" not in done.output
