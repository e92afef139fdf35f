"""The files that stand, as these pages see them: read at each request, checked if they changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from lms.authoring.checked import check_once
from lms.authoring.history import section_changes
from lms.authoring.workspace import Workspace, read_workspace, with_texts
from lms.content.model import Content, Module, Problem, Severity
from lms.content.twins import Changes
from lms.journey.read import today_in_programme
from lms.publishing.queries import published_content
from lms.web.db import reader
from lms.web.request import LANGUAGES, now, settings

_DEPTH = 4  # content/modules/01-first/fr.md


@dataclass(frozen=True, slots=True)
class Folder:
    """What the files that stand hold, what is wrong with them, and the modules in their order.

    `numbers` maps the path of each module's file to the module's place in the sorted listing,
    from 1: addresses name a module by it, so that none says what a module is about. `changes` says
    when sections changed, as far as kept editions tell.
    """

    content: Content
    problems: tuple[Problem, ...]
    numbers: Mapping[str, int]
    today: date
    workspace: Workspace
    changes: Changes = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many modules the listing has."""
        return max(self.numbers.values(), default=0)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that refuse publication."""
        return tuple(one for one in self.problems if one.severity is Severity.ERROR)

    def path(self, number: int, language: str) -> str:
        """Give the path of a module's file in a language; empty when there is none."""
        ending = f"/{language}.md"
        paths = (path for path, place in self.numbers.items() if place == number)
        return next((path for path in paths if path.endswith(ending)), "")

    def module(self, number: int, language: str) -> Module | None:
        """Give what a module's file says; None when there is none or it cannot be read."""
        path = self.path(number, language)
        modules = self.content.modules.values()
        return next((one for one in modules if one.place.path == path), None)

    def problems_of(self, number: int, language: str) -> tuple[Problem, ...]:
        """Give what is wrong with a module's file."""
        path = self.path(number, language)
        return tuple(one for one in self.problems if one.place.path == path)

    def other_problems(self) -> tuple[Problem, ...]:
        """Give what is wrong with everything that is not a module's file."""
        return tuple(one for one in self.problems if one.place.path not in self.numbers)


def read_folder(drafts: Mapping[str, str] | None = None) -> Folder:
    """Read and check the files that stand, with the texts of drafts in their places if given."""
    workspace = read_workspace(reader(), settings().content)
    files = with_texts(workspace.files, drafts or {})
    today = today_in_programme(now())
    changes = section_changes(reader(), files.texts, today)
    content, problems = check_once(files, today, changes, published_content(reader()))
    return Folder(content, problems, listing_numbers(files.paths), today, workspace, changes)


def listing_numbers(paths: Iterable[str]) -> dict[str, int]:
    """Give each module file's place in the sorted listing, from 1; both languages have one."""
    files = [path for path in sorted(paths) if _is_module(path)]
    folders = list(dict.fromkeys(path.rsplit("/", 1)[0] for path in files))
    return {path: folders.index(path.rsplit("/", 1)[0]) + 1 for path in files}


def _is_module(path: str) -> bool:
    parts = path.split("/")
    is_file = parts[-1] in {f"{language}.md" for language in LANGUAGES}
    return len(parts) == _DEPTH and parts[1] == "modules" and is_file
