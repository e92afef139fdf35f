"""The files of a content folder, as they stand on disk: this is all that touches the disk."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lms.content.model import Place, Problem
from lms.content.rules import fault
from lms.content.source import split_lines

MOST_BYTES = 200_000
_TEXTS = {".md", ".yml"}
# What C0 and C1 hold beside tab and the ends of lines: nothing that an author types.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class Files:
    """What stands in a content folder: texts by path, and the paths of all files, media too.

    Paths begin with the name of the folder and have forward slashes.
    """

    root: str
    texts: Mapping[str, bytes]
    paths: frozenset[str]
    problems: tuple[Problem, ...] = ()


def load(folder: Path) -> Files:
    """Return the files of a content folder; texts are read, media are only named."""
    root = folder.resolve().name
    if not folder.is_dir():
        cure = "give the folder that holds modules/ and courses/"
        problem = fault("unreadable-folder", Place(root), "this is not a folder", cure)
        return Files(root, {}, frozenset(), (problem,))
    texts: dict[str, bytes] = {}
    paths: set[str] = set()
    problems: list[Problem] = []
    for path in _walk(folder, root, problems):
        name = f"{root}/{path.relative_to(folder).as_posix()}"
        paths.add(name)
        if path.suffix in _TEXTS:
            found = _load_file(path, Place(name), folder)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                texts[name] = found
        elif not path.resolve().is_relative_to(folder.resolve()):
            problems.append(_outside(Place(name)))
    return Files(root, texts, frozenset(paths), tuple(problems))


def _walk(folder: Path, root: str, problems: list[Problem]) -> Iterator[Path]:
    """Yield the files under a folder in order; folders behind links are refused, not entered."""

    def unreadable(error: OSError) -> None:
        place = Place(_named(folder, root, Path(error.filename)))
        problems.append(fault("unreadable-file", place, "this folder cannot be read"))

    for base, folders, files in os.walk(folder, onerror=unreadable):
        folders.sort()
        links = [Path(base, name) for name in folders if Path(base, name).is_symlink()]
        problems.extend(_outside(Place(_named(folder, root, link))) for link in links)
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(base, name) for name in sorted(files) if not name.startswith("."))


def _named(folder: Path, root: str, path: Path) -> str:
    return f"{root}/{path.relative_to(folder).as_posix()}"


def _outside(place: Place) -> Problem:
    return fault("outside-folder", place, "a link on disk stands here", "put the file itself here")


def _load_file(path: Path, place: Place, folder: Path) -> bytes | Problem:
    """Return what a file holds, or why it is not read."""
    try:
        if not path.resolve(strict=True).is_relative_to(folder.resolve()):
            return _outside(place)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return fault("unreadable-file", place, "this is not an ordinary file")
        if status.st_size > MOST_BYTES:
            return _too_big(place, status.st_size)
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, RuntimeError) as error:
        # RuntimeError: links that lead to themselves, up to Python 3.12.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "a loop"
        return fault("unreadable-file", place, f"this file cannot be read: {reason}")


def _too_big(place: Place, size: int) -> Problem:
    message = f"the file has {size // 1000} kB; the most is {MOST_BYTES // 1000} kB"
    return fault("file-too-big", place, message, "cut it in two, or put media in media/")


def decode(path: str, data: bytes) -> str | Problem:
    """Return the text of a file, or why it is not one."""
    if len(data) > MOST_BYTES:
        return _too_big(Place(path), len(data))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        place = _place(path, before)
        return fault("not-utf8", place, "this file is not UTF-8", "save it again as UTF-8")
    if not text.strip("\ufeff \t\r\n"):
        return fault("empty-file", Place(path), "this file is empty", "write it, or delete it")
    control = _CONTROL.search(text)
    if control:
        message = f"a control character stands here: U+{ord(control[0]):04X}"
        place = _place(path, text[: control.start()])
        return fault("control-character", place, message, "delete it")
    return text


def _place(path: str, before: str) -> Place:
    """Return the place that follows a text."""
    lines = split_lines(before)
    return Place(path, len(lines), len(lines[-1]) + 1)
