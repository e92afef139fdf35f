"""Footnotes and facts: numbered where they are referred to, listed at the foot of the text."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from lms.publishing.markdown.blocks import Document
from lms.publishing.markdown.request import FactNote, RenderRequest
from lms.publishing.markdown.targets import encoded, label_key
from lms.publishing.markdown.tokens import FOOTNOTE, append_text
from lms.publishing.markdown.tree import TreeMaker

_ARROW = "↩"


def id_prefix(scope: str) -> str:
    """Give what every id of a text begins with: no id of a page's own does."""
    return f"c-{scope}-" if scope else "c-"


def facts_by_key(facts: Mapping[str, FactNote]) -> dict[str, FactNote]:
    """Give facts by the key that a reference to them has."""
    return {label_key(name): fact for name, fact in facts.items()}


def add_sources(
    root: Element, maker: TreeMaker, document: Document, request: RenderRequest
) -> None:
    """Give every reference in a tree its number, and the tree a list of what they refer to."""
    _Sources(maker, document, request).add(root)


class _Sources:
    def __init__(self, maker: TreeMaker, document: Document, request: RenderRequest) -> None:
        self._maker = maker
        self._notes = document.notes
        self._facts = facts_by_key(request.facts)
        self._request = request
        self._prefix = id_prefix(request.scope)
        self._uses: dict[str, list[str]] = {}  # key → ids of the references, in order
        self._numbers: dict[str, int] = {}
        self._keys: list[str] = []

    def add(self, root: Element) -> None:
        """Add the list, if anything is referred to."""
        self._number(root)
        if not self._uses:
            return
        section = Element("section", {"class": "sources"})
        heading = SubElement(section, "h3")
        heading.text = self._request.words.sources
        entries = SubElement(section, "ol")
        for key in self._keys:  # it grows meanwhile: a footnote may refer to further ones
            entry = SubElement(entries, "li", {"id": f"{self._prefix}fn-{self._numbers[key]}"})
            self._fill(entry, key)
            self._number(entry)
        for entry, uses in zip(entries, self._uses.values(), strict=True):
            self._link_back(entry, uses)
        root.append(section)

    def _number(self, tree: Element) -> None:
        for element in list(tree.iter(FOOTNOTE)):
            key = element.attrib.pop("key")
            if key not in self._uses:
                self._uses[key] = []
                self._keys.append(key)
                self._numbers[key] = len(self._keys)
            uses, number = self._uses[key], self._numbers[key]
            again = f"-{len(uses) + 1}" if uses else ""
            uses.append(f"{self._prefix}ref-{number}{again}")
            element.tag = "sup"
            element.set("class", "ref")
            link = SubElement(element, "a", {"href": f"#{self._prefix}fn-{number}"})
            link.set("id", uses[-1])
            link.set("aria-label", f"{self._request.words.source} {number}")
            link.text = str(number)

    def _fill(self, entry: Element, key: str) -> None:
        if key in self._notes:
            self._maker.fill(entry, self._notes[key].children)
        else:
            _write_fact(SubElement(entry, "p"), self._facts[key])

    def _link_back(self, entry: Element, uses: list[str]) -> None:
        last = entry[-1] if len(entry) and entry[-1].tag == "p" else entry
        for number, use in enumerate(uses, 1):
            append_text(last, " ")
            words = self._request.words.back
            label = f"{words} ({number})" if number > 1 else words
            back = SubElement(last, "a", {"class": "back", "href": f"#{use}", "aria-label": label})
            back.text = _ARROW


def _write_fact(place: Element, fact: FactNote) -> None:
    """Write a fact as a source: what it says, where from, its address, and the date."""
    place.text = " – ".join(part for part in (fact.text, fact.source) if part)
    if fact.address:
        append_text(place, ", ")
        web = fact.address if "://" in fact.address else f"https://{fact.address}"
        SubElement(place, "a", {"href": encoded(web)}).text = fact.address
    if fact.date:
        append_text(place, f" ({fact.date})")
