"""A published course, packages of it, and its files as a learning system would unpack them."""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import lxml.html
from sqlalchemy.orm import Session

from lms.interchange.packages.package import (
    Package,
    PackageKind,
    Wish,
    make_package,
    write_package,
)
from lms.interchange.packages.words import PackageWords
from tests.publishing import media_samples as samples

SITE = "https://virage.test"
WORDS = {"fr": PackageWords(), "en": PackageWords()}
_HEAD = "---\nid: {id}\nlanguage: {language}\n{more}---\n\n{text}\n"
_ROSE = "The words of Rose.\n\n![Her street](media/street.png)\n\n![Her film](media/lea.mp4)"
_FACTS = """\
- id: S05
  statement: {fr: Un fait., en: A fact.}
  source: A report, 2025
  address: example.org/report
  checked: 2026-11-01
  review_by: 2027-11-01
"""
_CONSENT = "{given: 2026-05-01, until: 2028-05-01, scope: [seminar], contact: PARTNER-014}"


def package_of(
    db: Session, media: Path, kind: PackageKind = PackageKind.SCORM12, language: str = "en"
) -> Package:
    """Make a package of the small course as it is published."""
    return make_package(db, Wish("seminar", kind, language, SITE), media, WORDS)


def zipped(package: Package) -> bytes:
    """Give a package as the file that is handed on."""
    stream = BytesIO()
    write_package(package, stream)
    return stream.getvalue()


def unzipped(package: Package) -> Mapping[str, bytes]:
    """Give the files that a learning system finds."""
    with ZipFile(BytesIO(zipped(package))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def publish_with_an_original(db: Session, folder: Path) -> Path:
    """Publish the course with Rose's own words, her picture, and questions that rest on them.

    Gives the folder of the media. A summary of facts is what can stand in the place of her words.
    """
    content = samples.course_with(folder, "[[testimony: rose]]", {})
    (content / "facts.yml").write_text(_FACTS, "utf-8")
    for language in ("fr", "en"):
        for name, more, text in (
            ("facts-on-this", "kind: summary\nsources: [S05]\n", "The facts in nobody's voice."),
            (
                "rose",
                f"kind: original\nconsent: {_CONSENT}\nequivalent: facts-on-this\n",
                _ROSE,
            ),
        ):
            home = content / "testimonies" / name
            (home / "media").mkdir(parents=True, exist_ok=True)
            head = _HEAD.format(id=name, language=language, more=more, text=text)
            (home / f"{language}.md").write_text(head, "utf-8")
        module = content / f"modules/01-first/{language}.md"
        told = module.read_text("utf-8")
        told = told.replace("<!-- id: text -->", "<!-- id: text, testimony: rose -->")
        told = told.replace("practice: yes", "practice: yes, testimony: rose")
        module.write_text(told, "utf-8")
    for name, data in (samples.film_files() | {"street.png": samples.png()}).items():
        (content / "testimonies/rose/media" / name).write_bytes(data)
    samples.publish(db, content, folder / "kept")
    return folder / "kept"


def page_of(files: Mapping[str, bytes], name: str) -> lxml.html.HtmlElement:
    """Read a page of a package."""
    return lxml.html.document_fromstring(files[name].decode())


def data_of(page: lxml.html.HtmlElement) -> dict[str, Any]:
    """Read what the player's script reads in a page."""
    data: dict[str, Any] = json.loads(page.get_element_by_id("module").text or "")
    return data
