"""What every answer owes: headers, and of a page its frame. Faults are given as sentences."""

import re
from collections import Counter
from collections.abc import Iterator

from werkzeug.test import TestResponse

from tests.web.markup import Element, Html

# Nothing on a screen's edge names the subject: titles, addresses, names of files and cookies.
TELLING = re.compile(
    r"prostitu|\bjohns?\b|client|police|polici|traite|traffick|exploit|sexuel|sexual|sexe\b|\bsex\b"
    r"|surviv|victim|offen[cs]e|crime|criminel|criminal|délinquan|delinquen|infraction|sollicit"
    r"|déjudiciar|diversion|procureur|prosecut|violence|agress|assault|escort",
    re.IGNORECASE,
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
LOADING = frozenset({"script", "link", "img", "source", "video", "audio", "track", "iframe"})
REFERENCES = ("aria-describedby", "aria-labelledby", "for", "form")
_FREE = frozenset({"hidden", "submit", "button"})


def header_faults(response: TestResponse) -> Iterator[str]:
    """Say what is wrong with the headers of an answer, whatever it is."""
    headers = response.headers
    wrong = (name for name, value in HEADERS.items() if headers.get(name) != value)
    yield from (f"{name} is {headers.get(name)}" for name in wrong)
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    if {name: value for name, _, value in parts} != POLICY:
        yield f"Content-Security-Policy is {headers['Content-Security-Policy']}"
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        yield f"Referrer-Policy is {headers.get('Referrer-Policy')}"
    is_asset = response.request.path.startswith("/static/") and response.status_code == 200
    kept = headers.get("Cache-Control", "")
    if kept != ("public, max-age=31536000, immutable" if is_asset else "no-store"):
        yield f"Cache-Control is {kept}"
    for name in ("Location", "Content-Disposition"):
        if found := TELLING.search(headers.get(name, "")):
            yield f"{name} tells {found[0]}"
    yield from _cookie_faults(headers.getlist("Set-Cookie"))


def _cookie_faults(cookies: list[str]) -> Iterator[str]:
    """Cookies have names of one letter, and are nobody's but the server's."""
    for cookie in cookies:
        name, _, rest = cookie.partition("=")
        if name not in {"s", "d"} or "HttpOnly" not in rest or "SameSite=Lax" not in rest:
            yield f"a cookie is {name}; {rest.partition(';')[2]}"


def page_faults(response: TestResponse, lang: str) -> Iterator[str]:
    """Say what is wrong with a page that should be in this language."""
    if response.mimetype != "text/html" or response.status_code in range(300, 400):
        return
    page = Html.of(response.text)
    if response.text.lstrip()[:15].lower() != "<!doctype html>":
        yield "no doctype"
    if page.all("html")[0]["lang"] != lang:
        yield f"lang is {page.all('html')[0]['lang']}"
    if len(page.all("h1")) != 1 or not page.h1:
        yield f"{len(page.all('h1'))} h1"
    titles = [one for one in page.all("title") if "svg" not in one.parents]
    if len(page.all("main")) != 1 or len(titles) != 1 or not page.title:
        yield "not one main and one title"
    if found := TELLING.search(page.title):
        yield f"the title tells {found[0]}"
    for element in page.elements:
        yield from _element_faults(element)
    yield from _reference_faults(page)


def _element_faults(element: Element) -> Iterator[str]:
    what = f"<{element.name}>"
    for name, value in element.attributes.items():
        if name.startswith("on") or name == "style":
            yield f"{what} has {name}"
        if value.strip().lower().startswith(("javascript:", "data:")):
            yield f"{what} {name} is {value[:20]}"
    is_inline = element.name == "script" and (element.text.strip() or not element["src"])
    if element.name == "style" or is_inline:
        yield f"{what} stands in the page"
    if element.name == "img" and "alt" not in element.attributes:
        yield f"{what} {element['src']} has no alt"
    yield from _address_faults(element)


def _address_faults(element: Element) -> Iterator[str]:
    if element.name in LOADING and not _is_own(element["src"] or element["href"]):
        yield f"<{element.name}> loads {element['src'] or element['href']} from elsewhere"
    if element.name == "form" and element["method"] == "post" and not _is_own(element["action"]):
        yield f"a form goes to {element['action']!r}"
    own = element["href"] if element.name == "a" and _is_own(element["href"]) else ""
    if found := TELLING.search(own):
        yield f"the address {own} tells {found[0]}"


def _is_own(address: str) -> bool:
    return address.startswith("/") and not address.startswith("//")


def _reference_faults(page: Html) -> Iterator[str]:
    """Ids are unique, what refers to an id finds it, every field has its label."""
    ids = Counter(element["id"] for element in page.elements if element["id"])
    yield from (f"the id {name} comes twice" for name, count in ids.items() if count > 1)
    labels = {element["for"] for element in page.all("label")}
    for element in page.elements:
        named = [name for key in REFERENCES for name in element[key].split()]
        if element.name == "a" and element["href"].startswith("#"):
            named.append(element["href"][1:])
        yield from (f"nothing has the id {name}" for name in named if name not in ids)
        if element["aria-label"]:
            continue
        is_field = element.name in {"input", "select", "textarea"} and element["type"] not in _FREE
        if is_field and element["id"] not in labels:
            yield f"the field {element['name']} has no label"
        if element.name in {"button", "a", "th"} and not element.text.strip():
            yield f"a {element.name} has no words"
