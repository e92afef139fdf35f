"""Every address of another site that the content names, and where it stands."""

import re
from collections.abc import Mapping

from lms.content.model import Content, Place
from lms.content.quality import module_quality

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def outside_links(content: Content) -> Mapping[str, tuple[Place, ...]]:
    """Give each address outside with the places that name it: texts of modules, and facts."""
    found: dict[str, list[Place]] = {}
    for module in content.modules.values():
        measured = module_quality(content, module, (), module.reviewed)
        for target in measured.links.outside:
            found.setdefault(target, []).append(module.place)
    for fact in content.facts.values():
        if address := web_address(fact.address):
            found.setdefault(address, []).append(fact.place)
    return {target: tuple(sorted(set(places))) for target, places in sorted(found.items())}


def web_address(address: str) -> str:
    """Give the address of a fact as a browser takes it; empty where it is none.

    Authors write `quebec.ca/page` without a scheme: https is meant.
    """
    typed = address.strip()
    if typed.lower().startswith(("https://", "http://")):
        return typed if " " not in typed else ""
    host = typed.split("/", 1)[0]
    is_host = "." in host.strip(".") and not _SCHEME.match(typed) and " " not in typed
    return f"https://{typed}" if is_host and not typed.startswith("/") else ""
