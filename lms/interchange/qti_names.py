"""The two editions of QTI: one vocabulary, written in two ways."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from lms.interchange.safe_xml import local
from lms.interchange.xhtml import TAKEN

_UPPER = re.compile(r"(?<=[a-z])([A-Z])")
_HYPHEN = re.compile(r"-([a-z])")
OURS = "urn:virage:questions:1"


@dataclass(frozen=True, slots=True)
class Edition:
    """What an edition of QTI calls its things."""

    form: str
    namespace: str
    package: str
    schema: str
    version: str
    kind: str  # what ends the types of resources
    templates: str
    is_hyphened: bool


QTI21 = Edition(
    form="qti21",
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    package="http://www.imsglobal.org/xsd/imscp_v1p1",
    schema="QTIv2.1 Package",
    version="1.0.0",
    kind="xmlv2p1",
    templates="http://www.imsglobal.org/question/qti_v2p1/rptemplates/",
    is_hyphened=False,
)
QTI30 = Edition(
    form="qti30",
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    package="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    schema="QTI Package",
    version="3.0.0",
    kind="xmlv3p0",
    templates="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
    is_hyphened=True,
)


def in_edition(root: Element, edition: Edition) -> Element:
    """Return a tree that was built in the names of 2.1, in those of its edition."""
    if edition.is_hyphened:
        for element in root.iter():
            if element.tag not in TAKEN:
                element.tag = f"qti-{_hyphened(element.tag)}"
            element.attrib.update(
                {_hyphened(key): element.attrib.pop(key) for key in list(element.attrib)}
            )
    root.set("xmlns", edition.namespace)
    return root


def in_old_names(root: Element) -> Element:
    """Return a tree of either edition in the names of 2.1, without namespaces."""
    for element in root.iter():
        name = local(element)
        is_new = name.startswith("qti-")
        element.tag = _humped(name.removeprefix("qti-")) if is_new else name
        if is_new:
            for key in list(element.attrib):
                if not key.startswith(("data-", "aria-", "{")):
                    element.attrib[_humped(key)] = element.attrib.pop(key)
    return root


def _hyphened(name: str) -> str:
    return name if ":" in name else _UPPER.sub(lambda sign: f"-{sign[1]}", name).lower()


def _humped(name: str) -> str:
    return _HYPHEN.sub(lambda sign: sign[1].upper(), name)
