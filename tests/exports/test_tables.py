"""An instructor takes the results to a spreadsheet: all of them, by pseudonym, and no formula."""

import csv
import io
import uuid
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import pytest
from defusedxml.ElementTree import fromstring
from sqlalchemy.orm import Session

from lms.assessment.models import Regrade, Result
from lms.assessment.statistics import take_in
from lms.exports import tables, write
from lms.exports.tables import Kind, Scope, columns, count_rows, rows
from lms.exports.write import Form, write_file
from tests.factories import NOW, make_cohort, make_learner, pass_course


def _table(db: Session, kind: Kind, scope: Scope) -> list[dict[str, str]]:
    head = columns(db, kind, scope)
    return [dict(zip(head, row, strict=True)) for row in rows(db, kind, scope)]


def test_people_stand_once_each_with_two_columns_a_module(db: Session) -> None:
    cohort = make_cohort(db)
    passed, waiting = make_learner(db, cohort=cohort), make_learner(db, cohort=cohort)
    pass_course(db, passed)
    found = {one["pseudonym"]: one for one in _table(db, Kind.PEOPLE, Scope(cohort.id))}
    assert found[passed.pseudonym]["modules_passed"] == "2"
    assert found[passed.pseudonym]["first.passed"] == "yes"
    assert found[passed.pseudonym]["first.best"] == "100"
    assert found[waiting.pseudonym]["first.passed"] == ""
    assert found[waiting.pseudonym]["attempts"] == "0"


def test_only_the_group_that_was_asked_for_is_in_the_file(db: Session) -> None:
    cohort, other = make_cohort(db), make_cohort(db)
    mine, theirs = make_learner(db, cohort=cohort), make_learner(db, cohort=other)
    for learner in (mine, theirs):
        pass_course(db, learner)
    for kind in (Kind.PEOPLE, Kind.ATTEMPTS, Kind.RESPONSES):
        names = {one["pseudonym"] for one in _table(db, kind, Scope(cohort.id))}
        assert names == {mine.pseudonym}, kind
        everybody = {one["pseudonym"] for one in _table(db, kind, Scope())}
        assert everybody == {mine.pseudonym, theirs.pseudonym}, kind


def test_a_file_has_as_many_rows_as_were_counted_whatever_the_batch(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = make_cohort(db)
    for _ in range(5):
        pass_course(db, make_learner(db, cohort=cohort))
    while take_in(db):
        pass
    for kind in Kind:
        whole = list(rows(db, kind, Scope(cohort.id)))
        assert len(whole) == count_rows(db, kind, Scope(cohort.id)) > 4
        monkeypatch.setattr(tables, "BATCH", 2)
        assert list(rows(db, kind, Scope(cohort.id))) == whole
        monkeypatch.undo()


def test_what_somebody_wrote_in_his_own_words_is_in_no_file(db: Session) -> None:
    learner = make_learner(db)
    pass_course(db, learner)
    found = _table(db, Kind.RESPONSES, Scope())
    opened = [one for one in found if one["answer"] == ""]
    assert opened, "the small course asks an open question"
    assert all(one["points"] for one in found)


def test_a_score_that_was_regraded_is_exported_as_it_stands(db: Session) -> None:
    learner = make_learner(db)
    pass_course(db, learner)
    result = db.query(Result).first()
    assert result is not None
    db.add(
        Regrade(
            attempt_id=result.attempt_id,
            number=1,
            programme_id=result.programme_id,
            correction_id=uuid.uuid4(),
            raw_numerator=1,
            raw_denominator=3,
            maximum=result.maximum,
            passed=False,
            items=[one | {"raw": [1, 3]} for one in result.items],
            graded_at=NOW,
        )
    )
    db.flush()
    changed = [one for one in _table(db, Kind.ATTEMPTS, Scope()) if one["regrades"] == "1"]
    assert [(one["points"], one["passed"]) for one in changed] == [("1/3", "no")]
    thirds = [one for one in _table(db, Kind.RESPONSES, Scope()) if one["points"] == "1/3"]
    assert thirds


def test_the_figures_of_each_question_stand_in_a_file_of_their_own(db: Session) -> None:
    cohort = make_cohort(db)
    for _ in range(12):
        pass_course(db, make_learner(db, cohort=cohort))
    before = _table(db, Kind.ITEMS, Scope(cohort.id))
    assert {one["n"] for one in before} == {"0"}  # nobody is counted yet
    while take_in(db):
        pass
    found = _table(db, Kind.ITEMS, Scope(cohort.id))
    single = [one for one in found if (one["item"], one["language"]) == ("single", "all")]
    assert [(one["module"], one["n"], one["facility"]) for one in single] == [
        ("first", "12", "1.0000")
    ]
    assert float(single[0]["facility_low"]) < 1
    english = [one for one in found if (one["item"], one["language"]) == ("single", "en")]
    assert [(one["n"], one["facility"]) for one in english] == [("0", "")]


def test_points_are_written_exactly(db: Session) -> None:
    assert db is not None
    assert tables._share(3, 2) == "1.5"  # noqa: SLF001 - the one place that decides it
    assert tables._share(2, 3) == "2/3"  # noqa: SLF001
    assert Fraction(tables._share(123456, 1)) == 123456  # noqa: SLF001


HOSTILE = ("=1+1", "+1", "-2", "@x", "\t=1", " =1", "https://example.org/", "0123")


def test_a_cell_is_text_in_both_forms_and_nothing_runs(tmp_path: Path) -> None:
    head, lines = ("a", "b"), [(one, "x") for one in HOSTILE]
    path = tmp_path / "file.csv"
    assert write_file(path, Form.CSV, head, lines) == len(HOSTILE)
    read = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert [row[0].removeprefix("'").strip() for row in read[1:]] == [
        one.strip() for one in HOSTILE
    ]
    assert not any(row[0].lstrip().startswith(("=", "+", "-", "@")) for row in read[1:])
    path = tmp_path / "file.xlsx"
    write_file(path, Form.XLSX, head, lines)
    with ZipFile(path) as book:
        sheet = fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in book.namelist()  # no links
    names = {element.tag.rpartition("}")[2] for element in sheet.iter()}
    assert "f" not in names  # no formula
    kinds = {one.get("t") for one in sheet.iter() if one.tag.endswith("}c")}
    assert kinds <= {"inlineStr", "s"}


def test_a_table_without_rows_is_a_file_with_its_head(tmp_path: Path) -> None:
    for form in Form:
        path = tmp_path / f"file.{form.value}"
        assert write_file(path, form, ("pseudonym",), []) == 0
    assert (tmp_path / "file.csv").read_text(encoding="utf-8-sig") == '"pseudonym"\n'
    with ZipFile(tmp_path / "file.xlsx") as book:
        assert b"pseudonym" in book.read("xl/worksheets/sheet1.xml")


def test_rows_past_one_sheet_go_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "SHEET_ROWS", 4)
    write_file(tmp_path / "file.xlsx", Form.XLSX, ("n",), [(str(n),) for n in range(7)])
    with ZipFile(tmp_path / "file.xlsx") as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        texts = [book.read(name).decode() for name in sorted(sheets)]
    assert len(sheets) == 3
    assert all(f">{n}<" in "".join(texts) for n in range(7))


def test_a_file_that_cannot_be_written_leaves_nothing_half(tmp_path: Path) -> None:
    def broken() -> object:
        yield ("1",)
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        write_file(tmp_path / "file.csv", Form.CSV, ("n",), broken())  # type: ignore[arg-type]  # a generator
    assert not (tmp_path / "file.csv").exists()
