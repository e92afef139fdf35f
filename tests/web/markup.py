"""A page as a test reads it: elements with their attributes, title, text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


@dataclass(slots=True)
class Element:
    """One element: its name, its attributes, the text inside it."""

    name: str
    attributes: dict[str, str]
    parents: tuple[str, ...]
    text: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")


@dataclass(slots=True)
class Form:
    """One form: where it goes, and its fields as a browser would send them untouched."""

    action: str
    method: str
    id: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parents = tuple(one.name for one in self.open)
        element = Element(tag, {name: value or "" for name, value in attrs}, parents)
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            raise ValueError(f"<{tag}> says an attribute twice: {names}")
        self.elements.append(element)
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):  # type: ignore[union-attr]  # in a start tag there is one
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in {one.name for one in self.open}:
            while self.open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


@dataclass(frozen=True, slots=True)
class Html:
    """A parsed page."""

    elements: tuple[Element, ...]

    @classmethod
    def of(cls, source: str) -> "Html":
        """Parse a page."""
        reader = _Reader()
        reader.feed(source)
        reader.close()
        return cls(tuple(reader.elements))

    def all(self, *names: str) -> list[Element]:
        """Give the elements with these names, in order."""
        return [element for element in self.elements if element.name in names]

    @property
    def title(self) -> str:
        """Give the title."""
        return self.all("title")[0].text.strip()

    @property
    def h1(self) -> str:
        """Give the heading of the page."""
        return " ".join(self.all("h1")[0].text.split())

    @property
    def text(self) -> str:
        """Give all the words of the page, spaces folded."""
        return " ".join(self.all("body")[0].text.split())

    def links(self) -> list[str]:
        """Give the addresses of all links."""
        return [element["href"] for element in self.all("a") if element["href"]]

    def forms(self) -> list[Form]:
        """Give the forms with what a browser would send for each, its buttons aside."""
        found: list[Form] = []
        for element in self.elements:
            if element.name == "form":
                found.append(Form(element["action"], element["method"], element["id"]))
            elif "form" in element.parents and element["name"]:
                value = _value(element)
                if value is not None:
                    found[-1].fields.append((element["name"], value))
        return found

    def form(self, action: str = "") -> Form:
        """Give the form of the page that goes to that address; without one, the last."""
        return [one for one in self.forms() if action in one.action][-1]


def _value(element: Element) -> str | None:
    """Give what a control sends as it stands; None when it sends nothing."""
    match element.name:
        case "input" if element["type"] in {"radio", "checkbox"}:
            return element["value"] if "checked" in element.attributes else None
        case "input":
            return element["value"]
        case "textarea":
            return element.text.removeprefix("\n")
        case _:
            return None
