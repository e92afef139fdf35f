"""Rendered HTML made safe: bleach first, nh3 last, until nothing changes any more."""

import re
from functools import cache

import bleach
import nh3
from bleach import html5lib_shim

from lms.publishing.markdown.addresses import local_address, safe_address
from lms.publishing.markdown.request import Refusal, RenderRefusedError
from lms.publishing.safe_html import SafeHtml

_HEADINGS = frozenset(f"h{level}" for level in range(2, 7))
_TAGS = (
    _HEADINGS
    | {"a", "blockquote", "br", "code", "del", "div", "em", "hr", "img", "input", "li", "ol", "p"}
    | {"pre", "section", "span", "strong", "sup", "ul"}
    | {"table", "tbody", "td", "th", "thead", "tr"}
)
_SCHEMES = frozenset({"https", "mailto", "tel"})
_ROUNDS = 3
# What a comparison of two pages adds to them, and no author can type.
_MARKS = frozenset({"ins", "s"})
_LABEL_WORDS = {"class": {"visually-hidden"}, "lang": {"fr", "en"}}

_ID = re.compile(r"c-[\w-]+")
_ALERT = r"alert alert-(?:note|tip|important|warning|caution)"


def _one_of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_ANY = re.compile(r"(?s).*")
_LABEL, _EMPTY, _CELL = {"aria-label": _ANY}, _one_of(r"|\w+"), _one_of("center|right")

# What an attribute may say, by element; addresses are judged apart. An attribute not here goes.
_ATTRIBUTES: dict[str, dict[str, re.Pattern[str]]] = {
    "a": {"href": _ANY, "title": _ANY, "id": _ID, "class": _one_of("back"), **_LABEL},
    "code": {"class": _one_of(r"language-\S+")},
    "div": {
        "class": _one_of(rf"table-scroll|{_ALERT}"),
        "role": _one_of("region|note"),
        "tabindex": _one_of("0"),
        **_LABEL,
    },
    "img": {"src": _ANY, "alt": _ANY, "title": _ANY},
    "input": {"type": _one_of("checkbox"), "checked": _EMPTY, "disabled": _EMPTY, **_LABEL},
    "li": {"id": _ID},
    "ol": {"start": _one_of(r"[0-9]{1,9}")},
    "p": {"class": _one_of("alert-title")},
    "section": {"class": _one_of("sources")},
    "sup": {"class": _one_of("ref")},
    "td": {"class": _CELL},
    "th": {"class": _CELL, "scope": _one_of("col")},
    **{heading: {"id": _ID} for heading in _HEADINGS},
}


def _keep(tag: str, name: str, value: str) -> bool:
    """Tell whether an attribute may stay."""
    pattern = _ATTRIBUTES.get(tag, {}).get(name)
    if pattern is None or not pattern.fullmatch(value):
        return False
    if name == "href":
        return safe_address(value) is not None
    return name != "src" or local_address(value) is not None


def _filtered(tag: str, name: str, value: str) -> str | None:
    # nh3 writes `rel` itself, and asks here about that too.
    return value if name == "rel" or _keep(tag, name, value) else None


@cache
def _bleach() -> bleach.Cleaner:
    return bleach.Cleaner(
        tags=_TAGS, attributes=_keep, protocols=_SCHEMES, strip=True, strip_comments=True
    )


def _filtered_marked(tag: str, name: str, value: str) -> str | None:
    if tag == "span":
        return value if value in _LABEL_WORDS[name] else None
    return _filtered(tag, name, value)


@cache
def _nh3(*, is_marked: bool = False) -> nh3.Cleaner:
    attributes = {tag: set(allowed) for tag, allowed in _ATTRIBUTES.items()}
    return nh3.Cleaner(
        tags=set(_TAGS | _MARKS) if is_marked else set(_TAGS),
        clean_content_tags={"script", "style"},
        attributes=attributes | {"span": set(_LABEL_WORDS)} if is_marked else attributes,
        attribute_filter=_filtered_marked if is_marked else _filtered,
        # Only a box that nobody can tick survives, whatever was typed.
        set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def sanitise(html: str) -> SafeHtml:
    """Give the part of some HTML that a page may show: nh3 finds nothing left to change in it."""
    return _settled(_nh3(), _bleach().clean(html.encode(errors="replace").decode()))


def sanitise_marked(html: str) -> SafeHtml:
    """Give the safe part of two safe pages laid side by side, with what marks their differences."""
    return _settled(_nh3(is_marked=True), html.encode(errors="replace").decode())


def _settled(cleaner: nh3.Cleaner, html: str) -> SafeHtml:
    for _ in range(_ROUNDS):
        before, html = html, cleaner.clean(html)
        if html == before:
            return SafeHtml(html)
    raise RenderRefusedError(Refusal.UNSTABLE)


def refused(html: str) -> tuple[str, ...]:
    """Name what bleach would take out of some HTML, for its author: elements and attributes."""
    parser = html5lib_shim.BleachHTMLParser(
        tags=None, strip=False, consume_entities=True, namespaceHTMLElements=False
    )
    walker = html5lib_shim.getTreeWalker("etree")  # type: ignore[attr-defined]  # stubs lack it
    found: dict[str, None] = {}  # in order, each once
    for token in walker(parser.parseFragment(html)):
        found.update(dict.fromkeys(_refused_in(token)))
    return tuple(found)


def _refused_in(token: dict[str, object]) -> list[str]:
    name, data = token.get("name"), token.get("data")
    if token.get("type") not in ("StartTag", "EmptyTag") or not isinstance(name, str):
        return []
    if name not in _TAGS:
        return [f"<{name}>"]
    values = data.items() if isinstance(data, dict) else ()
    return [f"{name} {key}={value}" for (_, key), value in values if not _keep(name, key, value)]
