"""The media library in the browser: an author adds, describes, sees and deletes files.

Longer than 300 lines: one library, and its four acts refuse and keep the same things.
"""

import dataclasses
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts.roles import Role
from lms.authoring.models import MediaFile
from lms.kernel.audit import AuditEntry
from lms.settings import Settings
from lms.web.surface import Surface
from tests.publishing import media_samples as samples
from tests.publishing import recording_samples as recordings
from tests.publishing.test_media import TESTIMONY
from tests.web.browser import Browser
from tests.web.markup import Html
from tests.web.site import Site

NEW = "/en/author/media/new"
HOME = "content/modules/01-first"
WORDS = {"alt_fr": "Une carte", "alt_en": "A map"}
FORM = {"folder": HOME, "name": "Map of the Region", **WORDS}
MAP = f"{HOME}/media/map-of-the-region.png"


@pytest.fixture
def engine_name() -> str:
    """Run on one database: what is about SQL is tested below."""
    return "sqlite"


@pytest.fixture
def settings(site: Site, tmp_path: Path) -> Settings:
    """Put the site on an instance and a content folder of the test's own."""
    extensions = site.app.extensions
    mine: Settings = dataclasses.replace(
        extensions["virage_settings"],
        instance=tmp_path / "instance",
        content=samples.course_with(
            tmp_path, "![A map](media/map-of-the-region.png)", {"old.png": samples.png((3, 3))}
        ),
    )
    extensions["virage_settings"] = mine
    return mine


@pytest.fixture
def author(site: Site, settings: Settings) -> Browser:
    """Sign an author in."""
    assert settings.content.is_dir()
    return site.staff(Role.AUTHOR)


def _send(browser: Browser, fields: dict[str, Any], path: str = NEW) -> TestResponse:
    """Send a form with files; a file is its bytes, under a name that says nothing true."""
    if not browser.token:
        browser.get("/en/author/media/new")
    data = {
        name: (BytesIO(value), "<b>evil</b>.svg", "image/svg+xml")
        if isinstance(value, bytes)
        else value
        for name, value in fields.items()
    }
    data["csrf_token"] = browser.token
    answer = browser.send("POST", path, data=data, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # a large one is a file of the test client's
    return answer


def _rows(site: Site) -> dict[str, MediaFile]:
    return site.do(lambda db: {row.path: row for row in db.scalars(select(MediaFile))})


def _originals(settings: Settings) -> list[str]:
    folder = settings.instance / "originals"
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def test_an_author_adds_a_picture_and_sees_it_in_the_library_and_in_the_preview(
    site: Site, author: Browser
) -> None:
    assert _send(author, {**FORM, "file": samples.png((5, 4))}).status_code == 303
    row = _rows(site)[MAP]
    assert row.alt == {"fr": "Une carte", "en": "A map"}
    text = author.get("/en/author/media").text
    page = Html.of(text)
    thumb = next(one for one in page.elements if one.name == "img" and row.digest in one["src"])
    assert thumb["alt"] == "A map"
    for words in ("5 × 4 points", "Une carte", f"{HOME}/fr.md", MAP, "The file was added"):
        assert words in text
    answer = author.get(thumb["src"])
    assert answer.content_type == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "inline; filename=media.png"
    preview = author.page("/en/author/modules/1/preview/1")
    assert [one["src"] for one in preview.elements if one.name == "img"] == [thumb["src"]]
    assert "cannot be shown" not in author.get("/en/author/modules/1/preview/1").text


def test_it_is_written_down_who_added_and_who_deleted_a_file(site: Site, author: Browser) -> None:
    path = MAP.replace("map-of", "another-of")
    _send(author, {**FORM, "name": "another of the region", "file": samples.png()})
    author.post("/en/author/media/delete", {"file": path})

    def acts(db: Session) -> list[tuple[str, str]]:
        return [(one.act, one.after["path"]) for one in db.scalars(select(AuditEntry))]

    assert site.do(acts) == [("media-upload", path), ("media-delete", path)]


@pytest.mark.parametrize("missing", ["alt_fr", "alt_en", "name", "folder", "file"])
def test_a_picture_without_words_is_not_taken_and_what_was_typed_stays(
    site: Site, author: Browser, settings: Settings, missing: str
) -> None:
    fields: dict[str, Any] = {**FORM, "file": samples.png()}
    del fields[missing]
    answer = _send(author, fields)
    assert answer.status_code == 422
    page = Html.of(answer.text)
    for name in {"alt_fr", "alt_en", "name"} - {missing}:
        [field] = [one for one in page.elements if one["name"] == name]
        assert field["value"] == FORM[name]
    assert f'href="#{missing}"' in answer.text
    assert "Choose the files once more" in answer.text
    assert _rows(site) == {}
    assert _originals(settings) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (samples.SVG, "SVG drawings"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "take JPEG"),
        (b"\x00\x00\x00\x14ftypqt  " + bytes(40), "Export it as MP4"),
        (samples.moving_gif(), "make it a film"),
        (samples.unfolding_png(), "too many points"),
        (samples.png() + bytes(5_000_000), "too large"),
        (recordings.mp4(b"vide", b"meta"), "data, such as the places"),
        (b"<html>", "none of the files"),
    ],
)
def test_a_hostile_file_is_refused_with_a_sentence_and_the_words_stay(
    site: Site, author: Browser, settings: Settings, data: bytes, words: str
) -> None:
    answer = _send(author, {**FORM, "file": data})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Une carte"' in answer.text
    assert _rows(site) == {}
    assert _originals(settings) == []


