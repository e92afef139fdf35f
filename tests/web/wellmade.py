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
_FREE = frozenset({"hidden", "submit", "button"})


def header_faults(response: TestResponse) -> Iterator[str]:
    """Say what is wrong with the headers of an answer, whatever it is."""
    headers = response.headers
    for name, value in HEADERS.items():
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)}"
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    if {name: value for name, _, value in parts} != POLICY:
        yield f"Content-Security-Policy is {headers['Content-Security-Policy']}"
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        yield f"Referrer-Policy is {headers.get('Referrer-Policy')}"
    is_asset = response.request.path.startswith("/static/") and response.status_code == 200
    kept = headers.get("Cache-Control", "")
    if kept != ("public, max-age=31536000, immutable" if is_asset else "no-store"):
        yield f"Cache-Control is {kept}"
    for cookie in headers.getlist("Set-Cookie"):
        name, _, rest = cookie.partition("=")
        if name not in {"s", "d"} or "HttpOnly" not in rest or "SameSite=Lax" not in rest:
            yield f"a cookie is {cookie.partition('=')[0]}; {rest.partition(';')[2]}"
    for name in ("Location", "Content-Disposition"):
        if found := TELLING.search(headers.get(name, "")):
            yield f"{name} tells {found[0]}"


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
    if len(page.all("main")) != 1 or len(page.all("title")) != 1 or not page.title:
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
    if element.name == "style" or (
        element.name == "script" and (element.text.strip() or not element["src"])
    ):
        yield f"{what} stands in the page"
    if element.name in {"script", "link", "img", "source", "video", "audio", "track", "iframe"}:
        address = element["src"] or element["href"]
        if not address.startswith("/") or address.startswith("//"):
            yield f"{what} loads {address} from elsewhere"
    if element.name == "a" and (found := TELLING.search(_own_address(element["href"]))):
        yield f"the address {element['href']} tells {found[0]}"
    if element.name == "form" and element["method"].lower() == "post":
        if not element["action"].startswith("/") or element["action"].startswith("//"):
            yield f"a form goes to {element['action']!r}"
    if element.name == "img" and "alt" not in element.attributes:
        yield f"{what} {element['src']} has no alt"


def _own_address(href: str) -> str:
    return href if href.startswith("/") else ""


def _reference_faults(page: Html) -> Iterator[str]:
    """Ids are unique, what refers to an id finds it, every field has its label."""
    ids = Counter(element["id"] for element in page.elements if element["id"])
    yield from (f"the id {name} comes twice" for name, count in ids.items() if count > 1)
    labels = {element["for"] for element in page.all("label")}
    yield from (f"a label is for {name}" for name in labels - set(ids))
    for element in page.elements:
        for attribute in ("aria-describedby", "aria-labelledby", "form"):
            for name in element[attribute].split():
                if name not in ids:
                    yield f"{attribute} names {name}, which is not there"
        if (
            element.name == "a"
            and element["href"].startswith("#")
            and element["href"][1:] not in ids
        ):
            yield f"a link goes to {element['href']}, which is not there"
        is_field = element.name in {"input", "select", "textarea"} and element["type"] not in _FREE
        if is_field and element["id"] not in labels and not element["aria-label"]:
            yield f"the field {element['name']} has no label"
        if (
            element.name in {"button", "a"}
            and not element.text.strip()
            and not element["aria-label"]
        ):
            yield f"a {element.name} has no words"
