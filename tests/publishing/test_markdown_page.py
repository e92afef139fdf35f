"""A text stands on its page as a reader needs it: facts, links, pictures, tables, alerts."""

import pytest

from lms.publishing.markdown import Alert, FactNote, RenderRequest, Words
from lms.publishing.markdown.page import render_here

_T09 = FactNote(
    "Nine in ten victims knew the trafficker.",
    "Statistics Canada, 2023",
    "openparliament.ca/committees/the-chair-19",
    "21 novembre 2026",
)
_FRENCH = Words(
    sources="Sources et notes",
    source="Note",
    back="Retour au texte",
    table="Tableau",
    done="Fait",
    to_do="À faire",
    alerts={"NOTE": "Remarque", "WARNING": "Attention"},
)


def test_a_reader_finds_where_a_fact_comes_from_and_the_way_back() -> None:
    page = render_here(
        RenderRequest("Nine in ten knew him[^T09].", facts={"T09": _T09}, words=_FRENCH)
    )
    assert page == (
        '<p>Nine in ten knew him<sup class="ref"><a aria-label="Note 1" href="#c-fn-1" '
        'id="c-ref-1" rel="noopener noreferrer">1</a></sup>.</p>'
        '<section class="sources"><h2 id="c-sources-et-notes">Sources et notes</h2>'
        '<ol><li id="c-fn-1"><p>Nine in ten victims knew the trafficker. – Statistics Canada, '
        '2023, <a href="https://openparliament.ca/committees/the-chair-19" '
        'rel="noopener noreferrer">openparliament.ca/committees/the-chair-19</a> '
        '(21 novembre 2026) <a aria-label="Retour au texte" class="back" href="#c-ref-1" '
        'rel="noopener noreferrer">↩</a></p></li></ol></section>'
    )


def test_a_fact_used_twice_is_listed_once_with_a_way_back_to_each_place() -> None:
    page = render_here(RenderRequest("a[^T09] b[^T09]", facts={"T09": _T09}))
    assert page.count("<li") == 1
    assert 'id="c-ref-1"' in page
    assert 'id="c-ref-1-2"' in page
    assert 'aria-label="Back to the text (2)" class="back" href="#c-ref-1-2"' in page


def test_facts_and_an_authors_own_notes_are_numbered_in_the_order_of_reading() -> None:
    page = render_here(
        RenderRequest("a[^mine] b[^T09]\n\n[^mine]: my *note*[^T09]", facts={"T09": _T09})
    )
    assert page.index("my <em>note</em>") < page.index("Statistics Canada")
    assert page.count("<li") == 2


def test_an_authors_own_note_goes_before_a_fact_of_the_same_name() -> None:
    page = render_here(RenderRequest("a[^T09]\n\n[^T09]: mine", facts={"T09": _T09}))
    assert "mine" in page
    assert "Statistics" not in page


def test_a_fact_nobody_knows_stays_as_typed() -> None:
    assert render_here(RenderRequest("a[^T99]", facts={"T09": _T09})) == "<p>a[^T99]</p>"


def test_a_text_without_references_has_no_list_of_sources() -> None:
    assert render_here(RenderRequest("a", facts={"T09": _T09})) == "<p>a</p>"


def test_html_in_a_fact_is_shown_as_text() -> None:
    fact = FactNote("a < b & <b>c</b>", "&amp;")
    page = render_here(RenderRequest("a[^T1]", facts={"T1": fact}))
    assert "a &lt; b &amp; &lt;b&gt;c&lt;/b&gt; – &amp;amp;" in page


def test_two_texts_on_one_page_do_not_share_an_id() -> None:
    page = render_here(RenderRequest("### T\n\na[^T09]", facts={"T09": _T09}, scope="q1"))
    for name in ("c-q1-t", "c-q1-ref-1", "c-q1-fn-1", "c-q1-sources"):
        assert f'id="{name}"' in page
    assert 'href="#c-q1-fn-1"' in page


@pytest.mark.parametrize(
    ("base", "tags"), [(2, ["h2", "h3", "h4", "h5"]), (3, ["h3", "h4", "h5", "h6"])]
)
def test_headings_begin_below_the_pages_own_title(base: int, tags: list[str]) -> None:
    text = "### a\n\n#### b\n\n##### c\n\n###### d"
    page = render_here(RenderRequest(text, heading_base=base))
    assert page == "".join(
        f'<{tag} id="c-{name}">{name}</{tag}>' for tag, name in zip(tags, "abcd", strict=True)
    )


def test_no_heading_rises_above_its_place_or_sinks_below_six() -> None:
    page = render_here(RenderRequest("# a\n\n###### b", heading_base=4))
    assert page == '<h4 id="c-a">a</h4><h6 id="c-b">b</h6>'


