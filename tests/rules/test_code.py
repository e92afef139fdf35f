"""Rules about the code that no checker of types or style knows."""

import ast
import re
from pathlib import Path

from tests.rules.source import ROOT, docstring, name_of, nodes, python_files, repository_files

MOST_LINES = 300
THE_EDGE = "lms/web/db.py"
UNSAFE_IN_TEMPLATES = re.compile(
    r"\|\s*safe\b|\bautoescape\b|\bMarkup\b|<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+="
)
# A machine's own paths, and where packages are fetched: neither is anybody's business here.
MACHINE = re.compile(
    r"/(?:work|root|Users|builds)/[\w.-]|/home/(?!me/)\w|\b[A-Z]:\\\w|pypi\.org|pythonhosted\.org"
    r"|registry\.npmjs|index-url|\bproxy\.golang\b"
)


def _called(node: ast.AST) -> str:
    """Give the name of what is called, without what stands before its last dot."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def _lines_calling(path: Path, name: str) -> list[str]:
    return [f"{name_of(path)}:{node.lineno}" for node in nodes(path) if _called(node) == name]  # type: ignore[attr-defined]  # a call has a line


def test_only_the_edge_commits() -> None:
    """One request or one command is one transaction: services flush, the edge commits."""
    places = [line for path in python_files("lms") for line in _lines_calling(path, "commit")]
    edges = {THE_EDGE, *(name_of(path) for path in python_files("lms/cli"))}
    assert [place for place in places if place.split(":")[0] not in edges] == []
    assert any(place.startswith(THE_EDGE) for place in places)


def test_html_that_is_not_escaped_has_one_maker() -> None:
    """`Markup(…)` of anything but a literal stands in one file; a literal may be formatted."""
    found = []
    for path in python_files("lms"):
        for node in nodes(path):
            if _called(node) not in {"Markup", "mark_safe"}:
                continue
            assert isinstance(node, ast.Call)
            literal = all(
                isinstance(one, ast.Constant) and isinstance(one.value, str) for one in node.args
            )
            if not literal or node.keywords or not node.args:
                found.append(name_of(path))
    assert found == ["lms/web/html.py"]


def test_no_template_opens_a_door_for_html_or_scripts() -> None:
    found = []
    for path in repository_files():
        if not name_of(path).startswith("lms/web/templates/"):
            continue
        assert path.suffix == ".html", f"{name_of(path)}: only .html is escaped by itself"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if hit := UNSAFE_IN_TEMPLATES.search(line):
                found.append(f"{name_of(path)}:{number}: {hit[0]}")
    assert found == []


def test_no_template_is_made_from_data() -> None:
    names = ("render_template_string", "from_string")
    made = [
        line
        for path in python_files("lms")
        for name in names
        for line in _lines_calling(path, name)
    ]
    assert made == []


def test_a_file_has_three_hundred_lines_or_says_why_it_has_more() -> None:
    found = []
    for path in python_files("lms", "migrations", "tests", "bench"):
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > MOST_LINES and "Longer than" not in docstring(path):
            found.append(f"{name_of(path)}: {count} lines, and no reason in its docstring")
    assert found == []


def test_the_clock_is_asked_in_one_file() -> None:
    found = set()
    for path in python_files("lms"):
        for node in nodes(path):
            is_call = _called(node) in {"now", "today", "utcnow"} and isinstance(node, ast.Call)
            whose = getattr(getattr(node, "func", None), "value", None)
            if is_call and isinstance(whose, ast.Name) and whose.id in {"datetime", "date"}:
                found.add(name_of(path))
    assert found == {"lms/kernel/clock.py"}


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_flask_login_is_known_to_one_room_alone() -> None:
    users = [
        name_of(path)
        for path in python_files("lms")
        if any(one.split(".")[0] == "flask_login" for one in _imports(path))
    ]
    assert users == ["lms/web/auth/identity.py"]


def test_flask_is_known_to_the_web_and_to_what_puts_the_parts_together() -> None:
    allowed = ("lms/web/", "lms/app.py", "lms/wsgi.py")
    strangers = [
        name_of(path)
        for path in python_files("lms")
        if any(
            one.split(".")[0] in {"flask", "wtforms", "flask_wtf", "flask_babel"}
            for one in _imports(path)
        )
        and not name_of(path).startswith(allowed)
    ]
    assert strangers == []


def test_no_file_names_a_machine_or_where_packages_come_from() -> None:
    found = []
    for path in repository_files():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a film
        for number, line in enumerate(text.splitlines(), start=1):
            if hit := MACHINE.search(line):
                found.append(f"{name_of(path)}:{number}: {hit[0]}")
    assert found == []
    assert ROOT / "pyproject.toml" in repository_files()


def test_no_lock_file_writes_addresses_into_the_repository() -> None:
    names = {path.name for path in repository_files()}
    assert not names & {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock"}
