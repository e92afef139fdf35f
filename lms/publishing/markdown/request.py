"""What is to be rendered, and with which words: frozen values, given whole by the caller."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lms.kernel.errors import BadInputError

LONGEST = 200_000  # bytes of UTF-8 in one text


class Alert(StrEnum):
    """The five alerts that GitHub knows, as an author types them."""

    NOTE = "NOTE"
    TIP = "TIP"
    IMPORTANT = "IMPORTANT"
    WARNING = "WARNING"
    CAUTION = "CAUTION"


class Refusal(StrEnum):
    """Why a text was not rendered."""

    TOO_LONG = "the text is too long"
    TOO_DEEP = "lists, quotations or emphasis are nested too deeply"
    TOO_SLOW = "the text takes too long to render"
    TOO_BIG = "the text needs too much memory"
    UNSTABLE = "the page cannot be made safe"
    BROKEN = "the text could not be rendered"


class RenderRefusedError(BadInputError):
    """A text was not rendered: which one, by name and position in the batch, and why."""

    def __init__(self, reason: Refusal, name: str = "", index: int = 0) -> None:
        super().__init__(f"{name or f'text {index + 1}'}: {reason.value}")
        self.reason = reason
        self.name = name
        self.index = index


@dataclass(frozen=True, slots=True)
class FactNote:
    """One fact as a footnote shows it: plain text, the date as the reader's language says it."""

    text: str
    source: str
    address: str = ""  # with or without https://
    date: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words that the renderer adds, in the language of the text; English by default."""

    sources: str = "Sources"
    source: str = "Source"  # accessible name of a reference, before its number
    back: str = "Back to the text"
    table: str = "Table"
    done: str = "Done"
    to_do: str = "To do"
    alerts: Mapping[str, str] = field(
        default_factory=lambda: {kind.value: kind.value.capitalize() for kind in Alert}
    )


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One Markdown text, and everything that the page it stands on knows about its surroundings.

    `links` turns an address as typed into the product's; `media` does so for pictures, and a
    picture that is not in it is not shown. `scope` keeps the ids of two texts on one page apart.
    `heading_base` is the level of HTML heading that `###` becomes.
    """

    text: str
    name: str = ""
    facts: Mapping[str, FactNote] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    scope: str = ""
    heading_base: int = 2
