"""Media that come in by the browser: what is taken, under which name, and what is forgotten.

Longer than 300 lines: one shelf of files, and each way to put on it or take from it.
"""

import stat
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from lms.accounts.roles import Role
from lms.authoring.drafts import begin
from lms.authoring.media_library import (
    Places,
    closed_folders,
    find_shown,
    media_folders,
    media_listing,
)
from lms.authoring.models import FileRevision, MediaFile
from lms.authoring.uploads import (
    Deed,
    InFolderError,
    NameTakenError,
    Received,
    StillUsedError,
    check_name,
    delete_upload,
    forget,
    place_upload,
    receive,
    receive_captions,
    receive_transcript,
    safe_name,
    usable_media,
)
from lms.authoring.workspace import Workspace, read_workspace
from lms.kernel.errors import NotFoundError
from lms.publishing.media_kinds import MediaKind, MediaRefusedError, Why
from tests.factories import NOW, make_user
from tests.publishing import media_samples as samples
from tests.publishing import recording_samples as recordings
from tests.publishing.test_media import TESTIMONY

MAP = "content/modules/01-first/media/map.png"
TODAY = NOW.date()
ALT = {"fr": "Une carte", "en": "A map"}


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """Give where uploads are kept."""
    return tmp_path / "instance/originals"


def _receive(data: bytes, originals: Path) -> Received:
    return receive(BytesIO(data), originals)


def _photo(size: tuple[int, int], name: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "navy").save(out, name)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        (samples.png(), "png"),
        (samples.talkative("JPEG"), "jpg"),
        (samples.talkative("WEBP"), "webp"),
        (samples.talkative("GIF"), "gif"),
        (recordings.mp4(), "mp4"),
        (recordings.mp4(b"soun"), "m4a"),
        (recordings.webm(), "webm"),
        (recordings.mp3(), "mp3"),
        (recordings.ogg(), "ogg"),
    ],
)
def test_a_file_is_known_by_its_content_and_kept_without_what_it_says(
    originals: Path, data: bytes, extension: str
) -> None:
    found = _receive(data, originals)
    assert found.extension == extension
    file = originals / found.digest
    kept = file.read_bytes()
    assert samples.SECRET.encode() not in kept
    assert len(kept) == found.size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(originals.stat().st_mode) == 0o700


def test_a_wide_picture_is_made_smaller_and_an_upright_one_stays_in_shape(originals: Path) -> None:
    with Image.open(originals / _receive(_photo((3000, 1500)), originals).digest) as picture:
        assert picture.size == (2000, 1000)
    with Image.open(originals / _receive(_photo((900, 3000)), originals).digest) as picture:
        assert picture.size == (900, 3000)


@pytest.mark.parametrize("name", ["PNG", "GIF", "WEBP"])
def test_a_wide_see_through_picture_stays_see_through(originals: Path, name: str) -> None:
    out = BytesIO()
    if name == "GIF":
        Image.new("P", (2400, 4)).save(out, name, transparency=0)
    else:
        Image.new("RGBA", (2400, 4), (0, 0, 0, 0)).save(out, name)
    with Image.open(originals / _receive(out.getvalue(), originals).digest) as picture:
        assert picture.width == 2000
        assert picture.convert("RGBA").getpixel((5, 1)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (samples.SVG, Why.DRAWING),
        (b'\xef\xbb\xbf<?xml version="1.0"?>' + samples.SVG, Why.DRAWING),
        (b"\n <!DOCTYPE svg PUBLIC>", Why.DRAWING),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), Why.HEIC),
        (b"\x00\x00\x00\x18ftypavif" + bytes(40), Why.HEIC),
        (b"\x00\x00\x00\x14ftypqt  " + bytes(40), Why.QUICKTIME),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", Why.QUICKTIME),
        (b"%PDF-1.7", Why.NOT_KNOWN),
        (b"PK\x03\x04" + bytes(100), Why.NOT_KNOWN),
        (b"<html><script>alert(1)</script>", Why.NOT_KNOWN),
        (b"MZ", Why.NOT_KNOWN),
        (b"", Why.NOT_KNOWN),
        (samples.VTT, Why.NOT_KNOWN),
        (samples.moving_gif(), Why.MOVES),
        (samples.unfolding_png(), Why.TOO_MANY_POINTS),
        (samples.png() + bytes(5_000_000), Why.TOO_LARGE),
        (samples.png((40, 40))[:60], Why.UNREADABLE),
        (b"\xff\xd8\xff<script>", Why.UNREADABLE),
        (recordings.mp4(b"vide", b"meta"), Why.DATA_TRACK),
        (recordings.mp4()[:-20], Why.UNREADABLE),
    ],
    ids=lambda value: str(value) if isinstance(value, Why) else f"{len(value)} bytes",
)
def test_what_cannot_be_used_is_refused_and_leaves_nothing_behind(
    originals: Path, data: bytes, why: Why
) -> None:
    with pytest.raises(MediaRefusedError) as refused:
        _receive(data, originals)
    assert refused.value.why is why
    assert not originals.exists() or list(originals.iterdir()) == []


