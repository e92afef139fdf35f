"""The files of the repository, as the rules about code read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def repository_files() -> tuple[Path, ...]:
    """Give every file that git keeps or would keep, those that were taken away aside."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],  # noqa: S607 - git of the PATH
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = (ROOT / name for name in listed.split("\x00") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(*folders: str) -> tuple[Path, ...]:
    """Give the Python files below these folders of the repository."""
    wanted = tuple(f"{folder}/" for folder in folders)
    return tuple(
        path
        for path in repository_files()
        if path.suffix == ".py" and name_of(path).startswith(wanted)
    )


def name_of(path: Path) -> str:
    """Give a file's name within the repository."""
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    """Give every node of a file's syntax tree."""
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def docstring(path: Path) -> str:
    """Give what a file says about itself."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
