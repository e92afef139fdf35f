"""Waking whoever makes previews, or starting him: the only part that a server of pages runs."""

import atexit
import subprocess
import sys
from pathlib import Path

from lms.publishing.preview.spool import Spool

_ROOT = Path(__file__).resolve().parents[3]
_SECONDS_TO_END = 5.0
_MODULE = "lms.publishing.preview.server"
started: dict[Path, subprocess.Popen[bytes]] = {}


def wake(spool: Spool) -> None:
    """Ring the bell; where nobody answers, start somebody who looks for what waits."""
    if spool.ring():
        return
    before = started.get(spool.folder)
    if before is not None and before.poll() is None:
        return  # he is on his way to the bell
    spool.make()
    # He ends when this process does: its end of his standard input is closed then.
    started[spool.folder] = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-P", "-m", _MODULE, str(spool.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Nothing of the site's environment: its keys are there.
        env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )


def end(spool: Spool) -> None:
    """End whoever this process started for this folder, and wait for it."""
    _end(spool.folder)


@atexit.register
def end_all() -> None:
    """End everybody whom this process started; without it they would end a moment later."""
    for folder in list(started):
        _end(folder)


def _end(folder: Path) -> None:
    server = started.pop(folder, None)
    if server is None:
        return
    if server.stdin is not None:
        server.stdin.close()
    try:
        server.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
