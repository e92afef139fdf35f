"""The manifests: imsmanifest.xml of SCORM 1.2 and the course structure of cmi5.

Element order: SCORM 1.2 Content Aggregation Model, 2.3.2 (IMS CP 1.1.2 with ADL's extensions);
cmi5 specification (Quartz), 13.1 and its CourseStructure.xsd. Titles and ids are neutral: a
learning system shows them in its menus, its marks and its mails.
"""

import uuid
from collections.abc import Mapping, Sequence

from lxml import etree

from lms.gates.gate import Sequence as ModuleSequence
from lms.interchange.packages.source import PackagedCourse, PackagedModule
from lms.interchange.packages.words import PackageWords

_IMSCP = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
_ADLCP = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
_CMI5 = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"


def page_path(module: PackagedModule) -> str:
    """Give the path of a module's page within the package: a number and no more."""
    return f"m{module.number}/index.html"


def scorm12_manifest(
    course: PackagedCourse, files: Mapping[int, Sequence[str]], words: PackageWords
) -> bytes:
    """Give imsmanifest.xml: one SCO a module; `files` are those of each module beside its page."""
    name = {"identifier": "VIRAGE", "version": str(course.edition)}
    root = etree.Element(f"{{{_IMSCP}}}manifest", name, nsmap={None: _IMSCP, "adlcp": _ADLCP})
    metadata = _under(root, "metadata")
    _under(metadata, "schema", "ADL SCORM")
    _under(metadata, "schemaversion", "1.2")
    organizations = _under(root, "organizations", default="COURSE")
    organization = _under(organizations, "organization", identifier="COURSE")
    _under(organization, "title", course.title)
    for place, module in enumerate(course.modules):
        before = course.modules[place - 1] if place else None
        item = _under(organization, "item", identifier=f"M{module.number}",
                      identifierref=f"R{module.number}", isvisible="true")  # fmt: skip
        _under(item, "title", words.module.format(number=module.number))
        if before is not None and course.sequence is ModuleSequence.IN_ORDER:
            wanted = etree.SubElement(item, f"{{{_ADLCP}}}prerequisites", type="aicc_script")
            wanted.text = f"M{before.number}"
        etree.SubElement(item, f"{{{_ADLCP}}}masteryscore").text = str(module.passing_percent)
    resources = _under(root, "resources")
    for module in course.modules:
        _resource(resources, module, files[module.number])
    notice = _under(resources, "resource", identifier="NOTICE", type="webcontent",
                    href="notice.html")  # fmt: skip
    notice.set(f"{{{_ADLCP}}}scormtype", "asset")
    _under(notice, "file", href="notice.html")
    return _written(root)


def _resource(resources: etree._Element, module: PackagedModule, files: Sequence[str]) -> None:
    page = page_path(module)
    found = _under(resources, "resource", identifier=f"R{module.number}", type="webcontent",
                   href=page)  # fmt: skip
    found.set(f"{{{_ADLCP}}}scormtype", "sco")
    for path in (page, *files):
        _under(found, "file", href=path)


def _under(parent: etree._Element, name: str, text: str = "", **values: str) -> etree._Element:
    """Add an element in the namespace of its parent."""
    space = etree.QName(parent).namespace
    made = etree.SubElement(parent, f"{{{space}}}{name}", values)
    made.text = text or None
    return made


def cmi5_structure(course: PackagedCourse, site: str, words: PackageWords) -> bytes:
    """Give cmi5.xml: one AU a module, satisfied when it is read and passed.

    Ids come from the site's address and do not change from one edition to the next.
    """
    root = etree.Element(f"{{{_CMI5}}}courseStructure", nsmap={None: _CMI5})
    whole = f"{site}/{course.id}/{course.language}"
    head = _under(root, "course", id=_urn(whole))
    _texts(head, "title", course.title, course.language)
    _texts(head, "description", words.notice.gates, course.language)
    for module in course.modules:
        title = words.module.format(number=module.number)
        unit = _under(
            root,
            "au",
            id=_urn(f"{whole}/{module.id}"),
            moveOn="CompletedAndPassed",
            masteryScore=_scaled(module.passing_percent),
            launchMethod="AnyWindow",
        )
        _texts(unit, "title", title, module.language)
        _texts(unit, "description", title, module.language)
        _under(unit, "url", page_path(module))
    return _written(root)


def _texts(parent: etree._Element, name: str, text: str, language: str) -> None:
    _under(_under(parent, name), "langstring", text, lang=f"{language}-CA")


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, name).urn


def _scaled(percent: int) -> str:
    """Write percents as cmi5 has them: a decimal from 0 to 1."""
    return f"{percent // 100}.{percent % 100:02}".rstrip("0").rstrip(".")


def _written(root: etree._Element) -> bytes:
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
