"""Media on the pages: for people who are signed in, in parts, kept by nobody else."""

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.publishing.media import media_folder
from lms.settings import Settings
from tests.publishing import media_samples as samples
from tests.publishing.test_media import TESTIMONY
from tests.web.site import Person, Site

PAGE = "/en/module/1/page/1"
FILM = "![Léa tells](media/lea.mp4)"


@pytest.fixture
def engine_name() -> str:
    """Run on one database: nothing here is about SQL."""
    return "sqlite"


def _reader(site: Site, tmp_path: Path, content: Path) -> Person:
    """Publish a course on a site whose media stand in a folder of the test's own."""
    settings: Settings = site.app.extensions["virage_settings"]
    mine = dataclasses.replace(settings, instance=tmp_path / "instance")
    site.app.extensions["virage_settings"] = mine

    def publish(db: Session) -> None:
        samples.publish(db, content, media_folder(mine))

    site.do(publish)
    return site.participant()


@pytest.fixture
def reader(site: Site, tmp_path: Path) -> Person:
    """Give a participant in front of a page with a picture and a film."""
    files = {"map.png": samples.png()} | samples.film_files()
    text = f"![A map](media/map.png)\n\n{FILM}"
    return _reader(site, tmp_path, samples.course_with(tmp_path, text, files))


def test_a_participant_sees_the_picture_and_may_play_the_film(reader: Person) -> None:
    page = reader.browser.page(PAGE)
    [picture] = [one for one in page.elements if one.name == "img"]
    answer = reader.browser.get(picture["src"])
    assert answer.status_code == 200
    assert answer.content_type == "image/png"
    [film] = [one for one in page.elements if one.name == "video"]
    assert film["preload"] == "none"
    assert "autoplay" not in film.attributes
    assert {"controls", "playsinline"} <= film.attributes.keys()
    assert reader.browser.get(film["src"]).data == samples.MP4
    [track] = [one for one in page.elements if one.name == "track"]
    assert (track["kind"], track["srclang"]) == ("captions", "en")
    assert "default" in track.attributes
    answer = reader.browser.get(track["src"])
    assert answer.content_type == "text/vtt; charset=utf-8"


def test_a_participant_may_read_instead_of_watching(reader: Person) -> None:
    text = reader.browser.get(PAGE).text
    after = text.split("</video>", 1)[1]
    assert "(0.1 MB)" in after
    assert after.index("Read instead of watching") < after.index("<strong>en</strong> says it.")


def test_a_participant_may_read_instead_of_listening(site: Site, tmp_path: Path) -> None:
    files = samples.film_files("voice.mp3", samples.MP3)
    content = samples.course_with(tmp_path, "![A voice](media/voice.mp3)", files)
    person = _reader(site, tmp_path, content)
    assert "Read instead of listening" in person.browser.get(PAGE).text


def _film(person: Person) -> str:
    page = person.browser.page(PAGE)
    return next(one["src"] for one in page.elements if one.name == "video")


def test_a_browser_may_ask_for_a_part_of_a_film(reader: Person) -> None:
    answer = reader.browser.get(_film(reader), headers={"Range": "bytes=100-199"})
    assert answer.status_code == 206
    assert answer.data == samples.MP4[100:200]
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(samples.MP4)}"
    assert answer.headers["Cache-Control"] == "no-store"
    answer = reader.browser.get(_film(reader), headers={"Range": "bytes=999999-"})
    assert answer.status_code == 416


def test_a_file_leaves_no_trace_and_says_nothing(reader: Person) -> None:
    answer = reader.browser.get(_film(reader))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline; filename=media.mp4"
    assert answer.content_type == "video/mp4"


def test_a_stranger_gets_no_file(site: Site, reader: Person) -> None:
    answer = site.stranger().get(_film(reader))
    assert answer.status_code == 401
    assert samples.MP4[:50] not in answer.data
    assert site.stranger().get(f"/media/{'0' * 64}.png").status_code == 401, "it tells nothing"


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.INSTRUCTOR])
def test_those_who_work_here_see_what_participants_see(
    site: Site, reader: Person, role: Role
) -> None:
    assert site.staff(role).get(_film(reader)).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        f"{'0' * 64}.png",
        "..%2fsettings.toml",
        "../settings.toml",
        "apart",
        "%00.png",
        f"apart%2f{'0' * 64}.mp4",
        "secret.toml",
    ],
)
def test_no_other_name_is_served(reader: Person, tmp_path: Path, name: str) -> None:
    (tmp_path / "instance/settings.toml").write_text("demo = true")
    (tmp_path / "instance/media/secret.toml").write_text("demo = true")
    answer = reader.browser.get(f"/media/{name}")
    assert answer.status_code == 404
    assert "demo = true" not in answer.text


def test_the_film_of_a_testimony_is_gone_when_its_consent_is_over(
    site: Site, tmp_path: Path
) -> None:
    content = samples.course_with(tmp_path, "[[testimony: lea]]", {})
    home = content / "testimonies/lea"
    (home / "media").mkdir(parents=True)
    until = (site.clock().date() + timedelta(days=10)).isoformat()
    for language in ("fr", "en"):
        text = TESTIMONY.format(language=language).replace("2028-05-01", until)
        (home / f"{language}.md").write_text(text, "utf-8")
    for name, data in (samples.film_files() | {"street.png": samples.png()}).items():
        (home / "media" / name).write_bytes(data)
    person = _reader(site, tmp_path, content)
    page = person.browser.page(PAGE)
    urls = [one["src"] for one in page.elements if one.name in {"video", "track", "img"}]
    assert [person.browser.get(url).status_code for url in urls] == [200, 200, 200]
    site.clock.advance(days=12)
    later = site.participant()
    assert "<video" not in later.browser.get(PAGE).text
    assert [later.browser.get(url).status_code for url in urls] == [404, 404, 404]
