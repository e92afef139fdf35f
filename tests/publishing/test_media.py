"""Pictures, sound and film of a module: found, judged, stripped, kept under their digest."""

import hashlib
import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.content.read import read_content
from lms.kernel.errors import BadInputError
from lms.publishing.media import kept_file
from lms.publishing.media_kinds import MediaRefusedError
from lms.publishing.models import SectionText
from lms.publishing.originals import Sources
from lms.publishing.section_queries import is_shown, section_page
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
        assert plan_publication(db, found, Sources(content))[0].change is Change.UNCHANGED
        file.write_bytes(before + b"\n")
        changes = [step.change for step in plan_publication(db, found, Sources(content))]
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
