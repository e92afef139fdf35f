"""A QTI package: the questions, the test that names them in order, and the manifest."""

import hashlib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lms.content.model import Item
from lms.interchange.loss import Sheet
from lms.interchange.qti_names import OURS, QTI21, QTI30, Edition, in_edition
from lms.interchange.qti_out import item_xml, render_ahead
from lms.interchange.write_markdown import write_item
from lms.interchange.written import Written, each, report

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same questions make the same bytes


@dataclass(frozen=True, slots=True)
class _Entry:
    """A question in the package: its points, its file, and its Markdown as it stands here."""

    points: int
    name: str
    data: bytes
    markdown: str


def write_qti21(items: Sequence[Item], language: str) -> Written:
    """Return the questions as a package of QTI 2.1."""
    return _write(items, language, QTI21)


def write_qti30(items: Sequence[Item], language: str) -> Written:
    """Return the questions as a package of QTI 3.0."""
    return _write(items, language, QTI30)


def _write(items: Sequence[Item], language: str, edition: Edition) -> Written:
    entries: list[_Entry] = []
    render_ahead(items)

    def write(item: Item, sheet: Sheet) -> str:
        data = item_xml(item, edition, language, sheet)
        name, markdown = f"items/{sheet.number:03}.xml", write_item(item, language)
        entries.append(_Entry(item.points, name, data, markdown))
        return ""

    _, fates = each(items, write)
    files = {entry.name: entry.data for entry in entries}
    files["test.xml"] = _bytes(in_edition(_test(entries), edition))
    files["imsmanifest.xml"] = _bytes(_manifest(entries, edition))
    return Written(_zipped(files), report(edition.form, fates))


def _bytes(root: Element) -> bytes:
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _test(entries: Sequence[_Entry]) -> Element:
    root = Element("assessmentTest", identifier="quiz", title="Quiz")
    SubElement(root, "outcomeDeclaration", identifier="SCORE", cardinality="single",
               baseType="float")  # fmt: skip
    part = SubElement(root, "testPart", identifier="part", navigationMode="nonlinear",
                      submissionMode="simultaneous")  # fmt: skip
    section = SubElement(part, "assessmentSection", identifier="section", title="Quiz",
                         visible="true")  # fmt: skip
    for number, entry in enumerate(entries, start=1):
        one = SubElement(section, "assessmentItemRef", identifier=f"item-{number:03}",
                         href=entry.name)  # fmt: skip
        SubElement(one, "weight", identifier="points", value=str(entry.points))
    process = SubElement(root, "outcomeProcessing")
    total = SubElement(SubElement(process, "setOutcomeValue", identifier="SCORE"), "sum")
    SubElement(total, "testVariables", variableIdentifier="SCORE", weightIdentifier="points")
    indent(root)
    return root


def _manifest(entries: Sequence[_Entry], edition: Edition) -> Element:
    """Return the manifest; beside each question stands its Markdown, and of which file it is.

    A question whose file is still that file comes back as it was; of any other its own XML counts.
    """
    root = Element("manifest", {"xmlns": edition.package, "xmlns:v": OURS, "identifier": "package"})
    head = SubElement(root, "metadata")
    SubElement(head, "schema").text = edition.schema
    SubElement(head, "schemaversion").text = edition.version
    SubElement(root, "organizations")
    home = SubElement(root, "resources")
    test = SubElement(home, "resource", identifier="test", type=f"imsqti_test_{edition.kind}",
                      href="test.xml")  # fmt: skip
    SubElement(test, "file", href="test.xml")
    for number, entry in enumerate(entries, start=1):
        one = SubElement(home, "resource", identifier=f"resource-{number:03}",
                         type=f"imsqti_item_{edition.kind}", href=entry.name)  # fmt: skip
        source = SubElement(SubElement(one, "metadata"), "v:question")
        source.set("sha256", hashlib.sha256(entry.data).hexdigest())
        source.text = entry.markdown
        SubElement(one, "file", href=entry.name)
        SubElement(test, "dependency", identifierref=f"resource-{number:03}")
    return root


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files, key=lambda one: (one != "imsmanifest.xml", one)):
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()
