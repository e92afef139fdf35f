"""A text that is a bomb, by malice or by accident, is refused, and the site stays up."""

import resource
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from lms.publishing.markdown import (
    FactNote,
    Refusal,
    RenderRefusedError,
    RenderRequest,
    Words,
    capped,
    render_markdown,
)
from lms.publishing.markdown.capped import _run, _with_own_facts
from lms.publishing.markdown.kept import KeptPages
from lms.publishing.markdown.page import render_here
from lms.publishing.markdown.request import LONGEST
from lms.publishing.markdown.wire import data_from, request_from
from lms.publishing.safe_html import SafeHtml

_LIMIT = 4.0  # seconds of CPU: two, one that the kernel rounds up to, and the start
_ENDLESS = "&" * LONGEST

BOMBS = {
    "cdata": "<![CDATA[" * 2_000,
    "links": "[a](https://example.com/b) " * 2_000,
    "pictures": "![a](b.png) " * 2_000,
    "stars": "*" * 2_000 + "a",
    "spaced stars": "*a " * 2_000,
    "brackets": "[" * 2_000,
    "stars and brackets": "*[" * 2_000,
    "typed lists": "<ul><li>" * 5_000,
    "attributes": "<p " + "a=b " * 5_000 + ">",
    "backticks": "".join("`" * n + " " for n in range(600)),
    "comments": "<!--" * 20_000,
    "declarations": "<!A" * 20_000,
    "parentheses": "https://example.com/" + ")" * 150_000,
    "unclosed titles": '[a](b "' * 25_000,
    "definitions": "[a]: /b " * 20_000,
    "notes": "".join(f"[^{n}]: [^{n + 1}]\n" for n in range(1_000)) + "\n[^0]",
    "references": "[^a]: b\n\n" + "[^a]" * 2_000,
    "wide table": "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + "x\n" * 20_000,
    "spaces": "- " + " " * 190_000 + "a",
    "blank lines": "- a" + "\n" * 90_000 + "- b",
    "mail": "a." * 50_000 + "@" + "b." * 40_000,
}
DEEP = {
    "lists": "\n".join("  " * depth + "- a" for depth in range(250)),
    "numbered lists": "1. " * 250 + "a",
    "five thousand lists": "- " * 5_000 + "a",
    "quotations": ">" * 2_000 + "a",
    "emphasis": "*a " * 1_000 + "b*" * 1_000,
    "strong": "**a " * 500 + "b**" * 500,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_rendered_or_refused_in_time(name: str) -> None:
    begun = _cpu_of_children()
    try:
        render_markdown([RenderRequest(BOMBS[name], name=name)])
    except RenderRefusedError as refused:
        reason: Refusal | None = refused.reason
    else:
        reason = None
    assert reason in (None, Refusal.TOO_SLOW)
    assert _cpu_of_children() - begun < _LIMIT


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize("name", DEEP)
def test_a_text_nested_too_deeply_is_refused_by_name(name: str) -> None:
    with pytest.raises(RenderRefusedError) as refusal:
        render_markdown([RenderRequest("fine"), RenderRequest(DEEP[name], name="content/x.md")])
    assert refusal.value.reason is Refusal.TOO_DEEP
    assert refusal.value.name == "content/x.md"
    assert refusal.value.index == 1
    assert "content/x.md" in str(refusal.value)


def test_twenty_lists_within_each_other_are_still_rendered() -> None:
    text = "\n".join("  " * depth + "- a" for depth in range(20))
    assert render_markdown([RenderRequest(text)])[0].count("<ul>") == 20


@dataclass
class _Blast:
    """What was seen while a text that never ends was being rendered."""

    refusal: RenderRefusedError | None = None
    pages: int = 0  # rendered meanwhile by others
    environments: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def blast() -> _Blast:
    """Render a text that never ends, and look around meanwhile."""
    seen = _Blast()
    thread = threading.Thread(target=_blast, args=(seen,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LMS_SECRET_KEY", "canary")
        thread.start()
        while thread.is_alive():
            render_here(RenderRequest("fine"))
            seen.pages += 1
            seen.environments += _environments_of_children()
    return seen


def _blast(seen: _Blast) -> None:
    slow = RenderRequest(_ENDLESS, name="slow.md")
    try:
        render_markdown([RenderRequest("fine"), slow, RenderRequest("never reached")])
    except RenderRefusedError as refusal:
        seen.refusal = refusal


def _environments_of_children() -> list[str]:
    found: list[str] = []
    for listing in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # threads and processes end while one looks
            children = listing.read_text().split()
            found += [Path(f"/proc/{child}/environ").read_text() for child in children]
    return found


def test_an_endless_text_is_stopped_and_named(blast: _Blast) -> None:
    assert blast.refusal is not None
    assert (blast.refusal.reason, blast.refusal.name, blast.refusal.index) == (
        Refusal.TOO_SLOW,
        "slow.md",
        1,
    )


def test_others_go_on_while_a_bomb_is_rendered(blast: _Blast) -> None:
    assert blast.pages > 100


def test_the_process_that_renders_is_not_told_the_sites_keys(blast: _Blast) -> None:
    own = [environment for environment in blast.environments if "PYTHONUTF8" in environment]
    assert own
    assert not [environment for environment in own if "canary" in environment]


@pytest.mark.parametrize("text", ["a" * (LONGEST + 1), "é" * (LONGEST // 2 + 1)])
def test_a_text_over_the_limit_is_refused_before_anything_starts(text: str) -> None:
    with pytest.raises(RenderRefusedError) as refusal:
        render_markdown([RenderRequest("fine"), RenderRequest(text, name="long.md")])
    assert (refusal.value.reason, refusal.value.index) == (Refusal.TOO_LONG, 1)
    with pytest.raises(RenderRefusedError):
        render_here(RenderRequest(text))


def test_a_long_and_honest_text_is_rendered() -> None:
    text = ("A paragraph with *some* emphasis and [a link](https://example.com).\n\n" * 3_000)[
        : LONGEST - 10
    ]
    assert render_markdown([RenderRequest(text)])[0].count("<p>") > 2_000


def test_a_batch_comes_back_in_its_order_and_as_rendered_one_by_one() -> None:
    texts = [RenderRequest(f"*{number}*") for number in range(50)]
    pages = render_markdown(texts)
    assert pages == tuple(render_here(request) for request in texts)
    assert pages[7] == "<p><em>7</em></p>"


def test_nothing_to_render_starts_nothing() -> None:
    assert render_markdown([]) == ()


def test_a_page_asks_for_everything_through_the_process_too() -> None:
    request = RenderRequest(
        "### a\n\n[b](c) ![d](e) f[^T1]\n\n> [!TIP]\n> g\n\n|h|\n|-|",
        name="x.md",
        facts={"T1": FactNote("i", "j", "example.com", "k")},
        links={"c": "/c"},
        media={"e": "/e.png"},
        words=Words("l", "m", "n", "o", "p", "q", {"TIP": "r"}),
        scope="s",
        heading_base=4,
    )
    assert request_from(data_from(request)) == request
    assert render_markdown([request]) == (render_here(request),)


def test_a_fact_is_told_however_its_name_is_written_and_the_others_stay_here() -> None:
    facts = {name: FactNote(f"said {name}", "s") for name in ("T1", "T2", "T3")}
    request = RenderRequest("a[^t1] b[^ T2 ]\n\n[^n]: see [^T3]\n\nc[^n]", facts=facts)
    assert render_markdown([request]) == (render_here(request),)
    assert "said T1" in render_markdown([request])[0]
    assert not _with_own_facts(replace(request, text="T1 ^ [T2]")).facts


def test_the_process_that_renders_is_ours_wherever_the_site_was_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "markdown.py").write_text("raise SystemExit('run from the wrong place')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert render_markdown([RenderRequest("fine there")]) == ("<p>fine there</p>",)


def test_what_was_rendered_before_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = RenderRequest("*kept*", scope="s", links={"a": "/a"})
    page = render_markdown([kept])
    asked: list[Sequence[bytes]] = []

    def run(texts: Sequence[bytes]) -> tuple[list[bytes], Refusal]:
        asked.append(texts)
        return _run(texts)

    monkeypatch.setattr(capped, "_run", run)
    assert render_markdown([kept]) == page
    assert asked == []
    others = [
        replace(kept, text="*new*"),
        replace(kept, scope="t"),
        replace(kept, links={"a": "/b"}),
        replace(kept, media={"b": "/b.png"}),
        replace(kept, words=Words("Origines")),
        replace(kept, heading_base=3),
    ]
    pages = render_markdown([others[0], kept, *others[1:]])
    assert pages == tuple(render_here(one) for one in (others[0], kept, *others[1:]))
    assert [len(texts) for texts in asked] == [len(others)]


def test_the_first_refused_is_named_by_its_own_place_and_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fine, deep = RenderRequest("fine before"), RenderRequest(DEEP["quotations"], name="deep.md")
    for _ in range(2):
        with pytest.raises(RenderRefusedError) as refusal:
            render_markdown([fine, fine, deep])
        assert (refusal.value.index, refusal.value.name) == (2, "deep.md")
    monkeypatch.setattr(capped, "_run", lambda _texts: ([], Refusal.BROKEN))
    assert render_markdown([fine]) == ("<p>fine before</p>",)
    with pytest.raises(RenderRefusedError, match=Refusal.BROKEN.value) as refusal:
        render_markdown([fine, RenderRequest("fine after")])
    assert refusal.value.index == 1


def test_what_is_kept_has_a_limit_and_the_longest_unused_goes_first() -> None:
    kept = KeptPages(10)
    for key in (b"a", b"b", b"c"):
        kept.keep(key, SafeHtml("1234"))
    assert [kept.find(key) for key in (b"a", b"b", b"c")] == [None, "1234", "1234"]
    kept.find(b"b")
    kept.keep(b"c", SafeHtml("12345"))
    kept.keep(b"c", SafeHtml("12"))
    kept.keep(b"d", SafeHtml("1234"))
    assert [kept.find(key) for key in (b"b", b"c", b"d")] == ["1234", "12", "1234"]
    kept.keep(b"e", SafeHtml("x" * 11))
    assert [kept.find(key) for key in (b"b", b"c", b"d", b"e")] == [None] * 4
