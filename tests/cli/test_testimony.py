"""`lms testimony`: somebody rings up, and her words are gone while she is still on the line."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run, document
from tests.testimony_sample import CANARY, consent_files, write_files


@pytest.fixture
def published(site: Run, folder: Path, tmp_path: Path) -> Run:
    """Give a site that shows the words of a person."""
    shutil.rmtree(folder)
    home = write_files(tmp_path / "hers", consent_files())
    home.rename(folder)
    done = site("content", "publish")
    assert done.exit_code == 0, done.output
    return site


def test_a_published_consent_is_listed_and_on_the_chain(published: Run) -> None:
    [lea] = document(published("testimony", "list", "--json"))
    assert (lea["id"], lea["act"], lea["until"]) == ("lea", "given", "2027-05-01")
    assert lea["courses"] == ["seminar"]
    assert "lea  given" in published("testimony", "list").output
    assert published("audit", "verify").exit_code == 0
    assert "testimony.given" in published("audit", "show").output


def test_an_operator_withdraws_at_once_and_for_good(published: Run) -> None:
    done = published("testimony", "withdraw", "lea", "--reason", "She rang.")
    assert done.exit_code == 0
    assert "lea: withdrawn" in done.output
    [lea] = document(published("testimony", "list", "--json"))
    assert (lea["act"], lea["in_force"]) == ("withdrawn", False)
    assert published("audit", "verify").exit_code == 0
    again = published("testimony", "renew", "lea", "--until", "2030-01-01")
    assert again.exit_code == 1
    assert published("content", "publish").exit_code == 0
    [lea] = document(published("testimony", "list", "--json"))
    assert lea["act"] == "withdrawn"


def test_questions_that_rest_on_her_words_are_exported_until_she_takes_them_back(
    published: Run, tmp_path: Path
) -> None:
    out = tmp_path / "out.gift"
    command = ("content", "export", "first", "--format", "gift", "--output", str(out))
    assert published(*command).exit_code == 0
    assert CANARY in out.read_text(encoding="utf-8")
    published("testimony", "withdraw", "lea")
    assert published(*command).exit_code == 0
    assert CANARY not in out.read_text(encoding="utf-8")


def test_an_operator_renews(published: Run) -> None:
    done = published("testimony", "renew", "lea", "--until", "2031-05-01")
    assert done.output == "lea: renewed, until 2031-05-01\n"
    assert published("testimony", "renew", "lea", "--until", "2031-05-01").exit_code == 1
    assert published("testimony", "renew", "lea", "--until", "soon").exit_code == 2


def test_a_testimony_that_nobody_gave_is_not_found(published: Run) -> None:
    for command in (("withdraw",), ("renew", "--until", "2030-01-01")):
        name, *options = command
        assert published("testimony", name, "nobody", *options).exit_code == 1


def test_a_partner_gets_an_account(site: Run) -> None:
    words = ("user", "add", "centre", "--role", "partner", "--password", "une phrase de passe")
    assert site(*words).output == "centre: partner\n"
