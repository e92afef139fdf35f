"""An agency's own learning system gets the course whole, and nothing that could not be recalled."""

import re
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from lxml import etree
from sqlalchemy.orm import Session

from lms.interchange.packages.markup import MediaMissingError
from lms.interchange.packages.package import PackageKind, Wish, make_package
from lms.kernel.errors import NotFoundError
from tests.factories import published_course
from tests.interchange.packages.at_hand import (
    WORDS,
    data_of,
    package_of,
    page_of,
    unzipped,
    zipped,
)
from tests.publishing import media_samples as samples

_IMSCP = "{http://www.imsproject.org/xsd/imscp_rootv1p1p2}"
_ADLCP = "{http://www.adlnet.org/xsd/adlcp_rootv1p2}"
_CMI5 = "{https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd}"
_OUTSIDE = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?\s*(?:https?:)?//""")


def _names(element: etree._Element) -> list[str]:
    return [etree.QName(child).localname for child in element]


@pytest.mark.parametrize("kind", list(PackageKind))
def test_the_same_publication_gives_the_same_bytes(
    db: Session, tmp_path: Path, kind: PackageKind
) -> None:
    published_course(db)
    first = zipped(package_of(db, tmp_path, kind))
    db.expire_all()
    assert zipped(package_of(db, tmp_path, kind)) == first


def test_a_scorm_manifest_has_one_sco_a_module_in_the_order_of_its_specification(
    db: Session, tmp_path: Path
) -> None:
    published_course(db)
    files = unzipped(package_of(db, tmp_path))
    root = etree.fromstring(files["imsmanifest.xml"])
    assert root.tag == f"{_IMSCP}manifest"
    assert _names(root) == ["metadata", "organizations", "resources"]
    assert [one.text for one in root[0]] == ["ADL SCORM", "1.2"]
    organization = root[1][0]
    assert root[1].get("default") == organization.get("identifier")
    first, second = organization.findall(f"{_IMSCP}item")
    assert _names(first) == ["title", "masteryscore"]
    assert _names(second) == ["title", "prerequisites", "masteryscore"]
    before = second.find(f"{_ADLCP}prerequisites")
    assert before is not None
    assert (before.get("type"), before.text) == ("aicc_script", first.get("identifier"))
    assert first.findtext(f"{_ADLCP}masteryscore") == "80"
    resources = {one.get("identifier"): one for one in root[2]}
    for item in (first, second):
        resource = resources[item.get("identifierref")]
        assert resource.get(f"{_ADLCP}scormtype") == "sco"
        assert resource.get("href") in files


def test_a_course_in_free_order_hints_at_no_order(db: Session, tmp_path: Path) -> None:
    published_course(db, sequence="free")
    manifest = unzipped(package_of(db, tmp_path))["imsmanifest.xml"]
    assert b"prerequisites" not in manifest


def test_a_cmi5_structure_has_one_unit_a_module_that_is_read_and_passed(
    db: Session, tmp_path: Path
) -> None:
    published_course(db, **{"pass": 75})
    files = unzipped(package_of(db, tmp_path, PackageKind.CMI5))
    root = etree.fromstring(files["cmi5.xml"])
    assert root.tag == f"{_CMI5}courseStructure"
    assert _names(root) == ["course", "au", "au"]
    assert _names(root[0]) == ["title", "description"]
    for unit in root.findall(f"{_CMI5}au"):
        assert _names(unit) == ["title", "description", "url"]
        assert (unit.get("moveOn"), unit.get("masteryScore")) == ("CompletedAndPassed", "0.75")
        assert unit.findtext(f"{_CMI5}url") in files
    ids = [one.get("id") for one in root]
    assert len(set(ids)) == 3
    assert all(str(one).startswith("urn:uuid:") for one in ids)


def test_ids_stay_when_the_course_is_published_again(db: Session, tmp_path: Path) -> None:
    def ids() -> list[str]:
        found = unzipped(package_of(db, tmp_path, PackageKind.CMI5))["cmi5.xml"]
        return re.findall(r' id="([^"]+)"', found.decode())

    published_course(db)
    before = ids()
    published_course(db, pause_seconds=60)
    assert ids() == before


@pytest.mark.parametrize("kind", list(PackageKind))
def test_every_address_of_a_package_leads_to_a_file_that_is_in_it(
    db: Session, tmp_path: Path, kind: PackageKind
) -> None:
    text = "![A map](media/map.png)\n\n![A film](media/lea.mp4)\n\n[Far](https://example.org/)"
    media = samples.film_files() | {"map.png": samples.png()}
    samples.publish(db, samples.course_with(tmp_path, text, media), tmp_path / "kept")
    files = unzipped(package_of(db, tmp_path / "kept", kind))
    named = set(re.findall(r'href="([^"]+)"', files.get("imsmanifest.xml", b"").decode()))
    named |= set(re.findall(r"<url>([^<]+)</url>", files.get("cmi5.xml", b"").decode()))
    for name in [one for one in files if one.endswith(".html")]:
        page = page_of(files, name)
        for element in page.iter("a", "link", "script", "img", "video", "track"):
            address = element.get("href") or element.get("src") or ""
            path, anchor = urldefrag(address)
            if anchor:
                assert page.get_element_by_id(anchor) is not None
            elif path and "://" not in path:
                named.add(urljoin(name, path))
    assert named <= files.keys()
    assert {name for name in files if name.startswith("media/")} <= named
    assert sum(name.startswith("media/") for name in files) == 3  # picture, film, captions


