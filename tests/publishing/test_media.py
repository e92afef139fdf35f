"""Pictures, sound and film of a module: found, judged, stripped, kept under their digest."""

import dataclasses
import hashlib
import stat
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.read import read_content
from lms.kernel.errors import BadInputError
from lms.publishing.media import Keeper, kept_file
from lms.publishing.media_kinds import MediaRefusedError
from lms.publishing.media_uses import find_media
from lms.publishing.models import SectionText
from lms.publishing.queries import is_shown, section_page
from lms.publishing.service import Change, plan_publication
from tests.factories import NOW
from tests.publishing import media_samples as samples

TODAY = NOW.date()
FILM = "![Léa raconte](media/lea.mp4)"
TESTIMONY = """\
---
id: lea
language: {language}
kind: original
consent: {{given: 2026-05-01, until: 2028-05-01, scope: [seminar], contact: PARTNER-014}}
---

Words before.

![Her film](media/lea.mp4)

![Her street](media/street.png)
"""


def _blocks(db: Session, today: date = TODAY) -> list[dict[str, Any]]:
    page = section_page(db, "first", "en", 1, today)
    assert page is not None
    return [dict(block) for block in page.blocks]


def _kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def engine_name() -> str:
    """Run on one database: nothing here is about SQL."""
    return "sqlite"


def test_a_picture_is_kept_under_the_digest_of_its_bytes(db: Session, tmp_path: Path) -> None:
    text = "![A map](media/map.png) and ![again][m]\n\n[m]: ./media/map.png"
    content = samples.course_with(tmp_path, text, {"map.png": samples.png()})
    samples.publish(db, content, tmp_path / "media")
    [name] = _kept(tmp_path / "media")
    kept = tmp_path / "media" / name
    assert name == f"{hashlib.sha256(kept.read_bytes()).hexdigest()}.png"
    assert _blocks(db)[0]["html"].count(f'src="/media/{name}"') == 2
    assert stat.S_IMODE((tmp_path / "media").stat().st_mode) == 0o700
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_picture_in_a_question_is_shown_there(db: Session, tmp_path: Path) -> None:
    content = samples.course_with(tmp_path, "", {"map.png": samples.png()})
    for path in (content / "modules/01-first").glob("*.md"):
        old = path.read_text(encoding="utf-8")
        mark = "<!-- id: try, practice: yes -->\n"
        assert mark in old
        path.write_text(old.replace(mark, f"{mark}\n![A map](media/map.png)\n\n"), "utf-8")
    samples.publish(db, content, tmp_path / "media")
    [name] = _kept(tmp_path / "media")
    [practice] = [block for block in _blocks(db) if block["kind"] == "practice"]
    assert f"/media/{name}" in str(practice["shown"])


def test_a_changed_picture_or_caption_makes_a_new_revision(db: Session, tmp_path: Path) -> None:
    files = {"map.png": samples.png()} | samples.film_files()
    content = samples.course_with(tmp_path, f"![A map](media/map.png)\n\n{FILM}", files)
    samples.publish(db, content, tmp_path / "media")
    found, _ = read_content(content)
    for name in ("map.png", "lea.mp4", "lea.fr.vtt", "lea.en.md"):
        file = content / "modules/01-first/media" / name
        before = file.read_bytes()
        assert plan_publication(db, found, content)[0].change is Change.UNCHANGED
        file.write_bytes(before + b"\n")
        changes = [step.change for step in plan_publication(db, found, content)]
        assert changes == [Change.CHANGED, Change.UNCHANGED, Change.UNCHANGED], name
        file.write_bytes(before)


def test_a_film_alone_on_a_line_is_a_block_with_captions_and_transcript(
    db: Session, tmp_path: Path
) -> None:
    text = f"Before.\n{FILM}\nAfter.\n\n```\n{FILM}\n```"
    content = samples.course_with(tmp_path, text, samples.film_files())
    samples.publish(db, content, tmp_path / "media")
    before, film, after, *_ = _blocks(db)
    assert before["html"].endswith("<p>Before.</p>")
    assert "<p>After.</p>" in after["html"]
    assert "![Léa raconte]" in after["html"], "what stands in code is no film"
    assert film["kind"] == "film"
    assert film["caption"] == "Léa raconte"
    assert film["megabytes"] == 0.1
    assert film["transcript"].startswith("<p><strong>en</strong> says it.</p>")
    assert "<b" not in film["transcript"], "a transcript is made safe like any text"
    assert kept_file(tmp_path / "media", film["url"].removeprefix("/media/")) is not None
    captions = kept_file(tmp_path / "media", film["captions"].removeprefix("/media/"))
    assert captions is not None
    assert captions.path.read_bytes() == samples.VTT


