"""`lms content import`, and what `lms content export` writes of questions."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.cli.questions import import_, write_questions
from lms.content.parse_module import parse_module
from lms.interchange.formats import READERS, WRITERS
from lms.settings import load_settings
from tests.sample_course import write_course

_SAMPLES = Path(__file__).parent / "samples"
_GIFT = "Où?{=là ~ici}\n\nOuvert{=a ~b\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the small course; gives the content folder."""
    return write_course(tmp_path)


def _run(*words: str | Path, given: bytes = b"") -> Result:
    return CliRunner().invoke(import_, [str(word) for word in words], input=given)


def _everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _into(folder: Path, language: str = "fr") -> tuple[str | Path, ...]:
    return ("--into", "first", "--language", language, "--folder", folder)


def test_questions_go_into_the_module_and_the_report_tells_of_each(folder: Path) -> None:
    before = _everything(folder)
    path = folder / "modules/01-first/fr.md"
    done = _run("-", "--format", "gift", *_into(folder), given=_GIFT.encode())
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{path}\n"
    assert "gift: 2 questions: 1 brought in, 1 refused" in done.stderr
    assert "its braces are not closed" in done.stderr
    after = _everything(folder)
    assert {one for one in after if after[one] != before.get(one)} == {path}
    module, _ = parse_module("", path.read_text(encoding="utf-8"))
    assert module is not None
    assert module.items[-1].prompt == "Où?"


def test_print_shows_the_markdown_apart_from_the_report_and_changes_nothing(folder: Path) -> None:
    before = _everything(folder)
    file = folder.parent / "bank.txt"
    file.write_bytes(_GIFT.encode())
    for place in (_into(folder), ()):
        done = _run(file, "--format", "gift", "--print", *place)
        assert done.exit_code == 0, done.output
        assert done.stdout == "### Où?\n<!-- id: ou -->\n\n- (x) là\n- ( ) ici\n"
        assert "1 brought in, 1 refused" in done.stderr
    assert _everything(folder) == before


def test_without_a_format_it_is_guessed_and_the_guess_is_told() -> None:
    done = _run(_SAMPLES / "bank.moodle.xml", "--print")
    assert done.exit_code == 0
    assert "taken for moodle-xml" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "word", "--print"),
        ("--format", "gift"),
        ("--format", "gift", "--into", "nobody"),
        ("--format", "gift", "--into", "first", "--language", "es"),
        ("--what",),
    ],
)
def test_wrong_usage_ends_with_2_and_changes_nothing(folder: Path, words: tuple[str, ...]) -> None:
    before = _everything(folder)
    done = _run("-", *words, "--folder", folder, given=_GIFT.encode())
    assert done.exit_code == 2
    assert _everything(folder) == before


def test_a_module_that_is_not_there_is_told_with_the_nearest_one(folder: Path) -> None:
    done = _run("-", "--format", "gift", "--into", "frist", "--folder", folder, given=b"x{=a ~b}")
    assert "no module `frist` in fr" in done.stderr
    assert "did you mean `first`?" in done.stderr


@pytest.mark.parametrize("form", sorted(READERS))
@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"{{{{", b"x" * 5_000_001])
def test_a_bad_file_is_one_clear_line_and_ends_with_1(folder: Path, form: str, data: bytes) -> None:
    before = _everything(folder)
    done = _run("-", "--format", form, *_into(folder), given=data)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("lms: ") or "0 brought in" in done.stderr
    assert "Traceback" not in done.output
    assert _everything(folder) == before


def test_where_no_question_could_be_taken_nothing_is_written_and_the_command_fails(
    folder: Path,
) -> None:
    before = _everything(folder)
    done = _run("-", "--format", "gift", *_into(folder), given=b"Open{=a ~b\n")
    assert done.exit_code == 1
    assert "1 questions: 0 brought in, 1 refused" in done.stderr
    assert _everything(folder) == before


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_a_module_is_written_to_a_file_and_comes_in_again(
    folder: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder.parent / "out.bin"
    write_questions(folder, "first", "fr", form, file)
    told = capsys.readouterr()
    assert told.out == f"{file}\n"
    assert f"{form}: " in told.err
    assert "0 refused" in told.err
    if form in READERS:
        done = _run(file, "--format", form, "--print")
        assert done.exit_code == 0, done.output
        module, _ = parse_module("", (folder / "modules/01-first/fr.md").read_text())
        assert module is not None
        for item in module.items:
            assert f"<!-- id: {item.id}" in done.stdout


def test_without_a_file_the_questions_go_to_standard_output(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    write_questions(folder, "first", "en", "gift", None)
    told = capfdbinary.readouterr()
    assert told.out.startswith(b"// [id:")
    assert b"taken out" in told.err


def test_questions_on_a_testimony_without_consent_in_force_stay_here(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    home = folder / "testimonies/lea"
    home.mkdir(parents=True, exist_ok=True)
    consent = "{given: 2020-01-01, until: 2021-01-01, scope: [seminar], contact: PARTNER-1}"
    for language in ("fr", "en"):
        head = f"id: lea\nlanguage: {language}\nkind: original\nconsent: {consent}"
        text = f"---\n{head}\n---\n\nWords.\n"
        (home / f"{language}.md").write_text(text, encoding="utf-8")
    path = folder / "modules/01-first/fr.md"
    text = path.read_text(encoding="utf-8").replace("id: single,", "id: single, testimony: lea,")
    path.write_text(text, encoding="utf-8")
    write_questions(folder, "first", "fr", "gift", None)
    told = capfdbinary.readouterr()
    assert b"[id:single]" not in told.out
    assert b"testimony that may not be shown" in told.err


def test_questions_on_a_testimony_that_the_site_has_closed_stay_here(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = folder / "modules/01-first/fr.md"
    text = path.read_text(encoding="utf-8").replace("id: single,", "id: single, testimony: lea,")
    path.write_text(text, encoding="utf-8")
    write_questions(folder, "first", "fr", "gift", None)
    assert b"[id:single]" in capfdbinary.readouterr().out
    write_questions(folder, "first", "fr", "gift", None, closed=frozenset({"lea"}))
    told = capfdbinary.readouterr()
    assert b"[id:single]" not in told.out
    assert b"testimony that may not be shown" in told.err


def test_the_sites_own_folder_is_used_where_none_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_CONTENT", str(folder))
    assert load_settings().content == folder
    done = _run("-", "--format", "gift", "--into", "first", given=b"A?{=a ~b}\n")
    assert done.exit_code == 0, done.output
    assert "### A?" in (folder / "modules/01-first/fr.md").read_text(encoding="utf-8")
