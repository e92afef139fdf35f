"""What a text can refer to: facts, testimonies, pictures, sections of this and other modules."""

import re
from collections.abc import Iterable, Mapping
from posixpath import dirname, relpath

from lms.content.files import Files
from lms.content.parse_facts import parse_facts
from lms.content.words import as_id
from lms.publishing.media_kinds import FORMATS, MediaKind, extension_of
from lms.publishing.preview.job import language_of
from lms.web.author.editor_pages import alternative_texts, title_in, visible
from lms.web.author.editor_snippets import Reference, ReferenceList, Where, words_of
from lms.web.words import _

_FACTS = "content/facts.yml"
_TESTIMONY = re.compile(r"content/testimonies/([a-z0-9-]+)/([a-z]{2})\.md")
_MODULE = re.compile(r"content/modules/[^/]+/[a-z]{2}\.md")
_HEADING = re.compile(r"^## .*$", re.MULTILINE)
_LONGEST = 110  # characters of a label


def references(files: Files, path: str, text: str) -> tuple[ReferenceList, ...]:
    """Give everything that a file's text can refer to, each sort in a list of its own."""
    if not path.endswith(".md"):
        return ()
    lang = language_of(path)
    lists = [ReferenceList("fact", _("Fact"), tuple(_facts(files, lang)))]
    if _MODULE.fullmatch(path):
        calls = tuple(_testimonies(files, lang))
        links = tuple(_links(files, path, text))
        lists += [
            ReferenceList("testimony", _("Testimony"), calls, Where.BLOCK),
            ReferenceList("link", _("Link to a section"), links),
        ]
    lists.append(ReferenceList("picture", _("Picture"), tuple(_pictures(files, path)), Where.BLOCK))
    return tuple(one for one in lists if one.entries)


def _facts(files: Files, lang: str) -> Iterable[Reference]:
    facts, _problems = parse_facts(_FACTS, _text(files, _FACTS))
    for fact in facts:
        statement = fact.statement.get(lang) or next(iter(fact.statement.values()), "")
        yield Reference(f"[^{fact.id}]", _named(fact.id, _short(statement)))


def _testimonies(files: Files, lang: str) -> Iterable[Reference]:
    for path in sorted(files.texts):
        found = _TESTIMONY.fullmatch(path)
        if found and found[2] == lang:
            yield Reference(f"[[testimony: {found[1]}]]\n", found[1])


def _pictures(files: Files, path: str) -> Iterable[Reference]:
    lang = language_of(path)
    known = alternative_texts(lang)
    words = words_of(lang)
    for one in sorted(files.paths):
        form = FORMATS.get(extension_of(one))
        if not one.startswith(f"{dirname(path)}/media/") or form is None:
            continue
        name = relpath(one, dirname(path))
        alt = known.get(one, "") or f"{words['write']} {words['picture']}"
        if form.kind is MediaKind.PICTURE:
            yield Reference(f"![{_flat(alt)}]({name})\n", _named(name, _short(alt)))
        else:
            yield Reference(f"![{_flat(alt)}]({name})\n", name)


def _links(files: Files, path: str, text: str) -> Iterable[Reference]:
    lang = language_of(path)
    words = words_of(lang)
    modules = [one for one in sorted(files.texts) if _MODULE.fullmatch(one)]
    texts: Mapping[str, str] = {
        one: text if one == path else _text(files, one)
        for one in sorted({*modules, path})
        if language_of(one) == lang
    }
    for one, other in texts.items():
        address = "" if one == path else relpath(one, dirname(path))
        title = _short(title_in(other, one))
        for name, section in _sections(other):
            link = f"[{words['write']} {words['link']}]({address}#{name})"
            yield Reference(link, _named(title, _short(section)))


def _sections(text: str) -> Iterable[tuple[str, str]]:
    """Give the sections that state their id, with their titles; cheap, whatever the text is."""
    for line in _HEADING.findall(text):
        title, mark, name = line.rstrip().rpartition("{#")
        if mark and as_id(name.removesuffix("}")):
            yield name.removesuffix("}"), title[len("## ") :].strip()


def _text(files: Files, path: str) -> str:
    return files.texts.get(path, b"").decode("utf-8", "replace")


def _flat(text: str) -> str:
    """Give a text that can stand between the brackets of a picture."""
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def _short(text: str) -> str:
    flat = visible(_flat(text))
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"


def _named(name: str, value: str) -> str:
    """Put a colon between, as the language of the page does."""
    return _("%(name)s: %(value)s", name=name, value=value)
