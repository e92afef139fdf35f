"""Previews are made by children that end in time, one for each author, and leave nothing behind."""

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lms.kernel.errors import TooOftenError
from lms.publishing.markdown.request import Words
from lms.publishing.preview import server, spool, start
from lms.publishing.preview.job import Job, Stage, Standing
from lms.publishing.preview.server import Server
from lms.publishing.preview.spool import Spool
from tests.sample_course import FILES

PATH = "content/modules/01-first/en.md"
TEXTS = {f"content/{path}": text.encode() for path, text in FILES.items()}
STANDING = Standing({**TEXTS, "content/odd.md": b"caf\xe9"}, frozenset(TEXTS))
SOON = 60.0  # he gives way to all the other tests
Make = Callable[[Job, Standing], dict[str, object]]


@pytest.fixture
def folder(tmp_path: Path) -> Spool:
    """Give a folder in which nobody serves yet."""
    made = Spool(tmp_path / "previews")
    made.make()
    return made


@pytest.fixture
def clerk(folder: Spool) -> Iterator[Server]:
    """Give one who serves in this process; each test says what his children do."""
    bell = os.open(folder.bell, os.O_RDONLY | os.O_NONBLOCK)
    lock = os.open(folder.lock, os.O_RDWR | os.O_CREAT, 0o600)
    made = Server(folder, bell, lock)
    yield made
    made.end()
    os.close(bell)
    os.close(lock)


def submit(folder: Spool, owner: str, text: str = TEXTS[PATH].decode()) -> str:
    """Ask for a preview."""
    name = folder.keep_standing("as it is", lambda: STANDING)
    return folder.submit(owner, Job("about", PATH, text, name, date(2026, 11, 21), Words()))


def let(monkeypatch: pytest.MonkeyPatch, make: Make) -> None:
    """Let the children do this, whatever they are to make."""
    monkeypatch.setattr(server, "MAKE", dict.fromkeys(Stage, make))


def serve_until(clerk: Server, is_done: Callable[[], object]) -> None:
    """Let the clerk turn to his work until something is so."""
    until = time.monotonic() + SOON
    while not is_done():
        assert time.monotonic() < until, "it did not come to that"
        clerk.turn()
        time.sleep(0.01)


def answer(folder: Spool, owner: str, name: str, stage: Stage = Stage.PAGE) -> Any:  # noqa: ANN401 - plain data
    return folder.answer(owner, name, stage)


def spin(_job: Job, _standing: Standing) -> dict[str, object]:
    while True:
        pass


def sleep(_job: Job, _standing: Standing) -> dict[str, object]:
    time.sleep(3 * SOON)
    return {}


