"""Our Markdown as the XHTML that QTI takes, and QTI's as a text of HTML."""

import html
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement

from lxml import etree

from lms.interchange.loss import RefusedError
from lms.interchange.safe_xml import local
from lms.publishing.markdown import RenderRefusedError, RenderRequest, render_markdown

TAKEN = frozenset(
    [
        "p",
        "ul",
        "ol",
        "li",
        "em",
        "strong",
        "code",
        "pre",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "a",
        "br",
        "hr",
        "div",
        "span",
        "sub",
        "sup",
        "h4",
        "h5",
        "h6",
    ]
)
_VOID = frozenset({"br", "hr", "img"})
_KEPT = ("href", "src", "alt", "colspan", "rowspan", "style", "data")
_MOST_KNOWN = 3000
_known: dict[str, str] = {}  # what a text is rendered to never changes while we run


def rendered(texts: Sequence[str]) -> list[str]:
    """Return texts of Markdown as safe HTML; RefusedError for one that cannot be rendered.

    Each call that finds a new text starts a process: whoever has many texts gives them at once.
    """
    found = {text: _known[text] for text in texts if text in _known}
    new = [text for text in dict.fromkeys(texts) if text not in found]
    try:
        html = render_markdown([RenderRequest(text) for text in new]) if new else []
    except RenderRefusedError as error:
        raise RefusedError(str(error)) from error
    made = dict(zip(new, html, strict=True))
    if len(_known) + len(made) > _MOST_KNOWN:
        _known.clear()
    _known.update(made)
    found |= made
    return [found[text] for text in texts]


def put_html(home: Element, text: str, *, inline: bool = False) -> None:
    """Put rendered HTML into an element; `inline`: without the paragraph around one line."""
    root = etree.fromstring(f"<div>{text}</div>", etree.HTMLParser(no_network=True))
    found = root.find(".//div")
    if found is None:
        return
    if inline and len(found) == 1 and found[0].tag == "p":
        found = found[0]
    _copy(found, home)


def _copy(source: etree._Element, home: Element) -> None:
    """Copy what stands inside an element; of attributes only where a link leads."""
    _add(home, source.text)
    for child in source:
        name = child.tag if isinstance(child.tag, str) else ""
        if name == "input":
            _add(home, "☑" if child.get("checked") is not None else "☐")
        elif name in TAKEN:
            href = {"href": child.get("href") or ""} if name == "a" else {}
            _copy(child, SubElement(home, name, href))
        elif name:
            _copy(child, SubElement(home, "span"))
        _add(home, child.tail)


def _add(home: Element, text: str | None) -> None:
    """Add words behind what an element holds."""
    if not text:
        return
    if len(home):
        home[-1].tail = (home[-1].tail or "") + text
    else:
        home.text = (home.text or "") + text


def inner_html(element: Element, gaps: dict[str, str]) -> str:
    """Return what an element holds as HTML; `gaps` says what stands in place of some elements."""
    return "".join(_pieces(element, gaps))


def _pieces(element: Element, gaps: dict[str, str]) -> Iterator[str]:
    yield html.escape(element.text or "")
    for child in element:
        name = local(child)
        if name in gaps:
            yield gaps[name]
        else:
            kept = "".join(
                f' {key}="{html.escape(child.get(key) or "")}"' for key in _KEPT if child.get(key)
            )
            yield f"<{name}{kept}>" if name.isalnum() else ""
            yield from _pieces(child, gaps)
            yield f"</{name}>" if name.isalnum() and name not in _VOID else ""
        yield html.escape(child.tail or "")
