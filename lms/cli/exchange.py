"""`lms exchange` and `lms agency`: signed messages by hand, and an agency's machine, key, address.

The coordinator's page does the first two as well; the second three are the operator's alone.
"""

import sys
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.service import find_user
from lms.agencies.models import Agency
from lms.cli.edge import ready_database, transaction
from lms.exchange.agency_keys import add_key, agency_keys, end_key
from lms.exchange.apply import Desk
from lms.exchange.clients import add_client, clients_of, end_client
from lms.exchange.deliver import may_be_sent_to, note_handed_over, set_address
from lms.exchange.lines import Became, LineReport, write_file, write_receipts
from lms.exchange.message import Direction
from lms.exchange.models import ExchangeMessage
from lms.exchange.numbers import message_numbered
from lms.exchange.queries import messages_of
from lms.exchange.signed import judge_lines
from lms.journey.exchange import take_messages
from lms.kernel.clock import system_clock
from lms.kernel.days import today_in_programme
from lms.kernel.errors import BadInputError, NotFoundError
from lms.kernel.signing import key_id, public_key, public_key_pem, read_public_key
from lms.settings import Environment, load_settings, site_keys

MOST_BYTES = 10_000_000
AT_ONCE = 500
agency_option = click.option("--agency", "name", required=True, help="The agency's name.")
agency_argument = click.argument("name")


@click.group()
def exchange() -> None:
    """Exchange signed messages with agencies, by file."""


@exchange.command("export")
@agency_option
@click.option("--after", type=click.IntRange(min=0), default=0, help="Numbers after this one.")
def export_messages(name: str, after: int) -> None:
    """Write the messages for an agency, one a line, as they were signed."""
    with transaction() as db:
        agency = _agency(db, name)
        while found := messages_of(db, agency.id, Direction.OUT, after, AT_ONCE):
            for line in write_file(found):
                click.echo(line, nl=False)
            note_handed_over(db, tuple(one.id for one in found), "file", now=system_clock())
            after = found[-1].number


@exchange.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@agency_option
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and do nothing.")
@click.option(
    "--receipts",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the signed receipts of what was taken to this new file.",
)
def import_messages(file: Path, name: str, dry_run: bool, receipts: Path | None) -> None:
    """Take the messages of an agency, and say what became of each line; 1 if one was refused."""
    settings, now, data = load_settings(), system_clock(), _read(file)
    keys = site_keys(settings)
    place = Desk("file", keys, now, today_in_programme(now))
    with transaction(settings) as db:
        agency = _agency(db, name)
        reports = take_messages(db, agency.id, data, place, dry_run=dry_run)
        taken = [] if dry_run else _taken(db, agency, reports)
    for one in reports:
        click.echo(_line(one))
    if receipts is not None:
        with receipts.open("xb") as out:
            out.writelines(write_receipts(taken, keys.signing))
    if any(one.became is Became.REFUSED for one in reports):
        sys.exit(1)


def _taken(db: Session, agency: Agency, reports: tuple[LineReport, ...]) -> list[ExchangeMessage]:
    numbers = [one.number for one in reports if one.became is not Became.REFUSED and one.number]
    found = [message_numbered(db, agency.id, Direction.IN, number) for number in numbers]
    return [one for one in found if one is not None]


def _line(one: LineReport) -> str:
    what = f"line {one.line}: {one.kind} {one.number or ''}".rstrip()
    if one.fault is None:
        return f"{what}: {one.became}"
    awaited = f"; the next number is {one.expected}" if one.expected else ""
    return f"{what}: {one.became} ({one.fault}){awaited}"


@exchange.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", "given", required=True, metavar="PUBLIC", help="In hex, or a file of it.")
def verify_file(file: Path, given: str) -> None:
    """Check a file of messages by the public key alone: no site, no network.

    Exit codes: 0 genuine, 1 not genuine, 2 it cannot be judged.
    """
    public = read_public_key(given) or _key_in(Path(given))
    if public is None:
        raise click.UsageError(f"{given}: holds no public key, in hex or as PEM")
    verdict, told = judge_lines(_read(file), public)
    for sentence in told:
        click.echo(f"{file}: {sentence}")
    sys.exit(verdict)


