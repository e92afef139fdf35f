"""An author's text reads here as it reads on GitHub; cmark-gfm, which GitHub made, is the judge."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown import Markdown

from lms.publishing.markdown import RenderRequest, Words
from lms.publishing.markdown.github import GitHub
from tests.publishing.reading import SOURCES, events

_SAMPLES = Path(__file__).parent / "samples"


def _read(text: str) -> str:
    request = RenderRequest(text, words=Words(sources=SOURCES))
    return Markdown(extensions=[GitHub(request)], output_format="html").convert(text)


def _samples(name: str) -> dict[int, str]:
    data = json.loads((_SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return {sample["number"]: sample["markdown"] for sample in data["samples"]}


def _known(name: str) -> set[int]:
    data = json.loads((_SAMPLES / "known_differences.json").read_text(encoding="utf-8"))
    return {number for entry in data[name] for number in entry["numbers"]}


@pytest.mark.parametrize("name", ["commonmark", "github"])
def test_a_text_reads_as_on_github_but_for_the_differences_we_list(
    name: str, cmark: Callable[[str], str]
) -> None:
    samples = _samples(name)
    differing = {
        number for number, text in samples.items() if events(_read(text)) != events(cmark(text))
    }
    new, gone = differing - _known(name), _known(name) - differing
    assert {number: samples[number] for number in new} == {}, "these differ, and are not listed"
    assert {number: samples[number] for number in gone} == {}, "these are listed, yet do not differ"


def test_the_samples_are_many_and_the_differences_few() -> None:
    assert len(_samples("commonmark")) + len(_samples("github")) >= 850
    assert len(_known("github")) <= 2
    assert len(_known("commonmark")) <= 66


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("<p>a</p>", "<p>b</p>"),
        ("<p>a</p>", "<p><em>a</em></p>"),
        ("<ul><li>a</li></ul>", "<ul><li><p>a</p></li></ul>"),
        ('<a href="/x">a</a>', '<a href="/y">a</a>'),
        ("<pre><code>a\n</code></pre>", "<pre><code>a\n\n</code></pre>"),
        ("<p>a <em>b</em></p>", "<p>a<em>b</em></p>"),
        ('<ol start="2"><li>a</li></ol>', "<ol><li>a</li></ol>"),
    ],
)
def test_the_comparison_sees_a_difference(left: str, right: str) -> None:
    assert events(left) != events(right)


def test_the_comparison_does_not_mind_how_html_is_written() -> None:
    assert events("<ul>\n<li>a &quot;b&quot;<br />\nc</li>\n</ul>\n") == events(
        '<ul><li>a "b"<br>c</li></ul>'
    )


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>"),
        ("<div>\n*a*\n</div>", "<p>&lt;div&gt;\n*a*\n&lt;/div&gt;</p>"),
        ("a <!-- note to self --> b", "<p>a  b</p>"),
        ("<!-- id: x -->\n\na", "<p>a</p>"),
    ],
)
def test_raw_html_is_shown_as_text_and_a_comment_not_at_all(typed: str, shown: str) -> None:
    assert _read(typed) == shown
