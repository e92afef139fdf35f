"""What is published goes back into the folder, byte for byte, and nothing over a newer file."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.authoring.export import (
    Export,
    OriginalLostError,
    UnsafePlaceError,
    plan_export,
    write_export,
)
from lms.authoring.publication import ConflictError
from lms.authoring.workspace import Meeting
from lms.publishing.consent_register import Clerk, withdraw_testimony
from lms.publishing.service import PublishedMeanwhileError
from tests.authoring.shop import COURSE, FIRST, SECOND, TODAY, Shop, open_shop
from tests.factories import NOW
from tests.publishing.media_samples import VTT, png, talkative
from tests.sample_course import FILES

_SHORT = "A *short* text.\n\n- a"
_MEDIA = "content/modules/01-first/media"
_PICTURE = f"{_MEDIA}/a.png"
_TESTIMONY = """\
---
id: lea
language: {language}
kind: original
consent: {{given: 2026-05-01, until: 2028-05-01, scope: [seminar], contact: PARTNER-014}}
---

![A picture](media/lea.png)

Words of a person.
"""


@pytest.fixture
def shop(db: Session, tmp_path: Path) -> Shop:
    """Open a workshop with something published."""
    shop = open_shop(db, tmp_path)
    shop.start()
    return shop


@pytest.fixture
def rich(db: Session, tmp_path: Path) -> Shop:
    """Open one in whose folder files have every kind of line end, a BOM and media."""
    shop = open_shop(db, tmp_path)
    first = shop.file(FIRST)
    first.write_bytes(b"\xef\xbb\xbf" + first.read_bytes().replace(b"\n", b"\r\n"))
    second = shop.file(SECOND)
    second.write_bytes(second.read_bytes().rstrip(b"\n"))
    shop.write(_PICTURE, talkative("PNG"))
    shop.write(f"{_MEDIA}/talk.fr.vtt", VTT)
    shop.write(f"{_MEDIA}/talk.fr.md", b"Une *phrase*.\r\n")
    for language in ("fr", "en"):
        path = f"content/modules/02-second/{language}.md"
        shop.edit(path, "\n\n## Quiz", "\n\n![A picture](../01-first/media/a.png)\n\n## Quiz")
    shop.publish()
    return shop


def _plan(shop: Shop, folder: Path | None = None) -> Export:
    house = shop.house if folder is None else replace(shop.house, folder=folder)
    return plan_export(shop.db, house, TODAY)


def _export(shop: Shop, folder: Path | None = None) -> Export:
    plan = _plan(shop, folder)
    write_export(shop.db, plan)
    return plan


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_came_from_a_folder_goes_into_an_empty_one_byte_for_byte(
    rich: Shop, tmp_path: Path
) -> None:
    _export(rich, tmp_path / "empty")
    assert _files(tmp_path / "empty") == _files(rich.house.folder)
    assert len(_files(tmp_path / "empty")) == len(FILES) + 3


def test_a_folder_with_nothing_but_a_readme_counts_as_empty(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "clone").mkdir()
    (tmp_path / "clone" / "README.md").write_text("# For authors\n")
    _export(shop, tmp_path / "clone")
    assert _files(tmp_path / "clone").keys() == {*_files(shop.house.folder), "README.md"}


def test_what_was_exported_publishes_as_the_same(rich: Shop, tmp_path: Path) -> None:
    _export(rich, tmp_path / "empty")
    moved = replace(rich, house=replace(rich.house, folder=tmp_path / "empty"))
    assert moved.plan().is_idle
    assert not moved.plan().errors


def test_only_what_is_newer_in_the_browser_is_written(shop: Shop) -> None:
    shop.publish_drafts(shop.draft(SECOND, "A *short* text.", "From the browser."))
    before = {path: path.stat().st_mtime_ns for path in shop.house.folder.rglob("*.*")}
    plan = _export(shop)
    assert set(plan.written) == {SECOND}
    assert "From the browser." in shop.file(SECOND).read_text()
    for path, then in before.items():
        assert (path.stat().st_mtime_ns == then) is (path != shop.file(SECOND))
    assert shop.how(SECOND) is Meeting.SAME
    assert not _plan(shop).written


def test_after_an_export_an_edit_of_the_folder_is_only_an_edit(shop: Shop) -> None:
    shop.publish_drafts(shop.draft(SECOND, "A *short* text.", "From the browser."))
    _export(shop)
    shop.edit(SECOND, "From the browser.", "Then from the folder.")
    assert shop.how(SECOND) is Meeting.FOLDER


def test_a_file_that_is_newer_in_the_folder_is_left_and_named(shop: Shop) -> None:
    shop.edit(FIRST, "How many?", "How many are there?")
    plan = _export(shop)
    assert plan.newer == (FIRST,)
    assert b"How many are there?" in shop.file(FIRST).read_bytes()
    assert shop.how(FIRST) is Meeting.FOLDER


def test_a_file_that_is_gone_from_the_folder_stays_gone(shop: Shop) -> None:
    shop.file(SECOND).unlink()
    assert _export(shop).removed == (SECOND,)
    assert not shop.file(SECOND).exists()


def test_where_both_changed_a_file_nothing_at_all_is_written(shop: Shop) -> None:
    shop.publish_drafts(
        shop.draft(SECOND, "A *short* text.", "From the browser."),
        shop.draft(COURSE, "Small", "Smaller"),
    )
    shop.edit(SECOND, "A *short* text.", "From the folder.")
    with pytest.raises(ConflictError):
        _export(shop)
    assert "Smaller" not in shop.file(COURSE).read_text()
    assert "From the folder." in shop.file(SECOND).read_text()


@pytest.mark.parametrize("kind", ["file", "folder", "dangling", "directory"])
def test_nothing_is_written_through_a_link_or_over_a_folder(
    shop: Shop, tmp_path: Path, kind: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "en.md").write_text("Somebody else's.\n")
    target = tmp_path / "clone"
    place = target / "modules" / "02-second" / "en.md"
    place.parent.mkdir(parents=True)
    match kind:
        case "file":
            place.symlink_to(outside / "en.md")
        case "dangling":
            place.symlink_to(outside / "new.md")
        case "directory":
            place.mkdir()
        case _:
            place.parent.rmdir()
            place.parent.symlink_to(outside)
    with pytest.raises(UnsafePlaceError):
        _export(shop, target)
    assert [path.name for path in outside.iterdir()] == ["en.md"]
    assert (outside / "en.md").read_text() == "Somebody else's.\n"
    assert not (target / "courses").exists()  # not even the files before it


def test_a_written_file_keeps_the_mode_that_the_folders_file_had(shop: Shop) -> None:
    shop.file(SECOND).chmod(0o640)
    shop.publish_drafts(shop.draft(SECOND, "A *short* text.", "From the browser."))
    _export(shop)
    assert stat.S_IMODE(shop.file(SECOND).stat().st_mode) == 0o640
    assert not list(shop.house.folder.rglob(".new-*"))


def test_an_original_that_is_lost_or_not_itself_is_told_and_nothing_is_written(
    rich: Shop, tmp_path: Path
) -> None:
    plan = _plan(rich, tmp_path / "empty")
    plan.media[_PICTURE].write_bytes(png())
    with pytest.raises(OriginalLostError, match=r"a\.png"):
        _export(rich, tmp_path / "empty")
    assert not (tmp_path / "empty").exists()


def test_who_publishes_in_between_stops_an_export(shop: Shop, tmp_path: Path) -> None:
    plan = _plan(shop, tmp_path / "empty")
    shop.publish_drafts(shop.draft(SECOND, "A *short* text.", "From the browser."))
    with pytest.raises(PublishedMeanwhileError):
        write_export(shop.db, plan)
    assert not (tmp_path / "empty").exists()


def test_a_testimony_that_was_taken_back_is_never_written_out(shop: Shop, tmp_path: Path) -> None:
    for language in ("fr", "en"):
        text = _TESTIMONY.format(language=language)
        shop.write(f"content/testimonies/lea/{language}.md", text.encode())
    shop.write("content/testimonies/lea/media/lea.png", png((3, 3)))
    shop.publish()
    assert len(_plan(shop, tmp_path / "before").closed) == 0
    withdraw_testimony(shop.db, "lea", Clerk("partner", NOW))
    plan = _export(shop, tmp_path / "after")
    assert plan.closed == (
        "content/testimonies/lea/en.md",
        "content/testimonies/lea/fr.md",
        "content/testimonies/lea/media/lea.png",
    )
    assert not (tmp_path / "after" / "testimonies").exists()
    assert (tmp_path / "after" / "courses").exists()