def test_a_sound_is_told_from_a_film(db: Session, tmp_path: Path) -> None:
    files = samples.film_files("voice.mp3", samples.MP3)
    content = samples.course_with(tmp_path, "![A voice](media/voice.mp3)", files)
    samples.publish(db, content, tmp_path / "media")
    assert [block["kind"] for block in _blocks(db)][:2] == ["html", "sound"]


@pytest.mark.parametrize("text", [f"See {FILM} here.", f"> {FILM}", f"- one\n- {FILM}"])
def test_a_film_within_a_sentence_is_refused_rather_than_lost(
    db: Session, tmp_path: Path, text: str
) -> None:
    content = samples.course_with(tmp_path, text, samples.film_files())
    with pytest.raises(MediaRefusedError, match="stands alone on a line"):
        samples.publish(db, content, tmp_path / "media")


def test_what_is_refused_leaves_nothing_published_and_nothing_kept(
    db: Session, tmp_path: Path
) -> None:
    content = samples.course_with(tmp_path, "![A map](media/m.png)", {"m.png": samples.SVG})
    with pytest.raises(BadInputError, match=r"media/m\.png: its content is not"):
        samples.publish(db, content, tmp_path / "media")
    assert db.scalars(select(SectionText)).all() == []
    assert not (tmp_path / "media").exists()


def test_the_film_of_an_original_goes_with_its_consent(db: Session, tmp_path: Path) -> None:
    content = samples.course_with(tmp_path, "[[testimony: lea]]", {})
    home = content / "testimonies/lea"
    (home / "media").mkdir(parents=True)
    for language in ("fr", "en"):
        (home / f"{language}.md").write_text(TESTIMONY.format(language=language), "utf-8")
    for name, data in (samples.film_files() | {"street.png": samples.png()}).items():
        (home / "media" / name).write_bytes(data)
    samples.publish(db, content, tmp_path / "media")

    testimony = _blocks(db)[1]
    assert [part["kind"] for part in testimony["parts"]] == ["html", "film", "html"]
    url = testimony["parts"][1]["url"]
    kept = kept_file(tmp_path / "media", url.removeprefix("/media/"))
    assert kept is not None
    assert kept.apart
    assert is_shown(db, url, TODAY)
    last_day = date(2028, 5, 1)
    assert is_shown(db, url, last_day)
    assert not is_shown(db, url, last_day + timedelta(days=1))
    [withdrawn] = [b for b in _blocks(db, date(2028, 5, 2)) if b["kind"] == "testimony"]
    assert withdrawn["label"] == "withdrawn"
    assert url not in str(withdrawn)


def _keep(tmp_path: Path, name: str, data: bytes) -> Path:
    """Keep one file as publishing does; gives where it is kept."""
    content = samples.course_with(tmp_path, f"![It](media/{name})", {name: data})
    found, _ = read_content(content)
    uses = find_media(found, found.modules["first", "en"])
    shown = Keeper(content, tmp_path / "kept").keep(uses)
    [url] = shown.pictures.values()
    return tmp_path / "kept" / url.removeprefix("/media/")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP"), ("a.gif", "GIF")],
)
def test_where_a_picture_was_taken_is_not_published(tmp_path: Path, name: str, kind: str) -> None:
    data = samples.talkative(kind)
    assert samples.SECRET.encode() in data
    kept = _keep(tmp_path, name, data).read_bytes()
    assert samples.SECRET.encode() not in kept
    with Image.open(BytesIO(kept)) as picture:
        assert picture.format == kind
        assert picture.size == (4, 2)
        assert not picture.getexif()


