"""QTI packages and single items, read: every question of them, or why not."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from lms.content.model import Item
from lms.interchange.loss import BadFileError, Loss, RefusedError, Sheet
from lms.interchange.prompts import title_of
from lms.interchange.qti_item import read_item_xml
from lms.interchange.qti_names import OURS, QTI21, QTI30, Edition, in_old_names
from lms.interchange.questions import Found, Reading, found, refused
from lms.interchange.safe_xml import below, parse_xml, text_of
from lms.interchange.safe_zip import ZIP_MARK, read_zip
from lms.interchange.write_markdown import read_back

_MANIFEST = "imsmanifest.xml"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A question's file in a package, its weight, and the Markdown that it was made of."""

    name: str
    weight: str = ""
    markdown: str = ""
    digest: str = ""


def read_qti21(data: bytes, language: str) -> Reading:
    """Return the questions of a package or an item of QTI 2.1 (or 2.0, 2.2)."""
    return _read(data, language, QTI21)


def read_qti30(data: bytes, language: str) -> Reading:
    """Return the questions of a package or an item of QTI 3.0."""
    return _read(data, language, QTI30)


def _read(data: bytes, language: str, edition: Edition) -> Reading:
    if data.startswith(ZIP_MARK):
        return _package(read_zip(data), language, edition)
    root, losses = _item_root(data, edition)
    sheet = Sheet(1)
    try:
        return Reading((found(sheet, read_item_xml(root, sheet, language)),), losses)
    except RefusedError as error:
        return Reading((refused(sheet, str(error)),), losses)


def _item_root(data: bytes, edition: Edition) -> tuple[Element, tuple[Loss, ...]]:
    """Return the root of an item's file in the names of 2.1; BadFileError where it is none."""
    root, losses = parse_xml(data)
    name = root.tag.rpartition("}")[2]
    if name == "questestinterop":
        raise BadFileError("this is QTI 1.2: export it as QTI 2.1 where it comes from")
    wanted = "qti-assessment-item" if edition.is_hyphened else "assessmentItem"
    if name != wanted:
        raise BadFileError(f"this is not a question of {edition.schema}: it begins with <{name}>")
    return in_old_names(root), losses


def _package(files: Mapping[str, bytes], language: str, edition: Edition) -> Reading:
    home = min((one for one in files if one.endswith(_MANIFEST)), key=len, default="")
    if PurePosixPath(home).name != _MANIFEST:
        raise BadFileError(f"the zip is no QTI package: it holds no {_MANIFEST}")
    folder = str(PurePosixPath(home).parent)
    manifest, losses = parse_xml(files[home])
    general = list(losses)
    entries = _entries(manifest, files, folder, general)
    if not entries:
        raise BadFileError("the package names no questions")
    questions = tuple(
        _question(entry, number, files, language, edition)
        for number, entry in enumerate(entries, start=1)
    )
    general += _left(files, home, entries)
    return Reading(questions, tuple(general))


def _entries(
    manifest: Element, files: Mapping[str, bytes], folder: str, general: list[Loss]
) -> list[_Entry]:
    """Return the questions in the order of the test, or else of the manifest."""
    items: dict[str, _Entry] = {}
    order: dict[str, _Entry] = {}
    resources = [
        (resource, resource.get("type") or "", _joined(folder, resource.get("href") or ""))
        for resource in below(manifest, "resource")
    ]
    for resource, kind, name in resources:
        if kind.startswith("imsqti_item"):
            items[name] = _entry(name, resource)
        elif "qti" in kind.lower() and not kind.startswith("imsqti_"):
            general.append(Loss(f"resource {kind}", "not known here"))
    tests = [one for _, kind, one in resources if kind.startswith(("imsqti_test", "imsqti_asses"))]
    for name in tests:
        refs = _refs(files[name], name, general) if name in files else {}
        order |= {one: replace(items[one], weight=refs[one]) for one in refs if one in items}
    return list((order | {name: items[name] for name in items if name not in order}).values())


def _entry(name: str, resource: Element) -> _Entry:
    """Return what the manifest says of a question."""
    ours = next(iter(resource.iter(f"{{{OURS}}}question")), None)
    digest = (ours.get("sha256") or "") if ours is not None else ""
    return _Entry(name, markdown=text_of(ours), digest=digest)


def _refs(data: bytes, name: str, general: list[Loss]) -> dict[str, str]:
    """Return the questions that a test names, with their weights; its rules are a loss."""
    root, losses = parse_xml(data)
    general += losses
    in_old_names(root)
    folder = str(PurePosixPath(name).parent)
    refs: dict[str, str] = {}
    for ref in below(root, "assessmentItemRef"):
        weight = next(below(ref, "weight"), None)
        value = (weight.get("value") or "") if weight is not None else ""
        refs[_joined(folder, ref.get("href") or "")] = value
    for rule in ("selection", "ordering", "preCondition", "branchRule", "timeLimits"):
        if next(below(root, rule), None) is not None:
            general.append(Loss(f"test: {rule}", "a module says this in its front matter"))
    return refs


def _joined(folder: str, href: str) -> str:
    """Return the name in the zip of what a file in this folder points to."""
    parts: list[str] = [] if folder == "." else folder.split("/")
    for part in unquote(href).split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _question(
    entry: _Entry, number: int, files: Mapping[str, bytes], language: str, edition: Edition
) -> Found:
    sheet = Sheet(number, PurePosixPath(entry.name).name)
    try:
        return found(sheet, _item(entry, sheet, files, language, edition))
    except (RefusedError, BadFileError) as error:
        return refused(sheet, str(error))


def _item(
    entry: _Entry, sheet: Sheet, files: Mapping[str, bytes], language: str, edition: Edition
) -> Item:
    """Return the question: as it left this product if its file is untouched, or by its own XML."""
    data = files.get(entry.name)
    if data is None:
        raise RefusedError(f"its file {entry.name} is not in the package")
    ours = _as_it_was(entry.markdown) if entry.digest else None
    if ours is not None and hashlib.sha256(data).hexdigest() == entry.digest:
        sheet.title = title_of(ours.prompt)
        return ours
    root, losses = _item_root(data, edition)
    sheet.note(losses)
    return read_item_xml(root, sheet, language, weight=entry.weight, ours=ours)


def _as_it_was(markdown: str) -> Item | None:
    item, _ = read_back(markdown)
    return read_back(markdown, practice=True)[0] if item and item.practice else item


def _left(files: Mapping[str, bytes], home: str, entries: list[_Entry]) -> list[Loss]:
    """Name the files of a package that do not come along."""
    read = {home, *(entry.name for entry in entries)}
    return [
        Loss(f"file {name}", "it does not come along: put pictures in media/ by hand")
        for name in sorted(files)
        if name not in read and not name.endswith((".xml", ".xsd"))
    ]
