"""`lms completion`: export, verify and explain a record; the register; the public key."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.service import find_user
from lms.app import create_app
from lms.cli.edge import ready_database, transaction
from lms.completion.certificate import read_certificate_number
from lms.completion.explain import explain_completion
from lms.completion.explain_text import explanation_text
from lms.completion.models import Certificate, CompletionRecord
from lms.completion.queries import LAST_NUMBER, certificate_numbered
from lms.completion.register import (
    Register,
    RegisterLine,
    attested_language,
    note_reprint,
    read_register,
)
from lms.completion.signed import Judged, Verdict, export_record, judge_file
from lms.kernel.clock import system_clock
from lms.kernel.errors import NotFoundError, VirageError
from lms.kernel.signing import public_key, public_key_pem, read_public_key
from lms.settings import load_settings, site_keys
from lms.web.participant.certificate import reprinted_certificate

MOST_BYTES = 50_000_000  # an export is a few hundred kilobytes
json_option = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
number_argument = click.argument("number")


@click.group()
def completion() -> None:
    """Prove a completion: export, verify, explain; the register of certificates."""


@completion.command()
@number_argument
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Not to the screen.")
def export(number: str, out: Path | None) -> None:
    """Write the signed record behind a certificate, as JSON."""
    register_number = _read_number(number)
    with ready_database(load_settings()).read() as db:
        record = _record(db, register_number)
        if not record.signature:
            raise VirageError("this record is older than signatures: there is nothing to verify")
        data = export_record(record.document, record.signature, record.key_id)
    if out is None:
        click.echo(data, nl=False)
    else:
        _write_new(out, data)


def _record(db: Session, register_number: int) -> CompletionRecord:
    record = db.scalar(
        select(CompletionRecord)
        .join(Certificate, Certificate.completion_id == CompletionRecord.id)
        .where(Certificate.register_number == register_number)
    )
    if record is None:
        raise NotFoundError("there is no certificate with this number")
    return record


def _read_number(number: str) -> int:
    found = read_certificate_number(number)
    if found is None or not 1 <= found <= LAST_NUMBER:
        raise click.UsageError(f"{number}: this is not a certificate's number, such as 000001-1")
    return found


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet; one that is there is never overwritten."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise click.UsageError(f"{path}: this file is there already") from error
    except OSError as error:
        raise VirageError(f"{path}: cannot be written ({error.strerror})") from error
    click.echo(path)


@completion.command()
@click.option("--pem", is_flag=True, help="As other tools read it.")
def key(pem: bool) -> None:
    """Print the public key that verifies this site's records and certificates."""
    public = public_key(site_keys(load_settings()).signing)
    click.echo(public_key_pem(public) if pem else public.hex(), nl=not pem)


@completion.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", "given", required=True, metavar="PUBLIC", help="In hex, or a file of it.")
def verify(file: Path, given: str) -> None:
    """Check an export or a certificate (PDF) by the public key alone: no site, no network.

    Exit codes: 0 genuine, 1 not genuine, 2 it cannot be judged.
    """
    verdict = _judge(file, given)
    click.echo(f"{file}: {verdict.sentence}", err=verdict.judged is not Judged.GENUINE)
    sys.exit(verdict.judged)


def _judge(file: Path, given: str) -> Verdict:
    public = read_public_key(given) or _key_in(given)
    if public is None:
        return Verdict(Judged.NOT_JUDGED, f"no public key: {given} holds none, in hex or as PEM")
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        return Verdict(Judged.NOT_JUDGED, f"this file cannot be read ({error.strerror})")
    if len(data) > MOST_BYTES:
        return Verdict(Judged.NOT_JUDGED, "this is neither a completion record nor a certificate")
    return judge_file(data, public)


def _key_in(path: str) -> bytes | None:
    try:
        return read_public_key(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


@completion.command()
@number_argument
@json_option
def explain(number: str, as_json: bool) -> None:
    """Tell what a participant saw and passed; exit 1 if it is not what was signed."""
    register_number = _read_number(number)
    settings = load_settings()
    signing = site_keys(settings).signing
    with ready_database(settings).read() as db:
        told = explain_completion(db, register_number, signing, system_clock())
    if as_json:
        click.echo(json.dumps(asdict(told), default=str))
    else:
        click.echo(explanation_text(told), nl=False)
    sys.exit(0 if told.is_sound else 1)


@completion.command()
@json_option
def register(as_json: bool) -> None:
    """List every number from 1 to the last; exit 1 if one is not accounted for."""
    with ready_database(load_settings()).read() as db:
        found = read_register(db)
    if as_json:
        lines = [{"state": line.state, **asdict(line)} for line in found.lines]
        click.echo(json.dumps({"lines": lines, "faults": found.faults}, default=str))
    else:
        _show(found)
    sys.exit(1 if found.faults else 0)


def _show(found: Register) -> None:
    for line in found.lines:
        click.echo(_line(line))
    states = [line.state for line in found.lines]
    counts = ", ".join(f"{states.count(one)} {one}" for one in ("issued", "revoked", "missing"))
    counts += f", {states.count('purged')} purged" if "purged" in states else ""
    click.echo(f"{len(states)} numbers: {counts}; {len(found.faults)} not accounted for")
    for fault in found.faults:
        click.echo(fault, err=True)


def _line(line: RegisterLine) -> str:
    acts = [f"issued {line.issued_at:%Y-%m-%d}"] if line.issued_at else [line.state]
    acts += [f"reprinted {one.at:%Y-%m-%d} ({one.reason})" for one in line.reprints]
    if line.revoked_at:
        acts.append(f"revoked {line.revoked_at:%Y-%m-%d} ({line.revoked_why})")
    return f"{line.number}  {', '.join(acts)}"


@completion.command()
@number_argument
@click.option("--reason", required=True, help="Why it is printed anew.")
@click.option("--by", "login", required=True, metavar="LOGIN", help="Who asks for it.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--language", type=click.Choice(["fr", "en"]), help="Default: of his attestation.")
def reprint(number: str, reason: str, login: str, out: Path, language: str | None) -> None:
    """Print a certificate anew: noted in the register and in the audit chain."""
    register_number = _read_number(number)
    if out.exists():
        raise click.UsageError(f"{out}: this file is there already")
    settings = load_settings()
    keys = site_keys(settings)
    database = ready_database(settings)
    with database.read() as db:
        view = certificate_numbered(db, register_number)
        lang = language or attested_language(db, register_number) or "fr"
    if view is None:
        raise NotFoundError("there is no certificate with this number")
    paper = reprinted_certificate(create_app(settings, database=database), view, lang)
    with transaction(settings) as db:
        by = find_user(db, login)
        now = system_clock()
        note_reprint(db, register_number, by, reason, audit_key=keys.audit, now=now)
    _write_new(out, paper)  # after the commit: no paper that nothing tells of
