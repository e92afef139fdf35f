"""The process that makes previews: woken by a bell, it lets a child make each, and reaps it.

`python -m lms.publishing.preview.server FOLDER` is started by whoever finds nobody at the bell.
Renderer and check are loaded here once; each text is worked on in a child made by `fork`, which
the kernel ends if it takes too much time or memory. So nothing of an author's text is ever read
by this process itself. It ends when its starter does (standard input closes), or when it has had
nothing to do for a minute and every ticket has grown old and was taken away.
"""

import errno
import fcntl
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lms.publishing.markdown.request import Refusal
from lms.publishing.preview.job import Job, Stage, Standing
from lms.publishing.preview.spool import Spool, Ticket
from lms.publishing.preview.work import ALL_SECONDS, TEXT_SECONDS, make_page, make_problems

AT_ONCE = 2  # children
MEMORY = 768 * 1024 * 1024
WALL_SECONDS = 60.0  # he takes only what nobody else wants, and may wait for it
IDLE_SECONDS = 60.0  # after the last ticket was taken away
_TICK = 0.02  # while a child works
_REST = 15.0
_TAKEOVER_SECONDS = 2.0
_SLOW = {signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM}
MAKE = {Stage.PAGE: make_page, Stage.PROBLEMS: make_problems}


@dataclass(slots=True)
class Server:
    """The children at work by process id, and until when there was something to keep."""

    spool: Spool
    bell: int
    lock: int
    children: dict[int, tuple[Ticket, Stage]] = field(default_factory=dict)
    busy_until: float = field(default_factory=time.monotonic)

    def turn(self) -> None:
        """Reap, end what nobody waits for any more, and let children begin what they can."""
        self._reap()
        waiting = [one for one in self.spool.tickets() if self.spool.is_pending(one)]
        newest = {one.owner: one.name for one in waiting}
        for ticket in waiting:
            if newest[ticket.owner] != ticket.name:
                self._drop(ticket)
        working = {ticket.name for ticket, _ in self.children.values()}
        for ticket in waiting:
            is_next = newest[ticket.owner] == ticket.name and ticket.name not in working
            if is_next and len(self.children) < AT_ONCE:
                self._begin(ticket)
        if self.spool.clean(now=time.time()):
            self.busy_until = time.monotonic()

    def end(self) -> None:
        """End all children."""
        for pid in self.children:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while self.children:
            self._reap(wait=True)

    def _reap(self, *, wait: bool = False) -> None:
        for pid in list(self.children):
            found, status = os.waitpid(pid, 0 if wait else os.WNOHANG)
            if found:
                ticket, stage = self.children.pop(pid)
                if not self.spool.has_answer(ticket, stage):
                    slow = os.WIFSIGNALED(status) and os.WTERMSIG(status) in _SLOW
                    self._refuse(ticket, stage, Refusal.TOO_SLOW if slow else Refusal.BROKEN)

    def _refuse(self, ticket: Ticket, stage: Stage, reason: Refusal) -> None:
        answer = {"kind": "refused", "reason": reason.name, "where": ""}
        self.spool.put_answer(ticket, stage, answer)

    def _drop(self, ticket: Ticket) -> None:
        """End the work on a text that its author has changed since."""
        for stage in Stage:
            if not self.spool.has_answer(ticket, stage):
                self.spool.put_answer(ticket, stage, {"kind": "over"})
        for pid, (busy, _) in self.children.items():
            if busy.name == ticket.name:
                os.kill(pid, signal.SIGKILL)  # a child of ours, not reaped: the number is its own

    def _begin(self, ticket: Ticket) -> None:
        done = self.spool.has_answer(ticket, Stage.PAGE)
        stage = Stage.PROBLEMS if done else Stage.PAGE
        pid = os.fork()
        if pid:
            self.children[pid] = (ticket, stage)
            return
        status = 1
        try:
            os.close(self.bell)
            os.close(self.lock)  # else the lock would be held as long as this child lives
            _limit()
            self.spool.put_answer(ticket, stage, _made(self.spool, ticket, MAKE[stage]))
            status = 0
        finally:
            os._exit(status)


def _made(
    spool: Spool, ticket: Ticket, make: Callable[[Job, Standing], dict[str, object]]
) -> dict[str, object]:
    job = spool.job(ticket.owner, ticket.name)
    if job is None:
        return {"kind": "over"}
    return make(job, spool.standing(job.standing))


def _limit() -> None:
    """Let the kernel end this child: by CPU, by the clock on the wall, by memory."""
    resource.setrlimit(resource.RLIMIT_CPU, (TEXT_SECONDS, ALL_SECONDS))
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)


def serve(folder: Path, lifeline: int) -> None:
    """Make previews until the lifeline is cut, or nothing is left to make or to keep."""
    spool = Spool(folder)
    spool.make()
    lock = os.open(spool.lock, os.O_RDWR | os.O_CREAT, 0o600)
    if not _take(lock):
        return  # somebody else serves
    while _serve_once(spool, lifeline, lock):
        pass


def _serve_once(spool: Spool, lifeline: int, lock: int) -> bool:
    """Serve until it is time to end; whether something came in while the bell was taken down."""
    bell = os.open(spool.bell, os.O_RDONLY | os.O_NONBLOCK)
    keep = os.open(spool.bell, os.O_WRONLY | os.O_NONBLOCK)  # else the pipe ends with each caller
    server = Server(spool, bell, lock)
    try:
        while time.monotonic() - server.busy_until < IDLE_SECONDS:
            server.turn()
            pause = _TICK if server.children else _REST
            ready, _, _ = select.select([bell, lifeline], [], [], pause)
            if lifeline in ready:
                return False
            if bell in ready:
                os.read(bell, 4096)
    finally:
        server.end()
        os.close(keep)
        os.close(bell)
    return any(spool.is_pending(one) for one in spool.tickets())


def _take(lock: int) -> bool:
    """Take the lock; one who is just ending is given a moment."""
    until = time.monotonic() + _TAKEOVER_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EAGAIN} or time.monotonic() > until:
                return False
            time.sleep(0.05)
        else:
            return True


def be_modest() -> None:
    """Take only the time that nobody else wants, and no more memory than a rendering may."""
    os.nice(19)
    if hasattr(os, "SCHED_IDLE"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    be_modest()
    serve(Path(sys.argv[1]), sys.stdin.fileno())
