"""When each section and question of a module last changed, as far as the kept editions tell."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import FileRevision
from lms.authoring.revisions import text_digest
from lms.content.model import Block, Item, Place, Prose
from lms.content.parse_module import parse_module
from lms.content.twins import Change, Changes, item_key, section_key
from lms.publishing.consent import day_of

MOST_EDITIONS = 20  # of one file: each costs some 8 ms, once a process
_MOST_KNOWN = 5000
_MODULES = "content/modules/"
_NOWHERE = Place("")
Prints = Mapping[str, str]  # part -> what it says, as a digest
_known: dict[str, Prints] = {}  # by the digest of a text: what it says is read once


@dataclass(frozen=True, slots=True)
class Edition:
    """What the parts of a file said on a day."""

    on: date
    prints: Prints


def section_changes(db: Session, texts: Mapping[str, bytes], today: date) -> Changes:
    """Say of every module's file that has editions when each of its parts last changed.

    `texts` are the files that stand; what stands and is in no edition yet changed today.
    """
    modules = {
        path: text.decode("utf-8", "replace")
        for path, text in texts.items()
        if path.startswith(_MODULES)
    }
    return {
        path: last_changes(_prints(text_digest(modules[path]), modules[path]), some, today)
        for path, some in _editions(db, modules).items()
    }


def last_changes(
    standing: Prints, editions: Sequence[Edition], today: date
) -> Mapping[str, Change]:
    """Say when each part that stands last changed; editions come the newest first."""
    return {part: _last_change(part, says, editions, today) for part, says in standing.items()}


def _last_change(part: str, says: str, editions: Sequence[Edition], today: date) -> Change:
    last = today
    for edition in editions:
        if edition.prints.get(part) != says:
            return Change(last, is_exact=True)
        last = edition.on
    return Change(last, is_exact=False)


def _editions(db: Session, paths: Iterable[str]) -> Mapping[str, Sequence[Edition]]:
    """Give the last editions of files, the newest first; only files that have some."""
    query = (
        select(FileRevision.path, FileRevision.digest, FileRevision.made_at)
        .where(FileRevision.path.in_(list(paths)))
        .order_by(FileRevision.path, FileRevision.number.desc())
    )
    kept: dict[str, list[tuple[str, datetime]]] = {}
    for path, digest, made_at in db.execute(query):
        rows = kept.setdefault(path, [])
        if len(rows) < MOST_EDITIONS:
            rows.append((digest, made_at))
    prints = _read_texts(db, {digest for rows in kept.values() for digest, _ in rows})
    return {
        path: [Edition(day_of(made_at), prints[digest]) for digest, made_at in rows]
        for path, rows in kept.items()
    }


def _read_texts(db: Session, wanted: Collection[str]) -> Mapping[str, Prints]:
    """Give what the texts with these digests say; those that this process has not read are read."""
    found = {digest: prints for digest in wanted if (prints := _known.get(digest)) is not None}
    missing = [digest for digest in wanted if digest not in found]
    if missing:
        columns = select(FileRevision.digest, FileRevision.text)
        for digest, text in db.execute(columns.where(FileRevision.digest.in_(missing))):
            found[digest] = _prints(digest, text or "")
    return found


def _prints(digest: str, text: str) -> Prints:
    found = _known.get(digest)
    if found is None:
        found = prints_of(text)
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[digest] = found
    return found


def prints_of(text: str) -> Prints:
    """Give what each section and question of a module says, as digests; none where it is broken."""
    module, _ = parse_module("", text)
    if module is None:
        return {}
    sections = {
        section_key(section.id): _digest([section.title, *map(_words, section.blocks)])
        for section in module.sections
    }
    asked = [*(item for section in module.sections for item in section.practice), *module.items]
    items = {item_key(item.id): _digest([_words(item)]) for item in asked if item.id}
    return {**sections, **items}


def _words(block: Block) -> str:
    """Give what a block says wherever it stands in its file."""
    match block:
        case Prose():
            return f"text {block.markdown.strip()}"
        case Item():
            return f"item {replace(block, place=_NOWHERE)!r}"
        case _:
            return f"testimony {block.testimony_id}"


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(words).encode("utf-8", "surrogatepass")).hexdigest()
