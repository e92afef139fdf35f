"""Elements of a package's pages, and published HTML put among them with addresses of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import lxml.html
from lxml.html import HtmlElement

from lms.kernel.errors import NotFoundError
from lms.publishing.media import kept_file

_MEDIA = "/media/"
Child = str | HtmlElement


class MediaMissingError(NotFoundError):
    """A file that a published page shows is not in the instance's media folder."""


def element(tag: str, *children: Child | None, **attributes: str | int | bool) -> HtmlElement:
    """Make an element; `class_` and `for_` give attributes whose names Python keeps.

    An attribute that is False is left out; one that is True has no value.
    """
    made = lxml.html.Element(tag)
    for name, value in attributes.items():
        if value is not False:
            text = "" if value is True else str(value)
            made.set(name.rstrip("_").replace("_", "-"), text)
    return add(made, *children)


def add(parent: HtmlElement, *children: Child | None) -> HtmlElement:
    """Put children at the end of an element; None is nothing."""
    for child in children:
        if isinstance(child, str):
            _add_text(parent, child)
        elif child is not None:
            parent.append(child)
    return parent


def _add_text(parent: HtmlElement, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def plain_text(html: str) -> str:
    """Give the words of published HTML, as an option of a list shows them."""
    return " ".join(str(_parsed(html, "div").text_content()).split())


def page_source(root: HtmlElement) -> bytes:
    """Write a whole page."""
    html: str = lxml.html.tostring(root, encoding="unicode", method="html")
    return f"<!DOCTYPE html>\n{html}\n".encode()


def _parsed(html: str, tag: str) -> HtmlElement:
    return lxml.html.fragment_fromstring(html, create_parent=tag)


@dataclass(slots=True)
class Shelf:
    """The media that the pages of a package show, by name; `left_out` are those of originals."""

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)

    def take(self, address: str) -> str:
        """Give the address of a file within the package, seen from a module; empty if left out."""
        name = address.removeprefix(_MEDIA)
        kept = kept_file(self.folder, name) if address.startswith(_MEDIA) else None
        if kept is None:
            raise MediaMissingError(f"{address}: this file is not in {self.folder}")
        # What an original testimony shows may have to go any day: it never leaves this site.
        if kept.apart:
            self.left_out.add(name)
            return ""
        self.files[name] = kept.path
        return f"../media/{name}"


@dataclass(slots=True)
class Setting:
    """Where published HTML is put: ids are made its own, and addresses those of the package.

    `places` maps the addresses of this module's pages to their anchors; other addresses of the
    site lead nowhere in a package, and their links become plain text.
    """

    shelf: Shelf
    places: Mapping[str, str]
    cut_links: int = 0

    def put(self, html: str, prefix: str, tag: str = "div") -> HtmlElement:
        """Give an element that holds the HTML; no two with another prefix have an id in common."""
        made = _parsed(html, tag)
        for one in list(made.iter()):
            if one is not made and isinstance(one.tag, str):
                self._mend(one, prefix)
        return made

    def _mend(self, one: HtmlElement, prefix: str) -> None:
        if one.get("id"):
            one.set("id", f"{prefix}{one.get('id')}")
        if one.tag == "a":
            self._mend_link(one, prefix)
        elif one.tag == "img":
            self._mend_picture(one)

    def _mend_link(self, link: HtmlElement, prefix: str) -> None:
        address = link.get("href") or ""
        if address.startswith("#"):
            link.set("href", f"#{prefix}{address[1:]}")
        elif address in self.places:
            link.set("href", f"#{self.places[address]}")
        elif address.startswith("https:"):
            link.set("target", "_blank")  # in its own frame it would push the module out
        elif not address.startswith(("mailto:", "tel:")):
            self.cut_links += bool(address)
            link.tag = "span"
            for name in ("href", "rel", "target"):
                link.attrib.pop(name, None)

    def _mend_picture(self, picture: HtmlElement) -> None:
        address = self.shelf.take(picture.get("src") or "")
        if address:
            picture.set("src", address)
            return
        words = picture.get("alt") or ""
        picture.tag = "em"
        picture.attrib.clear()
        picture.text = words


def joined(setting: Setting, texts: Iterable[str], prefix: str) -> HtmlElement | None:
    """Give one block of several published texts; None where there are none."""
    blocks = [setting.put(text, f"{prefix}{n}-") for n, text in enumerate(texts) if text]
    return element("div", *blocks, class_="prose") if blocks else None
