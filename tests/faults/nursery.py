"""Server processes that may be killed: each is forked from one that has imported everything.

A worker is a real process: `create_app` on a real database, behind a listening socket that it
shares with nobody alive. It is werkzeug's threaded server and not granian: that one takes a second
and more to start, and a thousand kills would take an hour. `serve.py` kills `lms serve` itself.
"""

import contextlib
import json
import logging
import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from lms.app import create_app
from lms.kernel.database import open_database
from lms.settings import Settings
from tests.factories import KEYS
from tests.faults.chance import chance
from tests.faults.grounds import CONNECTIONS, Store
from tests.faults.ledger import Ledger
from tests.faults.life import Life
from tests.faults.outcome import Tally
from tests.faults.visitor import Visitor
from tests.key_store import key_store_folder
from tests.serving import HOST, serving

ROOT = Path(__file__).resolve().parents[2]
BACKLOG = 128


@dataclass(slots=True)
class Nursery:
    """The process that forks workers, and the one worker that is alive, if any."""

    process: subprocess.Popen[str]
    port: int
    worker: int = 0

    def start(self) -> int:
        """Fork a worker; who is waiting at the socket is served by it. Gives its process id."""
        self.worker = int(self._ask("fork"))
        return self.worker

    def kill(self) -> None:
        """End the worker with SIGKILL, and wait until it is gone."""
        if self.worker:
            os.kill(self.worker, signal.SIGKILL)
            self._ask(f"reap {self.worker}")
            self.worker = 0

    def _ask(self, what: str) -> str:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the nursery has no pipes")
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f"the nursery ended: {what}")
        return answer


@contextmanager
def nursery(store: Store, *, warm: str = "") -> Iterator[Nursery]:
    """Open a nursery for workers on a database; whatever is alive ends with it.

    `warm` is the login of somebody who takes the course beforehand.
    """
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(BACKLOG)
        told: dict[str, object] = {
            "fd": listener.fileno(),
            "url": store.url,
            "folder": str(store.folder),
        }
        told |= {"warm": warm, "user": store.folder.stat().st_uid}  # root is refused nothing
        with (store.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", "tests.faults.nursery", json.dumps(told)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                pass_fds=[listener.fileno()],
            )
        made = Nursery(process, listener.getsockname()[1])
        try:
            yield made
        finally:
            with contextlib.suppress(RuntimeError, OSError):
                made.kill()
            process.communicate()  # no more orders: it ends by itself


def main() -> None:
    """Fork and reap as the orders on stdin say, until there are no more."""
    told = json.loads(sys.argv[1])
    app = _make(told["url"], Path(told["folder"]))
    if told["warm"]:
        _warm(app, told["warm"])
    _hand_over(told["user"])
    children: set[int] = set()
    for line in sys.stdin:
        order, _, number = line.strip().partition(" ")
        if order == "fork":
            child = os.fork()
            if child == 0:
                _serve(app, told["fd"], told["user"])
            children.add(child)
            _say(child)
        else:
            os.waitpid(int(number), 0)
            children.discard(int(number))
            _say(number)
    for child in children:  # whoever gave the orders is gone
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _say(answer: object) -> None:
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()


def _make(url: str, folder: Path) -> Flask:
    """Put the application together and compile its pages."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    database = open_database(url, pool_size=CONNECTIONS)
    settings = Settings(instance=folder, database_url=url)
    app = create_app(settings, database=database, keys=KEYS)
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    return app


def _warm(app: Flask, login: str) -> None:
    """Let one person take the whole course: the workers inherit pages and statements, compiled."""
    with serving(app, threaded=False) as port:
        parts = (Ledger(), Tally(), chance("warm"), threading.Event())
        Life(Visitor(port), login, *parts).live()
    app.extensions["virage_database"].engine.dispose()  # no connection may cross a fork
    KEYS.people.close()


def _hand_over(user: int) -> None:
    """Let a worker that is not root open the participants' keys too: reflections are sealed."""
    if user != os.geteuid():
        folder = key_store_folder()
        for path in (folder, *folder.iterdir()):
            os.chown(path, user, -1)


def _serve(app: Flask, fd: int, user: int) -> None:
    """Be a worker; this never comes back."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever stops the run stops the nursery
    os.close(sys.stdin.fileno())
    os.close(sys.stdout.fileno())
    if os.geteuid() != user:
        os.setgroups([])
        os.setgid(pwd.getpwuid(user).pw_gid)
        os.setuid(user)
    make_server(HOST, 0, app, threaded=True, fd=fd).serve_forever()
    os._exit(0)


if __name__ == "__main__":
    main()
