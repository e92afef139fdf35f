"""The two servers: started at the same time, each ended by its own process id."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.load import drive
from bench.visits import reading
from bench.wire import BenchError, Request

ROOT = Path(__file__).resolve().parents[1]
LMS = Path(sys.executable).with_name("lms")
WORKERS = 2
_SECONDS_TO_START = 30


@dataclass(frozen=True, slots=True)
class Program:
    """How to start one side, and the page that says that it is there."""

    command: Sequence[str]
    environ: Mapping[str, str]
    first: Request
    log: Path


@dataclass(frozen=True, slots=True)
class Server:
    """A running side; `first_page` is how long it took from the start to the first page."""

    process: subprocess.Popen[bytes]
    port: int
    first_page: float

    def memory(self) -> float:
        """Give the memory of its workers in MB: the sum of their proportional shares (PSS)."""
        return sum(_pss(pid) for pid in self._workers()) / 1000

    def _workers(self) -> list[int]:
        found = _children(self.process.pid)
        if len(found) != WORKERS:
            raise BenchError(f"{len(found)} workers, not {WORKERS}")
        return found

    def stop(self) -> None:
        """End it and wait for its end."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            for pid in (*_children(self.process.pid), self.process.pid):
                os.kill(pid, signal.SIGKILL)
            self.process.wait(20)


def virage(first: Request, environ: Mapping[str, str], log: Path) -> Program:
    """Say how `lms serve` is started; its jobs are no part of what is measured."""
    return Program([str(LMS), "serve", "--no-jobs"], environ, first, log)


def bare(first: Request, environ: Mapping[str, str], log: Path) -> Program:
    """Say how the bare application is started."""
    return Program([sys.executable, "-m", "bench.bare"], environ, first, log)


def start(program: Program) -> Server:
    """Start a side and wait for its first page."""
    port = _free_port()
    command = [*program.command, "--port", str(port), "--workers", str(WORKERS)]
    environ = {**os.environ, **program.environ}
    with program.log.open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own programs
            command, cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    while time.perf_counter() - began < _SECONDS_TO_START and process.poll() is None:
        try:
            drive(port, [reading([program.first])], seconds=0)
        except OSError:
            time.sleep(0.005)
            continue
        return Server(process, port, time.perf_counter() - began)
    if process.poll() is None:
        Server(process, port, 0).stop()
    raise BenchError(f"{program.command[0]} did not start; see {program.log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _children(pid: int) -> list[int]:
    """Give the processes that any thread of this one has started."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise BenchError("the kernel does not say how much memory a process takes")