def test_a_program_behind_a_picture_is_gone(originals: Path) -> None:
    hidden = b"<script>alert(1)</script>GIF89a"
    found = _receive(samples.png() + hidden, originals)
    assert hidden not in (originals / found.digest).read_bytes()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Carte de la Montérégie (été)", "carte-de-la-monteregie-ete"),
        ("../../etc/passwd", "etc-passwd"),
        ("a\u202egnp.exe", "agnp-exe"),
        ("map.php\x00.png", "map-php-png"),
        ("CON", "con"),
        ("x" * 300, "x" * 60),
        ("…", ""),
        ("日本", ""),
        ("-.-", ""),
    ],
)
def test_a_name_is_made_safe(typed: str, name: str) -> None:
    assert safe_name(typed) == name


def test_a_transcript_is_text(originals: Path) -> None:
    found = receive_transcript("Une\r\nphrase.\n\n", originals)
    assert (originals / found.digest).read_bytes() == b"Une\nphrase.\n"
    for typed in ("a" * 200_001, "a\x07b", "\u200b\n\x00"):
        with pytest.raises(MediaRefusedError) as refused:
            receive_transcript(typed, originals)
        assert refused.value.why is Why.TRANSCRIPT


class Library:
    """A folder, the originals and an author."""

    def __init__(self, db: Session, content: Path, originals: Path) -> None:
        self.db = db
        self.places = Places(content, originals)
        self.deed = Deed(make_user(db, role=Role.AUTHOR).id, NOW)

    @property
    def workspace(self) -> Workspace:
        """Give the files that stand now."""
        return read_workspace(self.db, self.places.folder)

    def put(self, path: str, found: Received) -> str:
        """Let what was received stand at a path."""
        return place_upload(self.db, path, found, ALT, deed=self.deed)

    def add(self, path: str, data: bytes) -> Received:
        """Receive a file and let it stand at a path."""
        found = _receive(data, self.places.originals)
        self.put(path, found)
        return found

    def listing(self) -> dict[str, tuple[str, ...]]:
        """Give every file with the texts that show it."""
        entries = media_listing(self.db, self.workspace, self.places, today=TODAY)
        return {one.path: one.used_in for one in entries}


@pytest.fixture
def library(db: Session, tmp_path: Path, originals: Path) -> Library:
    """Give a library: the course shows `map.png`, and `old.png` stands in the folder unused."""
    text = "![A map](media/map.png)"
    content = samples.course_with(tmp_path, text, {"old.png": samples.png((3, 3))})
    return Library(db, content, originals)


def test_the_library_lists_the_folder_and_the_uploads_with_the_texts_that_show_them(
    library: Library,
) -> None:
    library.add(MAP, samples.png())
    home = "content/modules/01-first"
    assert library.listing() == {
        MAP: (f"{home}/en.md", f"{home}/fr.md"),
        f"{home}/media/old.png": (),
    }


def test_a_draft_that_shows_a_file_keeps_it_from_being_deleted(library: Library) -> None:
    path = "content/modules/01-first/media/new.png"
    found = library.add(path, samples.png())
    draft = "content/modules/09-new/fr.md"
    text = "# A\n\n## B\n\n- [ ] ![x](../01-first/media/new.png)\n"
    begin(library.db, draft, text, by=library.deed.by, now=NOW)
    assert library.listing()[path] == (draft,)
    with pytest.raises(StillUsedError) as refused:
        delete_upload(library.db, library.workspace.files, path)
    assert refused.value.used_in == (draft,)
    assert (library.places.originals / found.digest).exists()


def test_an_unused_film_is_deleted_with_its_captions_and_its_bytes(library: Library) -> None:
    db, originals = library.db, library.places.originals
    home = "content/modules/01-first/media"
    film = library.add(f"{home}/lea.mp4", recordings.mp4())
    captions = receive_captions(BytesIO(samples.VTT), originals)
    library.put(f"{home}/lea.fr.vtt", captions)
    digests = delete_upload(db, library.workspace.files, f"{home}/lea.mp4")
    assert set(digests) == {film.digest, captions.digest}
    assert db.query(MediaFile).count() == 0
    forget(db, originals, digests)
    assert list(originals.iterdir()) == []


