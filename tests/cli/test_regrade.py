"""An operator mends a question at the command line: he sees first, and two people decide."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy.orm import Session

from lms.assessment.regrade import find_marks
from lms.kernel.database import open_database
from lms.kernel.errors import VirageError
from tests.cli.conftest import Run, document
from tests.corrections.people import REASON, Team, make_team, sit

DROP = ("first", "multiple", "--choice", "drop")


@contextmanager
def session(tmp_path: Path) -> Iterator[Session]:
    """Open the site's database, commit at the end."""
    database = open_database(f"sqlite:///{tmp_path / 'site' / 'virage.db'}")
    with database.write() as db:
        yield db
        db.commit()
    database.engine.dispose()


@pytest.fixture
def team(site: Run, tmp_path: Path) -> Team:
    """Give the people of a site where three have handed in."""
    assert site("db", "status").exit_code == 0
    with session(tmp_path) as db:
        made = make_team(db)
        for name, wrong in (
            ("PASSES", {"multiple"}),
            ("SCORE", {"multiple", "match"}),
            ("LOSES", {"true-false", "single"}),
        ):
            sit(db, made.learner(db, f"P-{name}"), wrong=wrong)
    return made


def verdicts(tmp_path: Path, seen: dict[str, Any]) -> dict[str, tuple[bool, int]]:
    """Give by pseudonym whether an attempt is passed, and how often it was regraded."""
    found = {}
    with session(tmp_path) as db:
        for one in seen["attempts"]:
            marks = find_marks(db, uuid.UUID(one["attempt"]))
            assert marks is not None
            found[one["pseudonym"]] = (marks.passed, marks.number)
    return found


def said(result: Result) -> str:
    """Give the sentence of a refusal: what is refused is no trace."""
    assert isinstance(result.exception, VirageError), result.output
    return str(result.exception)


def test_the_preview_tells_who_would_flip_and_changes_nothing(
    site: Run, team: Team, tmp_path: Path
) -> None:
    assert team.first.login
    seen = document(site("regrade", "preview", *DROP, "--format", "json"))
    assert {one["pseudonym"]: one["effect"] for one in seen["attempts"]} == {
        "P-PASSES": "passes",
        "P-SCORE": "score",
        "P-LOSES": "loses",
    }
    (flips,) = [one for one in seen["attempts"] if one["effect"] == "passes"]
    assert (flips["points"], flips["would_have"]) == ("8 of 11", "8 of 8")
    text = site("regrade", "preview", *DROP).stdout
    assert "1 not passed, would pass" in text
    assert f"P-PASSES  multiple  attempt 1  {flips['attempt']}  8 of 11 -> 8 of 8" in text
    assert {one[1] for one in verdicts(tmp_path, seen).values()} == {0}


def test_applied_and_confirmed_by_two_people_a_lost_pass_is_listed(
    site: Run, team: Team, tmp_path: Path
) -> None:
    seen = document(site("regrade", "preview", *DROP, "--format", "json"))
    by = ("--by", team.first.login)
    applied = site("regrade", "apply", *DROP, "--reason", REASON, *by)
    assert applied.exit_code == 0, applied.output
    assert "1 scores appended" in applied.stdout
    assert verdicts(tmp_path, seen) == {
        "P-PASSES": (False, 0),
        "P-SCORE": (False, 1),
        "P-LOSES": (True, 0),
    }
    (row,) = document(site("corrections", "list", *by, "--waiting", "--format", "json"))
    assert f"lms corrections confirm {row['id']} --by LOGIN" in applied.stdout
    assert "somebody else" in said(site("corrections", "confirm", row["id"], *by))
    other = ("--by", team.second.login)
    assert site("corrections", "confirm", row["id"], *other).exit_code == 0
    assert verdicts(tmp_path, seen)["P-PASSES"] == (True, 1)
    assert "decided already" in said(site("corrections", "refuse", row["id"], *other))
    (lost,) = document(site("corrections", "passes", *other, "--format", "json"))
    assert (lost["person"], lost["item"]) == ("P-LOSES", "multiple")
    keep = ("corrections", "keep", lost["correction"], lost["attempt"])
    assert site(*keep, "--reason", REASON, *other).exit_code == 0
    assert site("corrections", "passes", *other).stdout == ""
    assert verdicts(tmp_path, seen)["P-LOSES"] == (True, 0)
    assert f"{row['id']}  key-change" in site("corrections", "list", *other).stdout


def test_refused_at_the_command_line_nobody_passes(site: Run, team: Team, tmp_path: Path) -> None:
    seen = document(site("regrade", "preview", *DROP, "--format", "json"))
    by = ("--by", team.first.login, "--reason", REASON, "--format", "json")
    done = document(site("regrade", "apply", *DROP, *by))
    assert (done["applied"], done["waiting"], done["lost"], done["unclear"]) == (1, 1, 1, 0)
    refuse = ("corrections", "refuse", done["correction"], "--by", team.coordinator.login)
    assert site(*refuse).exit_code == 0
    assert verdicts(tmp_path, seen)["P-PASSES"] == (False, 0)


def test_the_chain_of_what_was_done_is_whole(site: Run, team: Team) -> None:
    done = site("regrade", "apply", *DROP, "--reason", REASON, "--by", team.first.login)
    assert done.exit_code == 0
    assert site("audit", "verify").exit_code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("regrade", "preview", "nowhere", "x", "--choice", "drop"), "has no question"),
        (("regrade", "preview", *DROP, "--revision", "9"), "in revision 9"),
        (("regrade", "preview", *DROP, "--by", "nobody"), "no account has the login"),
        (("regrade", "preview", "first", "open", "--choice", "drop"), "not graded"),
        (("corrections", "list", "--by", "nobody"), "no account has the login"),
        (("corrections", "confirm", str(uuid.UUID(int=1)), "--by", "{first}"), "no such"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    site: Run, team: Team, words: tuple[str, ...], sentence: str
) -> None:
    given = [word.format(first=team.first.login) for word in words]
    refused = site(*given)
    assert refused.exit_code == 1
    assert sentence in said(refused)


@pytest.mark.parametrize(
    "words",
    [
        ("regrade", "preview", "first", "multiple"),
        ("regrade", "preview", "first", "multiple", "--choice", "magic"),
        ("regrade", "preview", *DROP, "--revision", "0"),
        ("regrade", "apply", *DROP, "--by", "somebody"),
        ("corrections", "confirm", "not-an-id", "--by", "somebody"),
    ],
)
def test_a_wrong_command_is_told_apart_from_a_refusal(site: Run, words: tuple[str, ...]) -> None:
    assert site(*words).exit_code == 2


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_no_regrade_without_a_reason(site: Run, team: Team, reason: str, tmp_path: Path) -> None:
    seen = json.loads(site("regrade", "preview", *DROP, "--format", "json").stdout)
    refused = site("regrade", "apply", *DROP, "--reason", reason, "--by", team.first.login)
    assert "a reason has" in said(refused)
    assert {one[1] for one in verdicts(tmp_path, seen).values()} == {0}
