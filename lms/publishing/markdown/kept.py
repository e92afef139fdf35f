"""Pages that were rendered before, in memory: the same request always gives the same page."""

from collections import OrderedDict
from threading import Lock

from lms.publishing.safe_html import SafeHtml


class KeptPages:
    """Pages by what they were made of; beyond `most` signs the one longest unused goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._pages: OrderedDict[bytes, SafeHtml] = OrderedDict()
        self._alone = Lock()

    def find(self, key: bytes) -> SafeHtml | None:
        """Give the page that was kept under this key, or None."""
        with self._alone:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def keep(self, key: bytes, page: SafeHtml) -> None:
        """Keep a page under this key, in the place of what was there."""
        with self._alone:
            self._size += len(page) - len(self._pages.pop(key, ""))
            self._pages[key] = page
            while self._size > self._most:
                _, gone = self._pages.popitem(last=False)
                self._size -= len(gone)