def test_a_picture_taken_sideways_stands_upright_without_its_note(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter
    out = BytesIO()
    Image.new("RGB", (4, 2)).save(out, "JPEG", exif=exif)
    with Image.open(_keep(tmp_path, "a.jpg", out.getvalue())) as picture:
        assert picture.size == (2, 4)


def test_what_hides_behind_a_picture_is_not_published(tmp_path: Path) -> None:
    hidden = b"PK\x03\x04<script>alert(1)</script>"
    assert hidden not in _keep(tmp_path, "a.png", samples.png() + hidden).read_bytes()


def test_a_see_through_picture_stays_see_through(tmp_path: Path) -> None:
    out = BytesIO()
    Image.new("P", (2, 2)).save(out, "GIF", transparency=0)
    with Image.open(_keep(tmp_path, "a.gif", out.getvalue())) as picture:
        assert picture.info["transparency"] == 0


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.svg", samples.SVG, r"`\.svg` is not published"),
        ("a.html", b"<p>", r"`\.html` is not published"),
        ("a.png", samples.SVG, r"not what `\.png` promises"),
        ("a.png", samples.talkative("JPEG"), r"not what `\.png` promises"),
        ("a.jpg", b"\xff\xd8\xff<script>", "cannot be read as a picture"),
        ("a.png", samples.png()[:40], "cannot be read as a picture"),
        ("a.png", b"", r"not what `\.png` promises"),
        ("a.png", samples.png() + bytes(5_000_000), "it has 5.0 MB; a picture has 5 at most"),
        ("a.png", samples.unfolding_png(), "cannot be read|points"),
        ("a.png", samples.png((6000, 4001)), "6000 × 4001 points"),
        ("a.gif", samples.moving_gif(), "make it a film"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    with pytest.raises(MediaRefusedError, match=why):
        _keep(tmp_path, name, data)


@pytest.mark.parametrize(
    "name",
    [
        "media/../../../secret.png",
        "media/..%2f..%2f..%2fsecret.png",
        "../secret.png",
        "media/../fr.png",
        "media/a%00.png",
        "../../../content/secret.png",
    ],
)
def test_no_path_leads_out_of_the_media_folders(tmp_path: Path, name: str) -> None:
    content = samples.course_with(tmp_path, f"![It]({name})", {})
    for place in (tmp_path, content, content / "modules"):
        (place / "secret.png").write_bytes(samples.png())
    found, _ = read_content(content)
    uses = find_media(found, found.modules["first", "en"])
    with pytest.raises(MediaRefusedError, match="not in media/"):
        Keeper(content, tmp_path / "kept").keep(uses)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_link_on_disk_is_not_followed(tmp_path: Path, what: str) -> None:
    content = samples.course_with(tmp_path, "![It](media/a.png)", {})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.png").write_bytes(samples.png())
    media = content / "modules/01-first/media"
    if what == "folder":
        media.symlink_to(tmp_path / "elsewhere")
    else:
        media.mkdir()
        (media / "a.png").symlink_to(tmp_path / "elsewhere/a.png")
    found, _ = read_content(content)
    uses = find_media(found, found.modules["first", "en"])
    with pytest.raises(MediaRefusedError, match="link on disk"):
        Keeper(content, tmp_path / "kept").keep(uses)


@pytest.mark.parametrize("missing", ["lea.en.vtt", "lea.en.md", "lea.mp4"])
def test_a_film_without_captions_or_transcript_is_refused(tmp_path: Path, missing: str) -> None:
    files = samples.film_files()
    del files[missing]
    content = samples.course_with(tmp_path, FILM, files)
    found, _ = read_content(content)
    uses = find_media(found, found.modules["first", "en"])
    with pytest.raises(MediaRefusedError, match=missing):
        Keeper(content, tmp_path / "kept").keep(uses)


def test_what_an_original_once_showed_stays_apart(tmp_path: Path) -> None:
    content = samples.course_with(tmp_path, FILM, samples.film_files())
    found, _ = read_content(content)
    uses = find_media(found, found.modules["first", "en"])
    keeper = Keeper(content, tmp_path / "kept")
    for apart in (False, True, False):
        shown = keeper.keep([dataclasses.replace(use, apart=apart) for use in uses])
    name = shown.films["media/lea.mp4"].url.removeprefix("/media/")
    kept = kept_file(tmp_path / "kept", name)
    assert kept is not None
    assert kept.apart
    assert not (tmp_path / "kept" / name).exists()


def test_a_picture_from_elsewhere_is_no_file_of_ours(tmp_path: Path) -> None:
    text = "![A](https://example.org/a.png) ![B](/etc/a.png) ![C](//example.org/a.png)"
    content = samples.course_with(tmp_path, text, {})
    found, _ = read_content(content)
    assert find_media(found, found.modules["first", "en"]) == ()
