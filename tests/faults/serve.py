"""F1 once more, with the very server that runs in production: `lms serve`, granian's processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from lms.kernel.keys import PURPOSES
from tests.factories import KEY_STORE, KEYS
from tests.faults.grounds import Store
from tests.faults.nursery import ROOT
from tests.faults.outcome import BrokenPromiseError
from tests.faults.visitor import CutOffError, Visitor
from tests.serving import HOST

SECONDS_TO_START = 30
WORKERS = 2


@dataclass(slots=True)
class Served:
    """`lms serve` on a database: a process that minds two workers, all of them killed at once."""

    store: Store
    port: int
    process: subprocess.Popen[bytes] | None = None
    environ: Mapping[str, str] = field(default_factory=dict)

    def start(self) -> int:
        """Start it and wait for its first page; gives its process id."""
        command = [str(Path(sys.executable).with_name("lms")), "serve"]
        with (self.store.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [*command, "--port", str(self.port), "--workers", str(WORKERS)],
                cwd=ROOT,
                env={**os.environ, **self.environ},
                stdout=log,
                stderr=log,
            )
        began = time.monotonic()
        while time.monotonic() - began < SECONDS_TO_START:
            with suppress(CutOffError):
                Visitor(self.port).get("/healthz")
                return self.process.pid
            time.sleep(0.02)
        raise BrokenPromiseError("`lms serve` does not start")

    def kill(self) -> None:
        """End all its processes with SIGKILL; the one that minds the others first."""
        if self.process is None:
            return
        workers = _children(self.process.pid)
        self.process.kill()
        self.process.wait()
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in workers:
            while _is_alive(pid):
                time.sleep(0.002)
        self.process = None


@contextmanager
def served(store: Store) -> Iterator[Served]:
    """Get `lms serve` ready for a database, with the keys that tests have; not started yet."""
    folder = store.folder / "instance" / "keys"
    folder.mkdir(parents=True, mode=0o700)
    for purpose in PURPOSES:
        path = folder / f"{purpose}.key"
        path.touch(mode=0o600)
        path.write_text(getattr(KEYS, purpose).hex(), encoding="ascii")
    environ = {"LMS_INSTANCE": str(folder.parent), "LMS_DATABASE_URL": store.url}
    environ["LMS_KEY_STORE_URL"] = KEY_STORE
    environ["PYTHONPATH"] = str(ROOT)
    made = Served(store, _free_port(), environ=environ)
    try:
        yield made
    finally:
        made.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _children(pid: int) -> list[int]:
    """Give the processes that any thread of this one has started."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def _is_alive(pid: int) -> bool:
    """Whether a process still runs; one that is dead and waits to be noticed does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state[0] != "Z"
