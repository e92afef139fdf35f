"""Everything that a participant's browser can reach by links from where he is."""

import io
import zipfile
from collections.abc import Iterator
from urllib.parse import urldefrag

from werkzeug.test import TestResponse

from tests.web.browser import Browser
from tests.web.markup import Html

LEAVES = ("/exit", "/static/")


def crawl(browser: Browser, *starts: str) -> Iterator[TestResponse]:
    """Give the answers to all own links from these pages on, each address once."""
    waiting, seen = list(starts), set(starts)
    while waiting:
        response = browser.get(waiting.pop(0))
        yield response
        if response.status_code in {301, 302, 303}:
            found = [response.headers["Location"]]
        elif response.mimetype == "text/html":
            found = Html.of(response.text).links()
        else:
            found = []
        for href in found:
            url = urldefrag(href).url
            is_ours = url.startswith("/") and not any(leave in url for leave in LEAVES)
            if is_ours and url not in seen:
                seen.add(url)
                waiting.append(url)


def all_of(response: TestResponse) -> str:
    """Give all that the browser received of an answer: the body, the headers, the address."""
    data = response.get_data()
    if response.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            data = b"\n".join(file.read(name) for name in file.namelist())
    body = data.decode("latin-1") + data.decode(errors="replace")
    return f"{response.request.url}\n{response.headers}\n{body}"
