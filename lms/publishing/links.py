"""Links from one module to another: a file path in the source, a neutral address in the product.

The address names a digest and not the module: no URL says what the seminar is about.
"""

import hashlib
import posixpath
from collections.abc import Mapping

from lms.content.model import Content, Module


def section_reference(module_id: str, section_id: str = "") -> str:
    """Give the neutral name of a section (or of a module): 12 hex digits."""
    return hashlib.sha256(f"{module_id}#{section_id}".encode()).hexdigest()[:12]


def module_links(content: Content, module: Module) -> Mapping[str, str]:
    """Map each way of writing a link to another module, or to a section here, to its address."""
    here = posixpath.dirname(module.place.path)
    links: dict[str, str] = {}
    for other in content.modules.values():
        relative = posixpath.relpath(other.place.path, here or ".")
        spellings = [relative, f"./{relative}"] if "/" not in relative else [relative]
        for spelling in spellings:
            links[spelling] = _address(other.language, other.id)
            for section in other.sections:
                links[f"{spelling}#{section.id}"] = _address(other.language, other.id, section.id)
    for section in module.sections:
        links[f"#{section.id}"] = _address(module.language, module.id, section.id)
    return links


def _address(language: str, module_id: str, section_id: str = "") -> str:
    return f"/{language}/to/{section_reference(module_id, section_id)}"
