"""A section page while an author sends texts that are made to stall whoever renders them.

Both sides of a round are the same server: quiet, then with the author beside. He sends the next
text as soon as the last was answered, and every so often looks at what came of it.
"""

import json
import re
import time
from collections.abc import Iterator
from itertools import count
from statistics import median

from bench.figures import Figure, figure
from bench.load import drive
from bench.measure import Plan, Sides
from bench.visits import reading
from bench.wire import BenchError, Reply, Request, Script, Visitor, get, post

CONNECTIONS = (1, 8)
PATH = "content/modules/05-support/fr.md"
LOOK_EVERY = 5
BUSY, TAKEN = 429, 202
QUIET_SECONDS = 20.0
_KNOWN = re.compile(rb'name="known" value="([0-9a-f]{64})"')
# Emphasis, brackets and lists that each take a renderer all the time that it is given.
SHAPES = (
    "*a **" * 34_000,
    "[" * 40_000,
    "[a](b " * 30_000,
    "- " * 5_000 + "a",
    "<![CDATA[" * 20_000,
)


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
            scripts = [reading(ours[at::connections]) for at in range(connections)]
            quiet = drive(sides.virage.port, scripts, seconds=plan.seconds)
            scripts = [reading(ours[at::connections]) for at in range(connections)]
            under = drive(sides.virage.port, scripts, seconds=plan.seconds, beside=[bomber.bombs()])
            pairs.append((quiet.percentile(99), under.percentile(99)))
        name = f"section page, {connections} connection{'s' * (connections > 1)}, p99"
        figures += [
            figure(f"{name}, quiet", median(one for one, _ in pairs[1:]), "ms"),
            figure(f"{name}, under render bombs", median(two for _, two in pairs[1:]), "ms"),
            figure(
                f"{name}, bombs ÷ quiet", median(two / one for one, two in pairs[1:]), "×", "≤ 2"
            ),
        ]
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
        found = _KNOWN.search(page.body)
        if found is None:
            raise BenchError(f"{self.url}: there is no editor ({page.status})")
        self.known = found[1].decode()

    def bombs(self) -> Script:
        """Send one bomb after the other."""
        ticket = ""
        for number in count():
            shape = SHAPES[number % len(SHAPES)]
            reply = yield self._preview(f"# B\n\n## B {{#b}}\n\n{next(self.sent)} {shape}\n")
            if reply.status not in {TAKEN, BUSY}:
                raise BenchError(f"{self.url}/preview: {reply.status}")
            if reply.status == TAKEN:
                self.taken += 1
                ticket = json.loads(reply.body)["ticket"]
            if ticket and number % LOOK_EVERY == 0:
                yield get(ticket, self.author)

    def be_quiet(self) -> None:
        """End the work on the last bomb with a harmless text, and wait for what comes of that."""
        for _ in self._tries():
            reply = self._ask(self._preview(f"harmless {next(self.sent)}\n"))
            if reply.status == TAKEN:
                break
        ticket = json.loads(reply.body)["ticket"]
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

    def _preview(self, text: str) -> Request:
        head = "---\nid: support\nlanguage: fr\n---\n\n"
        fields = [("known", self.known), ("text", head + text), ("line", "9"), ("part", "0")]
        return post(f"{self.url}/preview", self.author, fields)

    def _tries(self) -> Iterator[None]:
        until = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < until:
            yield
            time.sleep(0.1)
        raise BenchError("the previews do not come to rest")