@exchange.command("key")
@click.option("--pem", is_flag=True, help="As other tools read it.")
def print_key(pem: bool) -> None:
    """Print the public key that verifies this site's messages."""
    public = public_key(site_keys(load_settings()).signing)
    click.echo(public_key_pem(public) if pem else public.hex(), nl=not pem)


@click.group()
def agency() -> None:
    """Let an agency's machine, key or address take part in the exchange."""


@agency.group("client")
def client() -> None:
    """Machines that may use the API."""


@client.command("add")
@agency_argument
@click.option("--member", required=True, help="The login of the lead who answers for it.")
def client_add(name: str, member: str) -> None:
    """Let a machine in; its secret is shown this once."""
    settings = load_settings()
    with transaction(settings) as db:
        found, answers = _agency(db, name), find_user(db, member)
        made = add_client(db, found.id, answers, keys=site_keys(settings), now=system_clock())
    click.echo(f"client_id: {made.client_id}")
    click.echo(f"client_secret: {made.secret}")


@client.command("end")
@click.argument("client_id")
def client_end(client_id: str) -> None:
    """Let a machine in no more."""
    settings = load_settings()
    with transaction(settings) as db:
        end_client(db, client_id, keys=site_keys(settings), now=system_clock())
    click.echo(client_id)


@client.command("list")
@agency_argument
def client_list(name: str) -> None:
    """List an agency's machines."""
    with ready_database(load_settings()).read() as db:
        for one in clients_of(db, _agency(db, name).id):
            ended = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else "in use"
            click.echo(f"{one.client_id}\t{one.created_at:%Y-%m-%d}\t{ended}")


@agency.group("key")
def agency_key() -> None:
    """Public keys that an agency signs with."""


@agency_key.command("add")
@agency_argument
@click.argument("public")
def key_add(name: str, public: str) -> None:
    """Take what is signed with a key, in hex, or as PEM in a file; from then on it must be."""
    settings = load_settings()
    raw = read_public_key(public) or _key_in(Path(public))
    if raw is None:
        raise click.UsageError(f"{public}: holds no public key (Ed25519), in hex or as PEM")
    with transaction(settings) as db:
        add_key(db, _agency(db, name).id, raw, keys=site_keys(settings), now=system_clock())
    click.echo(key_id(raw))


@agency_key.command("end")
@agency_argument
@click.argument("key_name", metavar="KEY_ID")
def key_end(name: str, key_name: str) -> None:
    """Take nothing more that is signed with a key."""
    settings = load_settings()
    with transaction(settings) as db:
        found = _agency(db, name)
        end_key(db, found.id, key_name, keys=site_keys(settings), now=system_clock())
    click.echo(key_name)


@agency_key.command("list")
@agency_argument
def key_list(name: str) -> None:
    """List an agency's keys."""
    with ready_database(load_settings()).read() as db:
        for one in agency_keys(db, _agency(db, name).id):
            ended = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else "in use"
            click.echo(f"{one.key_id}\t{one.added_at:%Y-%m-%d}\t{ended}\t{one.public_key}")


@agency.command("webhook")
@agency_argument
@click.argument("url", required=False)
def webhook(name: str, url: str | None) -> None:
    """Send an agency's messages to an address (https://…); without one, it fetches them."""
    settings = load_settings()
    loopback = settings.environment is Environment.DEVELOPMENT
    if url is not None and not may_be_sent_to(url, loopback=loopback):
        raise BadInputError("an address begins with https:// and holds no password")
    with transaction(settings) as db:
        found = _agency(db, name)
        set_address(db, found, url, keys=site_keys(settings), now=system_clock())
    click.echo(url or "none")


def _agency(db: Session, name: str) -> Agency:
    found = db.scalar(select(Agency).where(Agency.name == name))
    if found is None:
        raise NotFoundError(f"there is no agency named {name!r}")
    return found


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise click.UsageError(f"{file}: cannot be read ({error.strerror})") from error
    if len(data) > MOST_BYTES:
        raise click.UsageError(f"{file}: is longer than {MOST_BYTES} bytes")
    return data


def _key_in(path: Path) -> bytes | None:
    try:
        return read_public_key(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
