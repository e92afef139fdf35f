"""What a preview is made of: frozen values, and their way through a file of JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from lms.publishing.markdown.request import Words
from lms.publishing.media import Film, Shown
from lms.publishing.media_kinds import MediaKind
from lms.publishing.media_uses import MediaUse

QUIZ = 9999  # in the place of a section's number: the questions of the quiz


class Stage(StrEnum):
    """The two things that are made of a text, one after the other."""

    PAGE = "page"
    PROBLEMS = "problems"


@dataclass(frozen=True, slots=True)
class Standing:
    """The files around the text: texts as they are read from disk, and the paths of all files.

    `published` holds texts as they are published; `links` maps the path of a module's file to the
    address under which its pages are previewed; `media` are shown by their paths within the
    content folder, films by language and path (`fr:modules/01-first/media/lea.mp4`).
    """

    texts: Mapping[str, bytes]
    paths: frozenset[str]
    published: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    media: Shown = field(default_factory=Shown)

    def document(self) -> dict[str, Any]:
        """Give it as plain data; bytes that are not UTF-8 come back as they were."""
        texts = {path: data.decode("utf-8", "surrogateescape") for path, data in self.texts.items()}
        return {
            "texts": texts,
            "paths": sorted(self.paths),
            "published": dict(self.published),
            "links": dict(self.links),
            "media": asdict(self.media),
        }

    @classmethod
    def from_document(cls, data: Mapping[str, Any]) -> "Standing":
        """Read what `document` gave."""
        texts = {
            path: text.encode("utf-8", "surrogateescape") for path, text in data["texts"].items()
        }
        films = {
            name: Film(**{**film, "kind": MediaKind(film["kind"])})
            for name, film in data["media"]["films"].items()
        }
        media = Shown(data["media"]["pictures"], films)
        return cls(texts, frozenset(data["paths"]), data["published"], data["links"], media)

    def shown_in(self, uses: Iterable[MediaUse], language: str) -> Shown:
        """Give the media that a text uses, by address as typed, as far as they can be shown."""
        pictures: dict[str, str] = {}
        films: dict[str, Film] = {}
        for use in uses:
            path = use.paths[0]
            if use.fault:
                continue
            if path in self.media.pictures:
                pictures[use.typed] = self.media.pictures[path]
            elif f"{language}:{path}" in self.media.films:
                films[use.typed] = self.media.films[f"{language}:{path}"]
        return Shown(pictures, films)


@dataclass(frozen=True, slots=True)
class Job:
    """One text to show and to check; `about` is the asker's own name for it.

    `standing` names the files around it, as the spool keeps them. `part` is the section to show,
    from 1, or QUIZ; 0 shows the one where `line` is. `closed` are the testimonies that may not be
    shown.
    """

    about: str

    path: str
    text: str
    standing: str
    today: date
    words: Words
    part: int = 0
    line: int = 1
    closed: frozenset[str] = frozenset()

    def document(self) -> dict[str, Any]:
        """Give it as plain data."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return given | {
            "today": self.today.isoformat(),
            "words": asdict(self.words),
            "closed": sorted(self.closed),
        }

    @classmethod
    def from_document(cls, data: Mapping[str, Any]) -> "Job":
        """Read what `document` gave."""
        return cls(
            **{
                **data,
                "today": date.fromisoformat(data["today"]),
                "words": Words(**data["words"]),
                "closed": frozenset(data["closed"]),
            }
        )


def language_of(path: str) -> str:
    """Give the language that the name of a file says; empty for a file of all languages."""
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    return stem if dot and ending == "md" else ""
