"""A reviewer sees the page as it will be read, with what came and what went marked on it."""

import re
from html import escape
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from lms.authoring.html_diff import Fate, Labels, diff_pages
from lms.authoring.word_diff import Mark
from lms.publishing.markdown.sanitise import sanitise, sanitise_marked

WORDS = st.sampled_from(["law", "a", "crime", "now", "<b>", "&amp;", "L’", "1"])
LINES = st.lists(
    st.tuples(st.sampled_from(["", "em", "strong", "a"]), WORDS), min_size=1, max_size=6
).map(lambda parts: " ".join(_within(tag, escape(word)) for tag, word in parts))
BOXES = st.tuples(
    st.sampled_from(["p", "h3", "ul", "ol", "quote", "table"]),
    st.lists(LINES, min_size=1, max_size=4),
)
PAGES = st.lists(BOXES, max_size=5).map(lambda boxes: "".join(_boxed(*box) for box in boxes))


def _within(tag: str, word: str) -> str:
    if not tag:
        return word
    return f'<a href="https://example.org/">{word}</a>' if tag == "a" else f"<{tag}>{word}</{tag}>"


def _boxed(name: str, lines: list[str]) -> str:
    match name:
        case "ul" | "ol":
            return f"<{name}>{''.join(f'<li>{line}</li>' for line in lines)}</{name}>"
        case "quote":
            return f"<blockquote>{''.join(f'<p>{line}</p>' for line in lines)}</blockquote>"
        case "table":
            rows = "".join(f"<tr><td>{line}</td><td>x</td></tr>" for line in lines)
            return f"<table><tbody>{rows}</tbody></table>"
        case _:
            return f"<{name}>{' '.join(lines)}</{name}>"


def page_of(old: str, new: str, labels: Labels | None = None) -> str:
    """Give the marked page, made safe as the product does."""
    return "".join(sanitise_marked(box.html) for box in diff_pages(old, new, labels).boxes)


def words(html: str, leave_out: str = "") -> list[str]:
    """Give the words of a page in order, without those inside an element."""
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    for element in tree.findall(f".//{leave_out}") if leave_out else ():
        _empty(element)
    return re.findall(r"\S+", " ".join(str(one) for one in tree.itertext()))


def _empty(element: lxml_html.HtmlElement) -> None:
    for child in list(element):
        element.remove(child)
    element.text = ""


def letters(found: list[str]) -> str:
    """Put words together: where a mark begins, one is cut in two."""
    return "".join(found)


@given(PAGES, PAGES)
def test_without_ins_it_reads_as_the_old_page_and_without_del_as_the_new(
    old: str, new: str
) -> None:
    old, new = sanitise(old), sanitise(new)
    marked = page_of(old, new)
    assert letters(words(marked, "ins")) == letters(words(old))
    assert letters(words(marked, "del")) == letters(words(new))


@given(PAGES, PAGES)
def test_what_is_marked_stays_a_page_that_nothing_has_to_be_taken_out_of(
    old: str, new: str
) -> None:
    for box in diff_pages(sanitise(old), sanitise(new)).boxes:
        # Links get their `rel` again, and with a comma fewer: so the texts are compared parsed.
        safe = sanitise_marked(box.html)
        assert words(safe) == words(box.html)
        for name in ("ins", "del", "li", "td", "p"):
            assert safe.count(f"<{name}>") == box.html.count(f"<{name}>")


@pytest.mark.parametrize(
    ("old", "new", "page"),
    [
        ("<p>It is a crime.</p>", "<p>It is an offence.</p>",
         "<p>It is <del>a crime</del><ins>an offence</ins>.</p>"),
        ("<ul><li>a</li><li>b</li><li>c</li></ul>", "<ul><li>a</li><li>c</li></ul>",
         "<ul><li>a</li><li><del>b</del></li><li>c</li></ul>"),
        ("<p>one two</p>", "<h3>one two</h3>",
         "<p><del>one two</del></p><h3><ins>one two</ins></h3>"),
        ("<p>so <em>very</em> long</p>", "<p>so <strong>very</strong> long</p>",
         "<p>so <em><del>very</del></em><strong><ins>very</ins></strong> long</p>"),
        ('<p>see <a href="tel:1">it</a></p>', '<p>see <a href="tel:2">it</a></p>',
         '<p>see <a href="tel:1"><del>it</del></a><a href="tel:2"><ins>it</ins></a></p>'),
        ("<p>it was <del>struck</del> out</p>", "<p>it was <del>struck</del> out now</p>",
         "<p>it was <s>struck</s> out<ins> now</ins></p>"),
    ],
)  # fmt: skip
def test_marks_stand_where_a_reader_looks_for_them(old: str, new: str, page: str) -> None:
    marked = page_of(sanitise(old), sanitise(new))
    assert marked.replace(' rel="noopener noreferrer"', "") == page


def test_a_page_that_did_not_change_has_no_mark() -> None:
    page = "<p>one</p><ul><li>two</li></ul>"
    assert {box.fate for box in diff_pages(page, page).boxes} == {Fate.SAME}


def test_who_cannot_see_the_marks_is_told_them() -> None:
    labels = Labels({Mark.INSERTED: "inséré :", Mark.DELETED: "<supprimé>"}, "fr")
    page = page_of("<p>a b c</p>", "<p>a d c</p>", labels)
    hidden = '<span class="visually-hidden" lang="fr">'
    assert f"<ins>{hidden}[inséré : </span>d" in page
    assert f"<del>{hidden}[&lt;supprimé&gt; </span>b" in page


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<img src="https://elsewhere.example/x.png" onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<ins onclick="x()" style="position:fixed">x</ins>',
        "<svg><animate onbegin=alert(1)></svg>",
        '<span class="exit-button" lang="xx">x</span>',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_nothing_that_is_not_text_gets_through_a_comparison(evil: str) -> None:
    for old, new in ((evil, ""), ("", evil), (f"<p>a {evil}</p>", f"<p>a b {evil}</p>")):
        page = page_of(old, new)
        assert not re.search(
            r"<script|<svg|elsewhere|javascript:|\son\w+=|style=|exit-button|xx", page
        )


def test_ids_and_places_of_the_page_do_not_come_twice() -> None:
    old = sanitise(
        '<h3 id="c-x">a b</h3><p>see<sup><a href="#c-x" aria-label="Source 1">1</a></sup></p>'
    )
    page = page_of(old, old.replace("see", "look"))
    assert not re.search(r"\sid=|href=\"#|aria-label", page)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"<p>{'a b ' * 50_000}</p>", f"<p>{'b a a ' * 33_000}</p>"),
        ("<p>x</p>" * 25_000, "<p>x</p><p>y</p>" * 12_500),
        ("<ul>" + "<li>a b c</li>" * 14_000 + "</ul>", "<ul>" + "<li>a c</li>" * 16_000 + "</ul>"),
        (f"{'<blockquote>' * 300}a{'</blockquote>' * 300}",
         f"{'<blockquote>' * 280}b{'</blockquote>' * 280}"),
    ],
)  # fmt: skip
def test_pages_as_long_as_a_file_may_be_are_compared_in_good_time(old: str, new: str) -> None:
    start = process_time()
    marked = "".join(box.html for box in diff_pages(old, new).boxes)
    assert process_time() - start < 5  # as in test_word_diff.py: it is minutes that are caught
    assert letters(words(marked, "ins")) == letters(words(old))
