"""The load: raw sockets that stay open, all in this process, the same for both sides.

It parses no more than the length of each answer, so that it takes little of the two cores that it
shares with the servers.
"""

import gc
import selectors
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from bench.wire import BenchError, Reply, Request, Script

CHUNK = 262_144
PATIENCE = 15.0  # seconds without any answer


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a round: how long it took, and how long each answer took, in seconds."""

    seconds: float
    times: Sequence[float]

    @property
    def rate(self) -> float:
        """Give the answers per second."""
        return len(self.times) / self.seconds

    def percentile(self, percent: float) -> float:
        """Give the time within which so many percent of the answers came, in milliseconds."""
        ordered = sorted(self.times)
        place = min(len(ordered) - 1, int(len(ordered) * percent / 100))
        return ordered[place] * 1000


@dataclass(slots=True)
class _Line:
    """One connection and what it is waiting for."""

    socket: socket.socket
    script: Script
    sent_at: float = 0.0
    read: bytearray = field(default_factory=bytearray)
    head: bytes = b""
    length: int = 0

    def send(self, request: Request) -> None:
        self.read.clear()
        self.head = b""
        self.sent_at = perf_counter()
        self.socket.sendall(request.raw)

    def receive(self) -> Reply | None:
        """Take what has come; a reply once it is whole."""
        piece = self.socket.recv(CHUNK)
        if not piece:
            raise BenchError("the server closed a connection")
        self.read += piece
        if not self.head and not self._read_head():
            return None
        if len(self.read) < len(self.head) + self.length:
            return None
        return Reply(int(self.head[9:12]), self.head, bytes(self.read[len(self.head) :]))

    def _read_head(self) -> bool:
        end = self.read.find(b"\r\n\r\n")
        if end < 0:
            return False
        self.head = bytes(self.read[: end + 4])
        lowered = self.head.lower()
        at = lowered.find(b"\r\ncontent-length:")
        if at < 0:
            raise BenchError("an answer without a length")
        self.length = int(lowered[at + 17 : lowered.find(b"\r\n", at + 2)])
        return True


def drive(port: int, scripts: Sequence[Script], *, seconds: float) -> Load:
    """Run each script on a connection of its own, until it ends or the time is over."""
    selector = selectors.DefaultSelector()
    lines = [_Line(_connect(port), script) for script in scripts]
    times: list[float] = []
    gc.collect()
    gc.disable()  # no pause of the client may be taken for one of a server
    try:
        started = perf_counter()
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send(next(line.script))
        _answer_all(selector, times, started + seconds)
        return Load(perf_counter() - started, times)
    finally:
        gc.enable()
        selector.close()
        for line in lines:
            line.socket.close()
            line.script.close()


def _answer_all(selector: selectors.BaseSelector, times: list[float], end: float) -> None:
    while selector.get_map():
        ready = selector.select(PATIENCE)
        if not ready:
            raise BenchError(f"no answer for {PATIENCE:.0f} seconds")
        for key, _ in ready:
            line: _Line = key.data
            reply = line.receive()
            if reply is None:
                continue
            arrived = perf_counter()
            times.append(arrived - line.sent_at)
            try:
                request = line.script.send(reply)
            except StopIteration:
                selector.unregister(line.socket)
                continue
            if arrived < end:
                line.send(request)
            else:
                selector.unregister(line.socket)


def _connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
