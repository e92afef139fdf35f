"""One text, rendered here and now: read, fitted to its page, made safe."""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from lms.publishing.markdown.addresses import local_address, safe_address
from lms.publishing.markdown.github import GitHub
from lms.publishing.markdown.request import (
    LONGEST,
    Alert,
    Refusal,
    RenderRefusedError,
    RenderRequest,
)
from lms.publishing.markdown.sanitise import sanitise
from lms.publishing.markdown.sources import id_prefix
from lms.publishing.markdown.targets import encoded
from lms.publishing.safe_html import SafeHtml

_HEADING = re.compile(r"h([1-6])")
_FIRST_LEVEL = 3  # an author's `###`: `#` is the module's title, `##` a section
_LOWEST = 6


def render_here(request: RenderRequest) -> SafeHtml:
    """Give a text's safe HTML; a bomb stalls the caller, who is the worker and nobody else."""
    if len(request.text.encode(errors="replace")) > LONGEST:
        raise RenderRefusedError(Refusal.TOO_LONG, request.name)
    reader = Markdown(extensions=[GitHub(request), _ToPage(request)], output_format="html")
    try:
        return sanitise(reader.convert(request.text))
    except RenderRefusedError as refusal:
        raise RenderRefusedError(refusal.reason, request.name) from None
    except RecursionError:
        raise RenderRefusedError(Refusal.TOO_DEEP, request.name) from None


class _ToPage(Extension):
    """Fits a tree to the page that it will stand on."""

    def __init__(self, request: RenderRequest) -> None:
        super().__init__()
        self.request = request

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run after the reading and before the escaping."""
        md.treeprocessors.register(_Fitting(md, self.request), "page", 10)


class _Fitting(Treeprocessor):
    def __init__(self, md: Markdown, request: RenderRequest) -> None:
        super().__init__(md)
        self._request = request
        self._words = request.words
        self._prefix = id_prefix(request.scope)
        self._links = {encoded(typed): url for typed, url in request.links.items()}
        self._media = {encoded(typed): url for typed, url in request.media.items()}
        self._slugs: dict[str, int] = {}

    def run(self, root: Element) -> None:
        """Fit every element: headings first, since links may lead to them."""
        steps = {
            "a": self._link,
            "img": self._picture,
            "table": self._table,
            "input": self._task,
            "alert": self._alert,
        }
        elements = list(root.iter())
        for element in elements:
            if _HEADING.fullmatch(element.tag):
                self._heading(element)
        for element in elements:
            if element.tag in steps:
                steps[element.tag](element)
            align = element.attrib.pop("align", "")
            if align in ("center", "right"):
                element.set("class", align)

    def _heading(self, element: Element) -> None:
        base = self._request.heading_base
        level = int(element.tag[1]) - _FIRST_LEVEL + base
        element.tag = f"h{min(max(level, base), _LOWEST)}"
        slug = _slug("".join(element.itertext())) or "heading"
        seen = self._slugs.get(slug, 0)
        self._slugs[slug] = seen + 1
        element.set("id", f"{self._prefix}{slug}-{seen}" if seen else f"{self._prefix}{slug}")

    def _link(self, element: Element) -> None:
        typed = element.get("href", "")
        address = self._links.get(typed) or self._fragment(typed)
        safe = safe_address(address)
        if safe is None:
            element.tag = "span"
            element.attrib.clear()
        else:
            element.set("href", safe)

    def _fragment(self, typed: str) -> str:
        """Give the address itself; of one within this text the id it has on the page."""
        if typed.startswith(f"#{self._prefix}") or not typed.startswith("#"):
            return _secured(typed)
        return f"#{self._prefix if typed[1:] in self._slugs else 'c-'}{typed[1:]}"

    def _picture(self, element: Element) -> None:
        source = local_address(self._media.get(element.get("src", ""), ""))
        if source is None:
            element.tag, element.text = "span", element.get("alt", "")
            element.attrib.clear()
        else:
            element.set("src", source)

    def _table(self, element: Element) -> None:
        table = Element("table")
        table[:] = list(element)
        element.tag = "div"
        element[:] = [table]
        element.attrib.update(
            {"class": "table-scroll", "role": "region", "tabindex": "0"},
            **{"aria-label": self._words.table},
        )
        for cell in table.iter("th"):
            cell.set("scope", "col")

    def _task(self, element: Element) -> None:
        done = "checked" in element.attrib
        element.set("aria-label", self._words.done if done else self._words.to_do)

    def _alert(self, element: Element) -> None:
        kind = Alert(element.attrib.pop("kind"))
        element.tag = "div"
        element.attrib.update({"class": f"alert alert-{kind.lower()}", "role": "note"})
        title = Element("p", {"class": "alert-title"})
        title.text = self._words.alerts.get(kind, kind.capitalize())
        element.insert(0, title)


def _secured(address: str) -> str:
    """Give the https address that GitHub's bare `www.` stands for today."""
    bare = address.lower().startswith("http://www.")
    return f"https{address[4:]}" if bare else address


def _slug(words: str) -> str:
    """Give a heading's id as GitHub makes it."""
    return re.sub(r"[^\w -]", "", words.strip().lower()).replace(" ", "-")
