"""A section page while an author sends texts that are made to stall whoever renders them.

Both sides of a round are the same server: quiet, then with the author beside. He sends texts as
fast as the site takes them from one person, and looks at what comes of each.
"""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import count
from statistics import median

from bench.figures import Figure, figure
from bench.load import drive
from bench.measure import Plan, Sides
from bench.visits import reading
from bench.wire import BenchError, Reply, Request, Script, Visitor, get, post

CONNECTIONS = (1, 8, 32)
PATH = "content/modules/05-support/fr.md"
EVERY = 0.15  # seconds between two bombs: the site takes no more from one author
OK, BUSY, TAKEN = 200, 429, 202
QUIET_SECONDS = 20.0
# Emphasis, brackets and lists that each take a renderer all the time that it is given.
SHAPES = (
    "*a **" * 34_000, "[" * 40_000, "[a](b " * 30_000, "- " * 5_000 + "a", "<![CDATA[" * 20_000,
)  # fmt: skip


def render_bomb(sides: Sides, plan: Plan) -> list[Figure]:
    """Compare the tail of a section page under bombs with that of the quiet server."""
    bomber = _Bomber(sides)
    readers, pages = sides.site.readers, sides.site.sections[0]
    ours = [
        get(f"/fr/module/1/page/{page}", one) for page in range(1, pages + 1) for one in readers
    ]
    figures: list[Figure] = []
    for connections in CONNECTIONS:
        pairs = []
        for _ in range(plan.rounds + 1):
            bomber.be_quiet()
            quiet = drive(sides.virage.port, _reads(ours, connections), seconds=plan.seconds)
            with bomber.at_work():
                under = drive(sides.virage.port, _reads(ours, connections), seconds=plan.seconds)
            pairs.append((quiet.percentile(99), under.percentile(99)))
        name = f"section page, {connections} connection{'s' * (connections > 1)}, p99"
        figures += [
            figure(f"{name}, quiet", median(one for one, _ in pairs[1:]), "ms"),
            figure(f"{name}, under render bombs", median(two for _, two in pairs[1:]), "ms"),
            figure(f"{name}, bombs ÷ quiet", median(two / one for one, two in pairs[1:]), "×",
                   "≤ 2" if connections > 1 else ""),
        ]  # fmt: skip
    bomber.be_quiet()
    return [*figures, figure("render bombs taken", bomber.taken, "")]


class _Bomber:
    """An author with a draft of the largest module."""

    def __init__(self, sides: Sides) -> None:
        self.port = sides.virage.port
        self.author: Visitor = sides.site.author
        self.taken = 0
        self.sent = count()
        begun = self._ask(post("/fr/author/drafts", self.author, [("path", PATH)]))
        self.url = begun.place
        page = self._ask(get(self.url, self.author))
        if page.status != OK:
            raise BenchError(f"{self.url}: there is no editor ({page.status})")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Send one bomb after the other, as fast as they are taken, and look at each."""
        over = threading.Event()
        thread = threading.Thread(target=self._bomb, args=(over,))
        thread.start()
        time.sleep(3 * EVERY)  # the first are at work
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _bomb(self, over: threading.Event) -> None:
        line = HTTPConnection("127.0.0.1", self.port)
        while not over.wait(EVERY):
            shape = SHAPES[next(self.sent) % len(SHAPES)]
            status, body = self._send(line, f"# B\n\n## B {{#b}}\n\n{next(self.sent)} {shape}\n")
            if status not in {TAKEN, BUSY}:
                raise BenchError(f"{self.url}/preview: {status}")
            if status == TAKEN:
                self.taken += 1
                line.request("GET", json.loads(body)["ticket"], headers=self._headers())
                line.getresponse().read()
        line.close()

    def be_quiet(self) -> None:
        """End the work on the last bomb with a harmless text, and wait for what comes of that."""
        line = HTTPConnection("127.0.0.1", self.port)
        for _ in self._tries():
            status, body = self._send(line, f"harmless {next(self.sent)}\n")
            if status == TAKEN:
                break
        line.close()
        ticket = json.loads(body)["ticket"]
        for _ in self._tries():
            page = self._ask(get(ticket, self.author))
            if b"\r\nrefresh:" not in page.head.lower():
                return

    def _ask(self, request: Request) -> Reply:
        """Ask for one thing, and take whatever the answer is."""
        replies: list[Reply] = []

        def once() -> Script:
            replies.append((yield request))

        drive(self.port, [once()], seconds=60)
        return replies[0]

    def _send(self, line: HTTPConnection, text: str) -> tuple[int, bytes]:
        """Ask for the preview of a text, as the editor's script does."""
        head = "---\nid: support\nlanguage: fr\n---\n\n"
        headers = self._headers() | {"Content-Type": "text/plain"}
        line.request("POST", f"{self.url}/preview?line=9&part=0", (head + text).encode(), headers)
        answer = line.getresponse()
        body = answer.read()
        line.close()  # an answer that came before the text was read ends the connection
        return answer.status, body

    def _headers(self) -> dict[str, str]:
        return {"Cookie": self.author.cookie, "X-CSRFToken": self.author.token}

    def _tries(self) -> Iterator[None]:
        until = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < until:
            yield
            time.sleep(0.1)
        raise BenchError("the previews do not come to rest")


def _reads(requests: Sequence[Request], connections: int) -> list[Script]:
    return [reading(requests[at::connections]) for at in range(connections)]
