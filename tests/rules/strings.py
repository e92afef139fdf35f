"""Every word that a person reads is in the French catalogue: nothing missing, nothing left over.

Run as a script it prints each fault and exits 1; with `--update` it brings the catalogue up to
date: new sentences come in empty, those that are gone leave.
"""

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parents[2] / "lms" / "web"
CATALOGUE = WEB / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "lazy": None, "plural": (1, 2), "gettext": None, "ngettext": (1, 2)}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
_LONE_PERCENT = re.compile(r"%(?!\(\w+\)s)")


def words_in_code() -> Catalog:
    """Give every sentence that code and templates hold."""
    found = Catalog(locale="fr_CA", project="Virage", charset="utf-8")
    for _file, _line, message, _comments, _context in extract_from_dir(
        WEB, method_map=METHODS, keywords=KEYWORDS
    ):
        found.add(message)
    return found


def faults() -> list[str]:
    """Say what is wrong with the catalogue, a line each."""
    wanted = words_in_code()
    with CATALOGUE.open("rb") as file:
        french = read_po(file, locale="fr_CA")
    lines = [f"missing in French: {m.id!r}" for m in wanted if m.id and not french.get(_key(m))]
    for message in french:
        if not message.id:
            continue
        if not wanted.get(_key(message)):
            lines.append(f"no longer used: {message.id!r}")
        lines += [f"{fault}: {message.id!r}" for fault in _judge(message)]
    return lines


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _judge(message: Message) -> list[str]:
    given = [message.string] if isinstance(message.string, str) else list(message.string or ())
    asked = [message.id] if isinstance(message.id, str) else list(message.id)
    found = []
    if not all(given):
        found.append("not translated")
    if message.fuzzy:
        found.append("marked as unsure")
    named = {name for text in asked for name in _PLACEHOLDER.findall(text)}
    if any(set(_PLACEHOLDER.findall(text)) - named for text in given):
        found.append("names a value that the English does not have")
    both = [sorted(_PLACEHOLDER.findall(text)) for text in (given[0], asked[0])]
    if isinstance(message.id, str) and given[0] and both[0] != both[1]:
        found.append("its values differ from the English")
    if named and any(_LONE_PERCENT.search(text.replace("%%", "")) for text in given):
        found.append("holds a percent sign that is no value: write it twice, or in words")
    if any('"' in text for text in given):
        found.append("holds a straight quote, which would end an attribute")
    return found


def update() -> None:
    """Bring the catalogue up to date and keep what is translated."""
    wanted = words_in_code()
    known = Catalog(locale="fr_CA")
    if CATALOGUE.exists():
        with CATALOGUE.open("rb") as file:
            known = read_po(file, locale="fr_CA")
    merged = Catalog(locale="fr_CA", project="Virage", charset="utf-8", fuzzy=False)
    for message in wanted:
        if message.id:
            old = known.get(_key(message))
            merged.add(message.id, old.string if old else "", flags=message.flags)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, merged, omit_header=False, sort_output=True, width=100)


def main() -> int:
    """Check or update."""
    if "--update" in sys.argv:
        update()
        return 0
    found = faults()
    for line in found:
        sys.stdout.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
