"""Nothing that its speaker may take back leaves this site, and what is left out is told."""

from pathlib import Path

from sqlalchemy.orm import Session

from lms.interchange.packages.notice import notice_lines
from lms.interchange.packages.words import NoticeWords
from tests.interchange.packages.at_hand import (
    data_of,
    package_of,
    page_of,
    publish_with_an_original,
    unzipped,
)
from tests.publishing import media_samples as samples


def test_an_original_testimony_is_never_in_a_package(db: Session, tmp_path: Path) -> None:
    media = publish_with_an_original(db, tmp_path)
    package = package_of(db, media)
    files = unzipped(package)
    whole = b"".join(files.values())
    assert b"The words of Rose." not in whole
    assert b"Her street" not in whole
    assert not [name for name in files if name.startswith("media/")]
    page = page_of(files, "m1/index.html")
    assert "The facts in nobody's voice." in page.text_content()
    assert package.left.originals == 1


def test_a_question_that_rests_on_an_original_stays_behind_with_it(
    db: Session, tmp_path: Path
) -> None:
    media = publish_with_an_original(db, tmp_path)
    package = package_of(db, media)
    page = page_of(unzipped(package), "m1/index.html")
    assert "What is the word?" not in page.text_content()
    assert "Is it clear?" not in page.text_content()
    data = data_of(page)
    assert "text" not in {one["kind"] for one in data["items"]}
    assert data["practice"] == {}
    assert package.left.questions == 2


def test_a_picture_that_an_original_shows_stays_behind_wherever_else_it_stands(
    db: Session, tmp_path: Path
) -> None:
    content = samples.course_with(tmp_path, "![A map](media/map.png)", {"map.png": samples.png()})
    samples.publish(db, content, tmp_path / "kept")
    [kept] = list((tmp_path / "kept").rglob("*.png"))
    apart = kept.parent / "apart" / kept.name
    apart.parent.mkdir(exist_ok=True)
    kept.replace(apart)
    package = package_of(db, tmp_path / "kept")
    files = unzipped(package)
    assert not [name for name in files if name.startswith("media/")]
    assert "A map" in page_of(files, "m1/index.html").text_content()
    assert package.left.files == 1


def test_links_to_elsewhere_on_this_site_become_plain_text_and_are_counted(
    db: Session, tmp_path: Path
) -> None:
    text = "[on](../02-second/{}.md#going), [here](#speaking) and [out](https://example.org/a)"
    content = samples.course_with(tmp_path, "LINKS", {})
    for language in ("fr", "en"):
        path = content / f"modules/01-first/{language}.md"
        told = path.read_text("utf-8").replace("LINKS", text.format(language))
        path.write_text(told, "utf-8")
    samples.publish(db, content, tmp_path / "kept")
    package = package_of(db, tmp_path / "kept")
    page = page_of(unzipped(package), "m1/index.html")
    links = {link.text: link for link in page.iter("a")}
    assert "on" not in links
    assert links["here"].get("href") == "#page-2"
    assert links["out"].get("target") == "_blank"
    assert package.left.links == 1


def test_a_notice_inside_the_package_says_whose_the_gates_are_now(
    db: Session, tmp_path: Path
) -> None:
    media = publish_with_an_original(db, tmp_path)
    package = package_of(db, media)
    lines = notice_lines(package.left, NoticeWords())
    notice = page_of(unzipped(package), "notice.html").text_content()
    assert all(line in notice for line in lines)
    assert "gates now belong to the learning system" in lines[0]
    assert any("right answers are in this package" in line for line in lines)
    assert "Replaced by an equivalent: 1." in notice
    link = page_of(unzipped(package), "m1/index.html").find(".//footer//a")
    assert link is not None
    assert link.get("href") == "../notice.html"