def test_a_child_that_never_ends_is_ended_by_its_processor_time(
    clerk: Server, folder: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    let(monkeypatch, spin)
    monkeypatch.setattr(server, "TEXT_SECONDS", 1)
    name = submit(folder, "ann")
    serve_until(clerk, lambda: answer(folder, "ann", name))
    assert answer(folder, "ann", name) == {"kind": "refused", "reason": "TOO_SLOW", "where": ""}


def test_a_child_that_waits_is_ended_by_the_clock(
    clerk: Server, folder: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    let(monkeypatch, sleep)
    monkeypatch.setattr(server, "WALL_SECONDS", 0.2)
    name = submit(folder, "ann")
    serve_until(clerk, lambda: answer(folder, "ann", name, Stage.PROBLEMS))
    assert answer(folder, "ann", name)["reason"] == "TOO_SLOW"


def test_a_child_that_dies_leaves_an_answer_all_the_same(
    clerk: Server, folder: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    let(monkeypatch, lambda _job, _standing: os._exit(3))
    name = submit(folder, "ann")
    serve_until(clerk, lambda: answer(folder, "ann", name))
    assert answer(folder, "ann", name)["reason"] == "BROKEN"


def test_a_newer_text_of_the_same_author_ends_the_work_on_the_older(
    clerk: Server, folder: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    let(monkeypatch, sleep)
    monkeypatch.setattr(server, "WALL_SECONDS", 3 * SOON)
    old = submit(folder, "ann")
    clerk.turn()
    (pid,) = clerk.children
    time.sleep(0.01)
    new = submit(folder, "ann")
    serve_until(clerk, lambda: clerk.children and pid not in clerk.children)
    assert answer(folder, "ann", old) == {"kind": "over"}
    assert [ticket.name for ticket, _ in clerk.children.values()] == [new]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_only_so_many_children_work_at_once_and_each_author_has_one(
    clerk: Server, folder: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    let(monkeypatch, spin)
    for owner in ("ann", "bob", "cid", "ann", "dan"):
        submit(folder, owner)
        time.sleep(0.01)
    for _ in range(5):
        clerk.turn()
        time.sleep(0.01)
    owners = [ticket.owner for ticket, _ in clerk.children.values()]
    assert len(owners) == server.AT_ONCE
    assert len(set(owners)) == len(owners)


def test_the_page_comes_although_the_check_never_does(
    clerk: Server, folder: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MAKE", {**server.MAKE, Stage.PROBLEMS: spin})
    monkeypatch.setattr(server, "TEXT_SECONDS", 1)
    name = submit(folder, "ann")
    serve_until(clerk, lambda: answer(folder, "ann", name, Stage.PROBLEMS))
    assert answer(folder, "ann", name)["title"] == "Listening"
    assert answer(folder, "ann", name, Stage.PROBLEMS)["reason"] == "TOO_SLOW"


def test_tickets_grow_old_and_only_the_last_few_of_an_author_are_kept(folder: Spool) -> None:
    names = []
    for _ in range(spool.KEPT_EACH + 2):
        names.append(submit(folder, "ann"))
        time.sleep(0.01)
    assert folder.clean(now=time.time())
    assert [folder.job("ann", name) is None for name in names[:3]] == [True, True, False]
    assert not folder.clean(now=time.time() + spool.KEEP_SECONDS + 1)
    assert folder.job("ann", names[-1]) is None
    assert sorted(path.name for path in folder.folder.iterdir()) == ["bell"]


def test_nobody_but_the_site_can_look_into_the_folder(folder: Spool) -> None:
    submit(folder, "ann")
    for path in (folder.folder, *folder.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_ticket_opens_for_its_owner_alone_and_no_name_leads_out(folder: Spool) -> None:
    name = submit(folder, "ann")
    assert folder.job("ann", name) is not None
    assert folder.job("bob", name) is None
    for odd in ("../x", "a/b", "", "a.b"):
        with pytest.raises(ValueError, match="not the name"):
            folder.job("" if not odd else "ann", odd)


def test_an_author_asks_again_after_a_pause_and_not_before(
    folder: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = submit(folder, "ann")
    asked = (folder.folder / f"ann.{name}" / "job.json").stat().st_mtime
    for later, may_ask in ((0, False), (spool.PAUSE - 0.01, False), (spool.PAUSE + 0.01, True)):
        monkeypatch.setattr(spool, "time", SimpleNamespace(time=lambda at=asked + later: at))
        with nullcontext() if may_ask else pytest.raises(TooOftenError):
            folder.wait_your_turn("ann")
        folder.wait_your_turn("bob")


def test_a_crowd_that_nobody_serves_is_told_to_wait(
    folder: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST_WAITING", 3)
    for owner in ("ann", "bob", "cid"):
        submit(folder, owner)
    with pytest.raises(TooOftenError):
        folder.wait_your_turn("dan")


def test_files_come_back_as_they_were_whatever_they_hold(folder: Spool) -> None:
    name = folder.keep_standing("mark", lambda: STANDING)
    assert folder.standing(name) == STANDING
    assert folder.keep_standing("mark", lambda: pytest.fail("it is kept")) == name
    assert folder.keep_standing("other mark", lambda: STANDING) != name


def _page(folder: Spool, name: str) -> dict[str, Any]:
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        found = folder.answer("ann", name, Stage.PAGE)
        if found is not None:
            return dict(found)
        time.sleep(0.02)
        start.wake(folder)
    raise AssertionError("no page came")


def test_whoever_serves_is_started_when_he_is_needed_and_again_when_he_was_killed(
    folder: Spool,
) -> None:
    try:
        name = submit(folder, "ann")
        start.wake(folder)
        assert _page(folder, name)["title"] == "Listening"
        before = start.started[folder.folder]
        before.kill()
        before.wait()
        again = submit(folder, "ann")
        start.wake(folder)
        assert _page(folder, again)["title"] == "Listening"
        assert before.stdin is not None
        before.stdin.close()
    finally:
        start.end(folder)


def test_he_gives_way_to_everybody_and_ends_when_the_site_does(
    folder: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "_SECONDS_TO_END", 3 * SOON)  # to all the other tests as well
    name = submit(folder, "ann")
    start.wake(folder)
    _page(folder, name)
    serving = start.started[folder.folder]
    assert os.getpriority(os.PRIO_PROCESS, serving.pid) == 19
    if hasattr(os, "SCHED_IDLE"):
        assert os.sched_getscheduler(serving.pid) == os.SCHED_IDLE
    assert serving.poll() is None
    start.end(folder)
    assert serving.returncode == 0
    assert not folder.ring()
