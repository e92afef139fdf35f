"""Make a package of a published course, and write it: the same publication, the same bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, assert_never
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy.orm import Session

from lms.interchange.packages.manifests import cmi5_structure, page_path, scorm12_manifest
from lms.interchange.packages.markup import Shelf
from lms.interchange.packages.notice import Left, notice_lines, notice_page
from lms.interchange.packages.pages import SCRIPTS, STYLE, help_page, module_page
from lms.interchange.packages.source import PackagedCourse, read_course
from lms.interchange.packages.words import PackageWords

_PLAYER = Path(__file__).parent / "player"
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name
_READABLE = 0o100644 << 16
_CHUNK = 1 << 20


class PackageKind(StrEnum):
    """What a package speaks with its learning system."""

    SCORM12 = "scorm12"
    CMI5 = "cmi5"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which package is wanted; `language` empty: the course's first. `site` is our address."""

    course_id: str
    kind: PackageKind
    language: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """A package: its files by path, media still on disk, and what was left out of it."""

    course: PackagedCourse
    files: Mapping[str, bytes | Path]
    left: Left


def make_package(
    db: Session, wish: Wish, media: Path, words_by_language: Mapping[str, PackageWords]
) -> Package:
    """Make a package of what is published now, in one language.

    Raises NotFoundError without such a course, language or file of media.
    """
    course = read_course(db, wish.course_id, wish.language)
    words = words_by_language[course.language]
    reporter = f"{wish.kind.value}.js"
    player = [f"player/{name}" for name in sorted((reporter, STYLE, *SCRIPTS))]
    files: dict[str, bytes | Path] = {path: _PLAYER / path.partition("/")[2] for path in player}
    if words.help_lines:
        files["help.html"] = help_page(words, course.language)
        player.append("help.html")
    beside: dict[int, list[str]] = {}
    links, apart = 0, set[str]()
    for module in course.modules:
        shelf = Shelf(media)
        page = module_page(module, words, shelf, reporter)
        files[page_path(module)] = page.source
        shown = {f"media/{name}": path for name, path in shelf.files.items()}
        files |= shown
        beside[module.number] = [*player, *sorted(shown)]
        links += page.cut_links
        apart |= shelf.left_out
    left = Left(
        originals=sum(one.replaced for module in course.modules for one in module.sections),
        questions=sum(module.left_out for module in course.modules),
        files=len(apart),
        links=links,
    )
    lines = notice_lines(left, words.notice)
    files["notice.html"] = notice_page(lines, words.notice.title, course.language)
    match wish.kind:
        case PackageKind.SCORM12:
            files["imsmanifest.xml"] = scorm12_manifest(course, beside, words)
        case PackageKind.CMI5:
            files["cmi5.xml"] = cmi5_structure(course, wish.site, words)
        case _:
            assert_never(wish.kind)
    return Package(course, files, left)


def write_package(package: Package, stream: IO[bytes]) -> None:
    """Write the zip: files by name, no moment, nothing squeezed, so that bytes do not differ."""
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        for name, content in sorted(package.files.items()):
            entry = ZipInfo(name, _BEGINNING)
            entry.external_attr = _READABLE
            if isinstance(content, bytes):
                archive.writestr(entry, content)
                continue
            entry.file_size = content.stat().st_size
            with content.open("rb") as source, archive.open(entry, "w") as place:
                while part := source.read(_CHUNK):
                    place.write(part)