def test_nothing_of_a_package_is_fetched_from_a_third_party(db: Session, tmp_path: Path) -> None:
    published_course(db)
    for kind in PackageKind:
        for name, content in unzipped(package_of(db, tmp_path, kind)).items():
            if name.startswith(("m", "player/")) and not name.endswith(".xml"):
                assert not _OUTSIDE.search(content.decode()), name


def test_titles_ids_and_file_names_say_nothing_of_what_the_course_is_about(
    db: Session, tmp_path: Path
) -> None:
    published_course(db)
    for kind, manifest in (
        (PackageKind.SCORM12, "imsmanifest.xml"),
        (PackageKind.CMI5, "cmi5.xml"),
    ):
        files = unzipped(package_of(db, tmp_path, kind))
        assert not re.search(r"first|second", files[manifest].decode(), re.IGNORECASE)
        assert not [name for name in files if re.search(r"first|second|seminar", name)]
        assert page_of(files, "m1/index.html").findtext(".//title") == "Training, module 1"


def test_a_page_has_no_id_twice_and_a_label_for_every_field(db: Session, tmp_path: Path) -> None:
    note = "One[^n] and two[^n].\n\n[^n]: A note."
    content = samples.course_with(tmp_path, note, {})
    for path in (content / "modules/01-first").glob("*.md"):
        told = path.read_text("utf-8")
        path.write_text(re.sub(r"(\{#speaking\}\n)", rf"\1\n{note}\n", told), "utf-8")
    samples.publish(db, content, tmp_path / "kept")
    page = page_of(unzipped(package_of(db, tmp_path / "kept")), "m1/index.html")
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    labels = {label.get("for") for label in page.iter("label")}
    fields = {field.get("id") for field in page.iter("input", "select", "textarea")}
    assert fields == labels


def test_the_questions_carry_what_their_grading_needs(db: Session, tmp_path: Path) -> None:
    published_course(db)
    files = unzipped(package_of(db, tmp_path, language="fr"))
    data = data_of(page_of(files, "m1/index.html"))
    items = {one["kind"]: one for one in data["items"]}
    assert len(items) == 8
    assert items["text"]["accepted"] == ["Écoute", "Listen"], "in any language, as ever"
    assert items["number"]["numbers"] == [["7", "1/2"]]
    assert data_of(page_of(files, "m2/index.html"))["draw"] == {"cases": 2}


def test_a_text_can_neither_end_the_data_nor_begin_a_script(db: Session, tmp_path: Path) -> None:
    content = samples.course_with(tmp_path, "x", {})
    for path in (content / "modules/01-first").glob("*.md"):
        told = path.read_text("utf-8")
        told = told.replace("{#speaking}", "</script><script>alert(1)</script> {#speaking}")
        path.write_text(told, "utf-8")
    samples.publish(db, content, tmp_path / "kept")
    page = page_of(unzipped(package_of(db, tmp_path / "kept")), "m1/index.html")
    scripts = [one for one in page.iter("script") if not one.get("src")]
    assert [one.get("id") for one in scripts] == ["module"]
    assert "</script>" in str(data_of(page)["sections"])


def test_a_package_is_in_one_language_and_without_a_wish_in_the_first(
    db: Session, tmp_path: Path
) -> None:
    published_course(db)
    wish = Wish("seminar", PackageKind.SCORM12)
    files = unzipped(make_package(db, wish, tmp_path, WORDS))
    page = page_of(files, "m1/index.html")
    assert page.get("lang") == "fr"
    assert "La semaine a sept jours." in page.text_content()
    assert "A week has seven days." not in page.text_content()


@pytest.mark.parametrize(("course", "language"), [("other", ""), ("seminar", "es")])
def test_a_course_or_a_language_that_is_not_published_is_told(
    db: Session, tmp_path: Path, course: str, language: str
) -> None:
    published_course(db)
    with pytest.raises(NotFoundError, match="published"):
        make_package(db, Wish(course, PackageKind.CMI5, language), tmp_path, WORDS)


def test_a_file_of_media_that_is_gone_is_named(db: Session, tmp_path: Path) -> None:
    content = samples.course_with(tmp_path, "![A map](media/map.png)", {"map.png": samples.png()})
    samples.publish(db, content, tmp_path / "kept")
    with pytest.raises(MediaMissingError, match=r"/media/[0-9a-f]{64}\.png"):
        package_of(db, tmp_path / "elsewhere")
