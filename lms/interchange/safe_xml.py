"""XML that cannot reach out or blow up: no document type, no entities, bounded depth and size."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from lms.interchange.decode import AS_LATIN, decode, refuse_size
from lms.interchange.loss import BadFileError, Loss

DEEPEST = 60
_MOST_ELEMENTS = 200_000
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


class _TooMuchError(BadFileError):
    """What is XML and will not be read."""


class _Bounded(TreeBuilder):
    """Builds the tree, and stops where nobody writes so deep or so much by hand."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[Any, Any], /) -> Element:
        """Begin an element."""
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise _TooMuchError(f"the XML is nested more than {DEEPEST} elements deep")
        if self._count > _MOST_ELEMENTS:
            raise _TooMuchError(f"the XML has more than {_MOST_ELEMENTS} elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """End an element."""
        self._depth -= 1
        return super().end(tag)


def parse_xml(data: bytes) -> tuple[Element, tuple[Loss, ...]]:
    """Return the root of an XML file, and what was guessed; raise BadFileError in one line."""
    refuse_size(data)
    try:
        return _parse(data), ()
    except ParseError as error:
        if not _is_latin(data):
            line, column = error.position
            message = f"the XML is broken on line {line}, column {column + 1}"
            raise BadFileError(message) from error
    text, _ = decode(data)
    try:
        return _parse(_DECLARATION.sub("", text, count=1).encode()), (AS_LATIN,)
    except ParseError as error:
        raise BadFileError(f"the XML is broken on line {error.position[0]}") from error


def _is_latin(data: bytes) -> bool:
    """Whether the bytes are no UTF-8: then they may be older than their declaration says."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _parse(data: bytes) -> Element:
    parser = DefusedXMLParser(
        target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        message = "the XML has a document type or entities: these are not read, for safety"
        raise BadFileError(message) from error
    except (ValueError, LookupError) as error:
        raise BadFileError("the XML is in an encoding that is not known here") from error
    return root


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the children of these names; all of them without any name."""
    return (child for child in element if not names or local(child) in names)


def child(element: Element | None, name: str) -> Element | None:
    """Return the first child of this name."""
    return None if element is None else next(children(element, name), None)


def below(element: Element, *names: str) -> Iterator[Element]:
    """Yield the element and all below it that have one of these names."""
    return (one for one in element.iter() if local(one) in names)


def text_of(element: Element | None) -> str:
    """Return the text of an element and of all below it."""
    return "" if element is None else "".join(element.itertext())
