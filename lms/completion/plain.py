"""Published HTML as plain words, for a report that is read on a terminal or on paper."""

from html.parser import HTMLParser

_BREAKS = frozenset({"p", "li", "br", "div", "tr", "pre", "blockquote", "h2", "h3", "h4", "figure"})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.parts.append(" ")
        if tag == "img":
            self.parts.append(f" [{dict(attrs).get('alt') or ''}] ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.parts.append(" ")


def plain_text(html: str) -> str:
    """Give the words of published HTML in one line; a picture is told by its alternative text."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.parts).split())
