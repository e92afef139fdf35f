"""Rendering in a process of its own: a bomb ends that process, and never stalls the site.

What was rendered before is not rendered again: to start that process takes most of the time.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from lms.publishing.markdown.kept import KeptPages
from lms.publishing.markdown.request import LONGEST, Refusal, RenderRefusedError, RenderRequest
from lms.publishing.markdown.targets import label_key
from lms.publishing.markdown.wire import data_from
from lms.publishing.safe_html import SafeHtml

_WORKER = "lms.publishing.markdown.worker"
_ROOT = Path(__file__).resolve().parents[3]
_START_SECONDS = 20.0  # of wall time: to start and to render one text on a busy machine
_TEXT_SECONDS = 0.2  # more for each further text
_TOO_SLOW = {-signal.SIGXCPU, -signal.SIGKILL}
_kept = KeptPages(4_000_000)  # signs of HTML, 8 MB: more than four times the seminar


def render_markdown(texts: Sequence[RenderRequest]) -> tuple[SafeHtml, ...]:
    """Give every text's safe HTML, in order; raise RenderRefusedError for the first refused."""
    for index, request in enumerate(texts):
        if len(request.text.encode(errors="replace")) > LONGEST:
            raise RenderRefusedError(Refusal.TOO_LONG, request.name, index)
    asked = [json.dumps(data_from(_with_own_facts(request))).encode() for request in texts]
    keys = [sha256(one).digest() for one in asked]
    pages = [_kept.find(key) for key in keys]
    new = [index for index, page in enumerate(pages) if page is None]
    lines, reason = _run([asked[index] for index in new]) if new else ([], Refusal.BROKEN)
    for index, line in zip(new, lines, strict=False):
        answer = json.loads(line)
        if "refused" in answer:
            raise RenderRefusedError(Refusal[answer["refused"]], texts[index].name, index)
        pages[index] = page = SafeHtml(answer["html"])
        _kept.keep(keys[index], page)
    if len(lines) < len(new):
        index = new[len(lines)]
        raise RenderRefusedError(reason, texts[index].name, index)
    return tuple(page for page in pages if page is not None)


def _run(asked: Sequence[bytes]) -> tuple[list[bytes], Refusal]:
    """Run the worker: its whole lines, and why it wrote no more if it did not."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-P", "-m", _WORKER],
            input=b"[%s]" % b",".join(asked),
            capture_output=True,
            check=False,
            timeout=_START_SECONDS + _TEXT_SECONDS * len(asked),
            # Nothing of the site's environment: its keys are there.
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired as late:
        return _whole_lines(late.stdout or b""), Refusal.TOO_SLOW
    slow = done.returncode in _TOO_SLOW
    return _whole_lines(done.stdout), Refusal.TOO_SLOW if slow else Refusal.BROKEN


def _with_own_facts(request: RenderRequest) -> RenderRequest:
    """Leave out the facts that the text cannot refer to: with all of them most of what is sent."""
    facts = {}
    if "[^" in request.text:
        text = label_key(request.text)
        facts = {name: fact for name, fact in request.facts.items() if label_key(name) in text}
    return replace(request, facts=facts)


def _whole_lines(output: bytes) -> list[bytes]:
    return output.split(b"\n")[:-1]