def test_bytes_that_another_path_or_an_edition_names_are_not_forgotten(library: Library) -> None:
    db, originals = library.db, library.places.originals
    found = library.add(MAP, samples.png())
    forget(db, originals, [found.digest])
    assert (originals / found.digest).exists()
    row = db.get_one(MediaFile, MAP)
    db.add(
        FileRevision(
            path=MAP, number=1, digest=found.digest, text=None, origin="browser", reason="",
            made_at=NOW, made_by="a",
        )
    )  # fmt: skip
    db.delete(row)
    db.flush()
    forget(db, originals, [found.digest])
    assert (originals / found.digest).exists()


def test_only_an_upload_can_be_deleted(library: Library) -> None:
    for path in ("content/modules/01-first/media/old.png", "content/facts.yml", "../x", ""):
        with pytest.raises(NotFoundError):
            delete_upload(library.db, library.workspace.files, path)
    assert (library.places.folder / "modules/01-first/media/old.png").exists()


def test_a_name_that_the_folder_has_is_refused_and_one_of_an_upload_asks_first(
    library: Library,
) -> None:
    db = library.db
    with pytest.raises(InFolderError):
        check_name(db, library.workspace.files, MAP.replace("map", "old"), replace=True)
    old = library.add(MAP, samples.png())
    with pytest.raises(NameTakenError) as asked:
        check_name(db, library.workspace.files, MAP, replace=False)
    assert [path[-5:] for path in asked.value.used_in] == ["en.md", "fr.md"]
    check_name(db, library.workspace.files, MAP, replace=True)
    new = _receive(samples.png((2, 2)), library.places.originals)
    assert library.put(MAP, new) == old.digest


def test_a_film_can_be_used_in_the_languages_in_which_it_can_be_read(library: Library) -> None:
    home = "content/modules/01-first/media"
    library.add(f"{home}/lea.mp4", recordings.mp4())
    library.add(MAP, samples.png())
    captions = receive_captions(BytesIO(samples.VTT), library.places.originals)
    words = receive_transcript("Words.", library.places.originals)
    library.put(f"{home}/lea.fr.vtt", captions)
    library.put(f"{home}/lea.fr.md", words)
    library.put(f"{home}/lea.en.vtt", captions)
    files = library.workspace.files
    found = usable_media(library.db, files, "content/modules/01-first/fr.md", today=TODAY)
    assert {one.address: (one.kind, one.languages) for one in found} == {
        "media/lea.mp4": (MediaKind.FILM, ("fr",)),
        "media/map.png": (MediaKind.PICTURE, ("fr", "en")),
        "media/old.png": (MediaKind.PICTURE, ("fr", "en")),
    }
    assert next(one.alt for one in found if one.path == MAP) == ALT
    beside = usable_media(library.db, files, "content/modules/02-second/en.md", today=TODAY)
    assert beside[0].address == "../01-first/media/lea.mp4"


def _with_testimony(library: Library, until: str) -> str:
    home = library.places.folder / "testimonies/lea"
    (home / "media").mkdir(parents=True, exist_ok=True)
    text = TESTIMONY.format(language="fr").replace("2028-05-01", until)
    (home / "fr.md").write_text(text, encoding="utf-8")
    (home / "media/street.png").write_bytes(samples.png((7, 7)))
    return "content/testimonies/lea"


def test_media_of_a_testimony_are_closed_with_its_consent(library: Library) -> None:
    folder = _with_testimony(library, "2028-05-01")
    assert closed_folders(library.db, library.workspace.files, TODAY) == frozenset()
    assert folder in media_folders(library.db, library.workspace.files, today=TODAY)
    entries = media_listing(library.db, library.workspace, library.places, today=TODAY)
    digest = next(one.digest for one in entries if one.path.startswith(folder))

    def shown() -> bool:
        found = find_shown(library.db, library.workspace, library.places, digest, today=TODAY)
        return found is not None

    assert shown()
    library.add(MAP, samples.png((7, 7)))  # the same picture: drawn again it has another digest
    copy = library.places.folder / "modules/01-first/media/copy.png"
    copy.write_bytes(samples.png((7, 7)))
    _with_testimony(library, "2026-11-20")
    assert not shown(), "not under the other path either"
    assert folder not in media_folders(library.db, library.workspace.files, today=TODAY)
    entries = media_listing(library.db, library.workspace, library.places, today=TODAY)
    assert {one.path for one in entries if one.is_closed} >= {
        f"{folder}/media/street.png",
        "content/modules/01-first/media/copy.png",
    }
    usable = usable_media(
        library.db, library.workspace.files, "content/modules/01-first/fr.md", today=TODAY
    )
    assert not [one for one in usable if one.path.startswith(folder)]


def test_media_of_a_testimony_that_cannot_be_read_are_closed(library: Library) -> None:
    folder = _with_testimony(library, "2028-05-01")
    (library.places.folder / "testimonies/lea/en.md").write_text("---\nid: [\n", encoding="utf-8")
    assert closed_folders(library.db, library.workspace.files, TODAY) == {folder}
