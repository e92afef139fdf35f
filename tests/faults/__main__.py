"""Try the faults of docs/FAULTS.md: `python -m tests.faults --rounds 1000 --only F1,F3`."""

import argparse
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from lms.kernel.migrate import upgrade
from tests.databases import NoPostgresError, start_cluster
from tests.faults.catalogue import FAULTS, Fault
from tests.faults.grounds import POSTGRESQL, SQLITE, Grounds
from tests.faults.outcome import COLUMNS, BrokenPromiseError, NotHereError, columns

MOST_ROUNDS = 10_000
SECONDS_AT_LEAST = 120
SECONDS_A_ROUND = 3


def main() -> None:
    """Try every fault that is asked for; exit 1 unless nothing was lost, doubled or halved."""
    given = _arguments()
    logging.disable()  # the faults are on purpose
    signal.signal(signal.SIGTERM, _stop)
    databases = (SQLITE, POSTGRESQL) if given.database == "both" else (given.database,)
    _say(columns(*COLUMNS))
    with ExitStack() as stack:
        grounds = stack.enter_context(_grounds(databases))
        wanted = [one for one in FAULTS if not given.only or one.name in given.only]
        kept = [_try(one, grounds, name, given.rounds) for name in databases for one in wanted]
    sys.exit(0 if all(kept) else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="kills; of others in proportion")
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL, "both"], default="both")
    parser.add_argument("--only", type=_names, default=(), help="such as F1,F3")
    given = parser.parse_args()
    if not 1 <= given.rounds <= MOST_ROUNDS:
        parser.error(f"--rounds: from 1 to {MOST_ROUNDS}")
    return given


def _names(text: str) -> Sequence[str]:
    wanted = text.upper().split(",")
    known = {one.name for one in FAULTS}
    if unknown := set(wanted) - known:
        raise argparse.ArgumentTypeError(f"no such fault: {', '.join(sorted(unknown))}")
    return wanted


@contextmanager
def _grounds(databases: Sequence[str]) -> Iterator[Grounds]:
    """Make the templates that databases are made from; no cluster where none can be started."""
    with TemporaryDirectory(prefix="virage-faults-") as folder:
        template = Path(folder) / "template.db"
        upgrade(f"sqlite:///{template}")
        if POSTGRESQL not in databases:
            yield Grounds(template)
            return
        try:
            owned = start_cluster()
        except NoPostgresError as error:
            _say(f"PostgreSQL could not be started: {error}")
            yield Grounds(template)
            return
        try:
            yield Grounds(template, owned.cluster)
        finally:
            owned.stop()


def _try(fault: Fault, grounds: Grounds, engine_name: str, rounds: int) -> bool:
    """Try one fault on one database and print its line; whether its promise was kept."""
    began = time.monotonic()
    own = fault.rounds(rounds)
    try:
        with _within(SECONDS_AT_LEAST + own * SECONDS_A_ROUND):
            tally = fault.attempt(grounds, engine_name, own)
    except NotHereError as error:
        _say(f"{columns(fault.name, engine_name, *'-' * 6)}  not here: {error}")
        return os.environ.get("CI") != "true"
    except BrokenPromiseError as error:
        _say(f"{columns(fault.name, engine_name, str(own), *'-' * 5)}  broken: {error}")
        return False
    outcome = tally.outcome(fault.name, engine_name, time.monotonic() - began)
    _say(outcome.line())
    return not outcome.findings


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    """Give up on a fault that takes longer than that; what it started is ended on the way out."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise BrokenPromiseError(f"not done within {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(1)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