@pytest.mark.parametrize(
    "folder",
    [
        "content/modules/../../etc",
        "/etc",
        "content/modules/none",
        "content/courses",
        "content",
        "content/modules/01-first/media",
        "content/modules/01-first/../02-second",
        "content/modules/01-first\x00",
    ],
)
def test_a_file_stands_nowhere_but_with_a_module_or_a_testimony(
    site: Site, author: Browser, folder: str
) -> None:
    assert _send(author, {**FORM, "folder": folder, "file": samples.png()}).status_code == 422
    assert _rows(site) == {}


def test_a_file_is_replaced_only_once_the_author_has_seen_where_it_is_used(
    site: Site, author: Browser, settings: Settings
) -> None:
    _send(author, {**FORM, "file": samples.png()})
    [first] = _originals(settings)
    answer = _send(author, {**FORM, "file": samples.png((2, 2))})
    assert answer.status_code == 422
    assert f"<code>{HOME}/fr.md</code>" in answer.text
    assert 'name="replace"' in answer.text
    assert _rows(site)[MAP].digest == first
    answer = _send(author, {**FORM, "file": samples.png((2, 2)), "replace": "y"})
    assert answer.status_code == 303
    new = _rows(site)[MAP].digest
    assert new != first
    assert _originals(settings) == [new]


def test_a_file_of_the_folder_is_not_replaced_from_the_browser(site: Site, author: Browser) -> None:
    for replace in ({}, {"replace": "y"}):
        fields = {**FORM, "name": "old", "file": samples.png(), **replace}
        answer = _send(author, fields)
        assert answer.status_code == 422
        assert "The content folder has a file of this name" in answer.text
    assert _rows(site) == {}