def test_a_link_to_a_heading_of_the_same_text_leads_there() -> None:
    page = render_here(RenderRequest("[x](#à-vous)\n\n### À *vous* !\n\n### À vous"))
    assert 'id="c-à-vous-"' in page
    assert 'id="c-à-vous"' in page
    assert 'href="#c-%C3%A0-vous"' in page


def test_a_link_to_another_module_leads_into_the_product() -> None:
    links = {"../04-law/en.md#minors": "/en/modules/law#minors", "<é>.md": "/x"}
    page = render_here(RenderRequest("[law](../04-law/en.md#minors)", links=links))
    assert page == '<p><a href="/en/modules/law#minors" rel="noopener noreferrer">law</a></p>'


def test_an_address_typed_with_accents_is_found_among_the_links() -> None:
    page = render_here(RenderRequest("[x](../é/fr.md)", links={"../é/fr.md": "/fr/e"}))
    assert 'href="/fr/e"' in page


def test_a_link_that_may_not_be_followed_leaves_its_words() -> None:
    page = render_here(RenderRequest("[*x*](http://example.com) [y](javascript:1)"))
    assert page == "<p><span><em>x</em></span> <span>y</span></p>"


def test_a_link_outside_tells_nobody_where_the_reader_came_from() -> None:
    page = render_here(RenderRequest("https://example.com and www.example.org"))
    assert page == (
        '<p><a href="https://example.com" rel="noopener noreferrer">https://example.com</a> and '
        '<a href="https://www.example.org" rel="noopener noreferrer">www.example.org</a></p>'
    )


def test_a_picture_is_shown_from_the_courses_own_media_only() -> None:
    text = '![A *map*](media/map.png "T") ![gone](media/gone.png) ![far](https://e.example/a.png)'
    page = render_here(RenderRequest(text, media={"media/map.png": "/media/ab12.png"}))
    assert page == (
        '<p><img alt="A map" src="/media/ab12.png" title="T"> <span>gone</span> '
        "<span>far</span></p>"
    )


def test_a_wide_table_can_be_scrolled_by_keyboard_and_has_a_name() -> None:
    page = render_here(RenderRequest("|a|b|\n|:-:|-:|\n|1|2|", words=_FRENCH))
    assert page == (
        '<div aria-label="Tableau" class="table-scroll" role="region" tabindex="0"><table><thead>'
        '<tr><th class="center" scope="col">a</th><th class="right" scope="col">b</th></tr></thead>'
        '<tbody><tr><td class="center">1</td><td class="right">2</td></tr></tbody></table></div>'
    )


def test_a_task_says_whether_it_is_done_and_cannot_be_ticked() -> None:
    page = render_here(RenderRequest("- [x] a\n- [ ] b", words=_FRENCH))
    assert page == (
        '<ul><li><input aria-label="Fait" checked="" disabled="" type="checkbox"> a</li>'
        '<li><input aria-label="À faire" disabled="" type="checkbox"> b</li></ul>'
    )


@pytest.mark.parametrize("kind", list(Alert))
def test_an_alert_says_its_kind_in_words(kind: Alert) -> None:
    page = render_here(RenderRequest(f"> [!{kind.lower()}]\n> a\n>\n> - b"))
    assert page == (
        f'<div class="alert alert-{kind.lower()}" role="note">'
        f'<p class="alert-title">{kind.capitalize()}</p><p>a</p><ul><li>b</li></ul></div>'
    )


def test_an_alert_speaks_the_language_of_the_page() -> None:
    assert "Attention" in render_here(RenderRequest("> [!WARNING]\n> a", words=_FRENCH))


@pytest.mark.parametrize(
    "text",
    ["> [!OTHER]\n> a", "> [!NOTE] a", "> [!NOTE]", "> a\n> [!NOTE]", "- > [!NOTE]\n  > a"],
)
def test_what_github_does_not_take_for_an_alert_stays_a_quotation(text: str) -> None:
    page = render_here(RenderRequest(text))
    assert "<blockquote>" in page
    assert "alert" not in page


def test_attributes_and_html_that_other_markdowns_know_are_only_text() -> None:
    page = render_here(RenderRequest("### a {#b .c}\n\n<div markdown=1>*d*</div>"))
    assert page == ('<h2 id="c-a-b-c">a {#b .c}</h2><p>&lt;div markdown=1&gt;*d*&lt;/div&gt;</p>')


@pytest.mark.parametrize("text", ["", " \n\t\n", "<!-- a -->", "[a]: /b"])
def test_a_text_that_says_nothing_gives_an_empty_page(text: str) -> None:
    assert render_here(RenderRequest(text)) == ""
