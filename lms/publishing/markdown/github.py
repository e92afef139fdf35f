"""Python-Markdown, made to read what an author types as GitHub does.

Python-Markdown cuts a text at blank lines and reads each piece by itself; lists right after a
paragraph, nesting by any width and fences in lists cannot be told that way. So this extension puts
CommonMark's block reader in the place of its block parser, and CommonMark's inline reader in that
of its inline patterns; the tree, the passes over it and the writing stay Python-Markdown's.
"""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, ElementTree

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.inlinepatterns import Pattern
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import Registry

from lms.publishing.markdown.blocks import read_blocks
from lms.publishing.markdown.request import RenderRequest
from lms.publishing.markdown.sources import add_sources, facts_by_key
from lms.publishing.markdown.tree import TreeMaker

_LINE_ENDS = re.compile(r"\r\n?|\n")
# Python-Markdown keeps places with control characters, and no page may hold one.
_UNSHOWABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


class GitHub(Extension):
    """Reads one text as GitHub does; footnotes and facts are listed at its foot."""

    def __init__(self, request: RenderRequest) -> None:
        super().__init__()
        self.request = request

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the places of Python-Markdown's own readers."""
        md.preprocessors = Registry[Preprocessor]()
        md.preprocessors.register(_CleanLines(md), "clean-lines", 10)
        md.parser = _Blocks(md, self.request)
        md.inlinePatterns = Registry[Pattern]()
        md.treeprocessors = Registry[Treeprocessor]()
        md.treeprocessors.register(_Escapes(md), "escapes", 0)
        md.postprocessors = Registry[Postprocessor]()


class _CleanLines(Preprocessor):
    """Cuts a text into lines, whatever ends them."""

    def run(self, lines: list[str]) -> list[str]:
        return _LINE_ENDS.split("\n".join(lines).removesuffix("\n"))


class _Blocks(BlockParser):
    """Reads a whole text at once, and not piece by piece."""

    def __init__(self, md: Markdown, request: RenderRequest) -> None:
        super().__init__(md)
        self._request = request

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802 - as above
        """Give the tree of a text's elements."""
        document = read_blocks(list(lines))
        maker = TreeMaker(document, frozenset(facts_by_key(self._request.facts)))
        self.root = Element("div")
        maker.fill(self.root, document.root.children)
        add_sources(self.root, maker, document, self._request)
        return ElementTree(self.root)


class _Escapes(Treeprocessor):
    """Escapes every `&`, as the serializer lets entities through; drops what cannot be shown."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            element.text = _escaped(element.text)
            element.tail = _escaped(element.tail)
            for name, value in element.items():
                element.set(name, _escaped(value) or "")


def _escaped(text: str | None) -> str | None:
    return _UNSHOWABLE.sub("\ufffd", text).replace("&", "&amp;") if text else text