def _film(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of the form
    return {**FORM, "name": "lea", "file": recordings.mp4(), **more}


def test_a_film_says_what_it_lacks_until_it_can_be_used(site: Site, author: Browser) -> None:
    french = {"captions_fr": samples.VTT, "transcript_fr": "Une **phrase**."}
    assert _send(author, _film(**french)).status_code == 303
    assert sorted(_rows(site)) == [
        f"{HOME}/media/lea.fr.md",
        f"{HOME}/media/lea.fr.vtt",
        f"{HOME}/media/lea.mp4",
    ]
    text = author.get("/en/author/media").text
    assert "texts in this language: English" in text
    assert "texts in this language: Français" not in text
    words = f"/en/author/media/words?file={HOME}/media/lea.mp4"
    assert "Une **phrase**." in author.get(words).text
    english = {**WORDS, "captions_en": samples.VTT, "transcript_en": "A sentence."}
    assert _send(author, english, words).status_code == 303
    assert "texts in this language" not in author.get("/en/author/media").text
    assert f"{HOME}/media/lea.fr.md" in _rows(site), "what was there stays"


def test_a_film_plays_in_the_preview_with_its_captions_and_its_transcript(
    author: Browser, settings: Settings
) -> None:
    for lang in ("fr", "en"):
        path = settings.content / f"modules/01-first/{lang}.md"
        old = path.read_text(encoding="utf-8")
        path.write_text(
            old.replace("![A map](media/map-of-the-region.png)", "![Léa](media/lea.mp4)"), "utf-8"
        )
    both = {
        f"{what}_{lang}": value
        for lang in ("fr", "en")
        for what, value in (("captions", samples.VTT), ("transcript", "A **word**. <b onclick=x>"))
    }
    assert _send(author, _film(**both)).status_code == 303
    answer = author.get("/en/author/modules/1/preview/1")
    page = Html.of(answer.text)
    [film] = [one for one in page.elements if one.name == "video"]
    [track] = [one for one in page.elements if one.name == "track"]
    assert "<strong>word</strong>" in answer.text
    assert not [one for one in page.elements if "onclick" in one.attributes]
    part = author.get(film["src"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.data) == (206, b"ftyp")
    assert part.content_type == "video/mp4"
    assert author.get(track["src"]).content_type == "text/vtt; charset=utf-8"
    assert samples.SECRET.encode() not in author.get(film["src"]).data


@pytest.mark.parametrize(
    ("fault", "field", "words"),
    [
        ({"captions_fr": b"WEBVTT\n\n<script>\n"}, "captions_fr", "see their line 4"),
        ({"captions_en": samples.png()}, "captions_en", "see their line 1"),
        ({"transcript_en": "a\x07"}, "transcript_en", "hidden characters"),
    ],
)
def test_faulty_captions_are_told_at_their_field_and_nothing_is_added(
    site: Site, author: Browser, fault: dict[str, Any], field: str, words: str
) -> None:
    answer = _send(author, _film(**fault))
    assert answer.status_code == 422
    assert words in answer.text
    assert f'href="#{field}"' in answer.text
    assert _rows(site) == {}


def test_captions_of_a_picture_are_refused_and_not_dropped(site: Site, author: Browser) -> None:
    answer = _send(author, {**FORM, "file": samples.png(), "transcript_fr": "Words."})
    assert answer.status_code == 422
    assert "A picture has no captions" in answer.text
    assert _rows(site) == {}


@pytest.mark.parametrize("typed", ["a]b", "[[testimony: lea]]", "a\u202eb", "a\\b", "x" * 301])
def test_words_that_would_break_the_mark_are_refused(author: Browser, typed: str) -> None:
    answer = _send(author, {**FORM, "alt_fr": typed, "file": samples.png()})
    assert answer.status_code == 422
    assert 'href="#alt_fr"' in answer.text


def test_words_are_shown_as_they_were_typed_and_never_as_html(author: Browser) -> None:
    words = '"><script>alert(1)</script>'
    _send(author, {**FORM, "alt_fr": words, "alt_en": words, "file": samples.png()})
    for path in ("/en/author/media", f"/en/author/media/words?file={MAP}"):
        text = author.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_a_file_that_a_text_shows_is_not_deleted(site: Site, author: Browser) -> None:
    _send(author, {**FORM, "file": samples.png()})
    assert author.post("/en/author/media/delete", {"file": MAP}).status_code == 303
    assert "was not deleted" in author.get("/en/author/media").text
    assert MAP in _rows(site)


@pytest.mark.parametrize("path", ["", "content/facts.yml", f"{HOME}/media/old.png", "../../x"])
def test_nothing_but_an_upload_can_be_deleted(
    author: Browser, settings: Settings, path: str
) -> None:
    assert author.post("/en/author/media/delete", {"file": path}).status_code == 404
    assert (settings.content / "modules/01-first/media/old.png").exists()


@pytest.mark.parametrize("path", ["", "content/facts.yml", f"{HOME}/media/old.png", "../../x"])
def test_nothing_but_an_upload_has_words_to_change(author: Browser, path: str) -> None:
    assert author.get(f"/en/author/media/words?file={path}").status_code == 404
    assert author.post(f"/en/author/media/words?file={path}", WORDS).status_code == 404


def test_a_picture_of_the_folder_is_shown_without_what_its_file_says(
    author: Browser, settings: Settings
) -> None:
    file = settings.content / "modules/01-first/media/old.png"
    file.write_bytes(samples.talkative("PNG"))
    page = author.page("/en/author/media")
    [thumb] = [one for one in page.elements if one.name == "img"]
    for _time in range(2):
        assert samples.SECRET.encode() not in author.get(thumb["src"]).data
    file.write_bytes(samples.SVG)
    page = author.page("/en/author/media")
    [thumb] = [one for one in page.elements if one.name == "img"]
    assert author.get(thumb["src"]).status_code == 404


def test_media_of_a_testimony_are_seen_while_its_consent_lasts(
    author: Browser, settings: Settings
) -> None:
    home = settings.content / "testimonies/lea"
    (home / "media").mkdir(parents=True)
    (home / "fr.md").write_text(TESTIMONY.format(language="fr"), encoding="utf-8")
    (home / "media/street.png").write_bytes(samples.png((7, 7)))

    def streets() -> list[str]:
        page = author.page("/en/author/media")
        files = {one["src"]: author.get(one["src"]) for one in page.elements if one.name == "img"}
        return [src for src, answer in files.items() if answer.data.startswith(b"\x89PNG")]

    before = streets()
    assert len(before) == 2

    text = TESTIMONY.format(language="fr").replace("2028-05-01", "2026-11-20")
    (home / "fr.md").write_text(text, encoding="utf-8")
    after = streets()
    assert len(after) == 1
    [closed] = set(before) - set(after)
    assert author.get(closed).status_code == 404
    assert "nobody sees it" in author.get("/en/author/media").text
    assert "content/testimonies/lea" not in author.get(NEW).text


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_nobody_but_an_author_sees_what_is_not_published(
    site: Site, author: Browser, role: Role
) -> None:
    _send(author, {**FORM, "file": samples.png()})
    url = f"/en/author/media/{_rows(site)[MAP].digest}"
    assert author.get(url).status_code == 200
    assert site.staff(role).get(url).status_code == 403
    assert site.participant().browser.get(url).status_code == 403
    assert site.stranger().get(url).status_code == 401


@pytest.mark.parametrize("digest", ["0" * 64, "A" * 64, "." * 64, "%2e%2e%2f" * 7 + "x"])
def test_an_address_that_nothing_has_gives_nothing(author: Browser, digest: str) -> None:
    assert author.get(f"/en/author/media/{digest}").status_code == 404


def test_a_large_film_is_taken_where_films_are_taken_and_nowhere_else(
    site: Site, author: Browser
) -> None:
    film = recordings.mp4(last=recordings.box(b"mdat", bytes(3_000_000)))
    assert _send(author, _film(file=film)).status_code == 303
    assert _send(author, {"file": film}, "/en/author/publish").status_code == 413
    assert _send(site.staff(Role.COORDINATOR), _film(file=film)).status_code == 403


def test_a_file_beyond_all_bounds_is_refused_before_it_is_read(
    site: Site, author: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    surface = site.app.blueprints["author"]
    assert isinstance(surface, Surface)
    monkeypatch.setitem(surface.most_bytes, "author.media_receive", 2_000_000)
    answer = _send(author, _film(file=recordings.mp4() + bytes(2_000_000)))
    assert answer.status_code == 413
    assert _rows(site) == {}
