"""`lms audit`: verify the chain, anchor it outside the database, show its entries.

`verify` exits 0 when the chain is whole, 1 when it is broken, 2 on wrong usage or an anchor that
cannot be read.
"""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, assert_never

import click

from lms.cli.edge import ready_database
from lms.kernel.anchor import Anchor, AnchorError, parse_anchor
from lms.kernel.audit import (
    AuditEntry,
    Fault,
    FaultKind,
    Verdict,
    anchor_of,
    latest_entries,
    verify_chain,
)
from lms.kernel.clock import system_clock
from lms.kernel.errors import VirageError
from lms.settings import load_settings, site_keys

_BLANKS = "\u00a0\u202f"  # French punctuation has them


@click.group()
def audit() -> None:
    """Verify, anchor and show the audit chain."""


@audit.command()
@click.option("--anchor", "file", type=click.File("rb"), help="Anchors, a line each; - is stdin.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def verify(file: Iterable[bytes] | None, as_json: bool) -> None:
    """Check every entry against the one before it, and the chain against its anchors."""
    settings = load_settings()
    key = site_keys(settings).audit
    anchors, unreadable = _read_anchors(file or (), key)
    if file and not anchors and not unreadable:
        unreadable = ["there is no anchor in it"]
    with ready_database(settings).read() as db:
        found = verify_chain(db, key, anchors)
    for one in unreadable:
        click.echo(f"lms: {getattr(file, 'name', '-')}: {one}", err=True)
    if as_json:
        click.echo(json.dumps(_verdict_document(found, len(anchors))))
    else:
        _say(found, anchors)
    sys.exit(1 if found.faults else 2 if unreadable else 0)


@audit.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Append it to a file.")
def anchor(out: Path | None) -> None:
    """Print where the chain ends now, as a line to keep outside the database.

    A file grows by a line; one that holds anything but this site's anchors is left as it is.
    """
    settings = load_settings()
    key = site_keys(settings).audit
    with ready_database(settings).read() as db:
        line = str(anchor_of(db, key, system_clock()))
    if out:
        try:
            _append(out, line, key)
        except OSError as fault:
            raise click.UsageError(f"{out}: {fault.strerror}") from fault
    click.echo(line)


@audit.command()
@click.option("--subject", default="", help="Only what was done to this, as in enrolment:ID.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def show(subject: str, limit: int, as_json: bool) -> None:
    """Show the last entries; whether they are genuine, `lms audit verify` says."""
    with ready_database(load_settings()).read() as db:
        try:
            entries = latest_entries(db, subject=subject, limit=limit)
        except ValueError as fault:  # a moment or a JSON text that somebody has spoiled
            raise VirageError("an entry cannot be read; run `lms audit verify`") from fault
    if as_json:
        click.echo(json.dumps([_entry_document(one) for one in entries]))
        return
    for one in entries:
        change = f"{_json(one.before)} -> {_json(one.after)}"
        words = (str(one.number), f"{one.at:%Y-%m-%dT%H:%M:%SZ}", one.actor, one.act, one.subject)
        click.echo("  ".join(_plain(word) for word in (*words, change, one.reason) if word))


def _append(path: Path, line: str, key: bytes) -> None:
    """Add a line to a file of anchors, on the disk when this returns."""
    with path.open("a+b") as file:
        file.seek(0)
        text = file.read()
        _, unreadable = _read_anchors(text.splitlines(), key)
        if unreadable:
            raise click.UsageError(f"{path}: {unreadable[0]}; nothing was written")
        gap = "\n" if text and not text.endswith(b"\n") else ""
        file.write(f"{gap}{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _read_anchors(lines: Iterable[bytes], key: bytes) -> tuple[list[Anchor], list[str]]:
    """Give the anchors, and what is wrong with which line; empty lines and # are passed over."""
    anchors, unreadable = [], []
    for number, raw in enumerate(lines, start=1):
        line = raw.decode("ascii", errors="replace").strip()
        if not line or line.startswith("#"):
            continue
        try:
            anchors.append(parse_anchor(line, key))
        except AnchorError as fault:
            unreadable.append(f"line {number}: {fault}")
    return anchors, unreadable


def _say(found: Verdict, anchors: list[Anchor]) -> None:
    for fault in found.faults:
        click.echo(_words(fault))
    if found.faults:
        return
    newest = max(anchors, key=lambda one: one.number, default=None)
    against = (
        f"every anchor fits ({len(anchors)}, the newest at entry {newest.number})"
        if newest
        else "no anchor was given: a tail that was cut off would not show"
    )
    click.echo(f"whole: {found.entries} entries; {against}")


def _words(fault: Fault) -> str:
    one = fault.first == fault.last
    name = f"entry {fault.first}" if one else f"entries {fault.first} to {fault.last}"
    is_, was, does = ("is", "was", "does") if one else ("are", "were", "do")
    match fault.kind:
        case FaultKind.ALTERED:
            return (
                f"{name}: {does} not match the chain: edited, moved or put in by hand"
                " (or audit.key is not the key of that time)"
            )
        case FaultKind.MISSING:
            return f"{name}: {is_} missing, so that entry {fault.last + 1} cannot be checked"
        case FaultKind.STRAY:
            return f"{name}: no entry has such a number; it was put in by hand"
        case FaultKind.CUT:
            return f"{name}: {was} there when an anchor was made, and {is_} cut off"
        case FaultKind.REMADE:
            return f"{name}: {is_} not what an anchor saw; the chain was made anew or edited"
        case _:
            assert_never(fault.kind)


def _verdict_document(found: Verdict, anchors: int) -> dict[str, Any]:
    faults = [
        {"kind": one.kind, "first": one.first, "last": one.last, "words": _words(one)}
        for one in found.faults
    ]
    return {
        "whole": found.is_whole,
        "entries": found.entries,
        "anchors": anchors,
        "faults": faults,
    }


def _entry_document(entry: AuditEntry) -> dict[str, Any]:
    names = ("number", "actor", "act", "subject", "reason", "before", "after", "mac")
    return {"at": entry.at.isoformat()} | {name: getattr(entry, name) for name in names}


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _plain(text: str) -> str:
    """Keep a text on its line: what a terminal would obey is written out."""
    return "".join(
        sign
        if sign.isprintable() or sign in _BLANKS
        else sign.encode("unicode_escape").decode("ascii")
        for sign in text
    )
