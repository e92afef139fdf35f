"""Which files of media are kept: judged by their bytes, stripped, and never through a link."""

import dataclasses
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from lms.content.read import read_content
from lms.publishing.media import Keeper, kept_file
from lms.publishing.media_kinds import MediaRefusedError
from lms.publishing.media_uses import find_media
from lms.publishing.originals import Sources
from tests.publishing import media_samples as samples

FILM = "![Léa raconte](media/lea.mp4)"


def _keep(tmp_path: Path, name: str, data: bytes) -> Path:
    """Keep one file as publishing does; gives where it is kept."""
    content = samples.course_with(tmp_path, f"![It](media/{name})", {name: data})
    found, _ = read_content(content)
    uses = find_media(found, found.modules["first", "en"])
    shown = Keeper(Sources(content), tmp_path / "kept").keep(uses)
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
        ("a.png", samples.unfolding_png(), "too many points"),
        ("a.png", samples.png((6000, 4001)), "6000 × 4001 points"),
        ("a.gif", samples.moving_gif(), "make it a film"),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else None,
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
        Keeper(Sources(content), tmp_path / "kept").keep(uses)


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
        Keeper(Sources(content), tmp_path / "kept").keep(uses)


@pytest.mark.parametrize("missing", ["lea.en.vtt", "lea.en.md", "lea.mp4"])
def test_a_film_without_captions_or_transcript_is_refused(tmp_path: Path, missing: str) -> None:
    files = samples.film_files()
    del files[missing]
    content = samples.course_with(tmp_path, FILM, files)
    found, _ = read_content(content)
    uses = find_media(found, found.modules["first", "en"])
    with pytest.raises(MediaRefusedError, match=missing):
        Keeper(Sources(content), tmp_path / "kept").keep(uses)


def test_what_an_original_once_showed_stays_apart(tmp_path: Path) -> None:
    content = samples.course_with(tmp_path, FILM, samples.film_files())
    found, _ = read_content(content)
    uses = find_media(found, found.modules["first", "en"])
    keeper = Keeper(Sources(content), tmp_path / "kept")
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
